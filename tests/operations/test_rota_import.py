"""The rota of an import file becomes the desk's: whole or not at all, and again without change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from gateway.cli.importing import run
from gateway.operations import exporting
from gateway.operations.estate_writing import Summary
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import Absence, AwsAccount, PublicHoliday, Row, ShiftOverride, ShiftRule
from gateway.store.queries import duty
from tests.databases import Desk

PEOPLE = """\
engineers:
  - {email: chen@desk.example, name: Chen Wei, time_zone: Asia/Shanghai}
  - {email: lin@desk.example, name: Lin Yue, time_zone: Europe/Berlin}
teams:
  - {name: cloud, members: [chen@desk.example, lin@desk.example]}
"""
ROTA = (
    PEOPLE
    + """\
rota:
  calendars:
    - name: cn
      days: [{day: 2026-10-01, name: 国庆节}, {day: 2026-10-02}]
  shifts:
    - {team: cloud, name: day, from: 8:00, to: 20:00, time_zone: Asia/Shanghai, first_on: 2026-01-05, days: [Monday, tue],
       engineers: [chen@desk.example, lin@desk.example], calendar: cn, on_holidays: rests}
    - {team: cloud, name: night, from: 20:00, to: 24:00, time_zone: Asia/Shanghai, first_on: 2026-01-05, rotates: daily,
       engineers: [lin@desk.example]}
  overrides:
    - {engineer: lin@desk.example, instead_of: chen@desk.example, team: cloud, from: 2026-11-24T08:00+08:00,
       to: 2026-11-24 20:00, reason: dentist}
  swaps:
    - {engineer: chen@desk.example, from: 2026-12-01, to: 2026-12-01, with: lin@desk.example, with_from: 2026-12-02,
       with_to: 2026-12-02}
  absences:
    - {engineer: lin@desk.example, from: 2026-12-24, to: 2026-12-26, reason: leave}
