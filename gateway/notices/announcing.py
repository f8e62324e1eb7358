"""What people do with a notice before its window is over: draft, announce, change, call off (P8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.windows import Announcement, Span, counting
from gateway.notices import affected, lettering, plans
from gateway.notices.affected import Party
from gateway.notices.lettering import Telling
from gateway.notices.plans import Content, Kind, State, Step, TooLate
from gateway.notices.running import replan
from gateway.store.models import Engineer, Notice
from gateway.store.queries import notices as rows
from gateway.tickets import Refused
from gateway.tickets.letterhead import Letterhead

LONGEST_REASON: Final = 2000
_TOO_LATE: Final = "too late for %(names)s: move the window, or state an emergency"
_TOO_SOON: Final = "the added time comes too soon for %(names)s: state an emergency, which excludes nothing"


def draft(session: Session, content: Content, *, author: Engineer, at: datetime) -> Notice:
    """A new draft, which nobody is told; the same one written twice is one.

    Errors: Refused.
    """
    plans.check(content)
    made = Notice(
        state=State.DRAFT, author_id=author.id, created_at=at, sequence=0, kept_open=False, emergency=""
    )
    plans.write(made, content, at)
    known = rows.same_draft(session, made)
    if known is not None:
        return known
    session.add(made)
    session.flush()
    return made


def edit(session: Session, notice_id: int, content: Content, *, at: datetime) -> Notice:
    """A draft with other content. Errors: NotFound, Refused once it was announced."""
    notice = plans.found(session, notice_id)
    if notice.state != State.DRAFT:
        raise Refused("only a draft can be rewritten")
    if content.kind != notice.kind:
        raise Refused("a notice stays of its kind")
    plans.check(content)
    plans.write(notice, content, at)
    return notice


def announce(session: Session, head: Letterhead, notice_id: int, *, author: Engineer, emergency: str = "",
             at: datetime) -> Notice:  # fmt: skip
    """Tell everybody concerned, once. Maintenance that is not an emergency is told as long ahead as agreed with each.

    Errors: NotFound, NotAllowed, Refused.
    """
    plans.only_leads(author)
    notice = plans.found(session, notice_id)
    if notice.state != State.DRAFT:
        raise Refused("this notice was announced already")
    emergency = _reason(emergency)
    concerned = affected.parties(session, head, plans.scope_of(notice), at=at)
    if not any(each.readers for each in concerned):
        raise Refused("nobody is concerned: no customer with a contact fits")
    if notice.kind == Kind.MAINTENANCE:
        _check_ahead(plans.window(notice), concerned, emergency=emergency, at=at)
        notice.emergency = emergency
    elif emergency:
        raise Refused("an advisory is no emergency maintenance")
    notice.state, notice.sequence, notice.changed_at = State.ANNOUNCED, 1, at
    telling = Telling(Step.ANNOUNCED, at, author.id, emergency=notice.emergency)
    lettering.tell(session, head, notice, telling, to=concerned)
    replan(session, notice, at=at)
    return notice


def change(session: Session, head: Letterhead, notice_id: int, span: Span, *, author: Engineer, words: str = "",
           emergency: str = "", at: datetime) -> Notice:  # fmt: skip
    """Move, lengthen or shorten a window and tell everybody. What is added needs its own notice, or is an emergency.

    Errors: NotFound, NotAllowed, Refused.
    """
    plans.only_leads(author)
    notice = plans.found(session, notice_id)
    before = plans.window(notice)
    _check_change(notice, before, span, at=at)
    told = rows.customers_told(session, notice.id)
    concerned = affected.parties(session, head, plans.scope_of(notice), at=at, told=told)
    stated = _reason(emergency)
    adds = span.start < before.start or span.end > before.end
    if adds and not stated:
        _check_added(before, span, concerned, at=at)
    notice.emergency = stated if adds else (stated or notice.emergency)
    notice.starts_at, notice.ends_at = span.start, span.end
    notice.sequence, notice.changed_at = notice.sequence + 1, at
    notice.kept_open = False
    telling = Telling(Step.CHANGED, at, author.id, before=before, words=_reason(words), emergency=notice.emergency,
                      extra={"change": _kind_of(before, span)})  # fmt: skip
    lettering.tell(session, head, notice, telling, to=concerned)
    replan(session, notice, at=at)
    return notice


def call_off(session: Session, head: Letterhead, notice_id: int, *, author: Engineer, words: str = "",
             at: datetime) -> Notice:  # fmt: skip
    """Let a window not happen: whoever was told is told so; a draft just goes.

    Errors: NotFound, NotAllowed, Refused.
    """
    plans.only_leads(author)
    notice = plans.found(session, notice_id)
    if notice.state == State.DRAFT:
        notice.state, notice.changed_at = State.CALLED_OFF, at
        return notice
    if notice.kind == Kind.ADVISORY or notice.state not in (State.ANNOUNCED, State.STARTED):
        raise Refused("there is nothing left to call off")
    span = plans.window(notice)
    if notice.state == State.STARTED or at >= span.start:
        raise Refused("the window has begun: end it instead")
    notice.state, notice.sequence, notice.changed_at = State.CALLED_OFF, notice.sequence + 1, at
    concerned = affected.named(session, head, rows.customers_told(session, notice.id), at=at)
    telling = Telling(
        Step.CALLED_OFF, at, author.id, before=span, words=_reason(words), extra={"change": "called-off"}
    )
    lettering.tell(session, head, notice, telling, to=concerned)
    replan(session, notice, at=at)
    return notice


def _check_ahead(span: Span, concerned: Sequence[Party], *, emergency: str, at: datetime) -> None:
    plans.check_span(span)
    if span.end <= at:
        raise Refused("the window is over")
    if emergency:
        return
    late = [each.name for each in concerned if not each.in_time(span, at)]
    if late:
        raise TooLate(_TOO_LATE, _names(late))


def _check_change(notice: Notice, before: Span, span: Span, *, at: datetime) -> None:
    plans.check_span(span)
    if notice.state not in (State.ANNOUNCED, State.STARTED):
        raise Refused("only an announced window can be changed")
    if span == before:
        raise Refused("nothing would change")
    begun = notice.state == State.STARTED or at >= before.start
    if begun and span.start != before.start:
        raise Refused("the window has begun: only its end can be changed")
    if span.end <= at:
        raise Refused("the window would be over: end it instead")
    if not begun and span.start < at:
        raise Refused("the window would begin in the past")


def _check_added(before: Span, span: Span, concerned: Sequence[Party], *, at: datetime) -> None:
    """Every part that is added lies as far ahead as each contract wants."""
    late = [each.name for each in concerned if not _ahead(before, span, each, at)]
    if late:
        raise TooLate(_TOO_SOON, _names(late))


def _ahead(before: Span, span: Span, party: Party, at: datetime) -> bool:
    """As if the old plan counted, and the new one were accepted now."""
    early = before.start - party.needed
    told = [Announcement(before, early, party.needed), Announcement(span, at, party.needed)]
    return counting(told) == (span,)


def _kind_of(before: Span, span: Span) -> str:
    if span.start != before.start:
        return "moved"
    return "lengthened" if span.end > before.end else "shortened"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" (+{len(names) - 5})" if len(names) > 5 else "")


def _reason(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST_REASON:
        raise Refused("the reason is too long")
    return words
