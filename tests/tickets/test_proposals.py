"""What the desk proposes stands until somebody decides, and nothing but a person resolves."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer
from gateway.tickets import Refused, handling, proposals
from gateway.tickets.intake import Request, open_by_hand
from tests.builders import a_customer, an_engineer
from tests.databases import Desk

CASE, HEALTH = proposals.CASE_RESOLVED, "aws-health-closed"


@pytest.fixture
def ticket_id(desk: Desk) -> int:
    customer, engineer = a_customer(), an_engineer()
    desk.add(customer, engineer)
    asked = Request(customer.id, Mailbox("Li Na", "li@harbour.example"), "Down", "Help.", Priority.HIGH)
    with desk.services.transaction() as session:
        return open_by_hand(session, desk.head, asked, author=engineer, at=desk.clock.at).id


def do(desk: Desk, ticket_id: int, verb: Any, **how: Any) -> Any:
    with desk.services.transaction() as session:
        return verb(session, desk.head, ticket_id, **how, at=desk.clock.at)


def engineer_of(desk: Desk) -> Engineer:
    with desk.services.reading() as session:
        return session.get_one(Engineer, 1)


def test_proposal_stands_once_and_moves_nothing(desk: Desk, ticket_id: int) -> None:
    assert do(desk, ticket_id, proposals.propose, cause=CASE, reference="1")
    assert not do(desk, ticket_id, proposals.propose, cause=CASE, reference="1")
    (ticket,) = desk.tickets()
    assert (ticket.proposal, ticket.status) == (CASE, Status.NEW)


def test_declined_proposal_is_gone_and_may_come_again(desk: Desk, ticket_id: int) -> None:
    do(desk, ticket_id, proposals.propose, cause=CASE, reference="1")
    do(desk, ticket_id, proposals.decline, author=engineer_of(desk))
    assert desk.tickets()[0].proposal == ""
    with pytest.raises(Refused):
        do(desk, ticket_id, proposals.decline, author=engineer_of(desk))
    assert do(desk, ticket_id, proposals.propose, cause=CASE, reference="1")


def test_of_two_proposals_the_other_stands_when_one_is_withdrawn(desk: Desk, ticket_id: int) -> None:
    do(desk, ticket_id, proposals.propose, cause=CASE, reference="1")
    do(desk, ticket_id, proposals.propose, cause=HEALTH, reference="7")
    assert do(desk, ticket_id, proposals.withdraw, cause=HEALTH, reference="7")
    assert desk.tickets()[0].proposal == CASE
    assert not do(desk, ticket_id, proposals.withdraw, cause=HEALTH, reference="7")


def test_resolving_answers_every_proposal(desk: Desk, ticket_id: int) -> None:
    do(desk, ticket_id, proposals.propose, cause=CASE, reference="1")
    engineer = engineer_of(desk)
    do(desk, ticket_id, handling.change_status, author=engineer, status=Status.RESOLVED, text="Fixed.")
    assert desk.tickets()[0].proposal == ""
    assert not do(desk, ticket_id, proposals.withdraw, cause=CASE, reference="1")
    assert not do(desk, ticket_id, proposals.propose, cause=CASE, reference="2")
