"""Which part of a maintenance window does not count, with literal instants (P11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.windows import (
    Announcement,
    NoSuchTime,
    Span,
    TwiceThatNight,
    counting,
    in_time,
    instant,
)

TWO_DAYS = timedelta(hours=48)
START = datetime(2026, 5, 6, 18, 0, tzinfo=UTC)
END = datetime(2026, 5, 6, 22, 0, tzinfo=UTC)
WINDOW = Span(START, END)
MICROSECOND = timedelta(microseconds=1)
DUE = START - TWO_DAYS


def told(window: Span | None = WINDOW, at: datetime | None = DUE, needed: timedelta = TWO_DAYS,
         emergency: bool = False) -> Announcement:  # fmt: skip
    return Announcement(window, at, needed, emergency)


def hour(count: float) -> datetime:
    """An instant on the day of the window."""
    return datetime(2026, 5, 6, 0, 0, tzinfo=UTC) + timedelta(hours=count)


def test_notice_accepted_exactly_48_hours_ahead_counts() -> None:
    assert counting([told(at=datetime(2026, 5, 4, 18, 0, tzinfo=UTC))]) == (WINDOW,)


def test_notice_accepted_a_microsecond_too_late_counts_for_nothing() -> None:
    assert counting([told(at=DUE + MICROSECOND)]) == ()


def test_notice_nobody_accepted_counts_for_nothing() -> None:
    assert counting([told(at=None)]) == ()


def test_emergency_counts_for_nothing_however_early_it_was_told() -> None:
    assert counting([told(at=DUE - timedelta(days=9), emergency=True)]) == ()


def test_contract_with_a_longer_notice_wants_it_longer() -> None:
    assert counting([told(needed=timedelta(hours=72))]) == ()
    assert counting([told(at=DUE - timedelta(hours=24), needed=timedelta(hours=72))]) == (WINDOW,)


def test_elapsed_time_decides_where_clocks_are_put_forward_in_between() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begins = datetime(2026, 3, 29, 12, 0, tzinfo=berlin)  # 10:00 UTC: the night before was an hour shorter
    two_days_by_the_clock = datetime(2026, 3, 27, 12, 0, tzinfo=berlin)  # 11:00 UTC, 47 h ahead
    assert not in_time(begins, two_days_by_the_clock, TWO_DAYS)
    assert in_time(begins, datetime(2026, 3, 27, 11, 0, tzinfo=berlin), TWO_DAYS)


def test_early_end_ends_what_counts() -> None:
    assert counting([told()], ended_at=hour(20)) == (Span(START, hour(20)),)


def test_overrun_never_counts() -> None:
    assert counting([told()], ended_at=hour(23.5)) == (WINDOW,)


def test_work_that_began_late_counts_from_then() -> None:
    assert counting([told()], started_at=hour(18.5)) == (Span(hour(18.5), END),)


def test_window_ended_before_it_began_counts_for_nothing() -> None:
    assert counting([told()], ended_at=START) == ()


def test_window_called_off_counts_for_nothing() -> None:
    assert counting([told(), told(window=None)]) == ()


def test_added_part_counts_where_its_own_notice_came_48_hours_before_it() -> None:
    longer = Span(START, hour(24))
    assert counting([told(), told(longer, END - TWO_DAYS)]) == (longer,)


def test_added_part_does_not_count_where_its_notice_came_too_late_but_the_first_part_does() -> None:
    assert counting([told(), told(Span(START, hour(24)), END - TWO_DAYS + MICROSECOND)]) == (WINDOW,)


def test_lengthening_as_an_emergency_leaves_what_was_announced() -> None:
    assert counting([told(), told(Span(START, hour(24)), DUE, emergency=True)]) == (WINDOW,)


def test_lengthening_at_the_front_needs_notice_before_its_own_beginning() -> None:
    early = Span(hour(16), END)
    assert counting([told(), told(early, hour(16) - TWO_DAYS)]) == (early,)
    assert counting([told(), told(early, hour(16) - TWO_DAYS + MICROSECOND)]) == (WINDOW,)


def test_shortening_needs_no_notice() -> None:
    shorter = Span(START, hour(20))
    assert counting([told(), told(shorter, None)]) == (shorter,)


def test_what_was_shortened_away_needs_a_new_notice_to_come_back() -> None:
    plans = [told(), told(Span(START, hour(20)), DUE), told(WINDOW, hour(20) - TWO_DAYS + MICROSECOND)]
    assert counting(plans) == (Span(START, hour(20)),)


def test_window_moved_away_counts_only_by_the_new_notice() -> None:
    tomorrow = Span(START + timedelta(days=1), END + timedelta(days=1))
    assert counting([told(), told(tomorrow, tomorrow.start - TWO_DAYS)]) == (tomorrow,)
    assert counting([told(), told(tomorrow, tomorrow.start - TWO_DAYS + MICROSECOND)]) == ()


def test_window_moved_by_an_hour_keeps_the_part_that_was_announced_before() -> None:
    assert counting([told(), told(Span(hour(19), hour(23)), hour(10))]) == (Span(hour(19), END),)


def test_late_first_notice_is_not_healed_by_lengthening() -> None:
    late = told(at=DUE + timedelta(hours=3))
    assert counting([late, told(Span(START, hour(24)), DUE + timedelta(hours=4))]) == ()


def test_same_plan_told_again_in_time_counts() -> None:
    assert counting([told(at=None), told(at=DUE)]) == (WINDOW,)


MOMENTS = st.integers(-100, 100).map(lambda hours: START + timedelta(hours=hours))


@st.composite
def plans(draw: st.DrawFn) -> Announcement:
    begin = draw(MOMENTS)
    return told(
        Span(begin, begin + timedelta(hours=draw(st.integers(1, 40)))),
        draw(st.none() | MOMENTS),
        timedelta(hours=draw(st.sampled_from([0, 24, 48]))),
        draw(st.booleans()),
    )


@given(st.lists(plans(), min_size=1, max_size=5), st.none() | MOMENTS)
def test_nothing_counts_outside_the_last_plan_or_past_the_actual_end(
    told_: list[Announcement], ended: datetime | None
) -> None:
    last = told_[-1].window
    assert last is not None
    for span in counting(told_, ended_at=ended):
        assert last.start <= span.start < span.end <= last.end
        assert ended is None or span.end <= ended


@given(st.lists(plans(), min_size=1, max_size=5))
def test_every_instant_that_counts_was_told_long_enough_before_it(told_: list[Announcement]) -> None:
    for span in counting(told_):
        known = [
            plan.window
            for plan in told_
            if plan.window
            and plan.accepted_at
            and not plan.emergency
            and span.start - plan.accepted_at >= plan.needed
        ]
        assert any(window.start <= span.start < window.end for window in known)


def test_time_of_day_is_read_in_its_zone() -> None:
    assert instant(datetime(2026, 5, 6, 2, 0), "Asia/Shanghai") == datetime(2026, 5, 5, 18, 0, tzinfo=UTC)


def test_time_that_clocks_skip_is_refused() -> None:
    with pytest.raises(NoSuchTime):
        instant(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")


def test_time_that_clocks_show_twice_is_refused() -> None:
    with pytest.raises(TwiceThatNight):
        instant(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")
