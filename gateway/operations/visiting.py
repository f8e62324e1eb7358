"""How a customer's people come in: a typed address, a mailed link, a press of a button. The only writer of its rows.

Asking does the same work for every address: one row, and an appointment at which the letter is written or not. So
neither the page nor its time tells who is known. The link is made with the letter, and stored hashed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import queues, secrets
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.operations import auditing
from gateway.store import appointments
from gateway.store.models import Contact, EntryLink, PostedForm, Visit, either, table
from gateway.store.queries import visiting
from gateway.store.session import want_ring
from gateway.tickets.letterhead import Letterhead, Post, post

APPOINTMENT: Final = "entry-link"
LIFETIME: Final = timedelta(minutes=10)
IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=12)
OF_ADDRESS: Final = ((3, timedelta(minutes=15)), (10, timedelta(days=1)))
OF_CLIENT: Final = ((20, timedelta(hours=1)),)
WRONG_TRIES: Final = 5
FORMS_AN_HOUR: Final = 60

_TOUCH: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=1)
_OURS: Final = re.compile(r"[a-z2-7]{32}")


_POSTED: Final = either(
    lambda insert: insert(table(PostedForm)).on_conflict_do_nothing(index_elements=["digest"])
)


class TooMany(ValueError):
    """Somebody posts more than a person writes."""


@unique
class Came(StrEnum):
    """What a press of the button came to."""

    IN = "in"
    CONFIRM = "confirm"
    WRONG = "wrong"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Browser:
    """Who is at the page: the client's address, what its browser calls itself, and what it holds from asking."""

    client: str
    name: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A link that would let somebody in. Shape: `same_browser` says that it was asked for here."""

    link: EntryLink
    same_browser: bool


def ask(session: Session, *, email: str, browser: Browser, language: str, wanted: str, at: datetime) -> str:
    """Take down that a link is asked for; what the asking browser shall hold. The same for every address."""
    who, client = address.normalise(email)[:320], browser.client[:64]
    holds = browser.held if _OURS.fullmatch(browser.held) else secrets.random_token(20)
    session.execute(sa.delete(EntryLink).where(EntryLink.asked_at < at - _KEPT))
    session.execute(sa.delete(Visit).where(Visit.ends_at <= at))
    if not _too_often(session, OF_CLIENT, client=client, at=at) and not _too_often(
        session, OF_ADDRESS, email=who, at=at
    ):
        row = EntryLink(
            email=who, client=client, language=language, wanted=wanted[:300],
            asking_digest=secrets.digest(holds), asked_at=at, ends_at=at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        appointments.ensure(session, APPOINTMENT, str(row.id), at)
        want_ring(session, queues.MAIL)
    return holds


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Write the letter with a link, where the address is a contact's and was not asked for too often."""
    row = session.get(EntryLink, int(key))
    if row is None or row.token_digest is not None or at - row.asked_at > LIFETIME:
        return None
    contact = visiting.contact_of(session, row.email)
    if contact is None or _too_often(session, OF_ADDRESS, email=row.email, at=row.asked_at, before=row.id):
        return None
    token = secrets.random_token(20)
    row.contact_id, row.token_digest, row.ends_at = contact.id, secrets.digest(token), at + LIFETIME
    if not post(session, head, _letter(head, row, contact, token), at):
        row.token_digest = None
        return None
    auditing.note(
        session, actor="", act="visit.asked", about=f"contact:{contact.id}", client=row.client, at=at
    )
    return None


def look(session: Session, token: str, browser: Browser, at: datetime) -> Pending | None:
    """The link of this token, untouched by the look; None where it opens nothing."""
    row = visiting.link(session, secrets.digest(token[:200]), at)
    if row is None or row.wrong >= WRONG_TRIES:
        return None
    return Pending(row, bool(browser.held) and secrets.digest(browser.held) == row.asking_digest)


def enter(
    session: Session, token: str, browser: Browser, *, typed: str, at: datetime
) -> tuple[Came, str, EntryLink | None]:
    """What pressing the button comes to; let in, the token of a new visit.

    From another browser than the asking one it takes the address typed once more. A link lets in once, and whoever
    comes in by one ends the others.
    """
    found = look(session, token, browser, at)
    if found is None:
        return Came.INVALID, "", None
    row = found.link
    if not found.same_browser:
        if not typed:
            return Came.CONFIRM, "", row
        if address.normalise(typed) != row.email:
            return _wrong(session, row, browser, at)
    used = sa.update(EntryLink).where(EntryLink.id == row.id, EntryLink.used_at.is_(None))
    contact = visiting.contact_of(session, row.email)
    taken = session.execute(used.values(used_at=at)).rowcount  # type: ignore[attr-defined]
    if taken != 1 or contact is None or contact.id != row.contact_id:
        return Came.INVALID, "", None
    others = sa.update(EntryLink).where(EntryLink.contact_id == contact.id, EntryLink.used_at.is_(None))
    session.execute(others.values(used_at=at))
    return Came.IN, _open(session, contact.id, browser, at=at), row


