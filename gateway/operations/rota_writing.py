"""The rota's rows written as an import file describes them, and what that changed.

An override, swap or absence is what it says: another time is another one, and `--prune` takes the old one away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.operations.records import Record
from gateway.operations.rota_values import at
from gateway.rostering import Turn, swapped
from gateway.store.models import Absence, Engineer, PublicHoliday, Row, ShiftOverride, ShiftRule, Team
from gateway.store.queries.roster import Roster

Note = Callable[[str, str, list[str] | None], None]
"""Counts one thing: what it is, its name, the fields that changed or None where it is new."""
_SHIFT: Final = {
    "days": "weekdays", "from": "starts", "to": "ends", "time_zone": "time_zone", "first_on": "first_on",
    "last_on": "last_on", "rotates": "rotates", "on_holidays": "on_holidays",
}  # fmt: skip
_ALL_DAYS: Final = list(range(7))


class RotaWriter:
    """Writes one file's rota into one session."""

    def __init__(self, session: Session, engineers: Mapping[str, Engineer], teams: Mapping[str, Team],
                 note: Note) -> None:  # fmt: skip
        self._session, self._engineers, self._teams, self._note = session, engineers, teams, note

    def write(self, rota: Record, now: Roster) -> None:
        """Everything the rota names."""
        self._calendars(rota, {(each.calendar, each.held_on): each for each in now.holidays})
        shifts = {(each.team_id, each.name): each for each in now.shifts}
        for place, one in enumerate(rota.listed("shifts")):
            self._shift(shifts, place, one)
        overrides = {identity(each): each for each in now.overrides}
        for one in rota.listed("overrides"):
            self._once(overrides, "override", self.override(one))
        for one in rota.listed("swaps"):
            for half in self.swap(one):
                self._once(overrides, "swap", half)
        absences = {identity(each): each for each in now.absences}
        for one in rota.listed("absences"):
            self._once(absences, "absence", self.absence(one))

    def shift_key(self, one: Record) -> tuple[int, str]:
        """What a shift is known by."""
        return self._teams[one.values["team"].value].id, one.values["name"]

    def override(self, one: Record) -> ShiftOverride:
        """An override as a row."""
        instead = one.get("instead_of")
        return ShiftOverride(
            engineer_id=self._person(one, "engineer").id,
            instead_of_id=self._engineers[instead.value].id if instead else None,
            team_id=self._team(one),
            starts_at=self._at(one, "from", "engineer", ends=False),
            ends_at=self._at(one, "to", "engineer", ends=True),
            swap="",
            reason=one.get("reason") or "",
        )

    def swap(self, one: Record) -> tuple[ShiftOverride, ShiftOverride]:
        """Both halves of a swap as rows."""
        mine = Turn(
            self._person(one, "engineer").id,
            self._at(one, "from", "engineer", ends=False),
            self._at(one, "to", "engineer", ends=True),
        )
        theirs = Turn(
            self._person(one, "with").id,
            self._at(one, "with_from", "with", ends=False),
            self._at(one, "with_to", "with", ends=True),
        )
        return swapped(mine, theirs, self._team(one), one.get("reason") or "")

    def absence(self, one: Record) -> Absence:
        """An absence as a row."""
        return Absence(
            engineer_id=self._person(one, "engineer").id,
            starts_at=self._at(one, "from", "engineer", ends=False),
            ends_at=self._at(one, "to", "engineer", ends=True),
            reason=one.get("reason") or "",
        )

    def _calendars(self, rota: Record, known: Mapping[tuple[str, Any], PublicHoliday]) -> None:
        for calendar in rota.listed("calendars"):
            name = calendar.values["name"]
            for one in calendar.listed("days"):
                day, said = one.values["day"], one.get("name")
                row = known.get((name, day))
                changes = ["name"] if row is not None and said is not None and row.name != said else []
                if row is None:
                    row = PublicHoliday(calendar=name, held_on=day, name=said or "")
                    self._session.add(row)
                    self._note("holiday", f"{name} {day}", None)
                    continue
                row.name = said if changes else row.name
                self._note("holiday", f"{name} {day}", changes)

    def _shift(self, known: Mapping[tuple[int, str], ShiftRule], place: int, one: Record) -> None:
        key = self.shift_key(one)
        wanted = {field: one.values[name] for name, field in _SHIFT.items() if name in one.values}
        if "weekdays" in wanted:
            wanted["weekdays"] = sorted(set(wanted["weekdays"]))
        wanted["engineers"] = [self._engineers[each.value].id for each in one.listed("engineers")]
        wanted["position"] = place
        if (calendar := one.get("calendar")) is not None:
            wanted["calendar"] = calendar.value
        row = known.get(key)
        if row is None:
            base: dict[str, Any] = {"weekdays": _ALL_DAYS, "rotates": "weekly", "calendar": "",
                                    "on_holidays": "works", "last_on": None}  # fmt: skip
            self._session.add(ShiftRule(team_id=key[0], name=key[1], **base | wanted))
        changes = [name for name, value in wanted.items() if row is not None and getattr(row, name) != value]
        for name in changes:
            setattr(row, name, wanted[name])
        self._note("shift", f"{one.values['team'].value} {key[1]}", None if row is None else changes)

    def _once(self, known: dict[tuple[Any, ...], Any], what: str, row: Any) -> None:
        key, found = identity(row), None
        found = known.get(key)
        name = f"{row.starts_at.isoformat()} to {row.ends_at.isoformat()}"
        if found is None:
            self._session.add(row)
            known[key] = row
            self._note(what, name, None)
            return
        changes = ["reason"] if found.reason != row.reason else []
        found.reason = row.reason
        self._note(what, name, changes)

    def _person(self, one: Record, name: str) -> Engineer:
        return self._engineers[one.values[name].value]

    def _team(self, one: Record) -> int | None:
        named = one.get("team")
        return self._teams[named.value].id if named else None

    def _at(self, one: Record, name: str, whose: str, *, ends: bool) -> datetime:
        return at(one.values[name], self._person(one, whose).time_zone, ends=ends)


def identity(row: Row) -> tuple[Any, ...]:
    """What an override, half of a swap or an absence is known by."""
    names = ("engineer_id", "instead_of_id", "team_id", "starts_at", "ends_at", "swap")
    return tuple(getattr(row, name, None) for name in names)
