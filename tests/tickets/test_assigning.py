"""Tickets go to the most suitable engineer on call, who is told, as is the customer (P3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import AwsAccount, Engineer, TicketEvent
from gateway.tickets import handling, intake
from gateway.tickets.intake import Request
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import Desk
from tests.rotas import a_shift, a_team, an_absence

OUTAGE = "Production is completely down, nobody can order, please help at once.\n"


@pytest.fixture
def people(desk: Desk) -> dict[str, Engineer]:
    """Chen knows RDS, Lin writes Chinese too, both on call round the clock; Zhao leads, Maya manages."""
    made = {
        "chen": an_engineer("Chen Wei", skills=["RDS"]),
        "lin": an_engineer("Lin Yue", language="zh", skills=["vpc", "en"]),
        "zhao": an_engineer("Zhao Min", role="lead"),
        "maya": an_engineer("Maya Okafor", role="manager"),
    }
    customer = a_customer()
    customer.accounts = [AwsAccount(account_id="111122223333", name="", environment="production")]
    desk.add(customer, *made.values())
    return made


@pytest.fixture
def rota(desk: Desk, people: dict[str, Engineer]) -> dict[str, Engineer]:
    """The same people with a rota."""
    team = a_team(desk, "cloud", [people["chen"], people["lin"]])
    desk.add(
        a_shift(team, [people["chen"]], name="first"),
        a_shift(team, [people["lin"]], name="second", position=1),
    )
    return people


def assigned(desk: Desk, ticket_id: int = 1001) -> list[TicketEvent]:
    return [each for each in desk.events(ticket_id) if each.kind == EventKind.ASSIGNED]


def told(desk: Desk, letter: str) -> list[str]:
    return [each.first_recipient for each in desk.letters(letter)]


def test_without_a_rota_a_ticket_waits_in_the_queue_and_nobody_is_alarmed(
    desk: Desk, people: dict[str, Engineer]
) -> None:
    desk.walk(a_mail())
    assert desk.tickets()[0].assignee_id is None
    assert (assigned(desk), told(desk, "engineer-assigned"), told(desk, "engineer-unassigned")) == (
        [],
        [],
        [],
    )


def test_mail_that_names_a_service_goes_to_the_engineer_who_knows_it(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    desk.walk(a_mail("Our RDS instance answers slowly.\n", subject="RDS slow"))
    [entry] = assigned(desk)
    assert desk.tickets()[0].assignee_id == rota["chen"].id
    assert (entry.actor, entry.data["from"], entry.data["to"]) == ("system", None, rota["chen"].id)
    assert {"on-shift:cloud first", "skill:rds", "load:0"} <= set(entry.data["reasons"])


def test_assignee_is_told_why(desk: Desk, rota: dict[str, Engineer]) -> None:
    desk.walk(a_mail("Our RDS instance answers slowly.\n", subject="RDS slow"))
    [letter] = desk.letters("engineer-assigned")
    assert letter.first_recipient == "chen@desk.example"
    assert "on call: cloud first; knows RDS" in letter.content.decode()


def test_verified_sender_reads_who_has_the_ticket(desk: Desk, rota: dict[str, Engineer]) -> None:
    desk.walk(a_mail(), authentication=PASSED)
    [letter] = desk.letters("acknowledgement")
    assert "Engineer: Chen Wei, on call now" in letter.content.decode()


def test_unverified_sender_reads_nobodys_name(desk: Desk, rota: dict[str, Engineer]) -> None:
    desk.walk(a_mail())
    [letter] = desk.letters("acknowledgement")
    assert "Chen" not in letter.content.decode()


def test_load_spreads_tickets_among_equals(desk: Desk, rota: dict[str, Engineer]) -> None:
    for number in range(6):
        desk.walk(
            a_mail(
                f"Question {number} about tags.\n",
                subject=f"Tags {number}",
                message_id=f"t{number}@x.example",
            )
        )
    counts = [sum(each.assignee_id == rota[name].id for each in desk.tickets()) for name in ("chen", "lin")]
    assert counts == [4, 2]  # who knows the customer gets a little more


def test_nobody_on_call_is_an_alarm_to_leads_and_management(desk: Desk, rota: dict[str, Engineer]) -> None:
    start, end = desk.clock() - timedelta(hours=1), desk.clock() + timedelta(hours=1)
    desk.add(an_absence(rota["chen"], start, end), an_absence(rota["lin"], start, end))
    desk.walk(a_mail())
    [entry] = assigned(desk)
    assert (desk.tickets()[0].assignee_id, entry.data["to"]) == (None, None)
    assert entry.data["reasons"] == ["nobody-on-shift"]
    assert told(desk, "engineer-unassigned") == ["zhao@desk.example", "maya@desk.example"]


def test_engineer_who_left_is_not_on_call(desk: Desk, rota: dict[str, Engineer]) -> None:
    with desk.services.transaction() as session:
        session.get_one(Engineer, rota["chen"].id).active = False
    desk.walk(a_mail("Our RDS instance answers slowly.\n", subject="RDS slow"))
    assert desk.tickets()[0].assignee_id == rota["lin"].id


def test_nobody_is_told_twice_of_a_critical_ticket(desk: Desk, rota: dict[str, Engineer]) -> None:
    start, end = desk.clock() - timedelta(hours=1), desk.clock() + timedelta(hours=1)
    desk.add(an_absence(rota["chen"], start, end), an_absence(rota["lin"], start, end))
    desk.walk(a_mail(OUTAGE, subject="Production down"), authentication=PASSED)
    assert desk.tickets()[0].priority == Priority.CRITICAL
    both = told(desk, "engineer-new") + told(desk, "engineer-unassigned")
    assert len(both) == len(set(both))
    assert "zhao@desk.example" in both


def test_engineer_of_a_new_critical_ticket_gets_one_letter(desk: Desk, rota: dict[str, Engineer]) -> None:
    desk.walk(a_mail(OUTAGE, subject="Production down"), authentication=PASSED)
    letters = [each.letter for each in desk.letters() if each.first_recipient == "chen@desk.example"]
    assert (desk.tickets()[0].assignee_id, letters) == (rota["chen"].id, ["engineer-new"])


def test_management_reads_who_has_a_critical_ticket(desk: Desk, rota: dict[str, Engineer]) -> None:
    desk.walk(a_mail(OUTAGE, subject="Production down"), authentication=PASSED)
    assert "Assignee: Chen Wei" in desk.letters("engineer-new")[0].content.decode()


def test_ticket_opened_by_hand_is_assigned_too_but_nobody_is_told_of_their_own_act(
    desk: Desk, rota: dict[str, Engineer]
) -> None:
    request = Request(1, Mailbox("Li Na", "li@harbour.example"), "RDS slow", "RDS is slow.", Priority.LOW)
    with desk.services.transaction() as session:
        author = session.get_one(Engineer, rota["chen"].id)
        ticket = intake.open_by_hand(session, desk.head, request, author=author, at=desk.clock())
    assert ticket.assignee_id == rota["chen"].id
    assert told(desk, "engineer-assigned") == []


def test_engineer_is_told_of_a_ticket_a_colleague_gives_them(desk: Desk, people: dict[str, Engineer]) -> None:
    desk.walk(a_mail())
    for assignee in ("lin", "zhao"):
        with desk.services.transaction() as session:
            handling.assign(session, desk.head, 1001, author=people["zhao"], assignee_id=people[assignee].id,
                            at=desk.clock())  # fmt: skip
    assert told(desk, "engineer-assigned") == ["lin@desk.example"]
    assert [each.data["reasons"] for each in assigned(desk)] == [["by-hand"], ["by-hand"]]


def test_ticket_keeps_what_its_words_name_of_aws(desk: Desk, people: dict[str, Engineer]) -> None:
    text = "EC2 in ap-southeast-1 of account 111122223333 cannot reach Aurora. Not 999988887777.\n"
    desk.walk(a_mail(text, subject="Network"))
    ticket = desk.tickets()[0]
    assert (ticket.aws_services, ticket.aws_region, ticket.aws_account_id) == (
        ["ec2", "rds"], "ap-southeast-1", "111122223333",
    )  # fmt: skip


def test_account_of_another_customer_is_nobodys_business(desk: Desk, people: dict[str, Engineer]) -> None:
    other = a_customer(reference="other", name="Other")
    other.domains, other.contacts, other.contracts = [], [], []
    other.accounts = [AwsAccount(account_id="999988887777", name="", environment="production")]
    desk.add(other)
    desk.walk(a_mail("About account 9999-8888-7777.\n"))
    assert desk.tickets()[0].aws_account_id is None
