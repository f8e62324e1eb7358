"""The ledger of availability on both databases, and what its stretches come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.availability import (
    MINUTE,
    Component,
    Measure,
    Stretch,
    joined,
    measure,
    minute_of,
    outages,
)
from gateway.domain.windows import Span
from gateway.store import availability
from tests.databases import MONDAY, Desk

WEB = Component.WEB


def at(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def enter(desk: Desk, *states: tuple[int, bool]) -> None:
    for minute, up in states:
        with desk.services.transaction() as session:
            availability.enter(session, at(minute), {WEB: up})


def stretches(desk: Desk) -> list[Stretch]:
    with desk.services.reading() as session:
        return availability.stretches(session, at(-1000))[WEB]


def test_minutes_measured_alike_are_one_row(desk: Desk) -> None:
    enter(desk, *[(minute, True) for minute in range(5)])
    assert stretches(desk) == [Stretch(at(0), at(5), True)]


def test_an_outage_begins_a_row_and_its_end_another(desk: Desk) -> None:
    enter(desk, (0, True), (1, False), (2, False), (3, True))
    assert stretches(desk) == [
        Stretch(at(0), at(1), True), Stretch(at(1), at(3), False), Stretch(at(3), at(4), True)
    ]  # fmt: skip


def test_a_minute_nobody_measured_stays_a_gap(desk: Desk) -> None:
    enter(desk, (0, True), (2, True))
    assert stretches(desk) == [Stretch(at(0), at(1), True), Stretch(at(2), at(3), True)]


def test_a_minute_entered_before_stays_as_it_was_also_when_the_clock_steps_back(desk: Desk) -> None:
    enter(desk, (0, True), (1, True), (0, False), (1, False))
    assert stretches(desk) == [Stretch(at(0), at(2), True)]


def test_a_minute_entered_late_fills_its_gap_and_nothing_else(desk: Desk) -> None:
    enter(desk, (0, True), (2, True), (1, False), (2, False))
    assert stretches(desk) == [
        Stretch(at(0), at(1), True), Stretch(at(1), at(2), False), Stretch(at(2), at(3), True)
    ]  # fmt: skip


def test_components_are_measured_apart(desk: Desk) -> None:
    with desk.services.transaction() as session:
        availability.enter(session, at(0), {WEB: True, Component.MAIL_OUT: False})
    with desk.services.reading() as session:
        found = availability.stretches(session, at(-1))
    assert (found[WEB][0].up, found[Component.MAIL_OUT][0].up, found[Component.WORKERS]) == (True, False, [])


def test_a_minute_is_known_to_be_entered(desk: Desk) -> None:
    with desk.services.transaction() as session:
        availability.enter(session, at(3), {Component.PLATFORM: True})
    with desk.services.reading() as session:
        assert [availability.entered(session, at(minute)) for minute in (2, 3, 4)] == [False, True, False]


def test_forty_three_minutes_of_a_month_of_thirty_days_keep_the_promise_and_forty_four_do_not() -> None:
    month = Span(MONDAY, MONDAY + timedelta(days=30))
    shares = []
    for down in (43, 44):
        found = [Stretch(at(0), at(down), False), Stretch(at(down), month.end, True)]
        shares.append((measure(found, month).share or 0) >= Fraction(999, 1000))
    assert shares == [True, False]


def test_announced_maintenance_counts_neither_as_up_nor_as_down() -> None:
    found = [Stretch(at(0), at(10), True), Stretch(at(10), at(20), False)]
    assert measure(found, Span(at(0), at(20)), [Span(at(5), at(15))]) == Measure(5, 5, 10, 0)


def test_an_unmeasured_minute_is_neither_up_nor_down() -> None:
    assert measure([Stretch(at(0), at(10), True)], Span(at(0), at(15))) == Measure(10, 0, 0, 5)


def test_nothing_measured_has_no_share() -> None:
    assert measure([], Span(at(0), at(15))).share is None


def test_a_minute_counts_in_the_stretch_in_which_it_begins() -> None:
    assert measure([Stretch(at(0), at(2), True)], Span(at(0.5), at(1.5))) == Measure(up=1)


def test_outages_leave_announced_maintenance_out_and_join_what_touches() -> None:
    found = [Stretch(at(0), at(4), False), Stretch(at(4), at(6), False), Stretch(at(8), at(9), False)]
    assert outages(found, [Span(at(1), at(2))]) == [
        Span(at(0), at(1)),
        Span(at(2), at(6)),
        Span(at(8), at(9)),
    ]


def test_the_minute_of_an_instant_is_its_beginning() -> None:
    assert minute_of(datetime(2026, 3, 2, 1, 59, 59, 999_999, tzinfo=UTC)) == at(59)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 30), st.booleans()), max_size=12),
       st.integers(0, 100), st.integers(0, 150), st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=4))  # fmt: skip
def test_the_parts_of_a_stretch_are_all_of_its_minutes(
    raw: list[tuple[int, int, bool]], begins: int, length: int, windows: list[tuple[int, int]]
) -> None:
    found, end = [], 0
    for start, minutes, up in sorted(raw):
        if start >= end:
            found.append(Stretch(at(start), at(start + minutes), up))
            end = start + minutes
    announced = joined(Span(at(start), at(start + minutes)) for start, minutes in windows)
    whole = measure(found, Span(at(begins), at(begins + length)), announced)
    by_minute = {"up": 0, "down": 0, "maintenance": 0, "unmeasured": 0}
    for minute in range(begins, begins + length):
        here = at(minute)
        kind = next(
            ("up" if each.up else "down" for each in found if each.since <= here < each.until), "unmeasured"
        )
        if any(each.start <= here < each.end for each in announced):
            kind = "maintenance"
        by_minute[kind] += 1
    assert whole == Measure(**by_minute)
    assert MINUTE * sum(by_minute.values()) == MINUTE * length
