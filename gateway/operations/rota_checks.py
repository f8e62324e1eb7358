"""What is wrong with the rota of an import file, by itself and with the people it names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.operations.records import Findings, Record
from gateway.operations.rota_values import at

_PEOPLE = ("engineer", "instead_of", "with")
_CALLED = ("engineer", "with")


def rota_of(file: Record) -> Record:
    """The file's rota; one without anything where the file has none."""
    return file.get("rota") or Record(file.line, {}, {})


def check_alone(rota: Record, findings: Findings) -> None:
    """Note what the rota says twice, or against itself."""
    calendars = (((one.get("name"),), one.line_of("name")) for one in rota.listed("calendars"))
    _once("calendar", calendars, findings)
    shifts = (((_value(one, "team"), one.get("name")), one.line_of("name")) for one in rota.listed("shifts"))
    _once("shift", shifts, findings)
    for calendar in rota.listed("calendars"):
        days = (((one.get("day"),), one.line_of("day")) for one in calendar.listed("days"))
        _once("holiday", days, findings)
    for shift in rota.listed("shifts"):
        _check_shift(shift, findings)
    for one in [each for name in ("overrides", "swaps", "absences") for each in rota.listed(name)]:
        _check_order(one, findings)


def check_people(
    rota: Record, findings: Findings, *, engineers: set[Any], teams: set[Any], calendars: set[Any]
) -> None:
    """Note engineers, teams and calendars that nobody knows."""
    calendars = calendars | {one.get("name") for one in rota.listed("calendars")}
    for shift in rota.listed("shifts"):
        _known([shift.get("team")], teams, findings, "there is no team called")
        _known(shift.listed("engineers"), engineers, findings, "no engineer has the address")
        named = shift.get("calendar")
        _known([named] if named and named.value else [], calendars, findings, "there is no calendar called")
    for one in [each for name in ("overrides", "swaps", "absences") for each in rota.listed(name)]:
        _known([one.get(name) for name in _PEOPLE], engineers, findings, "no engineer has the address")
        _known([one.get("team")], teams, findings, "there is no team called")


def check_able(rota: Record, findings: Findings, *, readers: set[Any]) -> None:
    """Note engineers who are read-only and so can never be on call; absences may name anybody."""
    named = [each for shift in rota.listed("shifts") for each in shift.listed("engineers")]
    named += [
        one.get(name) for part in ("overrides", "swaps") for one in rota.listed(part) for name in _CALLED
    ]
    for each in named:
        if each is not None and each.value in readers:
            findings.add(each.line, f"{each.value} is read-only and never on call")


def _check_shift(shift: Record, findings: Findings) -> None:
    first, last = shift.get("first_on"), shift.get("last_on")
    if first and last and last < first:
        findings.add(shift.line_of("last_on"), "last_on: the shift ends before it begins")
    if shift.get("on_holidays") in ("rests", "only") and not _value(shift, "calendar"):
        findings.add(shift.line_of("on_holidays"), "on_holidays: name the calendar of the holidays")


def _check_order(one: Record, findings: Findings) -> None:
    for start, end in (("from", "to"), ("with_from", "with_to")):
        begins, ends = one.get(start), one.get(end)
        if (
            begins is not None
            and ends is not None
            and at(ends, "UTC", ends=True) <= at(begins, "UTC", ends=False)
        ):
            findings.add(one.line_of(end), f"{end}: must be later than {start}")
    person = _value(one, "engineer")
    if person and person in (_value(one, "instead_of"), _value(one, "with")):
        findings.add(one.line_of("engineer"), "engineer: nobody stands in for themselves")


def _value(one: Record, name: str) -> Any:
    found = one.get(name)
    return found.value if found is not None else None


def _known(named: Iterable[Any], known: set[Any], findings: Findings, words: str) -> None:
    for each in named:
        if each is not None and each.value not in known:
            findings.add(each.line, f"{words} {each.value}")


def _once(what: str, entries: Iterable[tuple[tuple[Any, ...], int]], findings: Findings) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for key, line in entries:
        if None in key:
            continue
        if key in seen:
            said = " ".join(str(part) for part in key)
            findings.add(line, f"the {what} {said} stands twice (first in line {seen[key]})")
        seen.setdefault(key, line)
