"""A desk for the web's tests: a migrated database, a few people, a ticket that came by mail, and the application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gateway import clock, services
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.operations import access
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import migrations
from gateway.store.models import (
    Attachment,
    Contact,
    Customer,
    CustomerDomain,
    Delivery,
    Direction,
    Engineer,
    Message,
    Outbox,
    Role,
    Ticket,
)
from gateway.tickets import intake
from web import create_app

PASSWORD = "correct horse battery"
SECRET = "a secret of the tests that has enough characters"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
RAW = b"From: li.na@harbourline.example\r\nSubject: Direct Connect down\r\n\r\nnothing can be shipped\r\n"


@dataclass(frozen=True)
class Desk:
    """The application with its services."""

    services: Services
    app: Flask

    def client(self) -> FlaskClient:
        """A browser nobody has logged in with."""
        return self.app.test_client()

    def signed_in(self, email: str = "chen.wei@northquay.example", language: str = "en") -> FlaskClient:
        """A browser somebody is logged in with."""
        client = self.client()
        answer = log_in(client, email)
        assert answer.status_code == 303, answer.text
        client.set_cookie("lang", language)
        return client

    def engineer(self, email: str = "chen.wei@northquay.example") -> Engineer:
        """An engineer by address."""
        with self.reading() as rows:
            return rows.query(Engineer).filter_by(email=email).one()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose rows stay readable."""
        with self.services.reading() as rows:
            yield rows
            rows.expunge_all()

    def token(self, role: Role = Role.ENGINEER) -> str:
        """A bearer token."""
        with self.services.transaction() as rows:
            return access.make_token(rows, engineer=self.engineer(), role=role, at=clock.now())

    def index(self) -> None:
        """Tell search of everything that changed."""
        while self.services.indexing.drain(clock.now() + timedelta(seconds=5)):
            pass

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """A transaction."""
        with self.services.transaction() as rows:
            yield rows


def settings(
    folder: Path, url: str = "", redis_url: str = "redis://127.0.0.1:1/0", **more: object
) -> Settings:
    """Settings that read neither environment nor file."""
    more.setdefault("undo_seconds", 0)
    return Settings(
        _env_file=None, data_dir=folder, database_url=url, secret_key=SECRET, provider_name="Northquay Cloud",
        support_address="support@northquay.example", redis_url=redis_url, **more,
    )  # fmt: skip


def open_desk(folder: Path, url: str = "", **more: object) -> Desk:
    """A desk on a fresh database with two engineers and one customer."""
    made = services.build(settings(folder, url, **more))
    migrations.upgrade(made.engine)
    with made.transaction() as rows:
        for email, name, role in (
            ("chen.wei@northquay.example", "Chen Wei", Role.ENGINEER),
            ("lin.yue@northquay.example", "Lin Yue", Role.LEAD),
        ):
            person = Engineer(email=email, name=name, role=role, skills=[])
            rows.add(person)
            rows.flush()
            access.set_password(rows, person, PASSWORD)
        customer = Customer(
            reference="harbourline", name="Harbourline Logistics", language="en", time_zone="Asia/Singapore"
        )
        customer.contacts.append(Contact(email="li.na@harbourline.example", name="Li Na"))
        customer.domains.append(CustomerDomain(domain="harbourline.example"))
        rows.add(customer)
    return Desk(made, create_app(made))


def log_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    """Fill in the login form."""
    token = form_token(client.get("/login"))
    return client.post("/login", data={"csrf_token": token, "email": email, "password": password, **more})


def form_token(page: TestResponse) -> str:
    """The anti-forgery token of a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def open_ticket(desk: Desk, subject: str = "Direct Connect down", *, text: str = "nothing can be shipped", priority: Priority = Priority.HIGH,
                at: datetime | None = None, customer: bool = True) -> int:  # fmt: skip
    """A ticket of Li Na's; its number."""
    with desk.changing() as rows:
        customer_id = rows.query(Customer.id).scalar() if customer else None
        request = intake.Request(
            customer_id, Mailbox("Li Na", "li.na@harbourline.example"), subject, text, priority
        )
        when = at or clock.now()
        made = intake.open_by_hand(rows, desk.services.letterhead, request, author=desk.engineer(), at=when)
        return made.id


def add_mail(desk: Desk, number: int, *, text: str = "See below.\n\n> old words", new: str = "See below.", html: str = "",
             files: tuple[tuple[str, str, bytes, str], ...] = (), held: bool = False, authenticated: bool = True,
             dmarc: str = "pass", email: str = "li.na@harbourline.example") -> int:  # fmt: skip
    """A mail on a ticket; the message's identity. Shape: files are (name, type, content, Content-ID)."""
    with desk.changing() as rows:
        now, blobs = clock.now(), desk.services.blobs
        delivery = Delivery(
            arrival="a", accepted_at=now, door="smtp", reverse_path=email, forward_path="support@northquay.example",
            blob_key=blobs.put(rows, RAW, now), size_bytes=len(RAW), state="done", next_attempt_at=now,
        )  # fmt: skip
        rows.add(delivery)
        rows.flush()
        message = Message(
            ticket_id=number, direction=Direction.INBOUND, author_name="Li Na", author_email=email, at=now,
            subject="Re: down", text=text, new_text=new, language="en", delivery_id=delivery.id, authenticated=authenticated,
            authentication={"spf": "pass", "dkim": "pass", "dmarc": dmarc, "source": "door"}, held=held,
            held_reason="not-a-participant" if held else "",
            html_key=blobs.put(rows, html.encode(), now) if html else None,
        )  # fmt: skip
        for index, (name, kind, content, content_id) in enumerate(files):
            message.attachments.append(
                Attachment(token=f"token{number}x{delivery.id}x{index}", filename=name, content_type=kind,
                           size_bytes=len(content), blob_key=blobs.put(rows, content, now), content_id=content_id)
            )  # fmt: skip
        rows.add(message)
        rows.flush()
        return message.id


def letters(desk: Desk, number: int) -> list[Outbox]:
    """Every letter about a ticket but its acknowledgement."""
    with desk.reading() as rows:
        wanted = rows.query(Outbox).filter_by(ticket_id=number).filter(Outbox.letter != "acknowledgement")
        return wanted.order_by(Outbox.id).all()


def ticket(desk: Desk, number: int) -> Ticket:
    """A ticket's row."""
    with desk.reading() as rows:
        return rows.query(Ticket).filter_by(id=number).one()


def messages(desk: Desk, number: int, direction: Direction) -> list[Message]:
    """A ticket's messages that went one way."""
    with desk.reading() as rows:
        return rows.query(Message).filter_by(ticket_id=number, direction=direction).order_by(Message.id).all()


def long_ago(hours: float) -> datetime:
    """An instant before now."""
    return clock.now() - timedelta(hours=hours)
