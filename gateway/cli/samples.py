"""The sample mails of `helpdesk demo`, sent over real SMTP, and what became of each in words."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import format_datetime, make_msgid
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import clock, i18n
from gateway.services import Services
from gateway.settings import Settings
from gateway.store.models import Delivery, DeliveryState, Outbox, OutboxState, Ticket


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail to send. `answers_first` sends it to the signed address of the first ticket."""

    sender: str
    subject: str
    text: str
    answers_first: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail: its ticket, and each step in words."""

    ticket_id: int
    steps: tuple[tuple[str, str], ...]


SAMPLES: Final = (
    Sample(
        "Li Na <li.na@harbourline.example>",
        "Direct Connect down, warehouse scanners offline",
        "Our Direct Connect link to ap-southeast-1 went down around 10:40. The whole production platform is\n"
        "unreachable, all warehouses are offline and nothing can be shipped.\n\nLi Na\n",
    ),
    Sample(
        "王芳 <wang.fang@qinghe.example>",
        "咨询：如何给新同事开通只读权限",
        "您好，\n\n我们有一位新同事下周入职，想请教一下怎样为她开通 AWS 控制台的只读权限？不着急，谢谢。\n\n王芳\n",
    ),
    Sample(
        "Li Na <li.na@harbourline.example>",
        "Re: Direct Connect down, warehouse scanners offline",
        "The backup VPN does not take over either. Please escalate this to your manager.\n",
        answers_first=True,
    ),
)


def send(settings: Settings, sample: Sample, to: str) -> tuple[str, str]:
    """Send a sample through the SMTP door; the door's answer and the Message-ID."""
    mail = EmailMessage()
    mail["From"] = sample.sender
    mail["To"] = to
    mail["Subject"] = sample.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain=sample.sender.rpartition("@")[2].rstrip(">"))
    mail.set_content(sample.text)
    host, _, port = settings.smtp_listen.rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=30) as server:
        server.ehlo("demo.example")
        server.mail(sample.sender.partition("<")[2].rstrip(">"))
        server.rcpt(to)
        code, answer = server.data(mail.as_bytes())
    return f"{code} {answer.decode()}", str(mail["Message-ID"]).strip("<>")


def reply_address(services: Services, ticket_id: int) -> str:
    """Where a reply to the ticket's acknowledgement goes, as the customer's mail client would read it."""
    with services.reading() as session:
        content = session.execute(
            sa.select(Outbox.content).where(Outbox.ticket_id == ticket_id, Outbox.letter == "acknowledgement")
        ).scalar_one()
    addresses = BytesParser(policy=default).parsebytes(content)["Reply-To"].addresses
    return str(addresses[0].addr_spec)


def became(services: Services, message_id: str) -> Fate | None:
    """What became of a mail, or None while it is under way."""
    with services.reading() as session:
        delivery = session.scalars(
            sa.select(Delivery).where(Delivery.message_id == message_id, Delivery.state == DeliveryState.DONE)
        ).one_or_none()
        if delivery is None or delivery.ticket_id is None:
            return None
        letters = list(session.scalars(sa.select(Outbox).where(Outbox.ticket_id == delivery.ticket_id)))
        if any(letter.state in (OutboxState.PENDING, OutboxState.SENDING) for letter in letters):
            return None
        ticket = session.get_one(Ticket, delivery.ticket_id)
        return Fate(ticket.id, tuple(_steps(session, services, delivery, ticket, letters=letters)))


def _steps(session: Session, services: Services, delivery: Delivery, ticket: Ticket, *,
           letters: list[Outbox]) -> list[tuple[str, str]]:  # fmt: skip
    zone, head = services.settings.time_zone, services.letterhead
    signals = ", ".join(f"“{each['text']}” ({each['signal']})" for each in ticket.priority_evidence[:3])
    steps = [
        ("stored", f"delivery {delivery.id}, {delivery.size_bytes} bytes"),
        ("rule", f"{delivery.rule} → {delivery.disposition}"),
        ("ticket", f"{head.number(ticket.id)}, {ticket.status}, customer {_customer(ticket)}"),
        ("priority", f"{i18n.label(ticket.priority, 'en')}: {signals}"),
        ("language", ticket.language),
        ("due", f"answer by {i18n.instant(ticket.first_response_due_at, zone, 'en')}, "
                f"resolution by {i18n.instant(ticket.resolution_due_at, zone, 'en')} ({zone})"),
    ]  # fmt: skip
    if ticket.asked_escalation:
        steps.append(("wish", "the customer asks for escalation"))
    steps += [
        ("letter", f"{each.letter} to {', '.join(each.results or each.recipients)}: {each.state}")
        for each in letters
    ]
    return steps


def _customer(ticket: Ticket) -> str:
    return ticket.customer.name if ticket.customer else "unregistered"
