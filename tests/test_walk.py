"""One walk through real processes: a real client in, a real SMTP server as relay, on both databases (P1, P3, P4)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.mail import return_path
from gateway.store.models import Delivery, Ticket
from tests.builders import a_mail
from tests.installation import Installation, installed, until
from tests.sink import Mail

OUTAGE = "Our production site is completely down, no customer can place an order.\n"
SINGAPORE = ZoneInfo("Asia/Singapore")
pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True)
class Walked:
    """What came of the walk: the customer's mails at the sink in order, the ticket at its stages, the API's answer."""

    taken: list[Mail]
    opened: Ticket
    answer: dict[str, Any]
    reopened: Ticket
    tickets: int

    def mail(self, number: int) -> EmailMessage:
        """A mail that the sink took, from 0."""
        made = email.message_from_bytes(self.taken[number].content, policy=email.policy.default)
        assert isinstance(made, EmailMessage)
        return made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """An outage is mailed, its acknowledgement answered, an engineer asks, the customer writes back."""
    with installed(request.param, request, tmp_path_factory.mktemp("walk")) as installation:
        yield walk(installation)


def theirs(installation: Installation) -> list[Mail]:
    """What the sink took for the customer; engineers are written to beside it, in no settled order."""
    return [mail for mail in installation.sink.taken if mail.recipients == ["li@harbour.example"]]


def walk(installation: Installation) -> Walked:
    assert (
        installation.send(a_mail(OUTAGE, subject="Production down", message_id="outage@harbour.example"))
        == 250
    )
    until(lambda: len(theirs(installation)) == 1, 30, installation)
    taken = theirs(installation)
    opened = the_ticket(installation)
    more = a_mail("It began at noon.\n", subject="Re: Production down", message_id="more@harbour.example",
                  in_reply_to=taken[0].message_id)  # fmt: skip
    assert installation.send(more, to=reply_to(taken[0])) == 250
    until(lambda: installation.count(Delivery, Delivery.disposition == "append-reply") == 1, 30, installation)
    asked = {"text": "We restarted it.\nIs it well?", "then": "waiting-customer"}
    status, answer = installation.post("/tickets/1001/reply", asked)
    assert status == 201
    until(lambda: len(theirs(installation)) == 2, 30, installation)
    taken = theirs(installation)
    again = a_mail("Yes, but please tell us the cause.\n", subject="Re: Production down",
                   message_id="cause@harbour.example", in_reply_to=taken[1].message_id)  # fmt: skip
    assert installation.send(again) == 250
    until(lambda: the_ticket(installation).status == "open" and installation.unsent() == 0, 30, installation)
    assert len(installation.sink.heard) == len(installation.sink.taken)
    return Walked(theirs(installation), opened, answer, the_ticket(installation), installation.count(Ticket))


def test_mail_becomes_a_ticket_of_its_customer_with_its_priority_and_due_times(walked: Walked) -> None:
    ticket = walked.opened
    assert (ticket.id, ticket.customer_id, ticket.status, ticket.priority) == (1001, 1, "new", "critical")
    assert ticket.first_response_due_at == ticket.opened_at + timedelta(minutes=15)
    assert ticket.resolution_due_at == ticket.opened_at + timedelta(hours=4)


def test_acknowledgement_names_number_priority_and_due_times_in_the_customers_zone(walked: Walked) -> None:
    told = words(walked.mail(0))
    assert walked.mail(0)["Subject"].startswith("[HD-1001]")
    assert "Critical" in told
    for due_at in (walked.opened.first_response_due_at, walked.opened.resolution_due_at):
        assert f"{due_at.astimezone(SINGAPORE):%H:%M}" in told


def test_acknowledgement_is_automatic_and_answers_the_mail(walked: Walked) -> None:
    letter = walked.mail(0)
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == letter["References"] == "<outage@harbour.example>"


def test_acknowledgement_goes_to_the_envelope_sender_and_its_reports_to_a_path_of_its_own(
    walked: Walked,
) -> None:
    path = walked.taken[0].reverse_path
    assert return_path.named(path, frozenset({"support@desk.example"})) == path
    assert walked.taken[0].recipients == ["li@harbour.example"]


def test_acknowledgement_repeats_nothing_of_a_mail_that_is_not_authenticated(walked: Walked) -> None:
    assert b"place an order" not in walked.taken[0].content
    assert b"Production down" not in walked.taken[0].content


def test_replies_continue_the_ticket_by_signed_address_and_by_message_identifier(walked: Walked) -> None:
    assert walked.tickets == 1
    assert [each["direction"] for each in walked.answer["messages"]] == ["inbound", "inbound", "outbound"]


def test_engineers_reply_reaches_the_customer_in_the_thread(walked: Walked) -> None:
    reply = walked.mail(1)
    assert "We restarted it." in words(reply)
    assert reply["In-Reply-To"] == "<more@harbour.example>"
    assert f"<{walked.taken[0].message_id}>" in reply["References"]
    assert "Chen Wei" in reply["From"]
    assert "Auto-Submitted" not in reply


def test_engineers_reply_meets_the_first_response_and_waits_for_the_customer(walked: Walked) -> None:
    assert walked.answer["first_response"]["met_at"] is not None
    assert walked.answer["status"] == "waiting-customer"


def test_customers_answer_ends_the_wait_and_is_told(walked: Walked) -> None:
    assert walked.reopened.status == "open"
    assert walked.reopened.resolution_due_at > walked.opened.resolution_due_at
    assert [walked.mail(number)["Auto-Submitted"] for number in range(2, len(walked.taken))] == [
        "auto-generated"
    ]


def the_ticket(installation: Installation) -> Ticket:
    with installation.services.reading() as session:
        return session.get_one(Ticket, 1001)


def reply_to(mail: Mail) -> str:
    made = email.message_from_bytes(mail.content, policy=email.policy.default)
    return str(made["Reply-To"].addresses[0].addr_spec)


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
