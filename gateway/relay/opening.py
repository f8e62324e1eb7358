"""The way out as the settings describe it: the next server, and the keys that sign."""

from __future__ import annotations

from collections.abc import Callable

from gateway import transport
from gateway.mail import signing
from gateway.mail.signing import Key, Signer
from gateway.settings import Settings
from gateway.transport import Transport


def transport_of(settings: Settings) -> Callable[[], Transport] | None:
    """What opens a connection to the next server; None where none is configured. Errors: ValueError."""
    url = settings.relay_url.get_secret_value()
    if not url:
        return None
    relay = transport.relay_of(
        url,
        ca_file=settings.relay_ca_file,
        helo=settings.relay_helo or settings.mail_domain,
        idle_seconds=settings.relay_idle_seconds,
        plain=settings.relay_plain,
    )
    return lambda: transport.Smtp(relay)


def signer_of(settings: Settings) -> Callable[[bytes], bytes]:
    """What signs a mail; without a key it leaves mail as it is. Errors: UnfitKey."""
    unsigned = signing.REWRITTEN if settings.relay_rewrites_message_id else frozenset()
    return Signer(keys_of(settings), unsigned)


def keys_of(settings: Settings) -> list[Key]:
    """The keys that sign, each with its selector. Errors: UnfitKey, naming the file."""
    return signing.read_keys(
        settings.dkim_key_file, settings.dkim_selector, domain=settings.dkim_domain or settings.mail_domain
    )
