"""`helpdesk check`: the settings, and what is wrong with this installation."""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import click
from pydantic import SecretStr, ValidationError

from gateway import clock
from gateway import settings as settings_module
from gateway.operations import chains, checking
from gateway.operations.checking import Finding, Level
from gateway.settings import Settings
from gateway.store import session as store

_MASK: Final = "****"
_URLS: Final = ("database_url", "redis_url", "relay_url", "blob_url", "base_url")
_SECRET_PARAMETER: Final = re.compile(r"(?i)((?:^|&)[^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*")
_COLOURS: Final = {Level.OK: "green", Level.WARN: "yellow", Level.WRONG: "red"}


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--events", is_flag=True, help="Verify the log of every ticket instead.")
def command(as_json: bool, events: bool) -> None:
    """Show the settings, secrets masked, and look for what is wrong; exit 1 where something is."""
    try:
        settings = settings_module.load()
    except ValidationError as fault:
        _report({}, refused(fault), as_json=as_json)
        sys.exit(1)
    if events:
        sys.exit(0 if _verified(settings, as_json=as_json) else 1)
    found = list(checking.check(settings, clock.now()))
    _report(masked(settings), found, as_json=as_json)
    sys.exit(1 if any(each.level is Level.WRONG for each in found) else 0)


def _verified(settings: Settings, *, as_json: bool) -> bool:
    """Say where a ticket's log does not hold, as it is found; whether every log holds."""
    engine = store.engine(settings.database)
    tally, broken = chains.Tally(), 0
    try:
        for each in chains.breaks(store.factory(engine), tally):
            broken += 1
            told = {"ticket": each.ticket_id, "entry": each.entry, "what": each.what}
            wrong = click.style("wrong", fg=_COLOURS[Level.WRONG])
            named = f"{settings.ticket_prefix}-{each.ticket_id}, entry {each.entry}"
            click.echo(json.dumps(told) if as_json else f"{wrong}: {named}: {each.what}")
    finally:
        engine.dispose()
    counted = {"tickets": tally.tickets, "entries": tally.entries, "breaks": broken}
    read = f"{tally.entries} entries of {tally.tickets} tickets verified"
    found = f"{broken} breaks" if broken else "every chain holds"
    click.echo(json.dumps(counted) if as_json else f"{read}: {found}")
    return not broken


def refused(fault: ValidationError) -> list[Finding]:
    """Why settings cannot be taken, without repeating their values, which may be secret."""
    return [
        Finding(Level.WRONG, f"HELPDESK_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}", "mend it")
        for each in fault.errors(include_input=False, include_context=False, include_url=False)
    ]


def masked(settings: Settings) -> dict[str, str]:
    """Every setting by its name in the environment, without anything secret."""
    return {
        f"HELPDESK_{name.upper()}": _shown(name, getattr(settings, name))
        for name in type(settings).model_fields
    }


def _shown(name: str, value: Any) -> str:
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if name in _URLS:
        return masked_url(text)
    return _MASK if isinstance(value, SecretStr) and text else text


def masked_url(url: str) -> str:
    """An address without its password, nor other secrets among its parameters; masked whole where it is none.

    >>> masked_url("smtps://user:p%40ss@relay.example:465")
    'smtps://user:****@relay.example:465'
    """
    if not url:
        return ""
    try:
        parts: SplitResult = urlsplit(url)
    except ValueError:
        return _MASK
    local = parts.scheme in ("file", "sqlite")
    if not parts.scheme or (not local and "@" in f"{parts.path}{parts.query}{parts.fragment}"):
        return _MASK  # a password with an unescaped / or # would stand in the open
    login, at, place = parts.netloc.rpartition("@")
    user, colon, _ = login.partition(":")
    query = _SECRET_PARAMETER.sub(rf"\g<1>{_MASK}", parts.query)
    head, _, rest = url.partition(parts.netloc) if at else ("", "", url)
    hidden = f"{head}{user}{colon}{_MASK if colon else ''}@{place}" if at else ""
    return hidden + (rest.replace(parts.query, query) if parts.query else rest)


def _report(settings: dict[str, str], found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        checks = [{"level": each.level.value, "what": each.what, "advice": each.advice} for each in found]
        click.echo(json.dumps({"settings": settings, "checks": checks}, ensure_ascii=False, indent=1))
        return
    for name, value in settings.items():
        click.echo(f"{name}={value}")
    click.echo()
    for each in found:
        level = click.style(each.level.value, fg=_COLOURS[each.level])
        click.echo(f"{level}: {each.what}" + (f": {each.advice}" if each.advice else ""))
