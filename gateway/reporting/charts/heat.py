"""Openings by weekday and hour: darker is more, and every figure is printed in its cell."""

from __future__ import annotations

from typing import Final

from gateway.reporting.charts import said
from gateway.reporting.charts.canvas import Canvas, Paint
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management

_HOURS: Final = 24
_STEPS: Final = 5
_LEFT: Final = 44
_TOP: Final = 44
_ROW: Final = 28


def svg(report: Report | Management, language: str, paint: Paint) -> str | None:
    """The chart; None where nothing was opened."""
    most = max((count for row in report.heat for count in row), default=0)
    if not most:
        return None
    canvas = Canvas(paint, _TOP + _ROW * len(report.heat) + 4)
    step = (canvas.width - _LEFT - 4) / _HOURS
    size = 12 if most < 1000 and (step > 30 or most < 100) else 10 if most < 1000 or step > 30 else 8
    blank = said.word("none-blank", language)
    canvas.text(4, 14, said.word("heat", language) + (f". {blank}" if language == "en" else f"，{blank}"))
    for hour in range(0, _HOURS, 2):
        canvas.text(_LEFT + step * (hour + 0.5) - 1, _TOP - 7, f"{hour:02d}", anchor="middle")
    for place, row in enumerate(report.heat):
        y = _TOP + _ROW * place
        canvas.text(_LEFT - 8, y + 17, said.weekday(place, language), anchor="end")
        for hour, count in enumerate(row):
            depth = _depth(count, most)
            canvas.rect(_LEFT + step * hour, y, step - 2, _ROW - 2, look=f"k{depth}")
            if count:
                x = _LEFT + step * (hour + 0.5) - 1
                canvas.text(
                    x, y + 17, str(count), look="hi" if depth > 3 else "ink", anchor="middle", size=size
                )
    return canvas.svg(words(report, language))


def words(report: Report | Management, language: str) -> str:
    """What the chart shows, in words; empty where there is none."""
    cells = [(count, place, hour) for place, row in enumerate(report.heat) for hour, count in enumerate(row)]
    total = sum(count for count, _, _ in cells)
    if not total:
        return ""
    count, place, hour = max(cells, key=lambda cell: cell[0])
    busiest = said.word("busiest", language).format(said.weekday(place, language), hour, count)
    parts = [said.word("tickets", language).format(total), busiest, said.word("none-blank", language)]
    return said.told("heat", parts[:2], language) + (". " if language == "en" else "。") + parts[2]


def _depth(count: int, most: int) -> int:
    """The shade of a count, 0 to 5; single tickets stay light.

    >>> [_depth(count, 6) for count in range(7)]
    [0, 1, 2, 3, 4, 5, 5]
    """
    return -(-count * _STEPS // max(most, _STEPS))
