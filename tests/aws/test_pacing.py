"""An account is never spoken to faster than AWS allows, whoever speaks."""

from __future__ import annotations

from gateway.aws.pacing import Pace


class Time:
    """A time that passes only in sleep."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def instants(calls: int, **how: float) -> list[float]:
    time = Time()
    pace = Pace(time.monotonic, time.sleep)
    found = []
    for _ in range(calls):
        pace.wait("111122223333", **how)  # type: ignore[arg-type]
        found.append(time.at)
    return found


def test_there_are_never_more_than_five_calls_within_a_second() -> None:
    at = instants(100)
    assert max(sum(1 for other in at if start <= other < start + 1) for start in at) <= 5


def test_in_the_long_run_there_are_two_a_second() -> None:
    at = instants(100)
    assert round((at[-1] - at[0]) / 97, 6) == 0.5


def test_views_of_an_organization_are_asked_for_once_a_second() -> None:
    at = instants(5, rate=1.0, burst=1)
    assert [round(later - sooner, 6) for sooner, later in zip(at, at[1:], strict=False)] == [1.0] * 4


def test_one_account_never_waits_for_another() -> None:
    time = Time()
    pace = Pace(time.monotonic, time.sleep)
    for number in range(200):
        pace.wait(f"{number:012d}")
    assert time.slept == []
