"""A window as time passes: reminder, beginning, end, kept as an appointment of the desk (P8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.notices import affected, lettering, plans
from gateway.notices.lettering import Telling
from gateway.notices.plans import Kind, State, Step
from gateway.store import appointments
from gateway.store.models import Engineer, Notice
from gateway.store.queries import notices as rows
from gateway.tickets import Refused
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = rows.APPOINTMENT
PROPOSALS: Final = rows.PROPOSALS
REMIND_BEFORE: Final = timedelta(hours=24)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Do what a window owes by now; when it owes something next."""
    notice = rows.locked(session, int(key))
    if notice is None:
        return None
    if notice.state == State.ANNOUNCED and notice.kind == Kind.MAINTENANCE:
        if at >= plans.window(notice).start:
            _begin(session, head, notice, at=at)
        elif _reminder_owed(session, notice) and at >= plans.window(notice).start - REMIND_BEFORE:
            _tell(session, head, notice, Telling(Step.REMINDER, at, emergency=notice.emergency))
    if notice.state == State.STARTED and at >= plans.window(notice).end:
        appointments.ensure(session, PROPOSALS, key, at)
        if not notice.kept_open:
            _finish(session, head, notice, ended_at=plans.window(notice).end, at=at)
    return _next(session, notice, at)


def start(session: Session, head: Letterhead, notice_id: int, *, at: datetime) -> Notice:
    """Say that the work begins, never before its time.

    Errors: NotFound, Refused.
    """
    notice = plans.found(session, notice_id)
    if notice.kind != Kind.MAINTENANCE or notice.state != State.ANNOUNCED:
        raise Refused("only an announced window begins")
    if at < plans.window(notice).start:
        raise Refused("the window has not begun: move it instead")
    _begin(session, head, notice, at=at)
    replan(session, notice, at=at)
    return notice


def end(session: Session, head: Letterhead, notice_id: int, *, author: Engineer, at: datetime) -> Notice:
    """Say that the work is over: early, or late where it was kept open.

    Errors: NotFound, NotAllowed, Refused.
    """
    plans.only_leads(author)
    notice = plans.found(session, notice_id)
    if notice.kind != Kind.MAINTENANCE or notice.state not in (State.ANNOUNCED, State.STARTED):
        raise Refused("this window is not running")
    span = plans.window(notice)
    if at <= span.start:
        raise Refused("the window has not begun: call it off instead")
    if notice.state == State.ANNOUNCED:
        _begin(session, head, notice, at=at)
    _finish(session, head, notice, ended_at=at, at=at, author=author)
    appointments.plan(session, PROPOSALS, str(notice.id), at)
    replan(session, notice, at=at)
    return notice


def keep_open(session: Session, notice_id: int, *, author: Engineer, at: datetime) -> Notice:
    """Let no letter say that the work is over until a person does. The time past its end counts as ever.

    Errors: NotFound, NotAllowed, Refused.
    """
    plans.only_leads(author)
    notice = plans.found(session, notice_id)
    if notice.kind != Kind.MAINTENANCE or notice.state not in (State.ANNOUNCED, State.STARTED):
        raise Refused("this window is not running")
    notice.kept_open, notice.changed_at = True, at
    return notice


def replan(session: Session, notice: Notice, *, at: datetime) -> None:
    """Bring the appointment in step with the plan as it is now; nothing of an old plan stays."""
    next_at = _next(session, notice, at)
    if next_at is None:
        appointments.cancel(session, APPOINTMENT, str(notice.id))
    else:
        appointments.plan(session, APPOINTMENT, str(notice.id), next_at)


def _next(session: Session, notice: Notice, at: datetime) -> datetime | None:
    if notice.kind != Kind.MAINTENANCE:
        return None
    span = plans.window(notice)
    if notice.state == State.ANNOUNCED:
        return span.start - REMIND_BEFORE if _reminder_owed(session, notice) else span.start
    if notice.state == State.STARTED and (at < span.end or not notice.kept_open):
        return span.end
    return None


def _reminder_owed(session: Session, notice: Notice) -> bool:
    """Whether the plan was told more than a day ahead, and nobody was reminded of it since."""
    told_at = rows.latest_plan_told_at(session, notice.id, notice.sequence)
    remind_at = plans.window(notice).start - REMIND_BEFORE
    reminded = rows.issue_told(session, notice.id, Step.REMINDER, notice.sequence)
    return told_at is not None and told_at < remind_at and not reminded


def _begin(session: Session, head: Letterhead, notice: Notice, *, at: datetime) -> None:
    """The window begins at its announced time, whenever somebody looks; after its end it is too late to say so."""
    span = plans.window(notice)
    notice.state, notice.started_at, notice.changed_at = State.STARTED, span.start, at
    if at < span.end:
        _tell(session, head, notice, Telling(Step.STARTED, at))


def _finish(session: Session, head: Letterhead, notice: Notice, *, ended_at: datetime, at: datetime,
            author: Engineer | None = None) -> None:  # fmt: skip
    notice.state, notice.ended_at, notice.changed_at = State.ENDED, ended_at, at
    telling = Telling(Step.ENDED, at, author.id if author else None, extra={"ended_at": ended_at})
    _tell(session, head, notice, telling)


def _tell(session: Session, head: Letterhead, notice: Notice, telling: Telling) -> None:
    told = rows.customers_told(session, notice.id)
    concerned = affected.named(session, head, told, at=telling.at)
    lettering.tell(session, head, notice, telling, to=concerned)
