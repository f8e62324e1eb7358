"""Engineers in management's report: their load, their hours on call, and when nobody was or will be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from gateway.domain import rota
from gateway.domain.agreed_dates import midnight
from gateway.domain.rota import HORIZON, Rota
from gateway.reporting.figures import About
from gateway.reporting.management_figures import EngineerLine, Gap
from gateway.store.models import Role
from gateway.store.queries import duty, reporting_people


def lines(session: Session, about: About, missed: Mapping[int | None, int]) -> tuple[EngineerLine, ...]:
    """Everybody who may work on tickets, and whoever did; who has most open comes first."""
    work = reporting_people.work(session, about.since, about.until)
    on_call = _on_call(session, about.since, about.until)
    found = []
    for each in reporting_people.engineers(session):
        line = EngineerLine(
            engineer_id=each.id,
            name=each.name,
            open_now=work.open_now.get(each.id, 0),
            assigned=work.assigned.get(each.id, 0),
            resolved=work.resolved.get(each.id, 0),
            replies=work.replies.get(each.id, 0),
            breached=missed.get(each.id, 0),
            on_call=on_call.get(each.id, timedelta()),
        )
        if (each.active and each.role != Role.READER) or _did_anything(line):
            found.append(line)
    return tuple(
        sorted(found, key=lambda line: (-line.open_now, -line.resolved, line.name, line.engineer_id))
    )


def gaps(
    session: Session, since: datetime, until: datetime, at: datetime
) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    """When nobody was on call in the time covered, and when nobody will be within 14 days of an instant.

    Shape: as the rota says now; nothing before its first shift, nothing where nobody wrote one. `duty` is the team
    where the rota has only one.
    """
    known = duty.rota_between(session, since, at + HORIZON)
    if known.empty:
        return (), ()
    teams = {each.team for each in known.rules}
    name = teams.pop() if len(teams) == 1 else ""
    begins = max(since, _begins(known))
    past = rota.gaps(known, begins, until) if begins < until else []
    ahead = rota.gaps(known, at, at + HORIZON)
    return tuple(_gap(each, name) for each in past), tuple(_gap(each, name) for each in ahead)


def _gap(found: rota.Gap, duty_name: str) -> Gap:
    return Gap(duty_name, found.start, found.end)


def _begins(known: Rota) -> datetime:
    """When the rota's first shift may begin."""
    firsts = [midnight(each.first_on, each.zone).astimezone(UTC) for each in known.rules]
    return min([*firsts, *(each.start for each in known.overrides)])


def _on_call(session: Session, since: datetime, until: datetime) -> dict[int, timedelta]:
    """How long each engineer was on call; shifts that overlap count once."""
    known = duty.rota_between(session, since, until)
    found: dict[int, timedelta] = {}
    free_from: dict[int, datetime] = {}
    for each in rota.shifts(known, since, until):
        start = max(each.start, free_from.get(each.engineer, each.start))
        free_from[each.engineer] = max(each.end, start)
        found[each.engineer] = found.get(each.engineer, timedelta()) + max(each.end - start, timedelta())
    return found


def _did_anything(line: EngineerLine) -> bool:
    return bool(
        line.open_now or line.assigned or line.resolved or line.replies or line.breached or line.on_call
    )
