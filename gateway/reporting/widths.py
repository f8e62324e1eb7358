"""How wide the columns of a printed table are: figures never break, what is left goes to words by their length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

PAGE: Final = 56.0
"""Units: widths of a Chinese character, as all widths here; what a page has beside the margins of cells."""

_LONGEST: Final = 34.0
_HALVINGS: Final = 20
_LEAST: Final = 2.2
_UNBROKEN: Final = 14.0
_RUN: Final = re.compile(r"[!-~À-ɏ]+")


def of(rows: Sequence[Sequence[str]], right: Collection[int], *, page: float = PAGE) -> list[float]:
    """The width of each column; they stand to each other as the columns should.

    >>> of([["工单", "件数"], ["数据库主实例切换后写入失败", "12"]], {1}, page=40.0)
    [32.6, 7.4]
    """
    columns = [[row[place] for row in rows] for place in range(len(rows[0]))]
    wanted = [min(max(map(_width, cells)), _LONGEST) + 1 for cells in columns]
    least = [
        wanted[place] if place in right else min(wanted[place], max(map(_unbroken, cells)) + 1)
        for place, cells in enumerate(columns)
    ]
    spare = page - sum(wanted)
    if spare >= 0:
        wanted = _even(wanted, right, page)
        spare = page - sum(wanted)
        return [round(each + spare * each / sum(wanted), 1) for each in wanted]
    level = _level(wanted, least, page)
    return [round(max(low, min(each, level)), 1) for low, each in zip(least, wanted, strict=True)]


def _even(wanted: Sequence[float], right: Collection[int], page: float) -> list[float]:
    """The widths with all columns of figures as wide as the widest of them, where the page has room for that."""
    widest = max((wanted[place] for place in right), default=0.0)
    evened = [widest if place in right else each for place, each in enumerate(wanted)]
    return evened if sum(evened) <= page else list(wanted)


def _level(wanted: Sequence[float], least: Sequence[float], page: float) -> float:
    """How wide a column may be so that all fit: narrow ones stay as they are, the widest give."""
    low, high = 0.0, max(wanted)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = sum(max(a, min(b, middle)) for a, b in zip(least, wanted, strict=True)) <= page
        low, high = (middle, high) if fits else (low, middle)
    return low


def _width(text: str) -> float:
    return max(_LEAST, sum(map(_advance, text[:400])))


def _unbroken(text: str) -> float:
    """The width of the longest run that only breaks where it must."""
    runs = (sum(map(_advance, found[0][:40])) for found in _RUN.finditer(text[:400]))
    return max(_LEAST, min(max(runs, default=0.0), _UNBROKEN))


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in "ilj.,:;|!'()[] ":
        return 0.3
    return 0.68 if character.isupper() or character in "mw%@" else 0.56
