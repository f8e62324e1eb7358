"""Reports become due: each period once, what was missed made up for, nothing from before their beginning."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.credits import deals
from gateway.domain.agreed_dates import Month
from gateway.domain.periods import Kind
from gateway.reporting import courses, schedule
from gateway.store import migrations, reports, session
from gateway.store.models import Appointment, Contract, Customer, StoredReport
from tests.databases import Desk
from tests.reporting.office import NUMBER, Office, utc

EVENING = "2026-03-02T10:00"
WEEK, MONTH = "2026-03-09T01:00", "2026-04-02T01:00"


def test_nothing_is_made_that_was_due_before_reports_began(desk: Desk) -> None:
    office = Office(desk, begins="2026-03-04T03:00")
    office.keep("2026-03-04T09:59")
    assert office.made() == []
    assert office.next_at() == utc("2026-03-04T10:00")


def test_daily_report_is_noted_at_six_in_the_evening(desk: Desk) -> None:
    office = Office(desk)
    office.keep("2026-03-02T01:30")
    monthly = ["monthly 2026-02-28", "weekly 2026-03-01"]
    assert sorted(office.made()) == sorted(monthly)
    office.keep(EVENING)
    assert office.made()[-1] == "daily 2026-03-02"


def test_each_report_is_noted_once_however_often_it_is_looked(desk: Desk) -> None:
    office = Office(desk)
    for _ in range(3):
        with desk.services.transaction() as open_session:
            schedule.keep(open_session, desk.head, NUMBER, utc(EVENING))
    assert len(office.made()) == len(set(office.made())) == 3


def test_two_processes_note_a_report_once(desk: Desk) -> None:
    office = Office(desk)

    def look(_: int) -> None:
        with desk.services.transaction() as open_session:
            schedule.keep(open_session, desk.head, NUMBER, utc(EVENING))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(4)))
    assert sorted(office.made()) == ["daily 2026-03-02", "monthly 2026-02-28", "weekly 2026-03-01"]


def test_desk_that_was_off_for_three_days_makes_the_newest_daily_report_about_all_of_them(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)
    office.keep("2026-03-05T12:00")
    assert office.made(Kind.DAILY) == ["daily 2026-03-02", "daily 2026-03-05"]
    newest = office.rows()[-1]
    assert (newest.since, newest.until) == (utc(EVENING), utc("2026-03-05T10:00"))
    assert newest.first_on == date(2026, 3, 2)


def test_desk_that_was_off_for_months_makes_each_month_and_the_newest_week_and_day(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)
    office.keep("2026-06-17T12:00")
    assert office.made(Kind.MONTHLY) == [
        f"monthly {day}" for day in ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31")
    ]
    assert office.made(Kind.WEEKLY) == ["weekly 2026-03-01", "weekly 2026-06-14"]
    assert office.made(Kind.DAILY) == ["daily 2026-03-02", "daily 2026-06-17"]


def test_daily_report_that_was_not_wanted_for_long_begins_like_the_first_one(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)
    office.plan(daily=False)
    office.keep("2026-04-20T00:00")
    office.plan(daily=True)
    with desk.services.transaction() as open_session:
        schedule.schedule(open_session, NUMBER, at=utc("2026-04-20T00:01"))
    office.keep("2026-04-20T00:01")
    office.keep("2026-04-20T10:00")
    newest = [row for row in office.rows() if row.kind == Kind.DAILY][-1]
    assert office.made(Kind.DAILY) == ["daily 2026-03-02", "daily 2026-04-20"]
    assert (newest.since, newest.until) == (utc("2026-04-17T10:00"), utc("2026-04-20T10:00"))


def test_weekly_report_comes_on_monday_morning(desk: Desk) -> None:
    office = Office(desk)
    office.keep("2026-03-09T00:59")
    assert "weekly 2026-03-08" not in office.made()
    office.keep(WEEK)
    assert "weekly 2026-03-08" in office.made()


def test_month_is_noted_on_the_agreed_day(desk: Desk) -> None:
    office = Office(desk)
    office.plan(monthly_day=4)
    office.keep(MONTH)
    assert "monthly 2026-03-31" not in office.made()
    office.keep("2026-04-04T01:00")
    assert "monthly 2026-03-31" in office.made()


def test_month_whose_day_is_moved_to_one_that_passed_is_noted_at_once(desk: Desk) -> None:
    office = Office(desk)
    office.plan(monthly_day=5)
    office.keep("2026-04-03T01:00")
    office.plan(monthly_day=2)
    with desk.services.transaction() as open_session:
        schedule.schedule(open_session, NUMBER, at=utc("2026-04-03T02:00"))
    office.keep("2026-04-03T02:00")
    assert office.made(Kind.MONTHLY)[-1] == "monthly 2026-03-31"


def test_month_that_was_noted_is_not_noted_again_when_its_day_moves_on(desk: Desk) -> None:
    office = Office(desk)
    office.keep(MONTH)
    office.plan(monthly_day=5)
    office.keep("2026-04-05T01:00")
    assert office.made(Kind.MONTHLY) == ["monthly 2026-02-28", "monthly 2026-03-31"]


def test_credit_freezes_on_the_day_of_the_monthly_report(desk: Desk) -> None:
    office = Office(desk)
    office.plan(monthly_day=5)
    with desk.services.reading() as open_session:
        freezes_at = deals.deal(open_session, NUMBER).freezes_at(Month(2026, 3))
        course = courses.course_of(open_session, desk.head, NUMBER)
        due_at = course.times.next_at(Kind.MONTHLY, utc("2026-03-20T00:00"))
    assert freezes_at == due_at == utc("2026-04-05T01:00")


def test_unwanted_kinds_are_not_made_but_months_always_are(desk: Desk) -> None:
    office = Office(desk)
    office.plan(daily=False, weekly=False, monthly=False)
    office.keep(MONTH)
    assert office.made() == ["monthly 2026-02-28", "monthly 2026-03-31"]


def test_inactive_customer_gets_no_reports_and_none_of_that_time_later(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)
    before = office.made()
    served(desk, active=False)
    office.keep("2026-05-20T00:00")
    served(desk, active=True)
    office.keep("2026-05-20T09:00")
    assert office.made() == before
    office.keep("2026-05-20T10:00")
    assert office.made() == [*before, "daily 2026-05-20"]


def served(desk: Desk, *, active: bool) -> None:
    with desk.services.transaction() as open_session:
        open_session.execute(sa.update(Customer).values(active=active))


def test_ended_contract_gets_its_last_week_and_month_and_then_nothing(desk: Desk) -> None:
    office = Office(desk, ends_on=date(2026, 3, 11))
    for day in range(2, 31):
        office.keep(f"2026-03-{day:02d}T11:00")
    office.keep(MONTH)
    assert office.made(Kind.DAILY)[-1] == "daily 2026-03-11"
    assert office.made(Kind.WEEKLY)[-1] == "weekly 2026-03-15"
    assert office.made(Kind.MONTHLY) == ["monthly 2026-02-28", "monthly 2026-03-31"]
    assert office.next_at() is None


def test_contract_that_has_not_begun_waits_for_its_first_evening(desk: Desk) -> None:
    office = Office(desk, starts_on=date(2026, 4, 1))
    assert (office.made(), office.next_at()) == ([], utc("2026-04-01T10:00"))


def test_appointment_of_a_contract_that_is_gone_ends(desk: Desk) -> None:
    Office(desk)
    with desk.services.transaction() as open_session:
        assert schedule.keep(open_session, desk.head, "NONE", utc(EVENING)) is None


def test_provider_gets_its_own_report_of_each_month(desk: Desk) -> None:
    office = Office(desk)
    office.keep("2026-03-02T00:01")
    assert office.next_at(reports.MANAGEMENT) == utc("2026-03-02T09:00")
    office.keep("2026-05-02T09:00")
    with desk.services.reading() as open_session:
        wanted = sa.select(StoredReport.last_on).where(StoredReport.kind == Kind.MANAGEMENT)
        found = list(open_session.scalars(wanted.order_by(StoredReport.last_on)))
    assert found == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_zone_that_changes_moves_what_comes_next(desk: Desk) -> None:
    office = Office(desk)
    office.keep(EVENING)
    with desk.services.transaction() as open_session:
        first = open_session.scalars(sa.select(Contract)).one()
        open_session.add(Contract(
            customer_id=first.customer_id, number=NUMBER, version=2, starts_on=first.starts_on, ends_on=None,
            effective_on=date(2026, 3, 3), time_zone="Europe/Berlin", language="en", currency="SGD", monthly_fee=1, terms={},
        ))  # fmt: skip
        schedule.schedule(open_session, NUMBER, at=utc("2026-03-02T11:00"))
    office.keep("2026-03-02T11:00")
    assert office.next_at() == utc("2026-03-03T17:00")
    office.keep("2026-03-03T17:00")
    newest = office.rows()[-1]
    assert (newest.since, newest.until) == (utc(EVENING), utc("2026-03-03T17:00"))


def test_overdue_appointment_is_kept_as_it_is_when_the_contract_is_imported_again(desk: Desk) -> None:
    office = Office(desk)
    office.keep("2026-03-02T02:00")
    with desk.services.transaction() as open_session:
        schedule.schedule(open_session, NUMBER, at=utc("2026-03-02T11:00"))
    office.keep("2026-03-02T11:00")
    assert office.made(Kind.DAILY) == ["daily 2026-03-02"]


@pytest.fixture
def old_engine(request: pytest.FixtureRequest, database_settings: object) -> sa.Engine:
    """A database as it was before there were reports."""
    made = session.engine(database_settings.database)  # type: ignore[attr-defined]
    migrations.downgrade(made, "0019")
    request.addfinalizer(made.dispose)
    return made


def test_reports_of_contracts_that_exist_begin_with_the_upgrade(old_engine: sa.Engine) -> None:
    with old_engine.begin() as connection:
        connection.execute(sa.text(
            "INSERT INTO customer (id, reference, name, language, time_zone, active)"
            " VALUES (1, 'harbour', 'Harbourline', 'en', 'UTC', true)"
        ))  # fmt: skip
        for version in (1, 2):
            connection.execute(sa.text(
                "INSERT INTO contract (customer_id, number, version, starts_on, time_zone, language, currency,"
                f" monthly_fee, terms) VALUES (1, 'NQ-1', {version}, '2020-01-01', 'UTC', 'en', 'USD', 0, '{{}}')"
            ))  # fmt: skip
    migrations.upgrade(old_engine)
    factory = session.factory(old_engine)
    with session.reading(factory) as open_session:
        plan = reports.plan_of(open_session, "NQ-1")
        due_at = open_session.scalars(
            sa.select(Appointment.due_at).where(Appointment.what == "reports")
        ).one()
    assert abs(plan.begins_at - clock.now()) < timedelta(minutes=5)
    assert (plan.daily, plan.monthly_day, plan.recipients, due_at) == (True, 2, [], plan.begins_at)
