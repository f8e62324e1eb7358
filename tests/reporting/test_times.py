"""When reports are due and what they cover: arithmetic on literal days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.periods import Kind, Period, day_of, month_of, named, week_of
from gateway.domain.reporting_times import Course, weekdays
from gateway.reporting import calendars

SINGAPORE, BERLIN, SHANGHAI = (
    ZoneInfo(f"{name}") for name in ("Asia/Singapore", "Europe/Berlin", "Asia/Shanghai")
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_course(zone: ZoneInfo = SINGAPORE, *, starts: str = "2026-01-01", ends: str = "9999-12-31",
             monthly_day: int = 2, holidays: str = "none") -> Course:  # fmt: skip
    first, last = date.fromisoformat(starts), date.fromisoformat(ends)
    return Course(
        begins_on=first,
        covers=lambda day: first <= day <= last,
        zone=lambda _: zone,
        working=calendars.working_days(holidays, zone.key),
        monthly_day=monthly_day,
    )


# When they are due.


def test_daily_report_is_due_at_six_in_the_evening() -> None:
    assert a_course().due_at(day_of(date(2026, 3, 2))) == utc("2026-03-02T10:00")


def test_weekly_report_is_due_on_the_monday_after_at_nine() -> None:
    assert a_course().due_at(named(Kind.WEEKLY, "2026-W10")) == utc("2026-03-09T01:00")


def test_monthly_report_is_due_on_the_second_at_nine() -> None:
    assert a_course().due_at(named(Kind.MONTHLY, "2026-02")) == utc("2026-03-02T01:00")


def test_monthly_report_is_due_on_the_agreed_day() -> None:
    assert a_course(monthly_day=5).due_at(named(Kind.MONTHLY, "2026-12")) == utc("2027-01-05T01:00")


def test_hours_follow_the_clocks_of_the_zone() -> None:
    course = a_course(BERLIN)
    before, after = (course.due_at(day_of(date(2026, 3, day))) for day in (27, 30))
    assert (before, after) == (utc("2026-03-27T17:00"), utc("2026-03-30T16:00"))


def test_weekly_report_is_sent_on_a_monday_that_is_a_holiday() -> None:
    course = a_course(SHANGHAI, holidays="CN")
    assert not course.working(date(2026, 10, 5))
    assert course.newest(Kind.WEEKLY, utc("2026-10-05T00:00"), utc("2026-10-05T01:00")) == named(
        Kind.WEEKLY, "2026-W40"
    )


# What they cover.


def test_first_daily_report_begins_on_the_evening_of_the_working_day_before() -> None:
    assert a_course().since(day_of(date(2026, 3, 2))) == utc("2026-02-27T10:00")


def test_first_daily_report_begins_with_the_contract() -> None:
    assert a_course(starts="2026-03-02").since(day_of(date(2026, 3, 2))) == utc("2026-03-01T16:00")


def test_daily_report_begins_where_the_one_before_ended() -> None:
    previous = utc("2026-02-25T10:00")
    assert a_course().since(day_of(date(2026, 3, 2)), previous) == previous


def test_daily_report_ends_at_the_instant_it_is_due() -> None:
    assert a_course().until(day_of(date(2026, 3, 2))) == utc("2026-03-02T10:00")


def test_week_of_a_change_of_clocks_lasts_an_hour_less() -> None:
    week = named(Kind.WEEKLY, "2026-W13")
    course = a_course(BERLIN)
    assert course.until(week) - course.since(week) == timedelta(days=7) - timedelta(hours=1)


def test_month_of_an_ending_contract_is_counted_in_its_last_zone() -> None:
    def zone(day: date) -> ZoneInfo:
        return BERLIN if day >= date(2026, 3, 10) else SINGAPORE

    course = Course(date(2026, 1, 1), lambda day: day <= date(2026, 3, 20), zone)
    assert course.until(named(Kind.MONTHLY, "2026-03")) == utc("2026-03-31T22:00")
    assert course.until(named(Kind.MONTHLY, "2026-02")) == utc("2026-02-28T16:00")


# Which are owed.


def test_only_the_newest_missed_daily_and_weekly_reports_are_made_up_for() -> None:
    course, off, on = a_course(), utc("2026-03-06T09:00"), utc("2026-03-17T04:00")
    assert course.newest(Kind.DAILY, off, on) == day_of(date(2026, 3, 16))
    assert course.newest(Kind.WEEKLY, off, on) == named(Kind.WEEKLY, "2026-W11")


def test_every_missed_month_is_made_up_for() -> None:
    found = a_course().months(Kind.MONTHLY, utc("2026-03-01T00:00"), utc("2026-06-01T00:00"))
    assert [str(each) for each in found] == ["2026-02", "2026-03", "2026-04"]


def test_a_report_due_this_very_instant_is_owed() -> None:
    at = utc("2026-03-02T10:00")
    assert a_course().newest(Kind.DAILY, at, at) == day_of(date(2026, 3, 2))


def test_what_was_due_before_is_not_owed() -> None:
    since, at = utc("2026-03-02T10:01"), utc("2026-03-03T09:59")
    assert a_course().newest(Kind.DAILY, since, at) is None


def test_no_daily_report_is_owed_on_a_weekend() -> None:
    assert a_course().newest(Kind.DAILY, utc("2026-03-07T00:00"), utc("2026-03-08T23:00")) is None


def test_last_week_and_last_month_of_an_ended_contract_are_owed_and_no_day() -> None:
    course, end, later = a_course(ends="2026-03-11"), utc("2026-03-11T16:00"), utc("2026-12-31T00:00")
    assert course.newest(Kind.DAILY, end, later) is None
    assert course.newest(Kind.WEEKLY, end, later) == named(Kind.WEEKLY, "2026-W11")
    assert course.months(Kind.MONTHLY, end, later) == [named(Kind.MONTHLY, "2026-03")]


def test_nothing_is_owed_of_a_contract_that_has_not_begun() -> None:
    course, since, at = a_course(starts="2026-04-01"), utc("2026-03-01T00:00"), utc("2026-03-31T10:00")
    assert course.newest(Kind.DAILY, since, at) is None
    assert course.newest(Kind.WEEKLY, since, at) is None
    assert course.months(Kind.MONTHLY, since, at) == []


# When the next ones are.


def test_next_daily_report_after_friday_evening_is_on_monday() -> None:
    assert a_course().next_at(Kind.DAILY, utc("2026-03-06T10:00")) == utc("2026-03-09T10:00")


def test_next_reports_of_a_contract_far_ahead_are_those_after_its_beginning() -> None:
    course, after = a_course(starts="2030-05-01"), utc("2026-03-06T10:00")
    assert course.next_at(Kind.DAILY, after) == utc("2030-05-01T10:00")
    assert course.next_at(Kind.WEEKLY, after) == utc("2030-05-06T01:00")
    assert course.next_at(Kind.MONTHLY, after) == utc("2030-06-02T01:00")


def test_contract_that_ended_long_ago_has_no_next_reports() -> None:
    course, after = a_course(ends="2026-03-11"), utc("2026-04-02T01:00")
    assert [course.next_at(kind, after) for kind in (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY)] == [
        None,
        None,
        None,
    ]


def test_month_of_the_contracts_end_is_next_after_its_end() -> None:
    assert a_course(ends="2026-03-11").next_at(Kind.MONTHLY, utc("2026-03-20T00:00")) == utc(
        "2026-04-02T01:00"
    )


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.sampled_from([SINGAPORE, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")]),
       st.integers(1, 5))  # fmt: skip
def test_what_is_next_is_owed_when_its_time_comes_and_not_before(
    start: datetime, zone: ZoneInfo, day: int
) -> None:
    at, course = start.replace(tzinfo=UTC), a_course(zone, starts="2023-01-01", monthly_day=day)
    for kind in (Kind.DAILY, Kind.WEEKLY):
        next_at = course.next_at(kind, at)
        assert next_at is not None and next_at > at
        assert (
            course.newest(kind, at + timedelta(microseconds=1), next_at - timedelta(microseconds=1)) is None
        )
        found = course.newest(kind, at, next_at)
        assert found is not None and course.due_at(found) == next_at
    next_month = course.next_at(Kind.MONTHLY, at)
    assert next_month is not None
    assert len(course.months(Kind.MONTHLY, at + timedelta(microseconds=1), next_month)) == 1


# Working days.


def test_china_works_on_the_days_made_up_for_holidays() -> None:
    works = calendars.working_days("", "Asia/Shanghai")
    assert [works(date(2026, 10, day)) for day in (1, 7, 8, 9, 10, 11)] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


def test_weekend_is_the_countrys_own() -> None:
    works = calendars.working_days("", "Asia/Riyadh")
    assert [works(date(2026, 3, day)) for day in (5, 6, 7, 8)] == [True, False, False, True]


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    epiphany = date(2026, 1, 6)
    assert [calendars.working_days(each, "")(epiphany) for each in ("DE-BY", "DE-BE")] == [False, True]


def test_zone_of_no_country_has_plain_weekdays() -> None:
    assert calendars.working_days("", "UTC") is weekdays


def test_plan_without_holidays_has_plain_weekdays() -> None:
    assert calendars.working_days("none", "Asia/Shanghai") is weekdays


def test_old_names_of_zones_lie_in_their_country() -> None:
    assert [calendars.country_of(each) for each in ("PRC", "US/Eastern", "Asia/Hong_Kong", "Etc/UTC")] == [
        "CN",
        "US",
        "HK",
        "",
    ]


def test_daily_report_after_a_long_holiday_covers_it() -> None:
    course = a_course(SHANGHAI, holidays="CN")
    assert course.since(day_of(date(2026, 10, 8))) == utc("2026-09-30T10:00")


def test_periods_of_reports_lie_next_to_each_other() -> None:
    assert week_of(date(2026, 10, 7)) == Period(Kind.WEEKLY, date(2026, 10, 5), date(2026, 10, 11))
    assert month_of(date(2026, 2, 11)).last == date(2026, 2, 28)
