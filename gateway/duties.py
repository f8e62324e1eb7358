"""The end of a shift and the holes in the rota: open work is handed over, management hears where nobody is on call.

Both are kept by one appointment, which is due at the next end of a shift and at least once an hour. Whoever writes
the rota asks for it with `watch`, in the same transaction; without a rota there is no appointment (P2, P3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import rota
from gateway.domain.rota import HORIZON, Gap, Rota
from gateway.mail.message import Mailbox
from gateway.store import appointments
from gateway.store.models import DutyGap, Engineer, Promise, Role
from gateway.store.queries import desk, duty
from gateway.tickets import handing_over
from gateway.tickets.letterhead import Letterhead, Post, post

WATCH: Final = "rota-watch"
PERIOD: Final = timedelta(hours=1)
REMINDER: Final = timedelta(hours=24)
_MOMENT: Final = timedelta(microseconds=1)


def watch(session: Session, at: datetime) -> None:
    """Look at the rota at once, since it was just written; what was due before stays due."""
    known = appointments.due_at(session, WATCH, "")
    appointments.plan(session, WATCH, "", at if known is None else min(at, known))


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Hand over what ended since the appointment, tell gaps, and name the next instant to look."""
    since = min(appointments.due_at(session, WATCH, key) or at, at)
    known = duty.rota_between(session, since, at + HORIZON)
    if known.empty:
        _forget(session)
        return None
    on_call = {each.engineer for each in rota.on_call(known, at)}
    for ending in rota.ends_between(known, since - _MOMENT, at):
        if ending.engineer not in on_call:
            handing_over.hand_over(session, head, ending.engineer, ended_at=ending.at, at=at)
    _tell_gaps(session, head, known, since=since, at=at)
    coming = rota.ends_between(known, at, at + PERIOD)
    return coming[0].at if coming else at + PERIOD


def gaps_ahead(session: Session, at: datetime) -> list[Gap]:
    """When nobody is on call within the next 14 days; nothing where nobody ever wrote a rota."""
    known = duty.rota_between(session, at, at + HORIZON)
    return [] if known.empty else rota.gaps(known, at, at + HORIZON)


@dataclass(frozen=True, slots=True)
class _Found:
    """A gap beside what management knows of it. Shape: `reminded` where it needs no reminder any more."""

    gap: Gap
    new: bool
    reminded: bool


def _tell_gaps(session: Session, head: Letterhead, known: Rota, *, since: datetime, at: datetime) -> None:
    """Tell each gap once, and again a day before it begins; one that was filled and opened again is a new one."""
    rows = session.scalars(sa.select(DutyGap)).all()
    found = [_compared(each, rows, since) for each in rota.gaps(known, at, at + HORIZON)]
    soon = [each for each in found if not each.reminded and each.gap.start - at <= REMINDER]
    _tell(session, head, [each.gap for each in found if each.new], again=False, at=at)
    _tell(session, head, [each.gap for each in soon if not each.new], again=True, at=at)
    _forget(session)
    for each in found:
        told = each.reminded or each in soon
        session.add(DutyGap(starts_at=each.gap.start, ends_at=each.gap.end, reminded=told))
    session.flush()


def _compared(gap: Gap, rows: Sequence[DutyGap], since: datetime) -> _Found:
    """A gap is known if one that was told covers it; at the far end it grows with the days that come into sight."""
    sight = since + HORIZON - PERIOD
    for row in rows:
        if row.starts_at <= gap.start and gap.start < row.ends_at:
            known = gap.end <= row.ends_at or row.ends_at >= sight
            return _Found(gap, new=not known, reminded=row.reminded and known)
    return _Found(gap, new=True, reminded=False)


def _tell(session: Session, head: Letterhead, gaps: Sequence[Gap], *, again: bool, at: datetime) -> None:
    if not gaps:
        return
    people = desk.engineers_of_role(session, (Role.MANAGER, Role.ADMIN))
    for engineer in people or desk.engineers_of_role(session, (Role.LEAD,)):
        what = Post(
            letter="rota-gap",
            occasion=f"rota-gap:{gaps[0].start.isoformat()}:{at.isoformat()}:{int(again)}:{engineer.id}",
            language=head.letter_language(engineer.language),
            words=_gap_words(head, gaps, engineer, again=again),
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
        )
        post(session, head, what, at)


def _gap_words(
    head: Letterhead, gaps: Sequence[Gap], engineer: Engineer, *, again: bool
) -> Mapping[str, object]:
    return {
        "zone": engineer.time_zone,
        "gaps": [
            {"start": each.start, "end": each.end, "length": each.end - each.start} for each in gaps[:20]
        ],
        "again": again,
        "link": f"{head.base_url}/rota",
    }


def _forget(session: Session) -> None:
    session.execute(sa.delete(DutyGap))
