"""A desk with a mailbox on a server: what is there, one visit to it, and a reader that goes on until it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from gateway import secrets
from gateway.imap_reader import Reader, source_of
from gateway.imap_taking import Desk as Taking
from gateway.imap_tokens import PURPOSE, Purse
from gateway.imap_wire import Connection
from gateway.store.models import Delivery, MailSeen, MailSource
from tests.builders import a_mail
from tests.databases import SECRET, SUPPORT, Desk
from tests.dovecot import PASSWORD, Dovecot

MAX_BYTES = 200_000


def mail(number: int, text: str = "The report page is slow today.\n", **fields: str) -> bytes:
    """One of many mails, each its own request."""
    return a_mail(text, subject=f"Report {number} is slow", message_id=f"m{number}@harbour.example", **fields)


def a_source(user: str, at: datetime, **changes: object) -> MailSource:
    """A mailbox with a password."""
    values: dict[str, object] = {
        "name": user, "address": SUPPORT, "host": "127.0.0.1", "port": 993, "user": user, "folders": ["INBOX"],
        "after": "move", "target": "Taken", "poll_seconds": 60, "alarm_minutes": 15, "authserv_id": "", "ca_file": "",
        "plain": False, "active": True, "sign_in": "password", "provider": "", "tenant": "", "client_id": "",
        "token_url": "", "device_url": "", "scope": "", "secret": secrets.seal(SECRET, PURPOSE, PASSWORD),
        "refresh_token": "", "access_token": "", "watched_since": at, "fault": "",
    }  # fmt: skip
    return MailSource(**(values | changes))


class Mailroom:
    """A mailbox and the desk its mail goes to."""

    def __init__(self, desk: Desk, row: MailSource) -> None:
        self.desk = desk
        desk.add(row)
        self.id = row.id

    def row(self) -> MailSource:
        with self.desk.services.reading() as session:
            return session.get_one(MailSource, self.id)

    def set(self, **values: object) -> None:
        with self.desk.services.transaction() as session:
            session.execute(sa.update(MailSource).where(MailSource.id == self.id).values(**values))

    def reader(self, *, now: Callable[[], datetime] | None = None, max_bytes: int = MAX_BYTES) -> Reader:
        services = self.desk.services
        now = now or self.desk.clock
        taking = Taking(services.transaction, services.reading, services.blobs, now, max_bytes)
        purse = Purse(services.transaction, services.reading, SECRET, now)
        return Reader(source_of(self.row()), taking, purse, frozenset({SUPPORT}))

    def visit(self, *, whole: bool = True, reader: Reader | None = None) -> None:
        """Connect, sign in, look once, leave."""
        reader = reader or self.reader()
        connection = Connection(reader.source.place)
        try:
            reader.sign_in(connection)
            reader.look(connection, whole=whole)
        finally:
            connection.leave()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader in its thread."""
        reader = self.reader()
        reader.start()
        try:
            yield reader
        finally:
            reader.stop()
            reader.join(10)

    def deliveries(self) -> list[Delivery]:
        with self.desk.services.reading() as session:
            return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

    def unsettled(self) -> dict[int, str]:
        with self.desk.services.reading() as session:
            return {row.uid: row.fate for row in session.scalars(sa.select(MailSeen).order_by(MailSeen.uid))}

    def subjects(self) -> list[str]:
        """The subjects of all tickets, once everything is judged."""
        self.desk.file()
        return sorted(ticket.subject for ticket in self.desk.tickets())


def mailroom(desk: Desk, dovecot: Dovecot, user: str, **changes: object) -> Mailroom:
    """A mailbox on the real server, over TLS."""
    reached = {"port": dovecot.tls_port, "ca_file": dovecot.ca_file}
    return Mailroom(desk, a_source(user, desk.clock(), **(reached | changes)))


__all__ = ["MAX_BYTES", "Mailroom", "a_source", "mail", "mailroom"]
