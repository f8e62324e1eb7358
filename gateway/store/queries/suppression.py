"""Which addresses get no automatic mail now, what was reported of letters, and what was answered lately."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Delivery, MailReport, Message, Outbox, Proof, Suppression, table

ANSWERS: Final = ("acknowledgement", "refusal", "escalated")
"""Letters that answer a mail by themselves."""
_supp, _out, _reports = table(Suppression).c, table(Outbox).c, table(MailReport).c
_IN_FORCE: Final = sa.and_(
    _supp.lifted_at.is_(None), sa.or_(_supp.until.is_(None), _supp.until > sa.bindparam("at"))
)
_ACTIVE: Final = (
    sa.select(Suppression)
    .where(_supp.address.in_(sa.bindparam("addresses", expanding=True)), _IN_FORCE)
    .order_by(_supp.id)
)
_ANSWERED: Final = (
    sa.select(_out.created_at, _out.ticket_message_id)
    .where(_out.letter.in_(ANSWERS), _out.first_recipient == sa.bindparam("address"))
    .where(_out.created_at > sa.bindparam("since"))
    .order_by(_out.created_at.desc(), _out.id.desc())
    .limit(sa.bindparam("most"))
)
_OLDEST: Final = (
    sa.select(_out.created_at)
    .where(
        _out.id
        <= sa.select(sa.func.max(_out.id)).scalar_subquery() - sa.bindparam("most", type_=sa.Integer())
    )
    .order_by(_out.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer we wrote by ourselves, and the message it answers."""

    at: datetime
    message_id: int | None


def active(session: Session, addresses: Collection[str], at: datetime) -> Mapping[str, Suppression]:
    """The suppressions in force of normalised addresses, by address; of several the newest."""
    if not addresses:
        return {}
    rows = session.scalars(_ACTIVE, {"addresses": list(addresses), "at": at})
    return {row.address: row for row in rows}


def in_force(session: Session, at: datetime, *, limit: int = 200) -> Sequence[tuple[Suppression, MailReport]]:
    """Every suppression in force with the report that began it, newest first."""
    found = (
        sa.select(Suppression, MailReport)
        .join(MailReport, MailReport.id == Suppression.report_id)
        .where(_IN_FORCE)
        .order_by(Suppression.since.desc(), Suppression.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(found, {"at": at})]


def reports_of(session: Session, outbox_ids: Collection[int]) -> Mapping[int, list[MailReport]]:
    """What was reported of letters, by letter, in order."""
    found: dict[int, list[MailReport]] = {}
    if outbox_ids:
        wanted = sa.select(MailReport).where(MailReport.outbox_id.in_(outbox_ids)).order_by(MailReport.id)
        for row in session.scalars(wanted):
            found.setdefault(row.outbox_id or 0, []).append(row)
    return found


def strange(session: Session, *, limit: int = 20) -> Sequence[tuple[MailReport, Delivery]]:
    """The newest reports that fit no letter of ours, with the mail that brought each."""
    found = (
        sa.select(MailReport, Delivery)
        .join(Delivery, Delivery.id == MailReport.delivery_id)
        .where(MailReport.proof == Proof.NONE)
        .order_by(MailReport.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(found)]


def failed_letters(session: Session, address: str, since: datetime, *, hard: bool | None = None) -> int:
    """How many letters to an address were proved to have failed since an instant or since its last release."""
    lifted = sa.select(sa.func.max(_supp.lifted_at)).where(_supp.address == address).scalar_subquery()
    found = sa.select(sa.func.count(_reports.outbox_id.distinct())).where(
        _reports.address == address,
        _reports.action == "failed",
        _reports.proof != Proof.NONE,
        _reports.at > since,
        sa.or_(lifted.is_(None), _reports.at > lifted),
    )
    return int(session.execute(found if hard is None else found.where(_reports.hard == hard)).scalar_one())


def ticket_of_return_path(session: Session, path: str) -> int | None:
    """The ticket of the letter that reports come back from under this path."""
    found = sa.select(_out.ticket_id).where(_out.reverse_path == path, _out.reverse_path != "")
    ticket_id: int | None = session.execute(found).scalars().first()
    return ticket_id


def answered(session: Session, address: str, since: datetime, *, most: int) -> list[Answered]:
    """Our own answers to an address since an instant, newest first."""
    told = {"address": address, "since": since, "most": most}
    return [Answered(row[0], row[1]) for row in session.execute(_ANSWERED, told)]


def answers_on(session: Session, ticket_id: int, since: datetime) -> int:
    """How many answers we wrote by ourselves on one ticket since an instant."""
    found = sa.select(sa.func.count()).where(
        _out.ticket_id == ticket_id, _out.letter.in_(ANSWERS), _out.created_at > since
    )
    return int(session.execute(found).scalar_one())


def oldest_of_the_last(session: Session, most: int) -> datetime | None:
    """When the oldest of the last so many letters was written; one look at the newest numbers, no counting."""
    at: datetime | None = session.execute(_OLDEST, {"most": most - 1}).scalar_one_or_none()
    return at


def texts(session: Session, message_ids: Collection[int]) -> Mapping[int, tuple[datetime, str]]:
    """When messages came and what they newly say."""
    found = sa.select(Message.id, Message.at, Message.new_text).where(Message.id.in_(message_ids))
    return {row[0]: (row[1], row[2]) for row in session.execute(found)} if message_ids else {}
