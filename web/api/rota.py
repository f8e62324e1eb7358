"""The rota over the API: who is on call now, next, and between two instants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from gateway.domain import rota
from gateway.domain.rota import HORIZON, Stretch
from gateway.store.queries import duty, people
from gateway.tickets import Refused
from web import visit
from web.api.endpoint import endpoint

_LONGEST: Final = timedelta(days=92)


class RotaQuery(BaseModel):
    """Between which instants; by default the next 14 days, at most 92."""

    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime | None = Field(None, description="by default now")
    end: AwareDatetime | None = Field(None, description="by default 14 days later")


class OnCall(BaseModel):
    """An engineer on call from an instant up to another. `team` and `shift` are empty for an override alone."""

    engineer: int
    name: str
    start: AwareDatetime
    end: AwareDatetime
    team: str
    shift: str


class GapOut(BaseModel):
    """When nobody is on call."""

    start: AwareDatetime
    end: AwareDatetime


class RotaOut(BaseModel):
    """Who is on call. Without any rota `configured` is false and there are no gaps."""

    configured: bool
    now: list[OnCall]
    next: list[OnCall]
    shifts: list[OnCall]
    gaps: list[GapOut]


@endpoint("GET", "/rota", query=RotaQuery, output=RotaOut, refusals=[409])
def show_rota(query: RotaQuery) -> RotaOut:
    """Who is on call now and next, every shift between two instants, and where nobody is."""
    _check(query)
    now = visit.now()
    start = query.start or (query.end - HORIZON if query.end else now)
    end = query.end or start + HORIZON
    with visit.reading() as rows:
        known = duty.rota_between(rows, min(start, now), max(end, now + HORIZON))
        names = people.names(rows)
    return RotaOut(
        configured=not known.empty,
        now=[_stretch(each, names) for each in rota.on_call(known, now)],
        next=[_stretch(each, names) for each in rota.next_on_call(known, now)],
        shifts=[_stretch(each, names) for each in rota.shifts(known, start, end)],
        gaps=[] if known.empty else [GapOut(start=g.start, end=g.end) for g in rota.gaps(known, start, end)],
    )


def _check(query: RotaQuery) -> None:
    """Errors: Refused where the range is none that can be drawn."""
    for each in (query.start, query.end):
        if each is not None and not 2000 <= each.year < 3000:
            raise Refused("the year is none of ours")
    if query.start and query.end and not timedelta() < query.end - query.start <= _LONGEST:
        raise Refused("end comes after start, at most 92 days")


def _stretch(one: Stretch, names: Mapping[int, str]) -> OnCall:
    return OnCall(engineer=one.engineer, name=names.get(one.engineer, ""), start=one.start, end=one.end,
                  team=one.team, shift=one.name)  # fmt: skip
