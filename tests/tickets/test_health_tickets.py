"""Tickets about Health events, by the verbs alone."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import Message

import sqlalchemy as sa

from gateway.store.models import Alarm, AwsAccount, Contact, HealthEvent, HealthImpact
from gateway.tickets import health_tickets
from tests.builders import a_customer, an_engineer
from tests.databases import MONDAY, Desk

FIRST = "[10:00] We are investigating increased error rates."
NUMBER = "111122223333"


class Watch:
    """A desk with a customer of one account, whose people read English and Chinese, and one event that touches it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.customer = a_customer()
        self.customer.contacts.append(
            Contact(email="wang@harbour.example", name="王芳", language="zh", phone="")
        )
        desk.add(self.customer, an_engineer())
        self.event = HealthEvent(
            arn="arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1", partition="aws", service="EC2",
            type_code="AWS_EC2_OPERATIONAL_ISSUE", category="issue", scope="ACCOUNT_SPECIFIC", region="eu-west-1",
            status="open", starts_at=MONDAY - timedelta(minutes=20), updated_at=MONDAY, description=FIRST,
            first_seen_at=MONDAY, seen_at=MONDAY,
        )  # fmt: skip
        desk.add(AwsAccount(account_id=NUMBER, customer_id=self.customer.id, name="Production"), self.event)
        desk.add(HealthImpact(event_id=self.event.id, account_id=NUMBER, entities=[["i-0abc", "IMPAIRED"]],
                              since=MONDAY))  # fmt: skip

    def follow(self, **change: object) -> int | None:
        """The event reads differently, and its ticket follows."""
        with self.desk.services.transaction() as session:
            if change:
                session.execute(sa.update(HealthEvent).values(**change))
            return health_tickets.follow(
                session, self.desk.head, self.event.id, self.customer.id, at=self.desk.clock.pass_(minutes=5)
            )

    def told(self) -> list[tuple[str, str]]:
        return [(each.letter, each.recipients[0].partition("@")[0]) for each in self.desk.letters()]


def test_event_opens_one_ticket_and_tells_each_contact(desk: Desk) -> None:
    watch = Watch(desk)
    number = watch.follow()
    assert watch.follow() == number
    [ticket] = desk.tickets()
    assert (ticket.id, ticket.origin, ticket.kind, ticket.priority, ticket.service) == (
        number,
        "health",
        "incident",
        "high",
        "health-response",
    )
    assert (ticket.aws_account_id, ticket.aws_region, ticket.aws_services) == (NUMBER, "eu-west-1", ["ec2"])
    assert ticket.subject == "AWS Health: EC2 operational issue (eu-west-1)"
    assert watch.told() == [("health-opened", "li"), ("health-opened", "wang")]


def test_later_letters_continue_the_thread_of_each_reader(desk: Desk) -> None:
    watch = Watch(desk)
    watch.follow()
    watch.follow(status="closed")
    first, second = (_headers(desk, letter) for letter in ("health-opened", "health-closed"))
    assert [each["In-Reply-To"] for each in second] == [each["Message-ID"] for each in first]


def test_customer_without_people_gets_a_ticket_that_nobody_is_mailed_about(desk: Desk) -> None:
    watch = Watch(desk)
    with desk.services.transaction() as session:
        session.execute(sa.delete(Contact))
    assert watch.follow() == 1001
    assert watch.told() == []
    assert [each.text for each in desk.messages(1001)] == [FIRST]


def test_contact_who_comes_later_is_told_from_then_on(desk: Desk) -> None:
    watch = Watch(desk)
    watch.follow()
    desk.add(
        Contact(customer_id=watch.customer.id, email="new@harbour.example", name="", language="", phone="")
    )
    watch.follow(status="closed")
    assert ("health-closed", "new") in watch.told()


def test_resolution_of_a_scheduled_change_is_due_from_its_date_and_moves_with_it(desk: Desk) -> None:
    watch = Watch(desk)
    first, later = MONDAY + timedelta(days=14), MONDAY + timedelta(days=20)
    watch.follow(category="scheduledChange", status="upcoming", starts_at=first)
    [ticket] = desk.tickets()
    assert ticket.resolution_due_at == first + timedelta(hours=24)
    assert ticket.first_response_due_at < MONDAY + timedelta(hours=24)
    watch.follow(starts_at=later)
    [ticket] = desk.tickets()
    assert (ticket.planned_at, ticket.resolution_due_at) == (later, later + timedelta(hours=24))
    with desk.services.reading() as session:
        due = session.scalar(sa.select(sa.func.min(Alarm.due_at)).where(Alarm.target == "resolution"))
    assert due == later + timedelta(hours=12)


def _headers(desk: Desk, letter: str) -> list[Message]:
    rows = sorted(desk.letters(letter), key=lambda one: one.recipients)
    return [message_from_bytes(each.content) for each in rows]
