"""Customers' people at a desk's pages: contacts of two companies, the link that a letter brings, a signed-in browser."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock, secrets
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.operations import visiting
from gateway.operations.visiting import Browser
from gateway.store.models import Contact, Customer, Outbox, Reach
from gateway.tickets import intake
from tests.web.desk import Desk, form_token

LI_NA = "li.na@harbourline.example"
ZHAO = "zhao@harbourline.example"
BOSS = "boss@harbourline.example"
RIVAL = "rival@seabright.example"


def with_people(desk: Desk) -> Desk:
    """Zhao sees all of Harbourline's tickets, Boss its contract, too; Rival manages another company."""
    with desk.changing() as rows:
        mine = rows.query(Customer).filter_by(reference="harbourline").one()
        mine.contacts.append(Contact(email=ZHAO, name="Zhao Min", role=Reach.COMPANY))
        mine.contacts.append(Contact(email=BOSS, name="Boss", role=Reach.MANAGER))
        other = Customer(reference="seabright", name="Seabright", language="en", time_zone="UTC")
        other.contacts.append(Contact(email=RIVAL, name="Rival", role=Reach.MANAGER))
        rows.add(other)
    return desk


def visitor(desk: Desk, email: str = LI_NA, language: str = "en") -> FlaskClient:
    """A browser a contact is signed in with, by the shortest way."""
    with desk.changing() as rows:
        row = rows.query(Contact).filter_by(email=email).one()
        token = visiting._open(rows, row.id, Browser("192.0.2.7", "A browser"), at=clock.now())
    client = desk.client()
    client.set_cookie("visitor", token)
    client.set_cookie("lang", language)
    return client


def opened(desk: Desk, subject: str = "Direct Connect down", *, email: str = LI_NA, text: str = "nothing can be shipped",
           priority: Priority = Priority.HIGH) -> int:  # fmt: skip
    """A ticket of a contact's, entered by hand; its number."""
    with desk.changing() as rows:
        who = rows.query(Contact).filter_by(email=email).one()
        wanted = intake.Request(who.customer_id, Mailbox(who.name, email), subject, text, priority)
        head, author = desk.services.letterhead, desk.engineer()
        return intake.open_by_hand(rows, head, wanted, author=author, at=clock.now()).id


def ask(client: FlaskClient, email: str, **more: str) -> TestResponse:
    """Type an address at the door."""
    token = form_token(client.get("/enter"))
    return client.post("/enter", data={"csrf_token": token, "email": email, **more})


def send(desk: Desk) -> None:
    """Let the desk write the letters that were asked for."""
    while desk.services.appointments.drain(clock.now() + timedelta(seconds=5)):
        pass


def links(desk: Desk) -> list[str]:
    """The paths of every mailed link, the oldest first."""
    with desk.reading() as rows:
        found = [row.content for row in rows.query(Outbox).filter_by(letter="entry").order_by(Outbox.id)]
    return [path for content in found for path in [_path(content)] if path]


def mailed(desk: Desk, client: FlaskClient, email: str = LI_NA) -> str:
    """The path of the link that a browser gets for asking."""
    assert ask(client, email).status_code == 200
    send(desk)
    return links(desk)[-1]


def press(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Press the button of a link's page."""
    return client.post(path, data={"csrf_token": form_token(client.get(path)), **fields})


def forged() -> str:
    """A link nobody mailed."""
    return f"/enter/{secrets.random_token(20)}"


def _path(content: bytes) -> str:
    text = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    found = re.search(r"https?://[^/\s]+(/enter/[a-z2-7]+)", text.get_content() if text else "")
    return found[1] if found else ""
