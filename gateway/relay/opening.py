"""The way out as the settings describe it: the next server, and the keys that sign."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gateway import transport
from gateway.mail import signing
from gateway.mail.signing import Key, Signer, UnfitKey
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
    """The keys that sign, each with its selector. Errors: UnfitKey, naming the setting."""
    files, selectors = (
        [each.strip() for each in words.split(",") if each.strip()]
        for words in (settings.dkim_key_file, settings.dkim_selector)
    )
    if len(files) != len(selectors):
        raise UnfitKey("HELPDESK_DKIM_KEY_FILE and HELPDESK_DKIM_SELECTOR name unequally many keys")
    found = []
    for file, selector in zip(files, selectors, strict=True):
        try:
            pem = Path(file).expanduser().read_bytes()
            found.append(
                signing.key_of(pem, domain=settings.dkim_domain or settings.mail_domain, selector=selector)
            )
        except OSError as fault:
            raise UnfitKey(f"HELPDESK_DKIM_KEY_FILE {file}: {fault.strerror}") from None
        except UnfitKey as fault:
            raise UnfitKey(f"HELPDESK_DKIM_KEY_FILE {file}: {fault}") from None
    return found
