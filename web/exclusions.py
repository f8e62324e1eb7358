"""The forms for time that does not count: each one verb in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.tickets import NotFound, Refused, contesting, excluding
from gateway.tickets.claims import LONGEST, Claim, ProofKind
from web import acts, evidence, visit

pages = Blueprint("exclusions", __name__)

_LONGEST_TIME: Final = 40


@pages.post("/tickets/<int:number>/exclusions")
def exclude(number: int) -> ResponseReturnValue:
    """Exclude a stretch of time, with its proof."""
    form = request.form
    try:
        reason, kind = Reason(form.get("reason", "")), ProofKind(form.get("kind", ""))
    except ValueError:
        abort(400)
    reference, words = acts.posted("reference", 500), acts.posted("text", LONGEST)
    try:
        start = instant(form.get("start", ""), visit.reader().zone, late=True)
        end = instant(form["end"], visit.reader().zone, late=False) if form.get("end") else None
    except ValueError:
        why = visit.say("there is no such time; write it as 2026-03-02 10:48")
        return acts.refusal(number, why, form="exclude")

    def do(rows: Session) -> None:
        claim = Claim(reason, start, end, Proof(str(kind), reference), words)
        excluding.enter(
            rows, visit.services().letterhead, number, author=visit.me(), claim=claim, at=visit.now()
        )

    return acts.on_ticket(
        number, do, form="exclude", done=visit.say("Excluded. Both clocks are reckoned anew.")
    )


@pages.post("/tickets/<int:number>/exclusions/<name>/<verb>")
def decide(number: int, name: str, verb: str) -> ResponseReturnValue:
    """End, strike, contest or uphold an exclusion; accept or decline a proposal."""
    if verb not in _VERBS:
        abort(404)
    words = acts.posted("text", LONGEST)
    try:
        with visit.services().transaction() as rows:
            _VERBS[verb](rows, number, name, words)
    except NotFound:
        abort(404)
    except Refused as refused:
        return evidence.page(
            number, refused=acts.in_words(refused), form=f"{verb}-{name}", draft=request.form
        )
    except ValueError:
        said = visit.say("there is no such time; write it as 2026-03-02 10:48")
        return evidence.page(number, refused=said, form=f"{verb}-{name}", draft=request.form)
    flash(visit.say("Done. Both clocks are reckoned anew."))
    back = f"/tickets/{number}" if request.form.get("next") == "ticket" else f"/tickets/{number}/sla"
    return redirect(back, 303)


def instant(face: str, zone: str, *, late: bool) -> datetime:
    """The instant at which clocks of a zone show this; of two, the later or the earlier one.

    Shape: beginnings are read late and ends early, so that a night of two such hours never excludes too much.
    Errors: ValueError for what is no time, or none that night.

    >>> night, zone = "2026-10-25T02:30", "Europe/Berlin"
    >>> instant(night, zone, late=True) - instant(night, zone, late=False)
    datetime.timedelta(seconds=3600)
    """
    if len(face) > _LONGEST_TIME:
        raise ValueError("no time is that long")
    naive = datetime.fromisoformat(face.strip())
    if naive.tzinfo is not None or not 1970 < naive.year < 9000:
        raise ValueError("a time of this zone is wanted")
    here = i18n.time_zone(zone)
    found = {naive.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [each for each in found if each.astimezone(here).replace(tzinfo=None) == naive]
    if not real:
        raise ValueError("the clocks skip that time")
    return max(real) if late else min(real)


def _end(rows: Session, number: int, name: str, words: str) -> None:
    at = instant(request.form.get("end", ""), visit.reader().zone, late=False)
    excluding.end(
        rows, visit.services().letterhead, number, author=visit.me(), exclusion=name, end=at, at=visit.now()
    )


def _strike(rows: Session, number: int, name: str, words: str) -> None:
    excluding.strike(rows, visit.services().letterhead, number, author=visit.me(), exclusion=name, words=words,
                     at=visit.now())  # fmt: skip


def _contest(rows: Session, number: int, name: str, words: str) -> None:
    contesting.contest(rows, visit.services().letterhead, number, exclusion=name, words=words, at=visit.now(),
                       entered_by=visit.me())  # fmt: skip


def _uphold(rows: Session, number: int, name: str, words: str) -> None:
    contesting.uphold(rows, visit.services().letterhead, number, author=visit.me(), exclusion=name, words=words,
                      at=visit.now())  # fmt: skip


def _accept(rows: Session, number: int, name: str, words: str) -> None:
    excluding.accept(
        rows, visit.services().letterhead, number, author=visit.me(), proposal=name, at=visit.now()
    )


def _decline(rows: Session, number: int, name: str, words: str) -> None:
    excluding.decline(rows, visit.services().letterhead, number, author=visit.me(), proposal=name, words=words,
                      at=visit.now())  # fmt: skip


_VERBS: Final[Mapping[str, Callable[[Session, int, str, str], None]]] = {
    "end": _end,
    "strike": _strike,
    "contest": _contest,
    "uphold": _uphold,
    "accept": _accept,
    "decline": _decline,
}
