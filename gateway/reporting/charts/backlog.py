"""The backlog day by day: how many are open at each day's end, above how many were opened and closed on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.reporting.charts import said, scale
from gateway.reporting.charts.canvas import Canvas, Paint
from gateway.reporting.figures import Day, Report
from gateway.reporting.management_figures import Management

_LEFT: Final = 12
_OPEN_TOP: Final = 44
_OPEN_ROOM: Final = 70
_BASE: Final = 214
_ROOM: Final = 56
_BELOW: Final = 16
_WIDEST: Final = 36.0
_DIGIT: Final = 0.62
_FEWEST: Final = 2
_NARROW: Final = 15.0
_SPARSE: Final = 26.0


def svg(report: Report | Management, language: str, paint: Paint) -> str | None:
    """The chart; None for less than two days, or where there was no ticket."""
    days = report.days
    if not _told(days):
        return None
    canvas = Canvas(paint, _BASE + _ROOM + 54)
    step = (canvas.width - 2 * _LEFT) / len(days)
    _open(canvas, days, step, language)
    _flow(canvas, days, step, language)
    _days(canvas, days, step, language)
    return canvas.svg(words(report, language))


def words(report: Report | Management, language: str) -> str:
    """What the chart shows, in words; empty where there is none."""
    days = report.days
    if not _told(days):
        return ""
    most = max(days, key=lambda each: each.open_at_end)
    parts = [
        f"{said.word('opened-by-day', language)} {sum(each.opened for each in days)}",
        f"{said.word('closed-by-day', language)} {sum(each.closed for each in days)}",
        said.word("most-open", language).format(most.open_at_end, said.day(most.on, language)),
    ]
    return said.told("backlog", parts, language)


def _told(days: Sequence[Day]) -> bool:
    return len(days) >= _FEWEST and any(each.opened or each.closed or each.open_at_end for each in days)


def _days(canvas: Canvas, days: Sequence[Day], step: float, language: str) -> None:
    """The days below their bars, as many as there is room for; below the first of a month its name."""
    every = 1 if step >= _NARROW else max(2, -(-len(days) // 16))
    month = None
    for place, each in enumerate(days):
        x = _LEFT + step * (place + 0.5)
        if place % every == 0:
            canvas.text(x, canvas.height - 21, str(each.on.day), anchor="middle", size=_size(step))
        if each.on.month != month and place * step < canvas.width - 60:
            wide = step >= _SPARSE
            name = said.month(each.on, language)
            canvas.text(
                x if wide else x - 4, canvas.height - 6, name, anchor="middle" if wide else "start", size=11
            )
        month = each.on.month


def _open(canvas: Canvas, days: Sequence[Day], step: float, language: str) -> None:
    """The line of what is open, each day's figure above it where there is room, else the ends and the extremes."""
    canvas.text(_LEFT, 16, said.word("open-by-day", language))
    foot = _OPEN_TOP + _OPEN_ROOM
    canvas.line([(_LEFT, foot), (canvas.width - _LEFT, foot)], "grid")
    counts = [each.open_at_end for each in days]
    ys = [foot - height for height in scale.heights(counts, _OPEN_ROOM - 12)]
    places = [(_LEFT + step * (place + 0.5), y) for place, y in enumerate(ys)]
    canvas.line(places, "ln")
    kept = _printed(counts, step) | {0, len(days) - 1, counts.index(min(counts))}
    for place, (x, y) in enumerate(places):
        canvas.circle(x, y, 2.5, "k4")
        if place in kept:
            low = foot - y > _BELOW and not scale.stands_out(ys, place)
            figure = str(counts[place])
            canvas.text(x, y + 14 if low else y - 7, figure, look="ink", anchor="middle", size=_size(step))


def _flow(canvas: Canvas, days: Sequence[Day], step: float, language: str) -> None:
    """Bars up for what was opened, down for what was closed, on one scale."""
    legend = _OPEN_TOP + _OPEN_ROOM + 22
    canvas.shape([(_LEFT, legend), (_LEFT + 5, legend - 9), (_LEFT + 10, legend)], "k4")
    canvas.text(_LEFT + 15, legend, said.word("opened-by-day", language))
    x = _LEFT + 80
    canvas.shape([(x, legend - 9), (x + 10, legend - 9), (x + 5, legend)], "k5")
    canvas.text(x + 15, legend, said.word("closed-by-day", language))
    canvas.line([(_LEFT, _BASE), (canvas.width - _LEFT, _BASE)], "mark")
    heights = scale.heights([*(each.opened for each in days), *(each.closed for each in days)], _ROOM)
    opened = _printed([each.opened for each in days], step)
    closed = _printed([each.closed for each in days], step)
    width = min(step * 0.7, _WIDEST)
    for place, each in enumerate(days):
        middle = _LEFT + step * (place + 0.5)
        left = middle - width / 2
        up, down = heights[place], heights[place + len(days)]
        canvas.rect(left, _BASE - up, width, up, look="k4")
        canvas.rect(left, _BASE, width, down, look="k5")
        for count, y, kept in (
            (each.opened, _BASE - up - 4, opened),
            (each.closed, _BASE + down + 12, closed),
        ):
            if count and place in kept:
                canvas.text(middle, y, str(count), look="ink", anchor="middle", size=_size(step))


def _printed(counts: Sequence[int], step: float) -> set[int]:
    """The places whose figures are printed: all where the longest has room, else that of the highest."""
    longest = len(str(max(counts))) * _size(step) * _DIGIT
    return set(range(len(counts))) if longest <= step else {counts.index(max(counts))}


def _size(step: float) -> int:
    return 12 if step >= _SPARSE else 10
