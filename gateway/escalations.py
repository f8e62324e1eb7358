"""What the alarms owe now: each due rung of a target is logged on its ticket and told to those it concerns (P5)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import sla
from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Target
from gateway.mail.message import Mailbox
from gateway.store import leases
from gateway.store.models import Alarm, AlarmState, Engineer, Promise, Role, Ticket, in_words, table
from gateway.store.queries import agreements, desk
from gateway.tickets import log
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry

BATCH: Final = 32
_alarms = table(Alarm).c
_CLAIM: Final = leases.claiming(
    Alarm,
    due=(_alarms.state == in_words(AlarmState.PLANNED), _alarms.due_at <= leases.AT),
    order=_alarms.due_at,
)
_LEAD_PERCENT, _MANAGEMENT_PERCENT = 90, 100
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alarms:
    """What firing needs, wired once per process."""

    transaction: Callable[[], AbstractContextManager[Session]]
    head: Letterhead
    owner: str
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Fire due alarms until none is left or the time is over; whether work is left."""
        while self.now() < until:
            with self.transaction() as session:
                claimed = leases.claim(session, _CLAIM, owner=self.owner, at=self.now(), limit=BATCH)
            if not claimed:
                return False
            for alarm_id, fence in claimed.items():
                self._isolated(alarm_id, fence)
        return True

    def _isolated(self, alarm_id: int, fence: int) -> None:
        """One alarm's fault never stops the next: it is due again when its lease ends."""
        try:
            with self.transaction() as session:
                if _still_ours(session, alarm_id, fence):
                    fire(session, self.head, alarm_id, at=self.now())
        except Exception:  # noqa: BLE001  the oldest alarms come first, so one that fails would silence all others
            _log.exception("alarm %s failed", alarm_id)


def _still_ours(session: Session, alarm_id: int, fence: int) -> bool:
    """Whether the alarm may be fired. The ticket is locked first, as every verb does, so that none waits for us."""
    ticket_id = session.execute(sa.select(Alarm.ticket_id).where(Alarm.id == alarm_id)).scalar_one_or_none()
    if ticket_id is None:
        return False
    locked(session, ticket_id)
    return leases.held(session, Alarm, alarm_id, fence)


def fire(session: Session, head: Letterhead, alarm_id: int, *, at: datetime) -> bool:
    """Fire one alarm after looking again whether it still is owed; False where it is not."""
    ticket_id = session.get_one(Alarm, alarm_id).ticket_id
    ticket = locked(session, ticket_id)
    alarm = session.get(Alarm, alarm_id, populate_existing=True)
    if alarm is None or alarm.state != AlarmState.PLANNED:
        return False
    agreement = agreements.agreement_of(
        session, ticket.contract_id, ticket.customer_id, zone=head.zone, language=head.language
    )
    target = Target(alarm.target)
    standing = sla.standing(log.events(session, ticket_id), agreement.terms)
    owed = [rung for rung in sla.rungs(standing, agreement.terms)
            if rung.target is target and rung.percent == alarm.percent and rung.at <= at]  # fmt: skip
    if not owed:
        alarm.state = AlarmState.DROPPED
        return False
    alarm.state = AlarmState.DONE
    due_at = standing.clock(target).due_at
    told = _tell(session, head, ticket, alarm, due_at=due_at, at=at)
    data = {"target": str(target), "percent": alarm.percent, "due_at": due_at.isoformat(), "told": told}
    finish(session, head, ticket, [Entry(EventKind.ALARM, alarm.due_at, "system", data)], at=at)
    return True


def _tell(session: Session, head: Letterhead, ticket: Ticket, alarm: Alarm, *, due_at: datetime,
          at: datetime) -> list[int]:  # fmt: skip
    people = _concerned(session, ticket, alarm.percent)
    for engineer in people:
        words = {
            "ticket": head.number(ticket.id),
            "zone": engineer.time_zone,
            "priority": ticket.priority,
            "target": alarm.target,
            "percent": alarm.percent,
            "due_at": due_at,
            "remaining": due_at - at,
            "link": head.link(ticket.id),
            "subject": ticket.subject,
            "customer": ticket.customer.name if ticket.customer else None,
            "assignee": ticket.assignee.name if ticket.assignee else None,
        }
        what = Post(
            letter="engineer-alarm",
            occasion=f"alarm:{ticket.id}:{alarm.target}:{alarm.percent}:{due_at.isoformat()}:{engineer.id}",
            language=head.letter_language(engineer.language),
            words=words,
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=ticket.id,
        )
        post(session, head, what, at)
    return [engineer.id for engineer in people]


def _concerned(session: Session, ticket: Ticket, percent: int) -> list[Engineer]:
    """The assignee first, the leads from 90 %, management from 100 %; without an assignee the leads at once."""
    assignee = [ticket.assignee] if ticket.assignee and ticket.assignee.active else []
    roles: list[Role] = []
    if percent >= _LEAD_PERCENT or not assignee:
        roles.append(Role.LEAD)
    if percent >= _MANAGEMENT_PERCENT:
        roles += [Role.MANAGER, Role.ADMIN]
    others = desk.engineers_of_role(session, roles) if roles else []
    return [*assignee, *(each for each in others if each not in assignee)]
