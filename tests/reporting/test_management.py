"""Management's report across customers, gathered over real tickets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.domain.periods import Kind, named
from gateway.domain.terms import Priority
from gateway.reporting.gathering_management import gather
from gateway.reporting.management_figures import CustomerLine, EngineerLine, Gap, Management
from gateway.store.models import Contract, Customer, ShiftRule, Team
from gateway.tickets import Refused, handling, intake
from tests.databases import Desk
from tests.reporting.gathered import LI, House, utc

AFTER = "2026-04-02T08:00"


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def told(house: House, month: str = "2026-03", at: str = AFTER, zone: str = "Asia/Singapore") -> Management:
    with house.desk.services.reading() as session:
        period = named(Kind.MANAGEMENT, month)
        return gather(session, period, provider="Northquay Cloud", zone=zone, at=utc(at))


def a_second(house: House, **changes: object) -> Customer:
    """Dune Retail of Dubai, under a contract of its own."""
    contract = {
        "number": "NQ-2026-020", "version": 1, "starts_on": date(2026, 1, 1), "ends_on": None, "language": "en",
        "time_zone": "Asia/Dubai", "currency": "AED", "monthly_fee": 20_000, "terms": {},
    }  # fmt: skip
    made = Customer(reference="dune", name="Dune Retail", language="en", time_zone="Asia/Dubai", active=True)
    made.contracts = [Contract(**(contract | changes))]
    house.desk.add(made)
    return made


def open_for(house: House, customer: Customer, at: str, priority: Priority = Priority.LOW) -> int:
    with house.changing() as session:
        request = intake.Request(customer.id, LI, "Report slow", "Slow today.", priority)
        return intake.open_by_hand(session, house.head, request, author=house.chen, at=utc(at)).id


def line(found: Management, number: str = "NQ-2026-014") -> CustomerLine:
    return next(each for each in found.customers if each.number == number)


def engineer(found: Management, name: str = "Chen Wei") -> EngineerLine:
    return next(each for each in found.engineers if each.name == name)


def test_each_customer_has_their_own_load(house: House) -> None:
    dune = a_second(house)
    for day in (3, 4, 5):
        house.open(f"2026-03-0{day}T00:00")
    open_for(house, dune, "2026-03-06T00:00")
    found = told(house)
    assert (line(found).opened, line(found).open_at_end) == (3, 3)
    assert (line(found, "NQ-2026-020").opened, line(found, "NQ-2026-020").open_at_end) == (1, 1)


def test_a_running_month_shows_the_credit_at_risk(house: House) -> None:
    house.life("2026-03-03T00:00", "2026-03-03T01:00", "2026-03-03T02:00", "2026-03-03T03:00")
    house.life("2026-03-03T00:00", "2026-03-05T00:00", "2026-03-05T01:00", "2026-03-05T03:00")
    found = line(told(house, at="2026-03-20T00:00"))
    assert (found.kept, found.decided, found.discount) == (1, 2, "3/20")
    assert (found.at_risk, found.currency, found.frozen) == (150_000, "SGD", False)


def test_a_frozen_month_shows_the_final_credit(house: House) -> None:
    house.life("2026-03-03T00:00", "2026-03-05T00:00", "2026-03-05T01:00", "2026-03-05T03:00")
    house.freeze("2026-03", "2026-04-02T01:00")
    found = line(told(house))
    assert (found.kept, found.decided, found.at_risk, found.frozen) == (0, 1, 150_000, True)


def test_a_customer_without_decided_tickets_risks_nothing(house: House) -> None:
    found = line(told(house))
    assert (found.kept, found.decided, found.discount, found.at_risk) == (0, 0, "0", 0)


def test_a_month_is_the_contracts_own_in_its_zone(house: House) -> None:
    dune = a_second(house)
    number = open_for(house, dune, "2026-03-31T16:30")
    house.resolve(number, "2026-03-31T17:00")
    house.confirm(number, "2026-03-31T19:59")
    assert line(told(house), "NQ-2026-020").decided == 1


def test_a_contract_that_begins_after_the_month_is_not_in_it(house: House) -> None:
    a_second(house, starts_on=date(2026, 4, 1))
    assert [each.number for each in told(house).customers] == ["NQ-2026-014"]


def test_a_customer_without_a_contract_is_told_where_there_was_work(house: House) -> None:
    dune = a_second(house, starts_on=date(2026, 4, 1))
    open_for(house, dune, "2026-03-06T00:00")
    found = line(told(house), "")
    assert (found.customer, found.opened, found.currency, found.at_risk) == ("Dune Retail", 1, "", 0)


def test_the_customer_with_the_least_attainment_comes_first(house: House) -> None:
    dune = a_second(house)
    house.life("2026-03-03T00:00", "2026-03-03T01:00", "2026-03-03T02:00", "2026-03-03T03:00")
    open_for(house, dune, "2026-03-06T00:00")
    assert [each.number for each in told(house).customers] == ["NQ-2026-020", "NQ-2026-014"]


def test_missed_targets_are_counted_by_customer_and_listed_by_due_instant(house: House) -> None:
    dune = a_second(house)
    late = house.open("2026-03-03T00:00")
    later = open_for(house, dune, "2026-03-05T00:00")
    found = told(house)
    assert [(each.ticket_id, each.target) for each in found.breaches] == [
        (late, "first-response"),
        (late, "resolution"),
        (later, "first-response"),
        (later, "resolution"),
    ]
    assert line(found).breached == line(found, "NQ-2026-020").breached == 2


def test_a_breach_is_late_by_counted_time(house: House) -> None:
    number = house.open("2026-03-03T00:00")
    house.reply(number, "2026-03-03T01:00")
    house.exclude(number, "2026-03-07T00:00", "2026-03-07T10:00", at="2026-03-07T11:00")
    house.resolve(number, "2026-03-08T00:00")
    breach = told(house).breaches[0]
    assert (breach.promised, breach.due_at) == (timedelta(hours=72), utc("2026-03-06T00:00"))
    assert breach.late == timedelta(hours=38)


def test_a_target_missed_after_the_month_is_not_in_it(house: House) -> None:
    house.open("2026-03-31T00:00")
    assert told(house).breaches == ()


def test_volumes_and_days_are_those_of_all_customers(house: House) -> None:
    dune = a_second(house)
    house.open("2026-02-20T00:00", Priority.HIGH)
    house.life("2026-03-03T00:00", "2026-03-03T01:00", "2026-03-03T02:00", "2026-03-04T03:00")
    open_for(house, dune, "2026-03-04T00:00")
    found = told(house)
    volumes = {each.priority: each for each in found.volumes}
    assert (volumes["low"].opened, volumes["low"].closed, volumes["low"].open_at_end) == (2, 1, 1)
    assert (volumes["high"].opened, volumes["high"].open_at_end) == (0, 1)
    days = {each.on.day: each for each in found.days}
    assert [days[day].open_at_end for day in (1, 3, 4, 31)] == [1, 2, 2, 2]
    assert (days[4].opened, days[4].closed, len(found.days)) == (1, 1, 31)


def test_days_and_hours_are_those_of_the_zone(house: House) -> None:
    house.open("2026-03-02T16:30")
    found = told(house, zone="Asia/Kolkata")
    assert found.heat[0][22] == 1
    assert [each.on.day for each in found.days if each.opened] == [2]
    assert [each.on.day for each in told(house).days if each.opened] == [3]


def test_an_hour_of_a_zone_off_by_three_quarters_is_its_own(house: House) -> None:
    house.open("2026-03-02T16:14")
    house.open("2026-03-02T16:15")
    found = told(house, zone="Asia/Kathmandu")
    assert (found.heat[0][21], found.heat[0][22]) == (1, 1)


def test_a_running_month_is_told_of_as_far_as_it_is(house: House) -> None:
    assert len(told(house, at="2026-03-20T00:00").days) == 20


def test_a_month_that_has_not_begun_is_refused(house: House) -> None:
    with pytest.raises(Refused):
        told(house, at="2026-02-20T00:00")


def test_spam_is_nobodys_load(house: House) -> None:
    number = house.open("2026-03-03T00:00")
    house.mark(number, "2026-03-03T01:00", "spam")
    assert line(told(house)).opened == 0


def test_an_engineer_has_what_was_given_resolved_and_written(house: House) -> None:
    number = house.open("2026-03-03T00:00")
    house.do(handling.assign, number, at="2026-03-03T00:30", assignee_id=house.chen.id)
    house.reply(number, "2026-03-03T01:00")
    house.resolve(number, "2026-03-03T02:00")
    house.open("2026-03-04T00:00")
    found = engineer(told(house))
    assert (found.assigned, found.resolved, found.replies, found.open_now) == (1, 1, 2, 0)


def test_an_engineers_missed_targets_are_those_of_their_tickets(house: House) -> None:
    number = house.open("2026-03-03T00:00")
    house.do(handling.assign, number, at="2026-03-03T00:30", assignee_id=house.chen.id)
    found = told(house)
    assert (engineer(found).breached, engineer(found, "Zhao Min").breached) == (2, 0)


def a_rota(house: House, *, ends: str = "08:00", first_on: date = date(2026, 3, 1)) -> None:
    """Chen Wei alone from 08:00 of Singapore to an hour, every day."""
    team = Team(name="Duty")
    house.desk.add(team)
    house.desk.add(ShiftRule(
        team_id=team.id, name="All day", position=0, weekdays=list(range(7)), starts="08:00", ends=ends,
        time_zone="Asia/Singapore", first_on=first_on, last_on=None, rotates="weekly",
        engineers=[house.chen.id], calendar="", on_holidays="works",
    ))  # fmt: skip


def test_hours_on_call_are_those_within_the_month(house: House) -> None:
    a_rota(house, ends="20:00")
    assert engineer(told(house)).on_call == 31 * timedelta(hours=12)


def test_gaps_of_the_rota_are_told_for_the_month_and_the_next_14_days(house: House) -> None:
    a_rota(house, ends="07:00")
    found = told(house)
    assert len(found.gaps_past) == 31
    assert found.gaps_past[1] == Gap("Duty", utc("2026-03-01T23:00"), utc("2026-03-02T00:00"))
    assert len(found.gaps_ahead) == 14


def test_time_before_the_first_shift_is_no_gap(house: House) -> None:
    a_rota(house, first_on=date(2026, 3, 10))
    assert told(house).gaps_past == (Gap("Duty", utc("2026-03-09T16:00"), utc("2026-03-10T00:00")),)


def test_without_a_rota_there_are_no_gaps(house: House) -> None:
    found = told(house)
    assert (found.gaps_past, found.gaps_ahead) == ((), ())


def test_what_waits_for_people_is_counted(house: House) -> None:
    assert (told(house).undecided, told(house).held_mail) == (0, 0)


def test_the_report_is_about_the_whole_month_of_its_zone(house: House) -> None:
    about = told(house).about
    assert (about.since, about.until) == (
        datetime(2026, 2, 28, 16, tzinfo=UTC),
        datetime(2026, 3, 31, 16, tzinfo=UTC),
    )
