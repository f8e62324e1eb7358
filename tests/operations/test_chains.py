"""`helpdesk check --events`: what was done to a log by other ways than the verbs is found, on both databases (P3)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.cli import check
from gateway.domain.lifecycle import EventKind, Status
from gateway.domain.terms import Priority
from gateway.operations import chains
from gateway.store.models import Ticket, TicketEvent, table
from gateway.tickets import handling, log
from gateway.tickets.changes import finish, locked
from gateway.tickets.log import Entry
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.cli.conftest import caller
from tests.databases import MONDAY, Desk

ENTRIES = table(TicketEvent)
TICKETS = table(Ticket)


class Logs:
    """Two tickets with a history: 1001 of five entries, 1002 of one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        chen = an_engineer()
        desk.add(a_customer(), chen)
        desk.walk(a_mail(), authentication=PASSED)
        desk.walk(
            a_mail("Another matter.\n", subject="VPN", message_id="m2@harbour.example"), authentication=PASSED
        )
        self.verb(handling.change_priority, chen, priority=Priority.HIGH, reason="More are hit.")
        self.verb(handling.reply, chen, text="Restarted.", then=Status.RESOLVED)
        self.verb(handling.note, chen, text="It was the cache.")

    def verb(self, verb: Callable[..., object], chen: object, **how: object) -> None:
        self.desk.clock.pass_(minutes=1)
        with self.desk.services.transaction() as session:
            verb(session, self.desk.head, 1001, author=chen, at=self.desk.clock(), **how)

    def tamper(self, *statements: sa.Executable) -> None:
        """Change the tables past the verbs."""
        with self.desk.services.transaction() as session:
            for statement in statements:
                session.execute(statement)

    def without_keys(self, statement: str) -> None:
        """Change the tables as somebody does who switched their keys off."""
        connection = self.desk.services.engine.raw_connection()
        off = {"sqlite": "PRAGMA foreign_keys=OFF", "postgresql": "SET session_replication_role = replica"}
        cursor = connection.cursor()
        cursor.execute(off[self.desk.services.engine.dialect.name])
        cursor.execute(statement)
        connection.commit()
        connection.detach()
        connection.close()

    def found(self) -> list[tuple[int, int, str]]:
        tally = chains.Tally()
        breaks = chains.breaks(self.desk.services.sessions, tally)
        return [(each.ticket_id, each.entry, each.what) for each in breaks]


@pytest.fixture
def logs(desk: Desk) -> Logs:
    return Logs(desk)


def entry(seq: int, ticket_id: int = 1001) -> sa.ColumnElement[bool]:
    return sa.and_(ENTRIES.c.ticket_id == ticket_id, ENTRIES.c.seq == seq)


def test_logs_that_only_verbs_wrote_hold(logs: Logs) -> None:
    tally = chains.Tally()
    assert list(chains.breaks(logs.desk.services.sessions, tally)) == []
    assert (tally.tickets, tally.entries) == (2, 6)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "engineer:9"},
        {"kind": "note"},
        {"at": MONDAY + timedelta(minutes=2, seconds=1)},
        {"recorded_at": MONDAY},
        {"data": {"message": 99}},
        {"hash": "0" * 64},
    ],
)
def test_changed_entry_is_named(logs: Logs, change: dict[str, object]) -> None:
    logs.tamper(sa.update(ENTRIES).where(entry(3)).values(change))
    assert (1001, 3, "this entry was changed") in logs.found()


def test_only_the_changed_entry_is_named(logs: Logs) -> None:
    logs.tamper(sa.update(ENTRIES).where(entry(2)).values(actor="system"))
    assert logs.found() == [(1001, 2, "this entry was changed")]


def test_entry_removed_in_the_middle_is_noticed(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(2)))
    assert logs.found() == [(1001, 3, "an entry before this one is missing")]


def test_entry_removed_in_the_middle_and_the_rest_renumbered_is_noticed(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(4)), sa.update(ENTRIES).where(entry(5)).values(seq=4))
    assert (1001, 4, "this entry was changed") in logs.found()


def test_removed_opening_is_noticed(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(1)))
    assert logs.found() == [(1001, 2, "an entry before this one is missing")]


def test_removed_last_entry_is_noticed(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(5)))
    assert logs.found() == [(1001, 5, "the log ends before the ticket's last change")]


