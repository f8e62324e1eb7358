"""A desk with a ticket, an engineer, a lead and a manager, for tests of what the ladder says to whom."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from gateway.alarms import Alarms
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Engineer, ShiftOverride, TicketEvent
from gateway.tickets import escalating, handling
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

FIRST = timedelta(hours=4)
WHOLE = timedelta(hours=24)


class Office:
    """A desk with ticket 1001 of medium priority, an engineer, a lead and a manager."""

    def __init__(self, desk: Desk, *, mail: bytes = b"") -> None:
        self.desk = desk
        self.chen = an_engineer()
        self.lead = an_engineer("Guo Ping", role="lead")
        self.manager = an_engineer("Wu Lan", role="manager")
        desk.add(a_customer(), self.chen, self.lead, self.manager)
        desk.walk(mail or a_mail())

    def at(self, length: timedelta) -> None:
        self.desk.clock.at = MONDAY + length

    def fire(self, owner: str = "clock") -> None:
        made = Alarms(self.desk.services.transaction, self.desk.head, owner, self.desk.clock)
        while made.drain(self.desk.clock.at + timedelta(seconds=5)):
            pass

    def reply(self, then: Status | None = None) -> None:
        with self.desk.services.transaction() as session:
            handling.reply(
                session, self.desk.head, 1001, author=self.chen, text="Seen.", then=then, at=self.desk.clock()
            )

    def assign(self, engineer: Engineer) -> None:
        with self.desk.services.transaction() as session:
            handling.assign(
                session, self.desk.head, 1001, author=self.chen, assignee_id=engineer.id, at=self.desk.clock()
            )

    def climb(self, *shares: float, acknowledging: bool = False) -> None:
        """Fire at these shares of the first response's target."""
        for share in shares:
            self.at(FIRST * share)
            self.fire()
            if acknowledging:
                self.acknowledge(self.manager)

    def acknowledge(self, engineer: Engineer) -> bool:
        with self.desk.services.transaction() as session:
            return escalating.acknowledge(
                session, self.desk.head, 1001, author=engineer, by="page", at=self.desk.clock()
            )

    def leave(self, *gone: Engineer) -> None:
        with self.desk.services.transaction() as session:
            ids = [each.id for each in gone]
            session.execute(sa.update(Engineer).where(Engineer.id.in_(ids)).values(active=False))

    def on_call(self, engineer: Engineer) -> None:
        """On call for the whole week, without having been so when the ticket was opened."""
        end = MONDAY + timedelta(days=7)
        self.desk.add(engineer)
        self.desk.add(ShiftOverride(engineer_id=engineer.id, starts_at=MONDAY, ends_at=end))

    def raise_to(self, priority: Priority) -> None:
        with self.desk.services.transaction() as session:
            handling.change_priority(
                session, self.desk.head, 1001, author=self.chen, priority=priority, reason="More is hit.",
                at=self.desk.clock(),
            )  # fmt: skip

    def events(self, *kinds: str) -> list[TicketEvent]:
        return [event for event in self.desk.events(1001) if event.kind in kinds]

    def names(self, ids: object) -> list[str]:
        with self.desk.services.reading() as session:
            known = {each.id: each.email.partition("@")[0] for each in session.scalars(sa.select(Engineer))}
        assert isinstance(ids, list)
        return [known[each] for each in ids]

    def told_at(self) -> dict[int, list[str]]:
        """Percent of the first response's target → who its rung told."""
        fired = [event for event in self.events("alarm") if event.data["target"] == "first-response"]
        return {event.data["percent"]: self.names(event.data["told"]) for event in fired}

    def fired(self) -> list[tuple[str, int]]:
        events = [event for event in self.desk.events(1001) if event.kind == "alarm"]
        return [(str(event.data["target"]), int(str(event.data["percent"]))) for event in events]

    def told(self, letter: str = "engineer-alarm") -> list[str]:
        """Who got letters of a name, in order."""
        return [each.recipients[0].partition("@")[0] for each in self.desk.letters(letter)]
