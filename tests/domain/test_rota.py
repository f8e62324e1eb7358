"""Who is on call: recurring shifts in local time, rotations, overrides, swaps, absences and holidays (P2, P3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.local_time import instant
from gateway.domain.rota import (
    Absence,
    Ending,
    Gap,
    OnHolidays,
    Override,
    Rota,
    Rotation,
    Rule,
    Stretch,
    ends_between,
    gaps,
    next_on_call,
    on_call,
    shifts,
)

CHEN, LIN, ZHAO = 1, 2, 3
BERLIN, NEW_YORK, SHANGHAI = (
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Shanghai"),
)
ALL = frozenset(range(7))
MONDAY = date(2026, 1, 5)


def rule(start: str = "00:00", end: str = "00:00", *engineers: int, **changes: object) -> Rule:
    wanted: dict[str, object] = {
        "team": "cloud", "name": "shift", "weekdays": ALL, "starts": time.fromisoformat(start),
        "ends": time.fromisoformat(end), "zone": UTC, "engineers": engineers or (CHEN,), "first_on": MONDAY,
    }  # fmt: skip
    return Rule(**(wanted | changes))  # type: ignore[arg-type]


def utc(day: str, clock: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+00:00")


def who(rota: Rota, at: datetime) -> list[int]:
    return [each.engineer for each in on_call(rota, at)]


def hours(found: list[Stretch]) -> list[float]:
    return [(each.end - each.start) / timedelta(hours=1) for each in found]


def night(zone: ZoneInfo, day: date) -> list[Stretch]:
    """The shift that begins at 22:00 of a day and ends at 06:00 of the next."""
    rota = Rota((rule("22:00", "06:00", zone=zone),))
    start = instant(day, time(22), zone)
    return [each for each in shifts(rota, start, start + timedelta(days=1)) if each.start == start]


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (BERLIN, date(2026, 3, 28), 7),
        (BERLIN, date(2026, 10, 24), 9),
        (BERLIN, date(2026, 6, 1), 8),
        (NEW_YORK, date(2026, 3, 7), 7),
        (NEW_YORK, date(2026, 10, 31), 9),
        (SHANGHAI, date(2026, 3, 28), 8),
        (SHANGHAI, date(2026, 10, 24), 8),
    ],
)
def test_night_shift_is_as_long_as_its_night(zone: ZoneInfo, day: date, length: int) -> None:
    assert hours(night(zone, day)) == [length]


@pytest.mark.parametrize("border", ["00:00", "01:59", "02:00", "02:30", "02:59", "03:00", "03:30"])
@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, ZoneInfo("America/Santiago"), ZoneInfo("Asia/Beirut")])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1),
                                 date(2026, 9, 6), date(2026, 4, 5)])  # fmt: skip
def test_adjacent_shifts_leave_neither_gap_nor_double_in_nights_of_change(
    zone: ZoneInfo, day: date, border: str
) -> None:
    rota = Rota((rule(border, "12:00", CHEN, zone=zone), rule("12:00", border, LIN, zone=zone)))
    start = instant(day - timedelta(days=1), time(12), zone)
    found = shifts(rota, start, start + timedelta(days=2))
    assert gaps(rota, start, start + timedelta(days=2)) == []
    assert all(one.end == other.start for one, other in zip(found, found[1:], strict=False))


def test_three_shifts_within_the_hour_that_is_skipped_do_not_overlap() -> None:
    rota = Rota((
        rule("22:00", "02:15", CHEN, zone=BERLIN), rule("02:15", "02:45", LIN, zone=BERLIN),
        rule("02:45", "22:00", ZHAO, zone=BERLIN),
    ))  # fmt: skip
    found = shifts(rota, utc("2026-03-28", "21:00"), utc("2026-03-29", "20:00"))
    assert [each.engineer for each in found] == [CHEN, ZHAO]
    assert found[0].end == found[1].start == utc("2026-03-29", "01:00")


def test_skipped_local_time_is_the_instant_of_the_change() -> None:
    assert instant(date(2026, 3, 29), time(2, 30), BERLIN) == utc("2026-03-29", "01:00")
    assert instant(date(2026, 3, 8), time(2, 59), NEW_YORK) == utc("2026-03-08", "07:00")


def test_local_time_that_comes_twice_is_the_first() -> None:
    assert instant(date(2026, 10, 25), time(2, 30), BERLIN) == utc("2026-10-25", "00:30")
    assert instant(date(2026, 11, 1), time(1, 30), NEW_YORK) == utc("2026-11-01", "05:30")


def test_midnight_that_is_skipped_begins_the_day_at_the_change() -> None:
    assert instant(date(2026, 9, 6), time(), ZoneInfo("America/Santiago")) == utc("2026-09-06", "04:00")


def test_shift_ends_before_the_next_begins_to_the_microsecond() -> None:
    rota = Rota((rule("08:00", "20:00", CHEN), rule("20:00", "08:00", LIN)))
    border = utc("2026-01-07", "20:00")
    assert (who(rota, border - timedelta(microseconds=1)), who(rota, border)) == ([CHEN], [LIN])


def test_overnight_shift_belongs_to_the_weekday_it_begins_on() -> None:
    rota = Rota((rule("22:00", "06:00", weekdays=frozenset({4})),))
    assert who(rota, utc("2026-01-10", "05:59")) == [CHEN]
    assert who(rota, utc("2026-01-09", "05:59")) == []


def test_rule_runs_from_its_first_day_to_its_last() -> None:
    rota = Rota((rule("22:00", "06:00", last_on=date(2026, 1, 6)),))
    assert who(rota, utc("2026-01-05", "05:00")) == []
    assert who(rota, utc("2026-01-07", "05:00")) == [CHEN]
    assert who(rota, utc("2026-01-07", "22:00")) == []


def test_weekly_rotation_changes_on_the_weekday_of_its_first_day() -> None:
    rota = Rota((rule("00:00", "00:00", CHEN, LIN),))
    days = ("2026-01-05", "2026-01-11", "2026-01-12", "2026-01-18", "2026-01-19")
    assert [who(rota, utc(day)) for day in days] == [[CHEN], [CHEN], [LIN], [LIN], [CHEN]]


def test_daily_rotation_counts_the_days_of_its_weekdays_only() -> None:
    rota = Rota((rule("00:00", "00:00", CHEN, LIN, rotates=Rotation.DAILY, weekdays=frozenset({0, 2, 4})),))
    days = ("2026-01-05", "2026-01-07", "2026-01-09", "2026-01-12", "2026-01-14")
    assert [who(rota, utc(day)) for day in days] == [[CHEN], [LIN], [CHEN], [LIN], [CHEN]]


def test_holiday_moves_nobodys_turn() -> None:
    rests = rule("00:00", "00:00", CHEN, LIN, rotates=Rotation.DAILY, holidays=frozenset({date(2026, 1, 6)}),
                 on_holidays=OnHolidays.RESTS)  # fmt: skip
    rota = Rota((rests,))
    assert [who(rota, utc(day)) for day in ("2026-01-05", "2026-01-06", "2026-01-07")] == [[CHEN], [], [CHEN]]


def test_another_rule_runs_on_holidays_only() -> None:
    holidays = frozenset({date(2026, 1, 6)})
    rota = Rota((
        rule("00:00", "00:00", CHEN, holidays=holidays, on_holidays=OnHolidays.RESTS),
        rule("00:00", "00:00", LIN, holidays=holidays, on_holidays=OnHolidays.ONLY),
    ))  # fmt: skip
    days = ("2026-01-05", "2026-01-06", "2026-01-07")
    assert [who(rota, utc(day)) for day in days] == [[CHEN], [LIN], [CHEN]]


def test_override_takes_over_for_its_time_only() -> None:
    override = Override(LIN, utc("2026-01-06", "10:00"), utc("2026-01-06", "14:00"), instead_of=CHEN)
    rota = Rota((rule(),), (override,))
    found = shifts(rota, utc("2026-01-06"), utc("2026-01-07"))
    assert [(each.engineer, each.start.hour) for each in found] == [(CHEN, 0), (LIN, 10), (CHEN, 14)]


def test_override_of_one_team_leaves_other_teams_alone() -> None:
    override = Override(LIN, utc("2026-01-06"), utc("2026-01-07"), instead_of=CHEN, team="network")
    rota = Rota((rule(team="cloud"), rule(team="network")), (override,))
    assert [(each.team, each.engineer) for each in on_call(rota, utc("2026-01-06", "12:00"))] == [
        ("cloud", CHEN), ("network", LIN),
    ]  # fmt: skip


def test_override_instead_of_nobody_fills_a_gap() -> None:
    rota = Rota(
        (rule("08:00", "20:00"),), (Override(LIN, utc("2026-01-06", "20:00"), utc("2026-01-07", "08:00")),)
    )
    assert who(rota, utc("2026-01-06", "23:00")) == [LIN]
    assert gaps(rota, utc("2026-01-06", "08:00"), utc("2026-01-07", "20:00")) == []


def test_override_stands_in_for_somebody_who_is_away() -> None:
    away = Absence(CHEN, utc("2026-01-06"), utc("2026-01-07"))
    rota = Rota((rule(),), (Override(LIN, away.start, away.end, instead_of=CHEN),), (away,))
    assert who(rota, utc("2026-01-06", "12:00")) == [LIN]


def test_stand_in_of_a_stand_in_is_on_call() -> None:
    day = (utc("2026-01-06"), utc("2026-01-07"))
    rota = Rota((rule(),), (Override(LIN, *day, instead_of=CHEN), Override(ZHAO, *day, instead_of=LIN)))
    assert who(rota, day[0]) == [ZHAO]


def test_swap_gives_each_the_others_time() -> None:
    first, second = (utc("2026-01-05"), utc("2026-01-06")), (utc("2026-01-12"), utc("2026-01-13"))
    rota = Rota((rule("00:00", "00:00", CHEN, LIN),), (
        Override(LIN, *first, instead_of=CHEN, swap="a"), Override(CHEN, *second, instead_of=LIN, swap="a"),
    ))  # fmt: skip
    days = ("2026-01-05", "2026-01-06", "2026-01-12", "2026-01-13")
    assert [who(rota, utc(day)) for day in days] == [[LIN], [CHEN], [CHEN], [LIN]]


def test_swap_of_the_same_hours_in_two_teams_exchanges_both() -> None:
    day = (utc("2026-01-06"), utc("2026-01-07"))
    rules = (rule("00:00", "00:00", CHEN, team="cloud"), rule("00:00", "00:00", LIN, team="network"))
    swap = (Override(LIN, *day, instead_of=CHEN, swap="a"), Override(CHEN, *day, instead_of=LIN, swap="a"))
    assert [(each.team, each.engineer) for each in on_call(Rota(rules, swap), day[0])] == [
        ("cloud", LIN), ("network", CHEN),
    ]  # fmt: skip


def test_absence_leaves_a_gap() -> None:
    away = Absence(CHEN, utc("2026-01-06", "10:00"), utc("2026-01-06", "12:00"))
    rota = Rota((rule(),), (), (away,))
    assert gaps(rota, utc("2026-01-06"), utc("2026-01-07")) == [Gap(away.start, away.end)]


def test_who_left_is_on_call_nowhere() -> None:
    rota = Rota((rule(),), (Override(CHEN, utc("2026-01-06"), utc("2026-01-07")),), (), frozenset({CHEN}))
    assert who(rota, utc("2026-01-06", "12:00")) == []


def test_gap_lasts_from_the_end_of_one_shift_to_the_next() -> None:
    rota = Rota((rule("08:00", "20:00", weekdays=frozenset({0})),))
    assert gaps(rota, utc("2026-01-05", "12:00"), utc("2026-01-12", "12:00")) == [
        Gap(utc("2026-01-05", "20:00"), utc("2026-01-12", "08:00"))
    ]


def test_overlapping_shifts_leave_no_gap_between_them() -> None:
    rota = Rota((rule("00:00", "14:00", CHEN), rule("12:00", "00:00", LIN)))
    assert gaps(rota, utc("2026-01-06"), utc("2026-01-20")) == []


def test_first_of_the_rota_stands_first() -> None:
    rota = Rota((rule("00:00", "00:00", LIN, name="first"), rule("00:00", "00:00", CHEN, name="second")))
    assert who(rota, utc("2026-01-06", "12:00")) == [LIN, CHEN]


def test_next_on_call_is_who_comes_not_who_goes_on() -> None:
    rota = Rota((rule("00:00", "12:00", CHEN), rule("12:00", "00:00", CHEN, LIN)))
    assert [(each.engineer, each.start) for each in next_on_call(rota, utc("2026-01-05", "01:00"))] == [
        (LIN, utc("2026-01-12", "12:00"))
    ]


def test_nobody_comes_next_where_the_rota_has_ended() -> None:
    assert next_on_call(Rota((rule(last_on=date(2026, 1, 6)),)), utc("2026-02-01")) == []


def test_end_of_a_day_is_no_going_off_for_who_goes_on() -> None:
    rota = Rota((rule("00:00", "00:00", CHEN, LIN),))
    assert ends_between(rota, utc("2026-01-05"), utc("2026-01-13")) == [Ending(CHEN, utc("2026-01-12"))]


def test_end_counts_in_the_window_that_reaches_it() -> None:
    rota = Rota((rule("08:00", "20:00"),))
    end = utc("2026-01-06", "20:00")
    assert ends_between(rota, end - timedelta(hours=1), end) == [Ending(CHEN, end)]
    assert ends_between(rota, end, end + timedelta(hours=1)) == []


def test_absence_in_the_middle_of_a_shift_is_an_end() -> None:
    away = Absence(CHEN, utc("2026-01-06", "10:00"), utc("2026-01-06", "12:00"))
    rota = Rota((rule("08:00", "20:00"),), (), (away,))
    assert ends_between(rota, utc("2026-01-06", "08:00"), utc("2026-01-06", "11:00")) == [
        Ending(CHEN, away.start)
    ]


def test_shifts_are_cut_to_the_window() -> None:
    found = shifts(Rota((rule("22:00", "06:00"),)), utc("2026-01-06", "23:00"), utc("2026-01-07", "01:00"))
    assert [(each.start, each.end) for each in found] == [
        (utc("2026-01-06", "23:00"), utc("2026-01-07", "01:00"))
    ]


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Santiago"]
)
CLOCKS = st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(ZONES, CLOCKS, CLOCKS, DAYS, st.integers(0, 48 * 60))
def test_on_call_agrees_with_the_local_clock_wherever_clocks_do_not_change(
    zone: str, start: time, end: time, day: date, minutes: int
) -> None:
    found = ZoneInfo(zone)
    at = instant(day, time(), found) + timedelta(minutes=minutes)
    local = at.astimezone(found)
    offsets = {(at + timedelta(days=shift)).astimezone(found).utcoffset() for shift in (-2, -1, 0, 1, 2)}
    if len(offsets) > 1:
        return
    clock = local.timetz().replace(tzinfo=None)
    inside = start <= clock < end if start < end else clock >= start or clock < end
    rota = Rota((rule(start.isoformat(), end.isoformat(), zone=found, first_on=date(2025, 1, 1)),))
    assert bool(on_call(rota, at)) is inside


@given(ZONES, st.lists(CLOCKS, min_size=2, max_size=5, unique=True), DAYS)
def test_shifts_round_the_clock_cover_every_minute_exactly_once(
    zone: str, borders: list[time], day: date
) -> None:
    found = ZoneInfo(zone)
    borders = sorted(borders)
    rules = tuple(
        rule(one.isoformat(), other.isoformat(), number, zone=found, first_on=date(2025, 1, 1))
        for number, (one, other) in enumerate(zip(borders, [*borders[1:], borders[0]], strict=True), start=1)
    )
    start = instant(day, time(), found)
    parts = shifts(Rota(rules), start, start + timedelta(days=3))
    assert (parts[0].start, parts[-1].end) == (start, start + timedelta(days=3))
    assert all(one.end == other.start for one, other in zip(parts, parts[1:], strict=False))
