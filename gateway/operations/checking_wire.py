"""Whether the next server and the door's certificate are fit for use."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway import transport
from gateway.settings import Settings
from gateway.transport import Relay

_SECONDS: Final = 10.0


class Unusable(Exception):
    """It cannot be used; the text says why, without anything secret."""


def relay(settings: Settings) -> str:
    """How the relay was reached: greeted, TLS verified, signed in, answered NOOP; no mail is sent.

    Errors: Unusable.
    """
    try:
        found = transport.relay_of(
            settings.relay_url.get_secret_value(),
            ca_file=settings.relay_ca_file,
            helo=settings.relay_helo or settings.mail_domain,
        )
    except ValueError as fault:
        raise Unusable(f"HELPDESK_RELAY_URL: {fault}") from None
    place = f"the relay {found.host}:{found.port}"
    try:
        context = ssl.create_default_context(cafile=found.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return f"{place} answers, {_greet(found, context)}"
    except (OSError, smtplib.SMTPException, UnicodeError) as fault:
        told = f"{type(fault).__name__}: {fault}".replace("\n", " ")[:200]
        raise Unusable(f"{place} cannot be used: {told}") from None


def _greet(relay: Relay, context: ssl.SSLContext) -> str:
    secure = relay.secure
    server: smtplib.SMTP
    if secure:
        server = smtplib.SMTP_SSL(relay.host, relay.port, relay.helo, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(relay.host, relay.port, relay.helo, timeout=_SECONDS)
    with server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if relay.user and not secure:
            raise Unusable(f"the relay {relay.host} offers no TLS, and a password is never sent without it")
        if relay.user:
            server.login(relay.user, relay.password)
        server.noop()
    return "TLS verified" if secure else "without TLS"


def certificate_days(certificate: str, key: str, at: datetime) -> int:
    """Whole days until the certificate ends, negative where it has; its key must belong to it.

    Errors: Unusable.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key or None, password=lambda: "")
        loaded = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
    except (OSError, ValueError) as fault:
        told = f"{type(fault).__name__}: {fault}"[:200]
        raise Unusable(f"the TLS certificate cannot be used: {told}") from None
    return (loaded.not_valid_after_utc - at).days
