"""A duplicate goes into the older ticket of the same customer: one thread, one clock, one count (P12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import AwsAccount, AwsCase, CustomerDomain, Engineer, Participant, Ticket
from gateway.store.queries import attainment
from gateway.store.queries.attainment import Window
from gateway.tickets import NotFound, Refused, handling, merging
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

OLDER, NEWER = 1001, 1002


@pytest.fixture
def chen(desk: Desk) -> Engineer:
    """Somebody with two tickets of Harbourline about the same: 1001 by Li Na, five minutes later 1002 by Wu Hao."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail(), authentication=PASSED)
    desk.clock.pass_(minutes=5)
    second = a_mail("Reports again.\n", subject="Reports", message_id="m2@harbour.example",
                    sender="Wu Hao <wu@harbour.example>", cc="eve@elsewhere.example")  # fmt: skip
    desk.walk(second, authentication=PASSED, reverse_path="wu@harbour.example")
    return made


def merge(desk: Desk, author: Engineer, ticket_id: int = NEWER, into: int = OLDER) -> int:
    with desk.services.transaction() as session:
        return merging.merge(session, desk.head, ticket_id, into=into, author=author, at=desk.clock())


def people(desk: Desk, ticket_id: int) -> set[str]:
    with desk.services.reading() as session:
        found = sa.select(Participant.email).where(Participant.ticket_id == ticket_id)
        return set(session.scalars(found))


def by_number(desk: Desk) -> dict[int, Ticket]:
    return {each.id: each for each in desk.tickets()}


def third(desk: Desk) -> int:
    desk.clock.pass_(minutes=5)
    mail = a_mail("Once more.\n", subject="Reports, once more", message_id="m3@harbour.example")
    return desk.walk(mail, authentication=PASSED).ticket_id or 0


def write_to(desk: Desk, ticket_id: int, *, sender: str = "wu@harbour.example") -> int | None:
    mail = a_mail("It works on my telephone.\n", subject="Re: Reports", sender=sender, message_id="m9@harbour.example",
                  to=desk.head.reply_address(ticket_id))  # fmt: skip
    return desk.walk(
        mail, to=desk.head.reply_address(ticket_id), reverse_path=sender, authentication=PASSED
    ).ticket_id


def test_duplicate_is_closed_as_merged_and_both_logs_say_so(desk: Desk, chen: Engineer) -> None:
    assert merge(desk, chen) == OLDER
    ticket = by_number(desk)[NEWER]
    assert (ticket.status, ticket.discounted, ticket.merged_into_id) == (Status.CLOSED, "merged", OLDER)
    marked = [each.data for each in desk.events(NEWER) if each.kind == "marked"]
    came = [each.data for each in desk.events(OLDER) if each.kind == "linked" and "ticket" in each.data]
    assert (marked, came) == ([{"as": "merged", "into": OLDER}], [{"ticket": NEWER, "what": "merged"}])