def visitor(session: Session, token: str, at: datetime) -> tuple[Visit, Contact] | None:
    """The visit a cookie's token opens; None where it has ended, idled too long or its contact is none any more."""
    found = visiting.visit(session, secrets.digest(token[:200]), at)
    return None if found is None or found[0].seen_at <= at - IDLE else found


def touch_due(used: Visit, at: datetime) -> bool:
    """Whether the last use of a visit is old enough to be written again."""
    return at - used.seen_at >= _TOUCH


def touch(session: Session, visit_id: int, at: datetime) -> None:
    """Note that a visit is in use, so that it does not idle out."""
    session.execute(sa.update(Visit).where(Visit.id == visit_id).values(seen_at=at))


def leave(session: Session, token: str, *, client: str, at: datetime) -> None:
    """End the visit of a token: it opens nothing any more."""
    row = session.scalars(sa.select(Visit).where(Visit.token_digest == secrets.digest(token[:200]))).first()
    if row is not None:
        auditing.note(session, actor=f"contact:{row.contact_id}", act="visit.ended", client=client, at=at)
        session.delete(row)


def end(session: Session, contact_id: int, *, client: str, at: datetime, visit_id: int | None = None,
        but: int | None = None) -> int:  # fmt: skip
    """End one of a contact's visits, or all but one; how many ended."""
    gone = sa.delete(Visit).where(Visit.contact_id == contact_id)
    gone = gone.where(Visit.id == visit_id) if visit_id is not None else gone.where(Visit.id != (but or 0))
    ended: int = session.execute(gone).rowcount  # type: ignore[attr-defined]
    if ended:
        auditing.note(
            session,
            actor=f"contact:{contact_id}",
            act="visit.ended",
            client=client,
            data={"visits": ended},
            at=at,
        )
    return ended


def write_once(session: Session, contact_id: int, form: str, at: datetime) -> PostedForm | None:
    """Nothing the first time a form is posted; later its row, which names the ticket it wrote on.

    A second post waits for the first to commit. Errors: TooMany after 60 forms of an hour.
    """
    session.execute(sa.delete(PostedForm).where(PostedForm.at < at - _KEPT))
    if visiting.posted(session, contact_id, at - timedelta(hours=1)) >= FORMS_AN_HOUR:
        raise TooMany("too many forms were posted")
    digest = secrets.digest(f"{contact_id}:{form}")
    row = {"digest": digest, "contact_id": contact_id, "at": at}
    made: int = session.execute(_POSTED[session.get_bind().dialect.name], row).rowcount  # type: ignore[attr-defined]
    return None if made == 1 else session.get_one(PostedForm, digest, populate_existing=True)


def written(session: Session, contact_id: int, form: str, ticket_id: int) -> None:
    """Note where a form ended, for whoever posts it again."""
    digest = secrets.digest(f"{contact_id}:{form}")
    session.execute(sa.update(PostedForm).where(PostedForm.digest == digest).values(ticket_id=ticket_id))


def _open(session: Session, contact_id: int, browser: Browser, *, at: datetime) -> str:
    token = secrets.random_token(32)
    session.add(
        Visit(
            token_digest=secrets.digest(token), contact_id=contact_id, created_at=at, seen_at=at,
            ends_at=at + LONGEST, client=browser.client[:64], browser=browser.name[:200],
        )
    )  # fmt: skip
    auditing.note(session, actor=f"contact:{contact_id}", act="visit.began", client=browser.client, at=at)
    return token


def _wrong(session: Session, row: EntryLink, browser: Browser, at: datetime) -> tuple[Came, str, EntryLink]:
    session.execute(sa.update(EntryLink).where(EntryLink.id == row.id).values(wrong=EntryLink.wrong + 1))
    auditing.note(
        session,
        actor="",
        act="visit.refused",
        about=f"contact:{row.contact_id}",
        client=browser.client,
        at=at,
    )
    return Came.WRONG, "", row


def _too_often(session: Session, limits: tuple[tuple[int, timedelta], ...], *, at: datetime, email: str = "",
               client: str = "", before: int | None = None) -> bool:  # fmt: skip
    return any(
        visiting.asked(session, since=at - period, email=email, client=client, before=before) >= most
        for most, period in limits
    )


def _letter(head: Letterhead, row: EntryLink, contact: Contact, token: str) -> Post:
    customer = contact.customer
    words = {
        "zone": customer.time_zone,
        "entry_link": f"{head.base_url}/enter/{token}",
        "asked_at": row.asked_at,
        "client": row.client,
        "until_at": row.ends_at,
        "address": row.email,
    }
    return Post(
        letter="entry",
        occasion=f"entry:{row.id}",
        language=head.letter_language(contact.language, row.language, customer.language),
        words=words,
        to=[Mailbox(contact.name, contact.email)],
    )
