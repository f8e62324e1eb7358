"""The rota: who is on call now, next and within two weeks, where nobody is, and what people change for once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import i18n, rostering
from gateway.domain import rota
from gateway.domain.local_time import instant, midnight
from gateway.domain.rota import HORIZON, Gap, Rota, Stretch
from gateway.rostering import Turn
from gateway.store.models import Engineer, ShiftOverride
from gateway.store.queries import duty, people, roster
from gateway.tickets import Refused
from web import acts, rota_table, visit
from web.rota_table import Drawing, Week

pages = Blueprint("rota", __name__)

_WEEK: Final = timedelta(days=7)
_FARTHEST: Final = timedelta(days=366)
_MOST_FREE: Final = 20


@dataclass(frozen=True, slots=True)
class Free:
    """Somebody who could fill a gap, with their hours on call in the week around it."""

    engineer: Engineer
    hours: timedelta


@dataclass(frozen=True, slots=True)
class Swap:
    """Both halves of a swap, as the page shows them."""

    first: ShiftOverride
    second: ShiftOverride


@pages.get("/rota")
def show() -> ResponseReturnValue:
    """Two weeks of the rota."""
    first, now = _first_day(), visit.now()
    start, end = _midnight(first), _midnight(first + 2 * _WEEK)
    with visit.reading() as rows:
        known = duty.rota_between(rows, min(start, now) - _WEEK, max(end, now + HORIZON) + _WEEK)
        engineers, names = people.engineers(rows), people.names(rows)
        overrides, absences = roster.overrides_after(rows, now), roster.absences_after(rows, now)
    ahead = [] if known.empty else rota.gaps(known, now, now + HORIZON)
    return render_template(
        "web/rota.html",
        title=visit.say("Rota"),
        weeks=_weeks(known, names, first),
        day=visit.reader().day,
        instant=visit.reader().instant,
        monday=first,
        week=_WEEK,
        empty=known.empty,
        gaps=ahead,
        free=_free(known, engineers, ahead[0]) if ahead else [],
        covered=HORIZON - sum((each.end - each.start for each in ahead), timedelta()),
        whole=HORIZON,
        on_call=rota.on_call(known, now),
        coming=rota.next_on_call(known, now),
        names=names,
        engineers=engineers,
        overrides=[each for each in overrides if not each.swap],
        swaps=_swaps(overrides),
        absences=absences,
    )


@pages.post("/rota/overrides")
def take_over() -> ResponseReturnValue:
    """Put somebody on call for once."""
    return _change(
        lambda rows: rostering.take_over(
            rows, _turn("engineer", "from", "to"), instead_of_id=_chosen("instead_of") or None,
            reason=_reason(), at=visit.now(),
        ),
        visit.say("Override added."),
    )  # fmt: skip


@pages.post("/rota/swaps")
def swap() -> ResponseReturnValue:
    """Let two engineers take each other's time."""
    return _change(
        lambda rows: rostering.swap(
            rows, _turn("engineer", "from", "to"), _turn("with", "with_from", "with_to"), reason=_reason(),
            at=visit.now(),
        ),
        visit.say("Swap added."),
    )  # fmt: skip


@pages.post("/rota/absences")
def be_away() -> ResponseReturnValue:
    """Note that somebody is away."""
    return _change(
        lambda rows: rostering.be_away(
            rows, _turn("engineer", "from", "to"), reason=_reason(), at=visit.now()
        ),
        visit.say("Absence added."),
    )


@pages.post("/rota/overrides/<int:override_id>/remove")
def remove_override(override_id: int) -> ResponseReturnValue:
    """Take an override or a whole swap back."""
    return _change(
        lambda rows: rostering.remove_override(rows, override_id, at=visit.now()), visit.say("Removed.")
    )


@pages.post("/rota/absences/<int:absence_id>/remove")
def remove_absence(absence_id: int) -> ResponseReturnValue:
    """Take an absence back."""
    return _change(
        lambda rows: rostering.remove_absence(rows, absence_id, at=visit.now()), visit.say("Removed.")
    )


def _change(do: Callable[[Session], object], done: str) -> ResponseReturnValue:
    return acts.and_back(do, done, "/rota")


def _turn(who: str, start: str, end: str) -> Turn:
    return Turn(_chosen(who), _moment(start), _moment(end))


def _chosen(name: str) -> int:
    value = request.form.get(name, "")
    if value and not (value.isascii() and value.isdigit() and len(value) < 18):
        abort(400)
    return int(value or 0)


def _moment(name: str) -> datetime:
    """A local time of the reader's zone, or an instant with its offset; 400 for what no form of ours sends."""
    try:
        written = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Refused("a time is missing") from None
    if written.tzinfo is not None:
        return written
    if not 2000 < written.year < 3000:
        raise Refused("a time is missing")
    return instant(written.date(), written.time(), i18n.time_zone(visit.reader().zone))


def _reason() -> str:
    return acts.posted("reason", 200)


def _first_day() -> date:
    """The Monday of the week asked for, else of this week."""
    today = visit.now().astimezone(i18n.time_zone(visit.reader().zone)).date()
    asked = request.args.get("from", "")
    if asked:
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            abort(400)
        if abs(day - today) > _FARTHEST:
            abort(400)
        today = day
    return today - timedelta(days=today.weekday())


def _midnight(day: date) -> datetime:
    return midnight(day, i18n.time_zone(visit.reader().zone))


def _weeks(known: Rota, names: dict[int, str], first: date) -> list[Week]:
    if known.empty:
        return []
    found = []
    for monday in (first, first + _WEEK):
        start, end = _midnight(monday), _midnight(monday + _WEEK)
        stretches, gaps = rota.shifts(known, start, end), rota.gaps(known, start, end)
        drawing = Drawing(stretches, gaps, names, visit.reader().zone, visit.now())
        found.append(rota_table.week(drawing, monday))
    return found


def _free(known: Rota, engineers: Sequence[Engineer], gap: Gap) -> list[Free]:
    """Who is here and not on call around a gap, those with the fewest hours first."""
    around = rota.shifts(known, gap.start - _WEEK / 2, gap.start + _WEEK / 2)
    away = {each.engineer for each in known.absences if each.start < gap.end and each.end > gap.start}
    found = [
        Free(each, sum((_length(one) for one in around if one.engineer == each.id), timedelta()))
        for each in engineers
        if each.id not in away
    ]
    return sorted(found, key=lambda free: (free.hours, free.engineer.name))[:_MOST_FREE]


def _length(stretch: Stretch) -> timedelta:
    return stretch.end - stretch.start


def _swaps(overrides: Sequence[ShiftOverride]) -> list[Swap]:
    halves: dict[str, list[ShiftOverride]] = {}
    for each in sorted(overrides, key=lambda row: row.id):
        if each.swap:
            halves.setdefault(each.swap, []).append(each)
    return [Swap(both[0], both[-1]) for both in halves.values()]
