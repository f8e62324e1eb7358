"""Attainment by priority against the lines of the credit table: a mark on a line each, its figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from gateway import i18n
from gateway.reporting.charts import said, scale
from gateway.reporting.charts.canvas import Canvas, Paint
from gateway.reporting.figures import Report

_ROW: Final = 34
_TOP: Final = 40
_CLOSE: Final = 40
_LOW: Final = 0.2


def svg(report: Report, language: str, paint: Paint) -> str | None:
    """The chart; None where nothing was decided."""
    if not report.decided:
        return None
    rows = _rows(report, language)
    canvas = Canvas(paint, _TOP + _ROW * len(rows) + 4)
    table = said.steps(report)
    lines = said.bounds(table)
    shares = scale.Shares(76, canvas.width - 206, scale.knee(lines), _LOW)
    _lines(canvas, lines, shares)
    for place, (name, kept, decided) in enumerate(rows):
        y = _TOP + _ROW * place + _ROW / 2
        last = place == len(rows) - 1
        canvas.text(64, y + 4, name, look="ink" if last else "", anchor="end")
        _track(canvas, shares, y)
        if decided:
            _mark(canvas, shares.at(Fraction(kept, decided)), y, _standing(Fraction(kept, decided), table))
        figure = said.percent(Fraction(kept, decided)) if decided else "–"
        canvas.text(canvas.width - 122, y + 4, figure, look="ink", anchor="end")
        canvas.text(canvas.width - 8, y + 4, f"{kept} / {decided}", anchor="end")
    return canvas.svg(words(report, language))


def words(report: Report, language: str) -> str:
    """What the chart shows, in words; empty where there is none."""
    if not report.decided:
        return ""
    each = (
        f"{name} {said.percent(Fraction(kept, decided))} ({kept} / {decided})"
        for name, kept, decided in _rows(report, language)
        if decided
    )
    return said.told("attainment", each, language)


def _rows(report: Report, language: str) -> list[tuple[str, int, int]]:
    rows = [(i18n.label(each.priority, language), each.kept, each.decided) for each in report.levels]
    return [*rows, (said.word("all", language), report.kept, report.decided)]


def _lines(canvas: Canvas, lines: Sequence[Fraction], shares: scale.Shares) -> None:
    """The bounds with their names, those that stand close in a row of their own."""
    taken = [-_CLOSE * 2.0, -_CLOSE * 2.0]
    for share in [Fraction(0), *sorted(lines), Fraction(1)]:
        x = shares.at(share)
        row = 0 if x - taken[0] >= _CLOSE else 1
        taken[row] = x
        canvas.text(x, 30 if row == 0 else 15, said.short(share), anchor="middle")
        if share in lines:
            canvas.line([(x, 34 if row == 0 else 19), (x, canvas.height - 4)], "mark dash")


def _track(canvas: Canvas, shares: scale.Shares, y: float) -> None:
    """The line of a priority, broken where its scale changes."""
    bend = shares.at(shares.knee)
    canvas.line([(shares.start, y), (bend - 4, y)], "grid dash")
    canvas.line([(bend - 6, y + 5), (bend - 2, y - 5)], "edge-line")
    canvas.line([(bend - 2, y + 5), (bend + 2, y - 5)], "edge-line")
    canvas.line([(bend, y), (shares.end, y)], "grid")


def _standing(share: Fraction, table: Sequence[said.Step]) -> int:
    """Which step of the credit table is reached: 0 the first, without credit; -1 the last."""
    found = next((place for place, (low, _) in enumerate(table) if share >= low), len(table) - 1)
    return -1 if found and found == len(table) - 1 else found


def _mark(canvas: Canvas, x: float, y: float, standing: int) -> None:
    """A disc, square, diamond or triangle by the step reached, so that its colour is not needed."""
    if standing == 0:
        canvas.circle(x, y, 7, "k-ok")
    elif standing == -1:
        canvas.shape([(x - 8, y - 6.5), (x + 8, y - 6.5), (x, y + 7.5)], "k-bad")
    elif standing == 1:
        canvas.rect(x - 6, y - 6, 12, 12, look="k4")
    else:
        canvas.shape([(x, y - 8.5), (x + 8.5, y), (x, y + 8.5), (x - 8.5, y)], "k-warn")