"""
)


def bring(desk: Desk, text: str, **how: bool) -> Summary:
    return run(desk.services, text.encode(), **how)[0]


def rows(desk: Desk, kind: type[Row]) -> list[Row]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(kind).order_by(*sa.inspect(kind).primary_key)))


def exported(desk: Desk) -> str:
    with desk.services.reading() as session:
        return exporting.export(session)


def faults_of(desk: Desk, text: str) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as raised:
        bring(desk, text)
    return [(fault.line, fault.text) for fault in raised.value.faults]


def test_rota_is_added(desk: Desk) -> None:
    assert dict(bring(desk, ROTA).added) == {
        "engineer": 2, "team": 1, "holiday": 2, "shift": 2, "override": 1, "swap": 2, "absence": 1,
    }  # fmt: skip
    day, night = rows(desk, ShiftRule)
    assert (day.weekdays, day.starts, day.ends, day.rotates) == ([0, 1], "08:00", "20:00", "weekly")
    assert (day.calendar, day.on_holidays, len(day.engineers)) == ("cn", "rests", 2)
    assert (night.weekdays, night.ends, night.rotates) == ([0, 1, 2, 3, 4, 5, 6], "00:00", "daily")


def test_time_without_an_offset_is_the_engineers_own(desk: Desk) -> None:
    bring(desk, ROTA)
    override = rows(desk, ShiftOverride)[0]
    assert override.starts_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert override.ends_at == datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # 20:00 in Berlin


def test_last_day_of_an_absence_belongs_to_it(desk: Desk) -> None:
    bring(desk, ROTA)
    [absence] = rows(desk, Absence)
    assert absence.starts_at == datetime(2026, 12, 23, 23, 0, tzinfo=UTC)
    assert absence.ends_at == datetime(2026, 12, 26, 23, 0, tzinfo=UTC)


def test_same_rota_again_changes_nothing(desk: Desk) -> None:
    bring(desk, ROTA)
    again = bring(desk, ROTA)
    assert again.nothing
    assert again.unchanged["swap"] == 2


def test_exported_rota_is_imported_without_change_and_exports_the_same(desk: Desk) -> None:
    bring(desk, ROTA)
    written = exported(desk)
    assert bring(desk, written).nothing
    assert exported(desk) == written


def test_changed_shift_is_changed_in_place(desk: Desk) -> None:
    bring(desk, ROTA)
    summary = bring(desk, ROTA.replace("to: 20:00, time_zone", "to: 21:00, time_zone"))
    assert summary.lines == ["changed shift cloud day: ends"]
    assert len(rows(desk, ShiftRule)) == 2


def test_file_without_a_rota_leaves_it_alone(desk: Desk) -> None:
    bring(desk, ROTA)
    _, gone = run(desk.services, PEOPLE.encode(), prune=True, really=True)
    assert gone == []
    assert len(rows(desk, ShiftRule)) == 2


def test_prune_removes_what_the_lists_do_not_name_any_more(desk: Desk) -> None:
    bring(desk, ROTA)
    less = PEOPLE + "rota: {shifts: [], overrides: [], calendars: []}\n"
    _, gone = run(desk.services, less.encode(), prune=True, really=True)
    assert [each.split()[1] for each in gone] == ["shift", "shift", "holiday", "holiday", "override"]
    assert (rows(desk, ShiftRule), rows(desk, PublicHoliday)) == ([], [])
    assert (len(rows(desk, ShiftOverride)), len(rows(desk, Absence))) == (2, 1)


def test_every_fault_is_told_with_its_line_and_nothing_is_written(desk: Desk) -> None:
    wrong = PEOPLE + (
        "rota:\n"
        "  shifts:\n"
        "    - {team: clod, name: day, from: '25:00', to: '8:00', time_zone: Asia/Shanghai, first_on: 2026-01-05,\n"
        "       engineers: [chen@desk.example, eve@desk.example], on_holidays: rests, days: [someday]}\n"
        "  overrides:\n"
        "    - {engineer: lin@desk.example, instead_of: lin@desk.example, from: 2026-11-25, to: 2026-11-24}\n"
        "  absences:\n"
        "    - {engineer: lin@desk.example, from: soon, to: 2026-11-24}\n"
    )
    told = faults_of(desk, wrong)
    assert [line for line, _ in told] == [8, 8, 9, 9, 9, 11, 11, 13]
    assert "there is no team called clod" in {text for _, text in told}
    assert 'from: "25:00" is no time of day, as 08:00 is one' in {text for _, text in told}
    assert (rows(desk, ShiftRule), rows(desk, ShiftOverride), rows(desk, Absence)) == ([], [], [])


def test_shift_standing_twice_is_a_fault(desk: Desk) -> None:
    shift = (
        "    - {team: cloud, name: day, from: 8:00, to: 9:00, time_zone: UTC, first_on: 2026-01-05,"
        " engineers: [lin@desk.example]}\n"
    )
    assert faults_of(desk, PEOPLE + "rota:\n  shifts:\n" + shift + shift) == [
        (9, "the shift cloud day stands twice (first in line 8)")
    ]


def test_imported_rota_says_who_is_on_call(desk: Desk) -> None:
    bring(desk, ROTA)
    with desk.services.reading() as session:
        on_call = duty.on_call(session, datetime(2026, 1, 5, 1, 0, tzinfo=UTC))
        after_midnight = duty.on_call(session, datetime(2026, 1, 5, 17, 0, tzinfo=UTC))
    assert ([each.name for each in on_call], after_midnight) == (["Chen Wei"], [])


def test_holidays_are_kept_by_day(desk: Desk) -> None:
    bring(desk, ROTA)
    assert [(each.held_on, each.name) for each in rows(desk, PublicHoliday)] == [
        (date(2026, 10, 1), "国庆节"), (date(2026, 10, 2), ""),
    ]  # fmt: skip


def test_account_keeps_regions_services_and_tags(desk: Desk) -> None:
    text = (
        "customers:\n"
        "  - reference: acme\n"
        "    name: Acme\n"
        "    aws_accounts:\n"
        "      - {account_id: '111122223333', regions: [cn-north-1], services: [ec2, rds], tags: {team: payments}}\n"
    )
    bring(desk, text)
    [account] = rows(desk, AwsAccount)
    assert (account.regions, account.services, account.tags) == (
        ["cn-north-1"],
        ["ec2", "rds"],
        {"team": "payments"},
    )
    assert account.partition == "aws-cn"
    assert bring(desk, exported(desk)).nothing
