"""The evidence sheet of a ticket as a page to read, to print and to reckon again (P1, P11)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from gateway import i18n
from gateway.domain.terms import Target
from gateway.tickets import NotFound
from web import evidence_drawing, evidence_source, exclusion_list, visit
from web.evidence_drawing import Face
from web.exclusion_list import Log

pages = Blueprint("evidence", __name__)


@pages.get("/tickets/<int:number>/sla")
def show(number: int) -> ResponseReturnValue:
    """The evidence sheet."""
    return page(number)


def page(
    number: int, *, refused: str = "", draft: Mapping[str, str] | None = None, form: str = ""
) -> ResponseReturnValue:
    """The evidence sheet; where a decision was refused, with the reason and what had been written."""
    with visit.reading() as rows:
        try:
            source = evidence_source.of_ticket(rows, number)
        except NotFound:
            abort(404)
    sheet, zone = source.sheet, i18n.time_zone(source.agreement.zone)
    edges = (sheet.opened_at, sheet.now, *(each.due_at for each in sheet.targets))
    face = Face(source.agreement.zone, len({edge.astimezone(zone).utcoffset() for edge in edges}) > 1)
    log = Log(number, source.entries, source.names)
    shown = render_template(
        "web/evidence.html",
        title=visit.say("SLA evidence of %(ticket)s", ticket=visit.number_of(number)),
        source=source,
        ticket=source.ticket,
        sheet=sheet,
        face=face,
        length=evidence_drawing.clock_time,
        zone_said=i18n.zone_name(source.agreement.zone, visit.reader().language, sheet.now),
        clocks=[evidence_drawing.clock(source, each) for each in Target],
        exclusions=[exclusion_list.shown(log, each) for each in sheet.exclusions],
        proposals=[exclusion_list.shown(log, each) for each in source.proposals],
        refused=refused,
        draft=draft or {},
        form=form,
    )
    return shown, 409 if refused else 200
