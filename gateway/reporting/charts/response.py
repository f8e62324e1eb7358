"""First responses by the share of their target they took, in tenths, with those that were late apart."""

from __future__ import annotations

from typing import Final

from gateway.reporting.charts import said, scale
from gateway.reporting.charts.canvas import Canvas, Paint
from gateway.reporting.figures import Report

_TENTHS: Final = 10
_TOP: Final = 22
_ROOM: Final = 140
_APART: Final = 14


def svg(report: Report, language: str, paint: Paint) -> str | None:
    """The chart; None where nobody was answered."""
    counts = report.response_shares
    if not sum(counts):
        return None
    canvas = Canvas(paint, _TOP + _ROOM + 44)
    foot = _TOP + _ROOM
    step = (canvas.width - 28 - _APART) / (_TENTHS + 1)
    canvas.line([(14, foot), (14 + step * _TENTHS, foot)], "grid")
    canvas.line([(14 + step * _TENTHS + _APART, foot), (canvas.width - 14, foot)], "grid")
    size = 12 if canvas.width > 700 else 11
    for place, (count, height) in enumerate(zip(counts, scale.heights(counts, _ROOM), strict=True)):
        late = place >= _TENTHS
        x = 14 + step * place + (_APART if late else 0)
        canvas.rect(x + step * 0.1, foot - height, step * 0.8, height, look="k-bad" if late else "k4")
        canvas.text(x + step / 2, foot - height - 6, str(count), look="ink", anchor="middle")
        name = said.word("late", language) if late else f"{place * 10}–{place * 10 + 10}"
        canvas.text(x + step / 2, foot + 17, name, anchor="middle", size=size)
    canvas.text(canvas.width / 2, foot + 38, said.word("response-axis", language), anchor="middle")
    return canvas.svg(words(report, language))


def words(report: Report, language: str) -> str:
    """What the chart shows, in words; empty where there is none."""
    counts = report.response_shares
    if not sum(counts):
        return ""
    each = [
        f"{place * 10}–{place * 10 + 10} %: {count}" for place, count in enumerate(counts[:_TENTHS]) if count
    ]
    late = said.word("late-count", language).format(sum(counts[_TENTHS:]))
    return said.told("response", [*each, late], language)
