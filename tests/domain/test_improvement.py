"""Each rule of improvement advice at, below and above its threshold."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gateway.domain.improvement import FIGURES, MOST, RULES, Breach, Facts, Rule, Saving, Theme, advice

DAY, NIGHT, SATURDAY = (
    ("high", "resolution", 1, 12),
    ("high", "resolution", 1, 2),
    ("high", "resolution", 5, 12),
)
HOUR = timedelta(hours=1)


def found(rule: Rule, **facts: Any) -> list[dict[str, Any]]:
    """The figures of what a rule finds."""
    return [figures for told, figures in advice(Facts(**facts)) if told is rule]


def breaches(*kinds: tuple[tuple[str, str, int, int], int]) -> list[Breach]:
    return [Breach(*kind) for kind, count in kinds for _ in range(count)]


def test_nothing_known_gives_no_advice() -> None:
    assert advice(Facts()) == []


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], []),
        ([(DAY, 4)], []),
        ([(("critical", "resolution", 1, 12), 1), (DAY, 3)], [{"count": 1, "of": 4}]),
        ([(("critical", "first-response", 1, 12), 2)], [{"count": 2, "of": 2}]),
    ],
)
def test_a_missed_target_of_a_critical_ticket_is_told(kinds: Any, expected: Any) -> None:
    assert found(Rule.CRITICAL_BREACHED, breaches=breaches(*kinds)) == expected


@pytest.mark.parametrize(
    ("available", "told"), [(None, False), (Fraction(999, 1000), False), (Fraction(1), False), (Fraction(998, 1000), True)]
)  # fmt: skip
def test_less_availability_than_promised_is_told(available: Fraction | None, told: bool) -> None:
    figures = found(Rule.AVAILABILITY_MISSED, available=available, down=80)
    assert figures == ([{"share": "499/500", "promised": "999/1000", "down": 80}] if told else [])


def test_attainment_that_fell_two_months_in_a_row_is_told() -> None:
    months = [("2026-07", Fraction(1, 2)), ("2026-08", Fraction(1)), ("2026-09", Fraction(99, 100)), ("2026-10", Fraction(98, 100))]  # fmt: skip
    assert found(Rule.ATTAINMENT_FALLING, attainment=months) == [
        {"months": ["2026-08", "2026-09", "2026-10"], "shares": ["1", "99/100", "49/50"]}
    ]


@pytest.mark.parametrize(
    "shares",
    [
        (1, Fraction(9, 10)),
        (1, Fraction(9, 10), Fraction(9, 10)),
        (Fraction(9, 10), Fraction(8, 10), Fraction(9, 10)),
        (1, None, Fraction(9, 10)),
    ],
)
def test_attainment_that_did_not_fall_twice_is_not_told(shares: Any) -> None:
    months = [(f"2026-0{place}", share) for place, share in enumerate(shares, start=1)]
    assert found(Rule.ATTAINMENT_FALLING, attainment=months) == []


@pytest.mark.parametrize(
    ("night", "day", "share"),
    [(4, 0, "1"), (6, 4, "3/5"), (3, 0, None), (5, 4, None), (7, 4, "7/11"), (0, 9, None)],
)
def test_missed_targets_that_gather_at_night_are_told(night: int, day: int, share: str | None) -> None:
    figures = found(Rule.BREACHES_AT_NIGHT, breaches=breaches((NIGHT, night), (DAY, day)))
    told = {"count": night, "of": night + day, "share": share, "from_hour": 22, "until_hour": 8}
    assert figures == ([told] if share else [])


@pytest.mark.parametrize(("hour", "told"), [(21, False), (22, True), (0, True), (7, True), (8, False)])
def test_the_night_is_from_22_up_to_8(hour: int, told: bool) -> None:
    some = breaches((("low", "resolution", 0, hour), 4))
    assert bool(found(Rule.BREACHES_AT_NIGHT, breaches=some)) is told


@pytest.mark.parametrize(
    ("weekend", "week", "share"),
    [(4, 4, "1/2"), (4, 0, "1"), (3, 0, None), (4, 5, None), (5, 4, "5/9")],
)
def test_missed_targets_that_gather_at_weekends_are_told(weekend: int, week: int, share: str | None) -> None:
    figures = found(Rule.BREACHES_AT_WEEKENDS, breaches=breaches((SATURDAY, weekend), (DAY, week)))
    assert figures == ([{"count": weekend, "of": weekend + week, "share": share}] if share else [])


@pytest.mark.parametrize(("weekday", "told"), [(4, False), (5, True), (6, True), (0, False)])
def test_the_weekend_is_saturday_and_sunday(weekday: int, told: bool) -> None:
    some = breaches((("low", "resolution", weekday, 12), 4))
    assert bool(found(Rule.BREACHES_AT_WEEKENDS, breaches=some)) is told


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (6, 2, ("first-response", 6, "3/4")),
        (5, 2, None),
        (1, 4, ("resolution", 4, "4/5")),
        (0, 3, None),
        (0, 4, ("resolution", 4, "1")),
    ],
)
def test_missed_targets_of_mostly_one_kind_are_told(first: int, second: int, expected: Any) -> None:
    some = breaches((("low", "first-response", 1, 12), first), (DAY, second))
    figures = found(Rule.BREACHES_OF_ONE_TARGET, breaches=some)
    told = (
        [dict(zip(("target", "count", "share"), expected, strict=True), of=first + second)]
        if expected
        else []
    )
    assert figures == told


@pytest.mark.parametrize(
    ("count", "of", "share"),
    [(6, 20, "3/10"), (6, 21, None), (7, 20, "7/20"), (5, 5, "1"), (4, 4, None), (5, 16, "5/16")],
)
def test_a_theme_that_makes_much_of_a_priority_is_told(count: int, of: int, share: str | None) -> None:
    some = [Theme("rds", "failover", {"high": count})]
    figures = found(Rule.THEME_SHARE, themes=some, opened={"high": of, "low": 100})
    told = {
        "priority": "high",
        "service": "rds",
        "symptom": "failover",
        "count": count,
        "of": of,
        "share": share,
    }
    assert figures == ([told] if share else [])


def test_at_most_two_themes_are_told_and_the_larger_comes_first() -> None:
    some = [Theme(name, "failover", {"low": count}) for name, count in (("s3", 30), ("rds", 40), ("ec2", 35))]
    figures = found(Rule.THEME_SHARE, themes=some, opened={"low": 100})
    assert [each["service"] for each in figures] == ["rds", "ec2"]


@pytest.mark.parametrize(
    ("near", "of", "share"), [(1, 10, "1/10"), (1, 11, None), (2, 10, "1/5"), (9, 9, None), (0, 50, None)]
)
def test_first_answers_close_to_their_target_are_told(near: int, of: int, share: str | None) -> None:
    shares = [of - near, 0, 0, 0, 0, 0, 0, 0, near, 0, 0]
    figures = found(Rule.ANSWERS_NEAR_TARGET, response_shares=shares)
    assert figures == ([{"count": near, "of": of, "share": share}] if share else [])


@pytest.mark.parametrize(("place", "told"), [(7, False), (8, True), (9, True), (10, True)])
def test_close_is_above_80_percent_and_late(place: int, told: bool) -> None:
    shares = [0] * 11
    shares[place] = 10
    assert bool(found(Rule.ANSWERS_NEAR_TARGET, response_shares=shares)) is told


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        (20, 25, "1/4"),
        (20, 24, None),
        (21, 26, None),
        (20, 26, "3/10"),
        (0, 5, "5"),
        (0, 4, None),
        (30, 10, None),
    ],
)
def test_a_backlog_that_grows_is_told(before: int, after: int, share: str | None) -> None:
    figures = found(Rule.BACKLOG_GROWING, backlog=(before, after))
    assert figures == ([{"before": before, "after": after, "share": share}] if share else [])


@pytest.mark.parametrize(
    ("count", "of", "share"), [(3, 30, "1/10"), (3, 31, None), (4, 30, "2/15"), (2, 2, None), (3, 0, None)]
)
def test_tickets_that_come_back_often_are_told(count: int, of: int, share: str | None) -> None:
    figures = found(Rule.REOPENED_OFTEN, reopened=count, resolved=of)
    assert figures == ([{"count": count, "of": of, "share": share}] if share else [])


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (["rds"] * 3, [{"service": "rds", "count": 3}]),
        (["rds"] * 2 + ["ec2"], []),
        (["rds"] * 3 + ["ec2"] * 4, [{"service": "ec2", "count": 4}]),
    ],
)
def test_repeated_health_issues_of_one_service_are_told(events: list[str], expected: Any) -> None:
    assert found(Rule.HEALTH_REPEATED, health=events) == expected


@pytest.mark.parametrize(
    ("tickets", "waited", "counted", "share"),
    [(5, 40, 60, "2/5"), (5, 39, 61, None), (4, 90, 10, None), (6, 50, 50, "1/2"), (5, 0, 0, None)],
)
def test_much_waiting_for_the_customer_is_told(
    tickets: int, waited: int, counted: int, share: str | None
) -> None:
    figures = found(Rule.WAITING_FOR_CUSTOMER, waiting=tickets, waited=waited * HOUR, counted=counted * HOUR)
    told = {"tickets": tickets, "waited": waited * 3600, "counted": counted * 3600, "share": share}
    assert figures == ([told] if share else [])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([8, 2], [{"count": 8, "of": 10, "share": "4/5"}]),
        ([8, 3], []),
        ([9], []),
        ([10], [{"count": 10, "of": 10, "share": "1"}]),
        ([], []),
    ],
)
def test_one_engineer_who_resolves_most_is_told(counts: list[int], expected: Any) -> None:
    assert found(Rule.ONE_ENGINEER, resolved_by=counts) == expected


def saving(amount: str, months: int = 2, source: str = "compute-optimizer") -> Saving:
    return Saving(source, "USD", Decimal(amount), months)


@pytest.mark.parametrize(
    ("savings", "expected"),
    [
        ([saving("60"), saving("40", 3)], ("compute-optimizer", 2, "100", 3)),
        ([saving("60"), saving("39.9999")], None),
        ([saving("500", months=1)], None),
        ([saving("60"), saving("60", source="trustedadvisor")], None),
        ([saving("110"), saving("120.50", source="trustedadvisor")], ("trustedadvisor", 1, "120.50", 2)),
    ],
)
def test_savings_that_stand_for_two_months_are_told(savings: list[Saving], expected: Any) -> None:
    names = ("source", "count", "savings", "months")
    told = [dict(zip(names, expected, strict=True), currency="USD")] if expected else []
    assert found(Rule.SAVINGS_NOT_TAKEN, savings=savings) == told


def everything() -> Facts:
    """Facts in which every rule finds something."""
    return Facts(
        breaches=breaches((("critical", "resolution", 5, 2), 4)),
        available=Fraction(9, 10),
        attainment=[("2026-08", Fraction(1)), ("2026-09", Fraction(9, 10)), ("2026-10", Fraction(8, 10))],
        opened={"high": 10},
        themes=[Theme("rds", "failover", {"high": 10})],
        response_shares=[0] * 10 + [10],
        backlog=(0, 9),
        resolved=10,
        reopened=9,
        resolved_by=[10],
        health=["rds"] * 3,
        waiting=9,
        waited=HOUR,
        savings=[saving("900")],
    )


def test_at_most_six_pieces_are_given_in_the_order_of_the_rules() -> None:
    assert [rule for rule, _ in advice(everything())] == list(Rule)[:MOST]


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_finds_the_figures_it_names(rule: Rule) -> None:
    figures = list(RULES[rule](everything()))
    assert [set(each) for each in figures] == [set(FIGURES[rule])]
