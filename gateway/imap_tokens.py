"""What a mailbox signs in with: its password, or an access token that is good for a while yet."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway import imap_oauth, secrets
from gateway.imap_oauth import Client, Tokens
from gateway.store.models import MailSource, SignIn

EARLY: Final = timedelta(minutes=5)
"""How long before its end a token is exchanged for a new one."""
PURPOSE: Final = "mailbox"


class NoSecret(Exception):
    """The mailbox cannot sign in before a person did something; the text says what."""


@dataclass(frozen=True, slots=True)
class Purse:
    """The secrets of mailboxes: sealed in the database, opened here."""

    transaction: Callable[[], AbstractContextManager[Session]]
    reading: Callable[[], AbstractContextManager[Session]]
    key: str
    now: Callable[[], datetime]

    def password(self, row: MailSource) -> str:
        """The password. Errors: NoSecret."""
        found = self._open(row.secret)
        if not found:
            raise NoSecret(f"no password yet: helpdesk mailbox secret {row.name}")
        return found

    def token(self, source_id: int, *, fresh: bool = False) -> tuple[str, datetime]:
        """An access token and its end; a new one where the old one ends soon, or `fresh` asks for it.

        Only who holds the mailbox's lease asks, and no transaction waits for the provider.
        Errors: NoSecret, imap_oauth.Refused, OSError.
        """
        at = self.now()
        with self.reading() as session:
            row = session.get_one(MailSource, source_id)
        if not fresh and row.access_until is not None and row.access_until - EARLY > at:
            return self._open(row.access_token), row.access_until
        got = self._ask(row, at)
        with self.transaction() as session:
            self.keep(session.get_one(MailSource, source_id, with_for_update=True), got)
        return got.access_token, got.until

    def keep(self, row: MailSource, got: Tokens) -> None:
        """Write tokens into the row, sealed."""
        row.access_token = secrets.seal(self.key, PURPOSE, got.access_token)
        row.access_until = got.until
        if got.refresh_token:
            row.refresh_token = secrets.seal(self.key, PURPOSE, got.refresh_token)

    def client(self, row: MailSource) -> Client:
        """How this mailbox asks for tokens. Errors: NoSecret."""
        return imap_oauth.client(
            row.provider, tenant=row.tenant, client_id=row.client_id, secret=self._open(row.secret),
            token_url=row.token_url, device_url=row.device_url, scope=row.scope, own=row.sign_in == SignIn.CLIENT,
        )  # fmt: skip

    def _ask(self, row: MailSource, at: datetime) -> Tokens:
        of = self.client(row)
        if row.sign_in == SignIn.CLIENT:
            if not of.secret:
                raise NoSecret(f"no client secret yet: helpdesk mailbox secret {row.name}")
            return imap_oauth.own_token(of, at, user=row.user)
        held = self._open(row.refresh_token)
        if not held:
            way = "authorize" if row.sign_in == SignIn.DEVICE else "refresh-token"
            raise NoSecret(f"not authorized yet: helpdesk mailbox {way} {row.name}")
        return imap_oauth.refresh(of, held, at)

    def _open(self, sealed: str) -> str:
        try:
            return secrets.unseal(self.key, PURPOSE, sealed)
        except secrets.BadToken:
            raise NoSecret(
                "its secrets were sealed with another HELPDESK_SECRET_KEY: enter them again"
            ) from None
