"""How lengths of time are distributed: mean, median, nearest-rank percentiles, tenths of a target. Pure and exact.

Source: promise P10 (contract clause 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

TENTHS: Final = 10
LATE: Final = TENTHS
"""The place after the ten tenths: what came too late."""


def mean(lengths: Sequence[timedelta]) -> timedelta | None:
    """The mean to the microsecond; None of nothing.

    >>> mean([timedelta(hours=1), timedelta(hours=2)])
    datetime.timedelta(seconds=5400)
    """
    return sum(lengths, timedelta()) / len(lengths) if lengths else None


def median(ordered: Sequence[timedelta]) -> timedelta | None:
    """The middle of lengths in rising order, of an even number the mean of the middle two; None of nothing.

    >>> median([timedelta(hours=1), timedelta(hours=2), timedelta(hours=9)])
    datetime.timedelta(seconds=7200)
    """
    middle = len(ordered) // 2
    return mean(ordered[middle - (len(ordered) % 2 == 0) : middle + 1])


def nearest_rank(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """The smallest of lengths in rising order that this many percent of them do not exceed; None of nothing.

    >>> nearest_rank([timedelta(hours=hour) for hour in range(1, 11)], 90)
    datetime.timedelta(seconds=32400)
    >>> nearest_rank([timedelta(hours=5)], 90)
    datetime.timedelta(seconds=18000)
    """
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1] if ordered else None


def tenth(used: timedelta, allowed: timedelta) -> int:
    """In which tenth of a target a length ends, from 0 on; exactly at a tenth's end still belongs to it.

    Shape: never above 9, for what is too late is for the due instant to say.

    >>> hour = timedelta(hours=1)
    >>> [tenth(hour * each, hour * 10) for each in (0, 1, 1.5, 10, 11)]
    [0, 0, 1, 9, 9]
    """
    if allowed <= timedelta():
        return TENTHS - 1
    return min(max(-(-used * TENTHS // allowed), 1), TENTHS) - 1