def test_people_of_the_customer_come_along_and_strangers_do_not(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    assert people(desk, OLDER) == {"li@harbour.example", "wu@harbour.example"}


def test_target_keeps_its_clocks(desk: Desk, chen: Engineer) -> None:
    before = by_number(desk)[OLDER]
    merge(desk, chen)
    after = by_number(desk)[OLDER]
    assert (after.first_response_due_at, after.resolution_due_at, after.status) == (
        before.first_response_due_at, before.resolution_due_at, before.status,
    )  # fmt: skip


def test_duplicate_owes_no_alarm_any_more(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    with desk.services.reading() as session:
        assert session.scalar(sa.text(f"SELECT count(*) FROM alarm WHERE ticket_id = {NEWER}")) == 0


def test_its_people_are_told_once_where_it_goes_on(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    told = [each for each in desk.letters("status") if each.ticket_id == NEWER]
    assert {each.first_recipient for each in told} == {"wu@harbour.example", "eve@elsewhere.example"}
    assert b"We go on in HD-1001" in told[0].content


def test_mail_to_the_duplicates_address_goes_to_the_other_ticket(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    assert write_to(desk, NEWER) == OLDER
    assert desk.messages(OLDER)[-1].text.strip() == "It works on my telephone."


def test_answer_to_the_duplicates_letter_goes_to_the_other_ticket(desk: Desk, chen: Engineer) -> None:
    letter = next(each for each in desk.letters("acknowledgement") if each.ticket_id == NEWER)
    merge(desk, chen)
    mail = a_mail("More.\n", subject="Re: Reports", sender="wu@harbour.example", message_id="m8@harbour.example",
                  in_reply_to=letter.message_id)  # fmt: skip
    assert desk.walk(mail, authentication=PASSED, reverse_path="wu@harbour.example").ticket_id == OLDER


def test_stranger_who_was_copied_in_is_only_shown_on_the_other_ticket(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    assert write_to(desk, NEWER, sender="eve@elsewhere.example") == OLDER
    assert desk.messages(OLDER)[-1].held


def test_chain_of_merges_leads_to_its_end(desk: Desk, chen: Engineer) -> None:
    last = third(desk)
    merge(desk, chen, last, NEWER)
    merge(desk, chen, NEWER, OLDER)
    assert write_to(desk, last) == OLDER


def test_merging_into_a_merged_ticket_is_merging_into_its_end(desk: Desk, chen: Engineer) -> None:
    last = third(desk)
    merge(desk, chen, NEWER, OLDER)
    assert merge(desk, chen, last, NEWER) == OLDER


def test_older_ticket_is_not_merged_into_a_newer_one(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(Refused, match="opened later: merge it into this one"):
        merge(desk, chen, OLDER, NEWER)


def test_ticket_is_not_merged_into_itself_even_round_a_corner(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    for into in (OLDER, NEWER):
        with pytest.raises(Refused, match="not merged into itself"):
            merge(desk, chen, OLDER, into)


def test_absent_target_is_not_found(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(NotFound):
        merge(desk, chen, NEWER, 4711)


def test_tickets_of_two_customers_are_not_merged(desk: Desk, chen: Engineer) -> None:
    other = a_customer(reference="kelp", name="Kelp")
    other.domains, other.contacts, other.contracts = [CustomerDomain(domain="kelp.example")], [], []
    desk.add(other)
    mail = a_mail(sender="Ma Li <ma@kelp.example>", message_id="m4@kelp.example")
    number = desk.walk(mail, reverse_path="ma@kelp.example").ticket_id or 0
    with pytest.raises(Refused, match="same customer"):
        merge(desk, chen, number, OLDER)


def test_more_urgent_ticket_does_not_vanish_in_a_less_urgent_one(desk: Desk, chen: Engineer) -> None:
    with desk.services.transaction() as session:
        handling.change_priority(session, desk.head, NEWER, author=chen, priority=Priority.CRITICAL,
                                 reason="All shops.", at=desk.clock())  # fmt: skip
    with pytest.raises(Refused, match="raise the priority"):
        merge(desk, chen)


def test_violated_duplicate_is_merged_by_a_manager_only(desk: Desk, chen: Engineer) -> None:
    manager = an_engineer("Zhao Min", role="manager")
    desk.add(manager)
    desk.clock.pass_(days=20)
    with pytest.raises(Refused, match="only a manager merges"):
        merge(desk, chen)
    assert merge(desk, manager) == OLDER


def test_ticket_with_an_open_aws_case_is_not_merged_away(desk: Desk, chen: Engineer) -> None:
    with desk.services.reading() as session:
        customer_id = session.get_one(Ticket, NEWER).customer_id
    desk.add(AwsAccount(account_id="111122223333", customer_id=customer_id, name="Production"))
    case = AwsCase(account_id="111122223333", case_id="case-1", ticket_id=NEWER, status="opened", origin="gateway",
                   opened_at=desk.clock(), seen_at=desk.clock())  # fmt: skip
    desk.add(case)
    with pytest.raises(Refused, match="AWS case"):
        merge(desk, chen)


def test_closed_tickets_are_final(desk: Desk, chen: Engineer) -> None:
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, OLDER, author=chen, status=Status.CLOSED, text="Settled.",
                               at=desk.clock())  # fmt: skip
    with pytest.raises(Refused, match="final"):
        merge(desk, chen)


def test_merged_ticket_counts_once_in_the_months_figures(desk: Desk, chen: Engineer) -> None:
    merge(desk, chen)
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, OLDER, author=chen, status=Status.CLOSED, text="Settled.",
                               at=desk.clock())  # fmt: skip
    assert counted(desk) == [OLDER]


def counted(desk: Desk) -> list[int]:
    """The tickets of Harbourline that count."""
    with desk.services.reading() as session:
        customer_id = session.get_one(Ticket, OLDER).customer_id or 0
        window = Window(customer_id, MONDAY - timedelta(days=1), MONDAY + timedelta(days=30))
        return [each.ticket_id for each in attainment.unplaced(session, window, desk.clock())]
