"""Whether receivers can verify our signatures, and whether our letters leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.mail import signing
from gateway.mail.signing import Key, UnfitKey
from gateway.mail.trust import Resolver
from gateway.settings import Settings
from gateway.store.queries import waiting

Told = tuple[str, str, str]
"""Level, what was found, what to do about it."""
_PUBLISH: Final = "publish it: "


def signatures(settings: Settings, resolver: Resolver) -> Iterator[Told]:
    """Each key beside what the DNS says of it."""
    if not settings.dkim_key_file:
        if settings.environment == "production" and settings.relay_url.get_secret_value():
            yield (
                "warn",
                "mail leaves without a DKIM signature of ours",
                "set HELPDESK_DKIM_KEY_FILE, or let the relay sign",
            )
        return
    try:
        keys = signing.read_keys(
            settings.dkim_key_file,
            settings.dkim_selector,
            domain=settings.dkim_domain or settings.mail_domain,
        )
    except UnfitKey as fault:
        yield "wrong", str(fault), "make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
        return
    for key in keys:
        yield _published(key, resolver)


def _published(key: Key, resolver: Resolver) -> Told:
    try:
        fault = signing.published_fault(key, resolver.txt(key.name))
    except OSError as unanswered:
        return "warn", f"the DNS does not answer for {key.name}: {unanswered}", "look again later"
    if fault:
        return "wrong", fault, f"{_PUBLISH}{key.name} TXT {key.record}"
    return "ok", f"mail is signed as {key.name}, and the DNS holds that key", ""


def leaving(session: Session, at: datetime, patience: timedelta) -> Told:
    """Whether letters wait that should have left."""
    found = waiting.stuck(session, at, patience)
    if found is None:
        return "ok", "letters leave", ""
    minutes = int((at - found.since).total_seconds() // 60)
    what = f"{found.letters} letters wait, the oldest for {minutes} minutes: {found.told or 'not tried yet'}"
    return "wrong", what, "see whether the relay answers and a worker of the queue out runs"
