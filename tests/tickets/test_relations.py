"""Tickets of one incident, people copied in, and what a ticket's page finds beside it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.domain.lifecycle import Status
from gateway.mail.message import Mailbox
from gateway.store.models import CustomerDomain, Engineer, Participant, Ticket
from gateway.store.queries import relatives
from gateway.tickets import NotFound, Refused, copying, handling, linking
from gateway.tickets.copying import Outsider
from gateway.tickets.fanning import Fanned
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import SUPPORT, Desk

FIRST, SECOND, THIRD = 1001, 1002, 1003


@pytest.fixture
def chen(desk: Desk) -> Engineer:
    """Somebody with three tickets of Harbourline."""
    made = an_engineer()
    desk.add(a_customer(), made)
    for index, subject in enumerate(("Direct Connect down", "Checkout is slow", "Invoice of March")):
        desk.walk(a_mail(f"About {subject}.\n", subject=subject, message_id=f"m{index}@harbour.example"),
                  authentication=PASSED)  # fmt: skip
        desk.clock.pass_(minutes=30)
    return made


def link(desk: Desk, chen: Engineer, child: int, parent: int | None) -> None:
    with desk.services.transaction() as session:
        linking.link(session, desk.head, child, parent_id=parent, author=chen, at=desk.clock())


def links(desk: Desk, number: int) -> list[dict[str, object]]:
    return [each.data for each in desk.events(number) if each.kind == "linked"]


def test_both_logs_say_that_a_ticket_belongs_to_an_incident(desk: Desk, chen: Engineer) -> None:
    link(desk, chen, SECOND, FIRST)
    assert links(desk, SECOND) == [{"what": "parent", "ticket": FIRST}]
    assert links(desk, FIRST) == [{"what": "child", "ticket": SECOND}]
    assert desk.tickets()[1].parent_id == FIRST


def test_ticket_leaves_its_incident(desk: Desk, chen: Engineer) -> None:
    link(desk, chen, SECOND, FIRST)
    link(desk, chen, SECOND, None)
    assert (desk.tickets()[1].parent_id, links(desk, SECOND)[-1]) == (
        None,
        {"what": "parent-left", "ticket": FIRST},
    )


def test_linking_twice_is_logged_once(desk: Desk, chen: Engineer) -> None:
    link(desk, chen, SECOND, FIRST)
    link(desk, chen, SECOND, FIRST)
    assert len(links(desk, SECOND)) == len(links(desk, FIRST)) == 1


def test_no_ticket_belongs_to_itself_even_round_a_corner(desk: Desk, chen: Engineer) -> None:
    link(desk, chen, SECOND, FIRST)
    link(desk, chen, THIRD, SECOND)
    with pytest.raises(Refused, match="belongs to this one already"):
        link(desk, chen, FIRST, THIRD)
    with pytest.raises(Refused, match="to itself"):
        link(desk, chen, FIRST, FIRST)


def test_absent_incident_is_not_found(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(NotFound):
        link(desk, chen, SECOND, 4711)


def fan(desk: Desk, chen: Engineer, *, to_customers: bool, act: str = "form-1") -> Fanned:
    with desk.services.transaction() as session:
        return linking.write_to_children(session, desk.head, FIRST, author=chen, text="AWS repairs it.",
                                         to_customers=to_customers, at=desk.clock(), act=act)  # fmt: skip


def test_one_reply_goes_to_every_ticket_of_the_incident_once(desk: Desk, chen: Engineer) -> None:
    link(desk, chen, SECOND, FIRST)
    link(desk, chen, THIRD, FIRST)
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, THIRD, author=chen, status=Status.CLOSED, text="Settled.",
                               at=desk.clock())  # fmt: skip
    assert fan(desk, chen, to_customers=True) == Fanned(done=(SECOND,), left=(THIRD,))
    assert fan(desk, chen, to_customers=True) == Fanned(before=(SECOND,), left=(THIRD,))
    assert [each.ticket_id for each in desk.letters("reply")] == [SECOND]


def test_note_to_all_mails_nobody(desk: Desk, chen: Engineer) -> None:
    link(desk, chen, SECOND, FIRST)
    fan(desk, chen, to_customers=False)
    assert desk.messages(SECOND)[-1].direction == "note"
    assert desk.letters("reply") == []


def test_incident_without_tickets_has_nobody_to_write_to(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(NotFound):
        fan(desk, chen, to_customers=False)


def copy_in(desk: Desk, chen: Engineer, email: str, *, outsider: bool = False) -> None:
    with desk.services.transaction() as session:
        copying.copy_in(session, desk.head, FIRST, author=chen, person=Mailbox("", email), own_addresses={SUPPORT},
                        outsider=outsider, at=desk.clock())  # fmt: skip


def people(desk: Desk) -> list[str]:
    with desk.services.reading() as session:
        found = sa.select(Participant.email).where(Participant.ticket_id == FIRST).order_by(Participant.email)
        return list(session.scalars(found))


def test_colleague_of_the_requester_is_copied_in(desk: Desk, chen: Engineer) -> None:
    copy_in(desk, chen, "Wu@Harbour.example")
    assert people(desk) == ["li@harbour.example", "wu@harbour.example"]
    assert links(desk, FIRST) == [{"what": "participant"} | links(desk, FIRST)[0]]


def test_outsider_is_copied_in_only_where_it_is_meant(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(Outsider):
        copy_in(desk, chen, "eve@elsewhere.example")
    assert people(desk) == ["li@harbour.example"]
    copy_in(desk, chen, "eve@elsewhere.example", outsider=True)
    assert people(desk) == ["eve@elsewhere.example", "li@harbour.example"]


def test_person_of_another_customer_is_an_outsider(desk: Desk, chen: Engineer) -> None:
    other = a_customer(reference="kelp", name="Kelp")
    other.domains, other.contacts, other.contracts = [CustomerDomain(domain="kelp.example")], [], []
    desk.add(other)
    with pytest.raises(Outsider):
        copy_in(desk, chen, "ma@kelp.example")


@pytest.mark.parametrize("email", [SUPPORT, "support+1001-abc@desk.example"])
def test_our_own_address_is_never_copied_in(desk: Desk, chen: Engineer, email: str) -> None:
    with pytest.raises(Refused, match="address of ours"):
        copy_in(desk, chen, email, outsider=True)


@pytest.mark.parametrize("email", ["nobody", "a@b\nBcc: x@y.example", "@harbour.example"])
def test_what_is_no_address_is_refused(desk: Desk, chen: Engineer, email: str) -> None:
    with pytest.raises(Refused):
        copy_in(desk, chen, email, outsider=True)


def leave_out(desk: Desk, chen: Engineer, email: str) -> None:
    with desk.services.transaction() as session:
        copying.leave_out(session, desk.head, FIRST, author=chen, email=email, at=desk.clock())


def test_who_is_left_out_gets_no_further_letter(desk: Desk, chen: Engineer) -> None:
    copy_in(desk, chen, "wu@harbour.example")
    leave_out(desk, chen, "wu@harbour.example")
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, FIRST, author=chen, text="We look into it.", at=desk.clock())
    assert {each.first_recipient for each in desk.letters("reply")} == {"li@harbour.example"}
    assert links(desk, FIRST)[-1]["what"] == "participant-left"


def test_requester_is_not_left_out(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(Refused, match="requester"):
        leave_out(desk, chen, "li@harbour.example")


def solve(desk: Desk, chen: Engineer, number: int) -> None:
    with desk.services.transaction() as session:
        handling.reply(
            session, desk.head, number, author=chen, text="Done.", then=Status.RESOLVED, at=desk.clock()
        )


def similar(desk: Desk, number: int) -> list[int]:
    desk.index()
    with desk.services.reading() as session:
        return [each.id for each in relatives.similar_solved(session, session.get_one(Ticket, number))]


@pytest.mark.parametrize(
    ("solved", "new"),
    [
        ("Direct Connect down in Tuas", "Again the Direct Connect is down, scanners offline"),
        ("专线中断，仓库扫描枪离线", "专线中断：新加坡"),
    ],
)
def test_solved_ticket_with_the_same_telling_words_is_similar(
    desk: Desk, chen: Engineer, solved: str, new: str
) -> None:
    old = desk.walk(a_mail("One.\n", subject=solved, message_id="a@harbour.example")).ticket_id or 0
    solve(desk, chen, old)
    number = desk.walk(a_mail("Two.\n", subject=new, message_id="b@harbour.example")).ticket_id or 0
    assert similar(desk, number) == [old]


def test_open_ticket_is_no_solution(desk: Desk, chen: Engineer) -> None:
    number = desk.walk(
        a_mail("Two.\n", subject="Direct Connect down", message_id="b@harbour.example")
    ).ticket_id
    assert similar(desk, number or 0) == []


def test_other_open_tickets_are_those_of_the_same_customer(desk: Desk, chen: Engineer) -> None:
    desk.walk(a_mail(sender="Eve <eve@elsewhere.example>", message_id="c@elsewhere.example"))
    solve(desk, chen, THIRD)
    with desk.services.reading() as session:
        found = relatives.others_open(session, session.get_one(Ticket, FIRST))
        assert [each.id for each in found] == [SECOND]