def test_last_entry_of_a_change_of_two_that_vanishes_alone_is_noticed(logs: Logs) -> None:
    logs.tamper(
        sa.delete(ENTRIES).where(entry(5)),
        sa.delete(ENTRIES).where(entry(4)),
        sa.update(TICKETS).where(TICKETS.c.id == 1001).values(changed_at=MONDAY + timedelta(minutes=2)),
    )
    assert logs.found() == [(1001, 4, "the log ends within a change")]


def test_log_removed_as_a_whole_is_noticed(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(1, 1002)))
    assert logs.found() == [(1002, 1, "the ticket has no log")]


def test_log_whose_ticket_was_removed_is_noticed(logs: Logs) -> None:
    logs.without_keys("DELETE FROM ticket WHERE id = 1002")
    assert logs.found() == [(1002, 1, "the log has lost its ticket")]


def test_exchanged_words_are_noticed(logs: Logs) -> None:
    logs.tamper(sa.update(ENTRIES).where(entry(2)).values(words="Nobody is hit."))
    assert logs.found() == [(1001, 2, "the words of this entry were exchanged")]


def test_words_put_where_none_were_are_noticed(logs: Logs) -> None:
    logs.tamper(sa.update(ENTRIES).where(entry(1)).values(words="Opened late."))
    assert logs.found() == [(1001, 1, "the words of this entry were exchanged")]


def test_erased_words_break_nothing(logs: Logs) -> None:
    logs.tamper(sa.update(ENTRIES).where(entry(2)).values(words=None))
    assert logs.found() == []


def test_entry_moved_to_another_ticket_is_noticed_on_both(logs: Logs) -> None:
    logs.tamper(sa.update(ENTRIES).where(entry(5)).values(ticket_id=1002, seq=2))
    assert logs.found() == [
        (1002, 2, "this entry was changed"),
        (1001, 5, "the log ends before the ticket's last change"),
        (1002, 2, "the ticket knows of no change at this entry"),
    ]


def test_look_of_the_alarms_that_owes_nothing_leaves_the_log_whole(logs: Logs) -> None:
    logs.desk.clock.pass_(days=2)
    with logs.desk.services.transaction() as session:
        finish(session, logs.desk.head, locked(session, 1002), [], at=logs.desk.clock())
    assert logs.found() == []


def long_log(session: Session, ticket_id: int, length: int) -> None:
    at = MONDAY + timedelta(hours=1)
    entries = [Entry(EventKind.NOTE, at, "system", {"message": number}) for number in range(length)]
    log.append(session, ticket_id, entries, recorded_at=at)
    session.execute(sa.update(TICKETS).where(TICKETS.c.id == ticket_id).values(changed_at=at))


def test_chain_holds_across_the_pages_it_is_read_in(logs: Logs) -> None:
    with logs.desk.services.transaction() as session:
        long_log(session, 1001, 2500)
        long_log(session, 1002, 500)
    assert logs.found() == []
    logs.tamper(sa.update(ENTRIES).where(entry(1000)).values(actor="engineer:9"))
    assert logs.found() == [(1001, 1000, "this entry was changed")]


def test_memory_does_not_grow_with_the_log(logs: Logs) -> None:
    with logs.desk.services.transaction() as session:
        long_log(session, 1001, 10_000)
    logs.found()
    tracemalloc.start()
    logs.found()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000


def test_command_says_how_much_it_verified(logs: Logs) -> None:
    result = caller(logs.desk.services.settings)(check.command, "--events")
    assert (result.exit_code, result.stdout) == (0, "6 entries of 2 tickets verified: every chain holds\n")


def test_command_names_each_break_and_exits_1(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(5)), sa.update(ENTRIES).where(entry(2)).values(words="No."))
    result = caller(logs.desk.services.settings)(check.command, "--events")
    assert result.exit_code == 1
    assert result.stdout == (
        "wrong: HD-1001, entry 2: the words of this entry were exchanged\n"
        "wrong: HD-1001, entry 5: the log ends before the ticket's last change\n"
        "5 entries of 2 tickets verified: 2 breaks\n"
    )


def test_command_tells_machines_one_object_a_line(logs: Logs) -> None:
    logs.tamper(sa.delete(ENTRIES).where(entry(5)))
    result = caller(logs.desk.services.settings)(check.command, "--events", "--json")
    assert result.stdout.splitlines() == [
        '{"ticket": 1001, "entry": 5, "what": "the log ends before the ticket\'s last change"}',
        '{"tickets": 2, "entries": 5, "breaks": 1}',
    ]
