"""What AWS's failures cost a customer's incidents, and one note for all customers of an event."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.domain.exclusions import exclusions, proposed
from gateway.domain.lifecycle import Status
from gateway.store.models import AwsAccount, Contact, Customer, Engineer, HealthEvent, HealthImpact, Ticket
from gateway.tickets import (
    NotFound,
    Refused,
    excluding,
    handling,
    health_exclusions,
    health_fanning,
    health_tickets,
    log,
)
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

ARN = "arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1"
BEGAN = MONDAY + timedelta(minutes=30)
HOUR = timedelta(hours=1)
OUTAGE = "All our EC2 instances in eu-west-1 are down, production is unreachable."


def an_event(**changes: object) -> HealthEvent:
    said: dict[str, object] = {
        "arn": ARN, "partition": "aws", "service": "EC2", "type_code": "AWS_EC2_OPERATIONAL_ISSUE",
        "category": "issue", "scope": "ACCOUNT_SPECIFIC", "region": "eu-west-1", "status": "open", "starts_at": BEGAN,
        "updated_at": BEGAN, "description": "We are investigating.", "first_seen_at": BEGAN, "seen_at": BEGAN,
    }  # fmt: skip
    return HealthEvent(**{**said, **changes})


class Outage:
    """Ticket 1001, an incident of a customer at 01:00, and an issue in their account since 01:30."""

    def __init__(self, desk: Desk, *, mail: str = OUTAGE, **event: object) -> None:
        self.desk = desk
        self.chen = an_engineer()
        self.customer = a_customer()
        desk.add(self.customer, self.chen)
        desk.add(AwsAccount(account_id="111122223333", customer_id=self.customer.id))
        desk.walk(a_mail(mail, subject="Production down"))
        self.event = an_event(**event)
        desk.add(self.event)
        desk.add(HealthImpact(event_id=self.event.id, account_id="111122223333", entities=[], since=BEGAN))
        desk.clock.at = BEGAN + HOUR

    def look(self) -> None:
        """As each look at Health does."""
        with self.desk.services.transaction() as session:
            health_exclusions.keep_in_step(
                session, self.desk.head, self.event.id, self.customer.id, at=self.desk.clock.at
            )

    def change(self, **values: object) -> None:
        with self.desk.services.transaction() as session:
            session.execute(sa.update(HealthEvent).values(**values))

    def over(self, at: datetime) -> None:
        self.change(status="closed", ends_at=at, updated_at=at)
        self.desk.clock.at = at + HOUR

    def proposals(self) -> list[tuple[str, datetime, datetime | None]]:
        with self.desk.services.reading() as session:
            return [(each.id, each.start, each.end) for each in proposed(log.events(session, 1001))]

    def excluded(self) -> list[tuple[datetime, datetime | None]]:
        with self.desk.services.reading() as session:
            return [(each.start, each.end) for each in exclusions(log.events(session, 1001)) if each.counts]

    def decide(self, verb: object, name: str) -> None:
        with self.desk.services.transaction() as session:
            verb(session, self.desk.head, 1001, author=self.chen, proposal=name, at=self.desk.clock.at)  # type: ignore[operator]


def test_incident_while_aws_fails_gets_a_proposal_from_the_failures_beginning(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    outage.look()
    assert outage.proposals() == [("p1", BEGAN, None)]
    said = next(each.data for each in desk.events(1001) if each.kind == "exclusion-proposed")
    assert (said["reason"], said["proof"]) == ("aws", {"kind": "health-event", "reference": ARN})
    assert outage.excluded() == []


def test_proposal_begins_with_the_ticket_where_that_is_later(desk: Desk) -> None:
    outage = Outage(desk, starts_at=MONDAY - HOUR)
    outage.look()
    assert outage.proposals() == [("p1", MONDAY, None)]


def test_proposals_end_is_set_when_the_event_ends(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    end = BEGAN + 2 * HOUR
    outage.over(end)
    outage.look()
    outage.look()
    assert outage.proposals() == [("p2", BEGAN, end)]


def test_accepted_exclusion_ends_with_the_event_exactly(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    outage.decide(excluding.accept, "p1")
    end = BEGAN + 2 * HOUR
    outage.over(end)
    outage.look()
    outage.look()
    assert outage.excluded() == [(BEGAN, end)]
    assert outage.proposals() == []


def test_declined_proposal_is_never_made_again(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    outage.decide(excluding.decline, "p1")
    outage.look()
    outage.over(BEGAN + 2 * HOUR)
    outage.look()
    assert outage.proposals() == [] and outage.excluded() == []


def test_event_that_goes_on_after_it_was_over_adds_only_the_further_stretch(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    outage.decide(excluding.accept, "p1")
    end = BEGAN + 2 * HOUR
    outage.over(end)
    outage.look()
    outage.change(status="open", ends_at=None)
    outage.look()
    assert outage.proposals() == [("p2", end, None)]
    later = BEGAN + 4 * HOUR
    outage.over(later)
    outage.look()
    outage.decide(excluding.accept, "p3")
    outage.look()
    assert outage.excluded() == [(BEGAN, end), (end, later)]


def test_beginning_that_aws_corrects_replaces_the_proposal(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    sooner = BEGAN - timedelta(minutes=10)
    outage.change(starts_at=sooner)
    outage.look()
    outage.look()
    assert outage.proposals() == [("p2", sooner, None)]


def test_resolved_incident_was_held_up_only_until_it_was_resolved(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    outage.decide(excluding.accept, "p1")
    resolved = desk.clock.at
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, 1001, author=outage.chen, status=Status.RESOLVED, text="Up.",
                               at=resolved)  # fmt: skip
    outage.over(BEGAN + 5 * HOUR)
    outage.look()
    assert outage.excluded() == [(BEGAN, resolved)]


def test_event_that_names_the_account_no_more_ends_what_was_accepted(desk: Desk) -> None:
    outage = Outage(desk)
    outage.look()
    outage.decide(excluding.accept, "p1")
    with desk.services.transaction() as session:
        session.execute(sa.update(HealthImpact).values(gone=True))
    outage.look()
    desk.clock.pass_(hours=1)
    outage.look()
    assert outage.excluded() == [(BEGAN, BEGAN + HOUR)]


@pytest.mark.parametrize(
    ("mail", "event"),
    [
        ("All our S3 buckets are unreachable, production is down.", {}),
        ("All our EC2 instances in us-east-1 are down, production is unreachable.", {}),
        ("Production is down, nothing answers.", {}),
        (OUTAGE, {"category": "scheduledChange"}),
        (OUTAGE, {"starts_at": BEGAN + timedelta(days=1)}),
    ],
)
def test_incident_about_something_else_gets_no_proposal(
    desk: Desk, mail: str, event: dict[str, object]
) -> None:
    outage = Outage(desk, mail=mail, **event)
    outage.look()
    assert outage.proposals() == []


# One note for all.


def fanned(desk: Desk) -> tuple[HealthEvent, Engineer]:
    """An event with the tickets of two customers."""
    chen, event = an_engineer(), an_event(starts_at=MONDAY)
    second = Customer(reference="orchard", name="Orchard", language="zh", time_zone="UTC", active=True)
    second.contacts = [Contact(email="it@orchard.example", name="林", language="zh", phone="")]
    first = a_customer()
    desk.add(chen, first, second, event)
    for number, customer in (("111122223333", first), ("444455556666", second)):
        desk.add(AwsAccount(account_id=number, customer_id=customer.id))
        desk.add(HealthImpact(event_id=event.id, account_id=number, entities=[], since=MONDAY))
        with desk.services.transaction() as session:
            health_tickets.follow(session, desk.head, event.id, customer.id, at=desk.clock.at)
    return event, chen


def note(desk: Desk, event: HealthEvent, author: Engineer, **how: object) -> health_fanning.Fanned:
    told = {"text": "AWS expects two more hours.", "to_customers": False, "at": desk.clock.at} | how
    with desk.services.transaction() as session:
        return health_fanning.note_to_all(session, desk.head, event.id, author=author, **told)  # type: ignore[arg-type]


def test_note_reaches_the_tickets_of_all_customers_once(desk: Desk) -> None:
    event, chen = fanned(desk)
    assert note(desk, event, chen).done == (1001, 1002)
    assert note(desk, event, chen).before == (1001, 1002)
    for ticket in (1001, 1002):
        assert [each.text for each in desk.messages(ticket) if each.direction == "note"] == [
            "AWS expects two more hours."
        ]
    assert desk.letters("reply") == []


def test_reply_to_all_is_mailed_to_each_customers_people_alone(desk: Desk) -> None:
    event, chen = fanned(desk)
    assert note(desk, event, chen, to_customers=True, act="form-1").done == (1001, 1002)
    assert note(desk, event, chen, to_customers=True, act="form-1").done == ()
    assert [each.recipients for each in desk.letters("reply")] == [
        ["li@harbour.example"],
        ["it@orchard.example"],
    ]


def test_same_words_are_said_again_where_it_is_another_act(desk: Desk) -> None:
    event, chen = fanned(desk)
    note(desk, event, chen)
    desk.clock.pass_(hours=2)
    assert note(desk, event, chen).done == (1001, 1002)


def test_closed_ticket_takes_no_note_and_hinders_no_other(desk: Desk) -> None:
    event, chen = fanned(desk)
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, 1001, author=chen, status=Status.CLOSED, text="Gone.",
                               at=desk.clock.at)  # fmt: skip
    told = note(desk, event, chen, to_customers=True)
    assert (told.done, told.left) == ((1002,), (1001,))


def test_reply_to_a_customer_without_people_is_left_out_whole(desk: Desk) -> None:
    event, chen = fanned(desk)
    with desk.services.transaction() as session:
        session.execute(sa.text("DELETE FROM participant WHERE ticket_id = 1001"))
    told = note(desk, event, chen, to_customers=True)
    assert (told.done, told.left) == ((1002,), (1001,))
    assert [each.direction for each in desk.messages(1001)] == ["from-aws"]


def test_note_needs_words_and_tickets(desk: Desk) -> None:
    event, chen = fanned(desk)
    with pytest.raises(Refused):
        note(desk, event, chen, text=" ")
    event.id += 1
    with pytest.raises(NotFound):
        note(desk, event, chen)


def test_health_tickets_are_no_incidents_of_the_customers_own(desk: Desk) -> None:
    event, _ = fanned(desk)
    with desk.services.transaction() as session:
        ticket = session.get_one(Ticket, 1001)
        assert health_exclusions.due(session, event.id, ticket.customer_id or 0, at=desk.clock.at) == []
