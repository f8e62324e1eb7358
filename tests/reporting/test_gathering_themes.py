"""Themes, re-openings and resolvers of a stretch of time, counted over real tickets."""

from __future__ import annotations

import pytest

from gateway.domain.terms import Priority
from gateway.domain.themes import Symptom
from gateway.reporting.figures import Theme
from gateway.reporting.gathering_themes import themes
from gateway.store.models import Customer, Ticket
from gateway.store.queries import reporting_work
from gateway.store.queries.attainment import Window
from gateway.tickets import handling, intake
from tests.databases import Desk
from tests.reporting.gathered import LI, House, utc


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk)


def of_march(house: House, customer_id: int | None = None) -> Window:
    return Window(customer_id or house.customer_id, utc("2026-03-01T00:00"), utc("2026-04-01T00:00"))


def counted(house: House, at: str = "2026-04-02T00:00") -> tuple[Theme, ...]:
    with house.desk.services.reading() as session:
        return themes(session, of_march(house), at=utc(at))


def found(house: House, at: str = "2026-04-02T00:00") -> list[tuple[str, str, int]]:
    return [(each.service, each.symptom, each.count) for each in counted(house, at)]


def test_tickets_of_the_same_service_and_symptom_are_one_theme_and_the_largest_comes_first(
    house: House,
) -> None:
    house.open("2026-03-03T00:00", subject="EC2 instance very slow")
    for day in (4, 5, 6):
        house.open(f"2026-03-0{day}T00:00", subject=f"RDS failover again, day {day}")
    assert found(house) == [("rds", Symptom.FAILOVER, 3), ("ec2", Symptom.PERFORMANCE, 1)]


def test_chinese_and_english_subjects_meet_in_one_theme(house: House) -> None:
    house.open("2026-03-03T00:00", subject="RDS 主备切换后应用连不上")
    house.open("2026-03-04T00:00", subject="RDS failover, application cannot connect")
    assert found(house) == [("rds", Symptom.FAILOVER, 2)]


def test_a_theme_tells_its_priorities_and_its_newest_tickets(house: House) -> None:
    house.open("2026-03-03T00:00", Priority.HIGH, "RDS failover")
    numbers = [house.open(f"2026-03-1{day}T00:00", Priority.LOW, "RDS failover") for day in range(3)]
    theme = counted(house)[0]
    assert theme.by_priority == {"high": 1, "low": 3}
    assert theme.examples == tuple(numbers)


def test_a_ticket_is_breached_as_known_at_the_instant(house: House) -> None:
    house.open("2026-03-03T00:00", Priority.LOW, "RDS failover")
    assert counted(house, "2026-03-03T23:00")[0].breached == 0
    assert counted(house, "2026-03-04T01:00")[0].breached == 1


def test_tickets_opened_before_or_at_the_end_of_the_time_are_no_themes_of_it(house: House) -> None:
    house.open("2026-02-28T23:59", subject="RDS failover")
    house.open("2026-04-01T00:00", subject="RDS failover")
    assert found(house) == []


def test_a_ticket_opened_at_the_first_instant_is_in(house: House) -> None:
    house.open("2026-03-01T00:00", subject="RDS failover")
    assert found(house) == [("rds", Symptom.FAILOVER, 1)]


def test_spam_and_merged_tickets_are_no_themes(house: House) -> None:
    older = house.open("2026-03-03T00:00", subject="RDS failover")
    newer = house.open("2026-03-03T01:00", subject="RDS failover")
    spam = house.open("2026-03-03T02:00", subject="RDS failover")
    house.merge(newer, older, "2026-03-03T03:00")
    house.mark(spam, "2026-03-03T04:00", "spam")
    assert found(house) == [("rds", Symptom.FAILOVER, 1)]


def test_another_customers_tickets_are_never_among_them(house: House) -> None:
    other = Customer(reference="other", name="Other", language="en", time_zone="UTC", active=True)
    house.desk.add(other)
    with house.changing() as session:
        request = intake.Request(other.id, LI, "RDS failover", "Slow.", Priority.LOW)
        intake.open_by_hand(session, house.head, request, author=house.chen, at=utc("2026-03-03T00:00"))
    assert found(house) == []


def test_at_most_ten_themes_are_told(house: House) -> None:
    services = ("RDS", "EC2", "S3", "EKS", "ECS", "SQS", "SNS", "KMS", "EFS", "EBS", "EMR", "WAF")
    for minute, name in enumerate(services):
        house.open(f"2026-03-03T00:{minute:02d}", subject=f"{name} is slow")
    assert len(counted(house)) == 10


def test_a_ticket_that_names_nothing_is_no_theme(house: House) -> None:
    number = house.open("2026-03-03T00:00", Priority.HIGH, "Tills")
    with house.changing() as session:
        session.get_one(Ticket, number).kind = "incident"
    assert found(house) == []


def work(house: House) -> tuple[int, list[int]]:
    with house.desk.services.reading() as session:
        window = of_march(house)
        return reporting_work.reopened(session, window), reporting_work.resolvers(session, window)


def test_every_return_of_a_resolved_ticket_is_counted(house: House) -> None:
    number = house.open("2026-03-03T00:00")
    house.resolve(number, "2026-03-03T01:00")
    house.says(number, "2026-03-03T02:00")
    house.resolve(number, "2026-03-03T03:00")
    house.says(number, "2026-03-03T04:00")
    assert work(house)[0] == 2


def test_a_closed_ticket_has_not_come_back(house: House) -> None:
    house.life("2026-03-03T00:00", "2026-03-03T01:00", "2026-03-03T02:00", "2026-03-03T03:00")
    assert work(house)[0] == 0


def test_a_return_after_the_time_belongs_to_the_next(house: House) -> None:
    number = house.open("2026-03-31T00:00")
    house.resolve(number, "2026-03-31T01:00")
    house.says(number, "2026-04-01T00:00")
    assert work(house)[0] == 0


def test_resolved_tickets_are_counted_by_the_engineer_who_has_them(house: House) -> None:
    for day, engineer in ((3, house.chen), (4, house.manager), (5, house.chen)):
        number = house.open(f"2026-03-0{day}T00:00")
        house.do(handling.assign, number, at=f"2026-03-0{day}T00:30", assignee_id=engineer.id)
        house.resolve(number, f"2026-03-0{day}T01:00")
    assert work(house)[1] == [2, 1]
