"""The public status page: how the platform's parts stand and stood, for everybody, without a word about a customer.

It needs neither a login nor Redis; where the database is away it says so, with 503.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, abort, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from gateway import i18n, secrets
from gateway.domain.availability import Component, Measure
from gateway.domain.credits import printed
from gateway.mail import probe_mail
from gateway.operations.availability import Overview
from gateway.store import probes
from web import availability, visit
from web.visit import Reader

pages = Blueprint("status", __name__)
_log = logging.getLogger(__name__)


@pages.get("/status")
def show() -> ResponseReturnValue:
    """The page; `?lang=en` or `zh` chooses the language."""
    wanted = request.args.get("lang", "")
    if wanted in visit.LANGUAGES:
        g.reader = Reader(wanted, visit.services().settings.time_zone)
    reader = visit.reader()
    try:
        found = availability.current()
    except SQLAlchemyError as fault:
        _log.warning("no status: %s", type(fault).__name__)
        drawn = render_template(
            "web/status.html", title=reader.say("Status"), found=None, as_of=reader.clock(visit.now())
        )
        return drawn, 503, {"Retry-After": "30"}
    return render_template("web/status.html", title=reader.say("Status"), **_drawn(found, reader))


@pages.get("/status.json")
def as_json() -> ResponseReturnValue:
    """The same for machines."""
    try:
        found = availability.current()
    except SQLAlchemyError as fault:
        _log.warning("no status: %s", type(fault).__name__)
        return jsonify({"error": "the database is away"}), 503
    return jsonify(
        {
            "as_of": found.at.isoformat(),
            "month": str(found.month),
            "components": {
                str(each): {
                    "state": str(one.state),
                    "since": one.since.isoformat() if one.since else None,
                    "month": _figures(one.month),
                    "last_month": _figures(one.last_month),
                }
                for each, one in found.components.items()
            },
            "maintenance": [
                {"starts_at": each.planned.start.isoformat(), "ends_at": each.planned.end.isoformat(),
                 "titles": each.titles, "running": each.running}
                for each in found.windows
            ],
        }
    )  # fmt: skip


@pages.get("/status/probe/<token>")
def probe(token: str) -> ResponseReturnValue:
    """How far a probe has come, for whoever holds its receipt; 404 for everybody else."""
    try:
        key = probe_mail.of_receipt(visit.services().settings.secret_key.get_secret_value(), token)
    except secrets.BadToken:
        abort(404)
    with visit.reading() as rows:
        return jsonify({"fate": str(probes.fate(rows, key))})


def _drawn(found: Overview, reader: Reader) -> dict[str, Any]:
    parts = [each for each in Component if each is not Component.PLATFORM]
    whole = found.components[Component.PLATFORM]
    return {
        "found": found,
        "as_of": reader.clock(found.at),
        "headline": availability.headline(found, reader),
        "whole": availability.drawn(whole, reader),
        "parts_drawn": [availability.drawn(found.components[each], reader) for each in parts],
        "month_name": i18n.month(found.month.first, reader.language),
        "months": [
            (i18n.month(each.first, reader.language), measured, availability.percent(measured, reader))
            for each, measured in ((found.month, whole.month), (found.month.previous, whole.last_month))
        ],
        "windows": [(*availability.title(each, reader), each) for each in found.windows],
        "outages": [
            (each, availability.named(each.components, reader), availability.lasted(each, reader))
            for each in found.outages
        ],
    }


def _figures(measure: Measure) -> dict[str, Any]:
    return {
        "percent": None if measure.share is None else printed(measure.share),
        "minutes_up": measure.up,
        "minutes_down": measure.down,
        "minutes_maintenance": measure.maintenance,
        "minutes_unmeasured": measure.unmeasured,
    }
