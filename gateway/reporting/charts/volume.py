"""Tickets by priority: opened, resolved, closed, and open at the end, a bar and its figure each."""

from __future__ import annotations

from typing import Final

from gateway import i18n
from gateway.reporting.charts import said, scale
from gateway.reporting.charts.canvas import Canvas, Paint
from gateway.reporting.figures import Report, Volume
from gateway.reporting.management_figures import Management

_COLUMNS: Final = ("opened", "resolved", "closed", "open-at-end")
_LOOKS: Final = ("k4", "k4", "k5", "k-none")
_LEFT: Final = 76
_TOP: Final = 26
_ROW: Final = 30


def svg(report: Report | Management, language: str, paint: Paint) -> str | None:
    """The chart; None where there was no ticket."""
    rows = report.volumes
    if not any(map(any, map(_counts, rows))):
        return None
    canvas = Canvas(paint, _TOP + _ROW * (len(rows) + 1) + 4)
    step = (canvas.width - _LEFT - 4) / len(_COLUMNS)
    room = step - 58
    lengths = scale.heights([count for each in rows for count in _counts(each)], room)
    for column, code in enumerate(_COLUMNS):
        x = _LEFT + step * column
        canvas.text(x, 16, said.word(code, language))
        canvas.line([(x, _TOP), (x, _TOP + _ROW * len(rows))], "grid")
        for row, each in enumerate(rows):
            y = _TOP + _ROW * row
            length = lengths[row * len(_COLUMNS) + column]
            canvas.rect(x, y + 6, length, _ROW - 12, look=_LOOKS[column])
            canvas.text(x + length + 6, y + _ROW / 2 + 4, str(_counts(each)[column]), look="ink")
        total = sum(_counts(each)[column] for each in rows)
        canvas.text(x + 6, _TOP + _ROW * len(rows) + 20, str(total), look="ink")
    for row, each in enumerate(rows):
        name = i18n.label(each.priority, language)
        canvas.text(_LEFT - 12, _TOP + _ROW * row + _ROW / 2 + 4, name, anchor="end")
    foot = _TOP + _ROW * len(rows)
    canvas.line([(8, foot), (canvas.width - 4, foot)], "grid")
    canvas.text(_LEFT - 12, foot + 20, said.word("all", language), look="ink", anchor="end")
    return canvas.svg(words(report, language))


def words(report: Report | Management, language: str) -> str:
    """What the chart shows, in words; empty where there is none."""
    if not any(map(any, map(_counts, report.volumes))):
        return ""
    each = (
        f"{said.word(code, language)} {sum(_counts(row)[column] for row in report.volumes)}"
        for column, code in enumerate(_COLUMNS)
    )
    return said.told("volume", each, language)


def _counts(row: Volume) -> tuple[int, int, int, int]:
    return row.opened, row.resolved, row.closed, row.open_at_end
