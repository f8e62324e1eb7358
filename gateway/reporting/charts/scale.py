"""Scales of charts: where a share stands, and how high a count does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_MARGIN = Fraction(2, 100)


@dataclass(frozen=True, slots=True)
class Shares:
    """Where a share stands between two ends: what matters near 1 has room, the rest is set close together.

    Shape: shares from 0 to `knee` take the first `part` of the way, those from `knee` to 1 the rest. With `part` 0
    the scale begins at the knee.
    """

    start: float
    end: float
    knee: Fraction
    part: float

    def at(self, share: Fraction) -> float:
        """The place of a share.

        >>> scale = Shares(0, 100, Fraction(9, 10), 0.2)
        >>> [round(scale.at(Fraction(text))) for text in ("0", "9/10", "95/100", "1")]
        [0, 20, 60, 100]
        """
        length = self.end - self.start
        if share < self.knee:
            return self.start + length * self.part * float(share / self.knee)
        above = float((share - self.knee) / (1 - self.knee))
        return self.start + length * (self.part + (1 - self.part) * above)


def knee(steps: Sequence[Fraction]) -> Fraction:
    """Where shares begin to matter: a little below the lowest step of the credit table.

    >>> str(knee([Fraction(99, 100), Fraction(95, 100), Fraction(9, 10)]))
    '22/25'
    """
    return max(min(steps, default=Fraction(9, 10)) - _MARGIN, Fraction(1, 2))


def heights(counts: Sequence[int], room: float) -> list[float]:
    """How high each count stands, the highest filling the room; one that is not 0 can be seen.

    >>> heights([0, 5, 10], 100)
    [0.0, 50.0, 100.0]
    """
    most = max(counts, default=0)
    return [max(count * room / most, 1.5) if count else 0.0 for count in counts]


def stands_out(ys: Sequence[float], place: int) -> bool:
    """Whether a point stands above the line between its neighbours: then its figure is written above it.

    >>> [stands_out([5, 2, 9, 7], place) for place in range(4)]
    [False, True, False, True]
    """
    around = [ys[other] for other in (place - 1, place + 1) if 0 <= other < len(ys)]
    return ys[place] <= sum(around) / len(around) if around else True
