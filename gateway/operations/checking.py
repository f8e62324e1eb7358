"""What is wrong with this installation, each with what to do about it. Nothing here changes anything."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, OperationalError

from gateway import settings as settings_module
from gateway.dns import Dns
from gateway.mail.trust import Resolver
from gateway.operations import (
    checking_aws,
    checking_login,
    checking_mailboxes,
    checking_out,
    checking_reports,
    checking_rota,
    checking_scanner,
    checking_wire,
)
from gateway.runtime import valkey
from gateway.settings import DEVELOPMENT_SECRET, Settings
from gateway.store import blobs, migrations
from gateway.store import session as sessions
from gateway.store.queries import agreements

_PATCHED: Final = {(3, 11): 15}
"""The first patch release of a Python without the known faults in its mail modules (CVE-2026-1299, CVE-2024-6923)."""
_PROBE: Final = b"helpdesk check\n"
_PROBE_KEY: Final = "helpdesk-check"
_LOW_BYTES, _NO_BYTES = 2 * 1024**3, 200 * 1024**2
_CERTIFICATE_DAYS: Final = 14
_MOST_NAMED: Final = 10


@unique
class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found, and what to do; `advice` is empty where all is well."""

    level: Level
    what: str
    advice: str = ""


def check(settings: Settings, at: datetime, *, resolver: Resolver | None = None) -> Iterator[Finding]:
    """Every finding, as soon as it is made."""
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _settings, _python, _disk, _database, _redis, _blobs, _relay,
    )  # fmt: skip
    for look in looks:
        yield from look(settings)
    yield from _certificate(settings, at)
    yield from (
        Finding(Level(level), what, advice) for level, what, advice in checking_scanner.answers(settings)
    )
    yield from (
        Finding(Level(level), what, advice) for level, what, advice in checking_login.answers(settings)
    )
    told = checking_out.signatures(settings, resolver or Dns(settings.dns_timeout).for_mail())
    yield from (Finding(Level(level), what, advice) for level, what, advice in told)
    yield from _contracts(settings, at)


def _settings(settings: Settings) -> Iterator[Finding]:
    found = settings_module.faults(settings)
    yield from (Finding(Level.WRONG, "settings", fault) for fault in found)
    if settings.environment == "development" and settings.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
        yield Finding(Level.WARN, "the secret key is the one everybody has", "set HELPDESK_SECRET_KEY")
    if settings.support_address == type(settings).model_fields["support_address"].default:
        yield Finding(Level.WARN, "mail is taken for the default address", "set HELPDESK_SUPPORT_ADDRESS")
    try:
        ZoneInfo(settings.time_zone)
    except (KeyError, ValueError, OSError):
        yield Finding(
            Level.WRONG, "HELPDESK_TIME_ZONE is no time zone", "set it to a name like Asia/Shanghai"
        )
        return
    if not found:
        yield Finding(Level.OK, f"settings make sense ({settings.environment})")


def _python(settings: Settings) -> Iterator[Finding]:
    yield python(sys.version_info[:3])


def python(version: tuple[int, int, int]) -> Finding:
    """Whether this Python's mail modules have faults that are known."""
    name = f"Python {'.'.join(map(str, version))}"
    patched = _PATCHED.get(version[:2])
    if patched is not None and version[2] < patched:
        advice = f"update to {version[0]}.{version[1]}.{patched} or later"
        return Finding(Level.WARN, f"{name} has known faults in its mail modules", advice)
    return Finding(Level.OK, name)


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    yield disk(free, settings.data_dir)


def disk(free_bytes: int, folder: Path) -> Finding:
    """Whether there is room for mail."""
    what = f"{free_bytes // 1024**2} MB free for {folder}"
    if free_bytes < _NO_BYTES:
        return Finding(Level.WRONG, what, "make room: mail is refused for now where it cannot be stored")
    if free_bytes < _LOW_BYTES:
        return Finding(Level.WARN, what, "make room before mail has to wait")
    return Finding(Level.OK, what)


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir / "helpdesk.db"
    if not settings.database_url.get_secret_value() and not path.exists():
        yield Finding(Level.WRONG, "there is no database yet", "helpdesk db upgrade")
        return
    try:
        engine = sessions.engine(settings.database, pool_size=1)
    except ArgumentError:
        yield Finding(
            Level.WRONG, "HELPDESK_DATABASE_URL is no address", "sqlite:///PATH or postgresql+psycopg://…"
        )
        return
    try:
        yield from _schema(engine)
        yield _durability(engine)
    except OperationalError as fault:
        told = str(fault.orig).strip().partition("\n")[0][:200]
        yield Finding(
            Level.WRONG, f"the database does not answer: {told}", "start it, or mend HELPDESK_DATABASE_URL"
        )
    finally:
        engine.dispose()


def _schema(engine: Engine) -> Iterator[Finding]:
    here, head = migrations.current(engine), migrations.head()
    if here == head:
        yield Finding(Level.OK, f"{engine.dialect.name} answers, schema at {here}")
        return
    what = f"the schema is at {here or 'nothing'}, this code needs {head}"
    yield Finding(Level.WRONG, what, "helpdesk db upgrade (or update the helpdesk, if the database is newer)")


