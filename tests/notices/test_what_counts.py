"""A window counts as its letters were accepted by the next server, and proposes what it excludes (P11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.domain.windows import Span
from gateway.mail.message import Mailbox
from gateway.store.models import OutboxState
from gateway.tickets import excluding, handling, intake
from gateway.transport import Reply
from tests.builders import a_mail
from tests.notices.bureau import END, KRAUSE, LI, MONDAY, START, WEBER, Bureau

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
LATER = Reply(451, "4.3.0 try again")
NEVER = Reply(550, "5.1.1 no such user")
WHOLE = [(START, END)]


def ticket(
    bureau: Bureau, at: datetime, *, account: str | None = None, services: tuple[str, ...] = ()
) -> int:
    """A ticket of Harbourline; its number."""
    with bureau.transaction() as session:
        wanted = intake.Request(bureau.harbour.id, Mailbox("Li Na", LI), "Slow", "Slow.", Priority.LOW)
        made = intake.open_by_hand(session, bureau.head, wanted, author=bureau.engineer, at=at)
        made.aws_account_id, made.aws_services = account, list(services)
        return made.id


def proposals(bureau: Bureau, number: int) -> list[tuple[str, str, str]]:
    """What was proposed on a ticket: start, end, notice."""
    found = [event.data for event in bureau.desk.events(number) if event.kind == "exclusion-proposed"]
    assert all(data["reason"] == "maintenance" and data["proof"]["kind"] == "notice" for data in found)
    return [(data["start"], data["end"], data["proof"]["reference"]) for data in found]


def announced(bureau: Bureau, sent_at: datetime = MONDAY, **scope: object) -> int:
    """A window announced on Monday whose letters leave at an instant."""
    number = bureau.draft(**scope)
    bureau.announce(number)
    bureau.at(sent_at).send()
    return number


def run(bureau: Bureau) -> None:
    """Let the window begin and end."""
    bureau.at(START).tick()
    bureau.at(END).tick()


def test_acceptance_is_told_with_its_instant(bureau: Bureau) -> None:
    number = announced(bureau, MONDAY + HOUR)
    letters = bureau.notice(number).issues[0].letters
    assert {each.outbox.sent_at for each in letters if each.outbox} == {MONDAY + HOUR}
    assert set(bureau.fates(number).values()) == {"accepted"}


def test_letters_accepted_exactly_as_long_ahead_as_agreed_count(bureau: Bureau) -> None:
    number = announced(bureau, START - 48 * HOUR, customers=[bureau.harbour.id])
    assert bureau.counts(number) == {"Harbourline Logistics": WHOLE}


def test_letters_accepted_a_microsecond_late_do_not_count(bureau: Bureau) -> None:
    number = announced(bureau, START - 48 * HOUR + MICROSECOND, customers=[bureau.harbour.id])
    assert bureau.counts(number) == {"Harbourline Logistics": []}


def test_each_customer_is_judged_by_their_own_letters_and_contract(bureau: Bureau) -> None:
    number = announced(bureau, START - 60 * HOUR)
    assert bureau.counts(number) == {"Baltic Freight": [], "Harbourline Logistics": WHOLE}


def test_letters_refused_for_all_contacts_count_for_nothing(bureau: Bureau) -> None:
    bureau.server.refused = {WEBER: NEVER, KRAUSE: NEVER}
    number = announced(bureau)
    assert bureau.fates(number) == {WEBER: "refused", KRAUSE: "refused", LI: "accepted"}
    assert bureau.counts(number) == {"Baltic Freight": [], "Harbourline Logistics": WHOLE}


def test_one_contact_in_time_is_enough_though_another_was_late(bureau: Bureau) -> None:
    bureau.server.refused = {WEBER: LATER}
    number = announced(bureau)
    bureau.server.refused = {}
    bureau.at(START - HOUR).send()
    assert bureau.fates(number) == {WEBER: "accepted", KRAUSE: "accepted", LI: "accepted"}
    assert bureau.counts(number)["Baltic Freight"] == WHOLE


def test_letters_still_waiting_count_for_nothing(bureau: Bureau) -> None:
    bureau.server.refused = {LI: LATER}
    number = announced(bureau, customers=[bureau.harbour.id])
    assert bureau.fates(number) == {LI: "waiting"}
    assert bureau.counts(number) == {"Harbourline Logistics": []}


def test_letters_kept_here_for_want_of_a_relay_count_for_nothing(bureau: Bureau) -> None:
    number = bureau.draft(customers=[bureau.harbour.id])
    bureau.announce(number)
    bureau.desk.relay(None).drain(MONDAY + HOUR)
    assert [row.state for row in bureau.letters()] == [OutboxState.KEPT]
    assert bureau.fates(number) == {LI: "kept"}
    assert bureau.counts(number) == {"Harbourline Logistics": []}


def test_emergency_counts_for_nothing(bureau: Bureau) -> None:
    number = bureau.draft()
    bureau.announce(number, emergency="disks")
    bureau.send()
    assert bureau.counts(number) == {"Baltic Freight": [], "Harbourline Logistics": []}


def test_added_part_counts_from_its_own_notice_on(bureau: Bureau) -> None:
    number = announced(bureau, customers=[bureau.harbour.id])
    bureau.at(END - 48 * HOUR).change(number, Span(START, END + HOUR))
    bureau.send()
    assert bureau.counts(number) == {"Harbourline Logistics": [(START, END + HOUR)]}


def test_part_added_too_late_does_not_count(bureau: Bureau) -> None:
    number = announced(bureau, customers=[bureau.harbour.id])
    bureau.at(END - 48 * HOUR).change(number, Span(START, END + HOUR))
    bureau.at(END - 48 * HOUR + MICROSECOND).send()
    assert bureau.counts(number) == {"Harbourline Logistics": WHOLE}


def test_early_end_ends_what_counts(bureau: Bureau) -> None:
    number = announced(bureau, customers=[bureau.harbour.id])
    bureau.at(START).tick()
    bureau.at(END - HOUR).end(number)
    assert bureau.counts(number) == {"Harbourline Logistics": [(START, END - HOUR)]}


def test_overrun_never_counts(bureau: Bureau) -> None:
    number = announced(bureau, customers=[bureau.harbour.id])
    bureau.at(START).tick()
    bureau.keep_open(number)
    bureau.at(END + HOUR).end(number)
    assert bureau.counts(number) == {"Harbourline Logistics": WHOLE}


def test_window_called_off_counts_for_nothing(bureau: Bureau) -> None:
    number = announced(bureau)
    bureau.call_off(number)
    assert set(map(tuple, bureau.counts(number).values())) == {()}


def test_end_of_the_window_proposes_it_on_an_open_ticket_once(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    announced(bureau)
    run(bureau)
    bureau.at(END + HOUR).tick()
    assert proposals(bureau, one) == [(START.isoformat(), END.isoformat(), "1")]


def test_proposal_changes_no_clock_until_a_person_accepts_it(bureau: Bureau) -> None:
    announced(bureau)
    one = ticket(bureau, START - HOUR)
    before = bureau.desk.tickets()[0].resolution_due_at
    run(bureau)
    assert bureau.desk.tickets()[0].resolution_due_at == before
    with bureau.transaction() as session:
        excluding.accept(session, bureau.head, one, author=bureau.engineer, proposal="p1", at=END)
    assert bureau.desk.tickets()[0].resolution_due_at == before + (END - START)


def test_ticket_opened_in_the_window_is_covered_from_its_opening(bureau: Bureau) -> None:
    announced(bureau)
    bureau.at(START).tick()
    one = ticket(bureau, START + HOUR)
    bureau.at(END).tick()
    assert proposals(bureau, one) == [((START + HOUR).isoformat(), END.isoformat(), "1")]


def test_window_ended_early_proposes_until_then(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    number = announced(bureau)
    bureau.at(START).tick()
    bureau.at(END - HOUR).end(number)
    bureau.tick()
    assert proposals(bureau, one) == [(START.isoformat(), (END - HOUR).isoformat(), "1")]


def test_window_kept_open_proposes_until_its_announced_end(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    number = announced(bureau)
    bureau.at(START).tick()
    bureau.keep_open(number)
    bureau.at(END).tick()
    bureau.at(END + HOUR).end(number)
    bureau.tick()
    assert proposals(bureau, one) == [(START.isoformat(), END.isoformat(), "1")]


@pytest.mark.parametrize(
    ("account", "services", "covered"),
    [
        ("111122223333", (), True),
        ("111122224444", (), False),  # theirs, but not named: it runs no RDS
        (None, (), True),
        (None, ("rds",), True),
        ("111122223333", ("S3",), False),
    ],
)
def test_only_tickets_that_may_concern_what_the_notice_named_are_covered(
    bureau: Bureau, account: str | None, services: tuple[str, ...], covered: bool
) -> None:
    one = ticket(bureau, MONDAY, account=account, services=services)
    announced(bureau, services=["RDS"])
    run(bureau)
    assert bool(proposals(bureau, one)) is covered


def test_customers_the_notice_did_not_name_are_not_covered(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    announced(bureau, customers=[bureau.baltic.id])
    run(bureau)
    assert proposals(bureau, one) == []


def test_window_that_does_not_count_proposes_nothing(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    bureau.server.refused = {LI: NEVER}
    announced(bureau)
    run(bureau)
    assert proposals(bureau, one) == []


def test_emergency_proposes_nothing(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    bureau.announce(bureau.draft(), emergency="disks")
    bureau.send()
    run(bureau)
    assert proposals(bureau, one) == []


def test_ticket_that_ended_before_the_window_is_not_covered(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    announced(bureau)
    bureau.at(START - HOUR)
    with bureau.transaction() as session:
        handling.reply(
            session,
            bureau.head,
            one,
            author=bureau.engineer,
            text="Done.",
            then=Status.RESOLVED,
            at=START - HOUR,
        )
    run(bureau)
    assert proposals(bureau, one) == []


def test_ticket_closed_by_hand_before_the_window_is_not_covered(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    announced(bureau)
    bureau.at(START - HOUR)
    with bureau.transaction() as session:
        handling.change_status(session, bureau.head, one, author=bureau.engineer, status=Status.CLOSED,
                               text="Asked twice.", at=START - HOUR)  # fmt: skip
    run(bureau)
    assert proposals(bureau, one) == []


def test_mail_taken_in_the_window_and_filed_after_it_is_covered(bureau: Bureau) -> None:
    announced(bureau)
    bureau.at(START).tick()
    bureau.at(START + HOUR).desk.receive(a_mail(message_id="late@harbour.example"))
    bureau.at(END).tick()
    bureau.at(END + HOUR).desk.file()
    bureau.tick()
    one = bureau.desk.tickets()[0].id
    assert proposals(bureau, one) == [((START + HOUR).isoformat(), END.isoformat(), "1")]


def test_ticket_that_waits_for_the_customer_all_the_while_is_not_covered(bureau: Bureau) -> None:
    one = ticket(bureau, MONDAY)
    announced(bureau)
    with bureau.transaction() as session:
        handling.reply(
            session,
            bureau.head,
            one,
            author=bureau.engineer,
            text="Which one?",
            then=Status.WAITING_CUSTOMER,
            at=START - HOUR,
        )
    run(bureau)
    assert proposals(bureau, one) == []


def test_more_tickets_than_a_batch_are_all_covered(bureau: Bureau) -> None:
    numbers = [ticket(bureau, MONDAY) for _ in range(25)]
    announced(bureau)
    run(bureau)
    assert {len(proposals(bureau, number)) for number in numbers} == {1}
    assert bureau.due() == []
