"""What came back of our letters, in words, and the addresses that get no automatic mail meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.mail import address
from gateway.store.models import Delivery, MailReport, Suppression
from gateway.store.queries import suppression
from gateway.tickets import NotFound, suppressing
from gateway.tickets.restraint import WITHHELD
from web import auth, return_words, visit
from web.visit import Reader

pages = Blueprint("returned", __name__)


@dataclass(frozen=True, slots=True)
class Resting:
    """An address that gets no automatic mail now: why, and until when; without an end until it is lifted."""

    id: int
    address: str
    why: str
    since: datetime
    until: datetime | None
    report: str = ""


@pages.post("/suppressions/<int:suppression_id>/lift")
def lift(suppression_id: int) -> ResponseReturnValue:
    """Let automatic mail go to an address again."""
    back = auth.own_path(request.form.get("next", ""))
    try:
        with visit.services().transaction() as rows:
            who = suppressing.lift(rows, suppression_id, author=visit.me(), at=visit.now())
    except NotFound:
        abort(404)
    flash(visit.say("Automatic mail goes to %(who)s again.", who=who))
    return redirect(back, 303)


def resting(rows: Session, addresses: Iterable[str], at: datetime, reader: Reader) -> list[Resting]:
    """Which of these addresses get no automatic mail now."""
    wanted = sorted({address.normalise(each) for each in addresses if each})
    return [_resting(row, reader) for row in suppression.active(rows, wanted, at).values()]


def all_resting(rows: Session, at: datetime, reader: Reader) -> list[Resting]:
    """Every address that gets no automatic mail now, with the report that began it."""
    return [_resting(row, reader, report) for row, report in suppression.in_force(rows, at)]


def strangers(rows: Session, reader: Reader) -> list[tuple[str, Delivery]]:
    """The newest reports that fit no letter of ours, each with its mail."""
    return [(words(report, reader), delivery) for report, delivery in suppression.strange(rows)]


def words(report: MailReport, reader: Reader) -> str:
    """One report as a sentence: what became of the letter at whom, and why."""
    what = return_words.ACTIONS.get(report.action, return_words.ACTIONS["failed"])
    said = reader.say(what, who=report.address or reader.say("an address it does not name"))
    cause = return_words.CAUSES.get(report.status.partition(".")[2])
    if cause and report.action in ("failed", "delayed"):
        said = reader.say("%(what)s: %(why)s", what=said, why=reader.say(cause))
    return f"{said} ({report.status})" if report.status else said


def lines(reports: Sequence[MailReport], reader: Reader) -> tuple[tuple[MailReport, str], ...]:
    """The reports of one letter, each once."""
    told = {words(each, reader): each for each in reports}
    return tuple((report, said) for said, report in told.items())


def withheld(last_reply: str, reader: Reader) -> str:
    """Why an automatic letter was not sent; empty where it was given up by a person."""
    code = last_reply.removeprefix(WITHHELD)
    found = return_words.WITHHELD.get(code) if code != last_reply else None
    return reader.say(found) if found else ""


def _resting(row: Suppression, reader: Reader, report: MailReport | None = None) -> Resting:
    why = reader.say(return_words.SUPPRESSIONS.get(row.reason, return_words.SUPPRESSIONS["hard"]))
    said = f"{words(report, reader)} {report.diagnostic}".strip() if report else ""
    return Resting(row.id, row.address, why, row.since, row.until, said)
