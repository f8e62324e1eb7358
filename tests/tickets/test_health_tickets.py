from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.store.models import AwsAccount, Contact, HealthEvent, HealthImpact, HealthTicket, Ticket
from gateway.tickets import handling, health_tickets
from gateway.domain.lifecycle import Status
from tests.builders import a_customer, an_engineer
from tests.databases import MONDAY, Desk

FIRST = "[10:00] We are investigating increased error rates."
SECOND = "[10:30] We have found the cause."


def an_event(**changes: object) -> HealthEvent:
    said = dict(
        arn="arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1", partition="aws", service="EC2",
        type_code="AWS_EC2_OPERATIONAL_ISSUE", category="issue", scope="ACCOUNT_SPECIFIC", region="eu-west-1",
        status="open", starts_at=MONDAY - timedelta(minutes=20), updated_at=MONDAY, description=FIRST,
        first_seen_at=MONDAY, seen_at=MONDAY,
    )  # fmt: skip
    return HealthEvent(**{**said, **changes})


class Watch:
    """A desk with a customer of two accounts and one event that touches the first."""

    def __init__(self, desk: Desk, **event: object) -> None:
        self.desk = desk
        self.chen = an_engineer()
        self.customer = a_customer()
        self.customer.contacts.append(
            Contact(email="wang@harbour.example", name="王芳", language="zh", phone="")
        )
        desk.add(self.customer, self.chen)
        desk.add(*(AwsAccount(account_id=number, customer_id=self.customer.id, name=name)
                   for number, name in (("111122223333", "Production"), ("444455556666", "Warehouse"))))  # fmt: skip
        self.event = an_event(**event)
        desk.add(self.event)
        self.touch("111122223333", [["i-0abc", "IMPAIRED"]])

    def touch(self, account_id: str, entities: list[list[str]], *, gone: bool = False) -> None:
        with self.desk.services.transaction() as session:
            session.execute(sa.delete(HealthImpact).where(HealthImpact.account_id == account_id))
            session.add(HealthImpact(event_id=self.event.id, account_id=account_id, entities=entities, gone=gone,
                                     since=MONDAY))  # fmt: skip

    def change(self, **values: object) -> None:
        with self.desk.services.transaction() as session:
            session.execute(sa.update(HealthEvent).where(HealthEvent.id == self.event.id).values(**values))

    def follow(self) -> int | None:
        with self.desk.services.transaction() as session:
            return health_tickets.follow(
                session, self.desk.head, self.event.id, self.customer.id, at=self.desk.clock()
            )

    def said(self, ticket_id: int) -> list[str]:
        return [str(each.data["what"]) for each in self.desk.events(ticket_id) if each.kind == "aws-health"]

    def told(self) -> list[tuple[str, str]]:
        return [
            (each.letter, each.recipients[0].partition("@")[0])
            for each in self.desk.letters()
            if each.letter.startswith("health-")
        ]


def test_event_opens_one_ticket_and_tells_each_contact_in_their_language(desk: Desk) -> None:
    watch = Watch(desk)
    number = watch.follow()
    assert watch.follow() == number
    [ticket] = desk.tickets()
    assert (ticket.id, ticket.origin, ticket.kind, ticket.priority, ticket.service) == (
        number, "health", "incident", "high", "health-response")  # fmt: skip
    assert watch.told() == [("health-opened", "li"), ("health-opened", "wang")]
    assert watch.said(ticket.id) == ["opened"]
