"""One letter for each reader: in their language, in the contract's zone, with a file for calendars (P8)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.windows import Span
from gateway.mail import calendar_event, letters
from gateway.mail.address import domain_of
from gateway.mail.calendar_event import CalendarEvent
from gateway.mail.message import Attachment, Mailbox
from gateway.notices import plans
from gateway.notices.affected import Party, Reader
from gateway.notices.plans import Kind, Step
from gateway.store.models import Notice, NoticeIssue, NoticeLetter, Promise
from gateway.store.queries import notices as rows
from gateway.tickets.letterhead import Letterhead, Post, post

_LETTERS: Final = {
    Step.ANNOUNCED: "maintenance",
    Step.CHANGED: "maintenance-changed",
    Step.CALLED_OFF: "maintenance-changed",
    Step.REMINDER: "maintenance-reminder",
    Step.STARTED: "maintenance-started",
    Step.ENDED: "maintenance-ended",
}
_WITH_CALENDAR: Final = (Step.ANNOUNCED, Step.CHANGED, Step.CALLED_OFF)
_MOST_ACCOUNTS: Final = 20


@dataclass(frozen=True, slots=True)
class Telling:
    """A step about to be told. Shape: `before` is the window that a change replaces; `words` go with the step."""

    step: Step
    at: datetime
    author_id: int | None = None
    before: Span | None = None
    words: str = ""
    emergency: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


def tell(
    session: Session, head: Letterhead, notice: Notice, telling: Telling, *, to: Sequence[Party]
) -> NoticeIssue:
    """Note a step and put its letters: one for each reader, none of them twice."""
    issue = NoticeIssue(
        notice_id=notice.id, step=telling.step, sequence=notice.sequence, at=telling.at, starts_at=notice.starts_at,
        ends_at=notice.ends_at, emergency=telling.emergency, words=telling.words, author_id=telling.author_id,
    )  # fmt: skip
    session.add(issue)
    session.flush()
    for party in to:
        for reader in party.readers:
            occasion = f"notice:{notice.id}:{telling.step}:{notice.sequence}:{reader.contact_id}"
            what = _post(head, notice, telling, party=party, reader=reader, occasion=occasion)
            post(session, head, what, telling.at)
            session.add(
                NoticeLetter(
                    issue_id=issue.id, customer_id=party.customer_id, email=reader.email, name=reader.name,
                    language=reader.language, zone=party.zone, accounts=list(party.accounts),
                    notice_seconds=int(party.needed.total_seconds()), outbox_id=rows.letter_for(session, occasion),
                )
            )  # fmt: skip
    session.flush()
    return issue


def drawn(
    head: Letterhead, notice: Notice, telling: Telling, *, party: Party, language: str
) -> letters.Letter:
    """A letter as a reader of a language would get it, put nowhere."""
    own = {"provider": head.provider, "support_address": head.support_address, "phone": head.phone}
    words = own | _words(head, notice, telling, party=party, language=language)
    return letters.render(head.environment, _name(notice, telling.step), language, words)


def _post(head: Letterhead, notice: Notice, telling: Telling, *, party: Party, reader: Reader,
          occasion: str) -> Post:  # fmt: skip
    files: tuple[Attachment, ...] = ()
    if notice.kind == Kind.MAINTENANCE and telling.step in _WITH_CALENDAR:
        files = (_calendar(head, notice, telling, reader.language),)
    return Post(
        letter=_name(notice, telling.step),
        occasion=occasion,
        language=reader.language,
        words=_words(head, notice, telling, party=party, language=reader.language),
        to=[Mailbox(reader.name, reader.email)],
        promise=Promise.AT_LEAST_ONCE,
        attachments=files,
    )


def _name(notice: Notice, step: Step) -> str:
    return "advisory" if notice.kind == Kind.ADVISORY else _LETTERS[step]


def _words(head: Letterhead, notice: Notice, telling: Telling, *, party: Party,
           language: str) -> dict[str, object]:  # fmt: skip
    title, text, other = _said(notice, language)
    words: dict[str, object] = {
        "notice": plans.number(head, notice.id),
        "zone": party.zone,
        "title": title,
        "description": text,
        "other_language": other,
        "accounts": _listed(party.accounts, language) if plans.scope_of(notice).of_accounts else None,
        "services": _listed(tuple(notice.scope.get("services", ())), language),
        "regions": _listed(tuple(notice.scope.get("regions", ())), language),
    }
    if notice.kind == Kind.ADVISORY:
        return words | {"severity": notice.severity}
    span = plans.window(notice)
    window: dict[str, object] = {"starts_at": span.start, "ends_at": span.end, "needed": party.needed}
    return words | window | _of_step(telling)


def _of_step(telling: Telling) -> dict[str, object]:
    words = dict(telling.extra)
    if telling.step in (Step.ANNOUNCED, Step.CHANGED, Step.REMINDER):
        words["emergency"] = telling.emergency or None
    if telling.step in (Step.CHANGED, Step.CALLED_OFF):
        words["reason"] = telling.words or None
    if telling.before is not None:
        words |= {"old_starts_at": telling.before.start, "old_ends_at": telling.before.end}
    return words


def _said(notice: Notice, language: str) -> tuple[str, str, str | None]:
    """Title and text in a language, else in the other one; which other one, if either is borrowed."""
    other = "zh" if language == "en" else "en"
    title, text = notice.titles.get(language, ""), notice.texts.get(language, "")
    borrowed = (not title and notice.titles.get(other)) or (not text and notice.texts.get(other))
    return (
        title or notice.titles.get(other, ""),
        text or notice.texts.get(other, ""),
        other if borrowed else None,
    )


def _listed(items: Sequence[str], language: str) -> str | None:
    """Names in a row, the first twenty of many."""
    if not items:
        return None
    comma = "、" if language == "zh" else ", "
    said = comma.join(items[:_MOST_ACCOUNTS])
    more = len(items) - _MOST_ACCOUNTS
    if more <= 0:
        return said
    return f"{said} 等 {len(items)} 个" if language == "zh" else f"{said} and {more} more"


def _calendar(head: Letterhead, notice: Notice, telling: Telling, language: str) -> Attachment:
    """The window as calendars keep it: always the same event, in a later version with every change."""
    title, text, _ = _said(notice, language)
    domain = domain_of(head.support_address)
    span = plans.window(notice)
    event = CalendarEvent(
        uid=f"{plans.number(head, notice.id).lower()}@{domain}",
        sequence=notice.sequence - 1,
        written_at=telling.at,
        starts_at=span.start,
        ends_at=span.end,
        summary=f"[{plans.number(head, notice.id)}] {title}",
        description=text,
        organiser=Mailbox(head.provider, head.support_address),
        cancelled=telling.step is Step.CALLED_OFF,
    )
    content = calendar_event.calendar(event)
    return Attachment(
        "maintenance.ics", calendar_event.CONTENT_TYPE, content, hashlib.sha256(content).hexdigest()
    )