def _contracts(settings: Settings, at: datetime) -> Iterator[Finding]:
    """Customers under the default terms because no contract of theirs holds, and gaps in the rota (P2, P12)."""
    if not settings.database_url.get_secret_value() and not (settings.data_dir / "helpdesk.db").exists():
        return
    try:
        engine = sessions.engine(settings.database, pool_size=1)
        if migrations.current(engine) != migrations.head():
            return
        with sessions.reading(sessions.factory(engine)) as session:
            bare = agreements.without_contract(session, at)
            gaps = checking_rota.gaps(session, at)
            read = checking_mailboxes.findings(session, settings.own_addresses, at)
            read += checking_aws.findings(session, at)
            read += checking_reports.findings(session, at)
            patience = timedelta(seconds=settings.outbox_patience_seconds)
            read.append(checking_out.leaving(session, at, patience))
    except (ArgumentError, OperationalError):
        return  # told above
    named = ", ".join(bare[:_MOST_NAMED]) + (", …" if len(bare) > _MOST_NAMED else "")
    if bare:
        what = f"active customers without a valid contract ({len(bare)}): {named}"
        yield Finding(Level.WARN, what, "they are served under the default terms: import their contracts")
    else:
        yield Finding(Level.OK, "every active customer has a valid contract")
    yield _rota(gaps)
    yield from (Finding(Level(level), what, advice) for level, what, advice in read)
    engine.dispose()


def _rota(gaps: str | None) -> Finding:
    if gaps is None:
        advice = "import one: without a rota no ticket is assigned by itself"
        return Finding(Level.WARN, "there is no rota", advice)
    if gaps:
        return Finding(Level.WARN, gaps, "put somebody on call on the page /rota")
    return Finding(Level.OK, "somebody is on call at every minute of the next 14 days")


def _durability(engine: Engine) -> Finding:
    fault = sessions.durability_fault(sessions.factory(engine))
    if fault:
        return Finding(Level.WRONG, fault, "turn flushing on: accepted mail must survive a power cut")
    return Finding(Level.OK, "commits are flushed to disk")


def _redis(settings: Settings) -> Iterator[Finding]:
    if settings.redis:
        if valkey.answers(settings.redis):
            yield Finding(Level.OK, "the external Redis answers")
        else:
            yield Finding(
                Level.WRONG, "the external Redis does not answer", "start it, or mend HELPDESK_REDIS_URL"
            )
        return
    try:
        valkey.require(settings)
    except valkey.NotRunning:
        yield Finding(Level.WARN, "no embedded Redis runs, so nothing works on mail now", "helpdesk up")
        return
    yield Finding(Level.OK, "the embedded Redis answers")


def _blobs(settings: Settings) -> Iterator[Finding]:
    where = f"raw mail and attachments rest in {settings.blobs}"
    try:
        if settings.blobs.startswith("file:"):
            _probe_folder(Path(settings.blobs.removeprefix("file://").removeprefix("file:")))
        else:
            blobs.open_place(settings.blobs).write(_PROBE_KEY, _PROBE)
    except (OSError, ValueError, BotoCoreError, ClientError) as fault:
        yield Finding(Level.WRONG, f"{where}: {type(fault).__name__}: {str(fault)[:200]}", "make it writable")
        return
    yield Finding(Level.OK, where)


def _probe_folder(folder: Path) -> None:
    """Write and remove a file there, or above it where the folder is still to be made."""
    place = next(each for each in (folder, *folder.parents) if each.exists())
    with tempfile.NamedTemporaryFile(dir=place) as file:
        file.write(_PROBE)


def _fine_for_now(settings: Settings) -> Level:
    """What is fine while developing and lacking in production."""
    return Level.WARN if settings.environment == "production" else Level.OK


def _relay(settings: Settings) -> Iterator[Finding]:
    url = settings.relay_url.get_secret_value()
    if not url:
        advice = "set HELPDESK_RELAY_URL to send them"
        yield Finding(_fine_for_now(settings), "no relay: letters are kept here and not sent", advice)
        return
    try:
        yield Finding(Level.OK, checking_wire.relay(settings))
    except checking_wire.Unusable as fault:
        yield Finding(Level.WRONG, str(fault), "mend HELPDESK_RELAY_URL or the relay: letters wait meanwhile")


def _certificate(settings: Settings, at: datetime) -> Iterator[Finding]:
    if not settings.smtp_tls_cert:
        advice = "set HELPDESK_SMTP_TLS_CERT and HELPDESK_SMTP_TLS_KEY"
        yield Finding(_fine_for_now(settings), "the SMTP door offers no TLS", advice)
        return
    try:
        days = checking_wire.certificate_days(settings.smtp_tls_cert, settings.smtp_tls_key, at)
    except checking_wire.Unusable as fault:
        yield Finding(Level.WRONG, str(fault), "mend HELPDESK_SMTP_TLS_CERT and HELPDESK_SMTP_TLS_KEY")
        return
    what = (
        f"the TLS certificate is valid for {days} more days"
        if days >= 0
        else "the TLS certificate has expired"
    )
    level = Level.WRONG if days < 0 else Level.WARN if days < _CERTIFICATE_DAYS else Level.OK
    yield Finding(level, what, "renew it" if level is not Level.OK else "")
