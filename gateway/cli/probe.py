"""`helpdesk probe`: one round of the availability probe from wherever it is called, as an outside monitor does."""

from __future__ import annotations

import http.client
import json
import sys
import time
from typing import Final
from urllib.parse import urlsplit

import click

from gateway import clock
from gateway.cli import desk, entry
from gateway.domain.availability import Component, minute_of
from gateway.mail import probe_mail
from gateway.operations import probing
from gateway.operations.probing import Round, Target, Unseen
from gateway.store.probes import Fate

_LIMIT_SECONDS: Final = 75.0


@click.command("probe")
@click.option("--smtp", default="", metavar="HOST:PORT", help="The door to probe; default SMTP_LISTEN.")
@click.option("--url", default="", help="The web to probe; default BASE_URL.")
@click.option("--seconds", default=_LIMIT_SECONDS, show_default=True, help="How long it may take in all.")
@click.option("--record", is_flag=True, help="Enter the minute in the ledger; needs the database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(smtp: str, url: str, seconds: float, *, record: bool, as_json: bool) -> None:
    """Probe mail and web once; exit 1 where something is down.

    From another host it needs SUPPORT_ADDRESS and SECRET_KEY alone: how far the mail came it asks of the web.
    """
    settings = entry.prepare("probe")
    given = probing.target_of(settings)
    target = Target(smtp or given.smtp, (url or given.url).rstrip("/"), given.own, given.secret, given.helo)

    def look(key: str) -> Fate:
        return _asked(target, key)

    minute = minute_of(clock.now())
    found = probing.probe(target, minute, look, seconds=seconds, monotonic=time.monotonic)
    if record:
        _record(found)
    _told(found, as_json=as_json)
    sys.exit(0 if found.up else 1)


def _asked(target: Target, key: str) -> Fate:
    """How far a probe came, as the web tells whoever holds its receipt. Errors: Unseen."""
    path = f"/status/probe/{probe_mail.receipt(target.secret, key)}"
    try:
        status, answer = probing.get(urlsplit(target.url), path, seconds=10)
        return Fate(json.loads(answer)["fate"]) if status == http.client.OK else Fate.UNSEEN
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as fault:
        raise Unseen from fault


def _record(found: Round) -> None:
    from gateway.store import availability

    with desk.opened("probe") as services, services.transaction() as session:
        availability.enter(session, found.minute, found.states)


def _told(found: Round, *, as_json: bool) -> None:
    states = {str(each): _word(found, each) for each in Component if each is not Component.AWS_SYNC}
    if as_json:
        faults = {str(each): said for each, said in found.faults.items()}
        click.echo(json.dumps({"minute": found.minute.isoformat(), "states": states, "faults": faults}))
        return
    for each in Component:
        if each is not Component.AWS_SYNC:
            said = found.faults.get(each, "")
            click.echo(f"{each:<9} {states[each]}" + (f": {said}" if said else ""))


def _word(found: Round, component: Component) -> str:
    up = found.states.get(component)
    return "unmeasured" if up is None else "up" if up else "down"
