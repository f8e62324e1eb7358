"""The rota as `helpdesk import` reads it, and what a file does not name of it any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from gateway.operations.records import Record
from gateway.operations.rota_values import WEEKDAYS
from gateway.operations.rota_writing import RotaWriter, identity
from gateway.store.models import Absence, Engineer, ShiftOverride, ShiftRule, Team
from gateway.store.queries.roster import Roster

Removal = tuple[str, Callable[[], Any]]


def rota(now: Roster, engineers: Sequence[Engineer], teams: Sequence[Team]) -> dict[str, Any]:
    """The rota as a part of the file."""
    emails = {each.id: each.email for each in engineers}
    names = {each.id: each.name for each in teams}
    calendars: dict[str, list[dict[str, Any]]] = {}
    for each in now.holidays:
        calendars.setdefault(each.calendar, []).append({"day": each.held_on, "name": each.name})
    single = [each for each in now.overrides if not each.swap]
    return {
        "calendars": [{"name": name, "days": days} for name, days in calendars.items()],
        "shifts": [_shift(each, emails, names) for each in now.shifts],
        "overrides": [_override(each, emails, names) for each in single],
        "swaps": [_swap(*pair, emails, names) for pair in _pairs(now.overrides)],
        "absences": [_absence(each, emails) for each in now.absences],
    }


def removals(
    session: Session, file: Record, now: Roster, *, engineers: Sequence[Engineer], teams: Sequence[Team]
) -> Iterator[Removal]:
    """What the lists that the file's rota has do not name any more, and how it goes."""
    declared = file.get("rota")
    if declared is None:
        return
    by_email, by_name = {each.email: each for each in engineers}, {each.name: each for each in teams}
    writer = RotaWriter(session, by_email, by_name, lambda *_: None)
    for name, row, said in _gone(declared, now, writer):
        yield f"remove {name} {said}", partial(session.delete, row)


def _gone(declared: Record, now: Roster, writer: RotaWriter) -> Iterator[tuple[str, Any, str]]:
    if "shifts" in declared.values:
        shifts = {writer.shift_key(one) for one in declared.listed("shifts")}
        yield from (
            ("shift", each, each.name) for each in now.shifts if (each.team_id, each.name) not in shifts
        )
    if "calendars" in declared.values:
        days = {
            (one.values["name"], day.values["day"])
            for one in declared.listed("calendars")
            for day in one.listed("days")
        }
        for each in now.holidays:
            if (each.calendar, each.held_on) not in days:
                yield "holiday", each, f"{each.calendar} {each.held_on}"
    if "overrides" in declared.values:
        kept = {identity(writer.override(one)) for one in declared.listed("overrides")}
        yield from _others("override", [each for each in now.overrides if not each.swap], kept)
    if "swaps" in declared.values:
        kept = {identity(half) for one in declared.listed("swaps") for half in writer.swap(one)}
        yield from _others("swap", [each for each in now.overrides if each.swap], kept)
    if "absences" in declared.values:
        kept = {identity(writer.absence(one)) for one in declared.listed("absences")}
        yield from _others("absence", now.absences, kept)


def _others(name: str, rows: Sequence[Any], kept: set[Any]) -> Iterator[tuple[str, Any, str]]:
    for each in rows:
        if identity(each) not in kept:
            yield name, each, f"{_written(each.starts_at)} to {_written(each.ends_at)}"


def _pairs(rows: Sequence[ShiftOverride]) -> list[tuple[ShiftOverride, ShiftOverride]]:
    halves: dict[str, list[ShiftOverride]] = {}
    for each in rows:
        if each.swap:
            halves.setdefault(each.swap, []).append(each)
    return [(both[0], both[1]) for both in halves.values() if len(both) == 2]


def _shift(row: ShiftRule, emails: Mapping[int, str], names: Mapping[int, str]) -> dict[str, Any]:
    made = {
        "team": names[row.team_id],
        "name": row.name,
        "days": [WEEKDAYS[each] for each in row.weekdays],
        "from": row.starts,
        "to": row.ends,
        "time_zone": row.time_zone,
        "first_on": row.first_on,
        "last_on": row.last_on,
        "rotates": row.rotates,
        "engineers": [emails[each] for each in row.engineers],
    }
    return made | ({"calendar": row.calendar, "on_holidays": row.on_holidays} if row.calendar else {})


def _override(row: ShiftOverride, emails: Mapping[int, str], names: Mapping[int, str]) -> dict[str, Any]:
    made = {"engineer": emails[row.engineer_id]}
    if row.instead_of_id is not None:
        made["instead_of"] = emails[row.instead_of_id]
    return made | _team(row, names) | _when(row)


def _swap(first: ShiftOverride, second: ShiftOverride, emails: Mapping[int, str],
          names: Mapping[int, str]) -> dict[str, Any]:  # fmt: skip
    return {
        "engineer": emails[second.engineer_id],
        "from": _written(first.starts_at),
        "to": _written(first.ends_at),
        "with": emails[first.engineer_id],
        "with_from": _written(second.starts_at),
        "with_to": _written(second.ends_at),
        "reason": first.reason,
    } | _team(first, names)


def _absence(row: Absence, emails: Mapping[int, str]) -> dict[str, Any]:
    return {"engineer": emails[row.engineer_id]} | _when(row)


def _team(row: ShiftOverride, names: Mapping[int, str]) -> dict[str, Any]:
    return {} if row.team_id is None else {"team": names[row.team_id]}


def _when(row: ShiftOverride | Absence) -> dict[str, Any]:
    return {"from": _written(row.starts_at), "to": _written(row.ends_at), "reason": row.reason}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
