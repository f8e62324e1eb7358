"""Attainment month by month with the bands of the credit table beside it; months that run are drawn hollow."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from gateway.reporting.charts import said, scale
from gateway.reporting.charts.canvas import Canvas, Paint
from gateway.reporting.figures import MonthPoint, Report

_TOP: Final = 30
_FOOT: Final = 190
_LEFT: Final = 58
_LOW: Final = 0.25
_BETWEEN: Final = 14


def svg(report: Report, language: str, paint: Paint) -> str | None:
    """The chart; None where no month has a decided ticket."""
    points = report.trend
    if not any(each.decided for each in points):
        return None
    canvas = Canvas(paint, _FOOT + 58)
    table = said.steps(report)
    bend = scale.knee(said.bounds(table))
    shares = scale.Shares(_FOOT, _TOP, bend, _LOW if min(map(_share, points)) < bend else 0)
    right = canvas.width - (92 if language == "en" else 78)
    _bands(canvas, table, shares, right=right, language=language)
    step = (right - _LEFT) / len(points)
    places = [(_LEFT + step * (place + 0.5), shares.at(_share(each))) for place, each in enumerate(points)]
    if len(places) > 1:
        canvas.line(places, "ln")
    for place, (point, (x, y)) in enumerate(zip(points, places, strict=True)):
        canvas.circle(x, y, 5, "k4")
        if not point.frozen:
            canvas.circle(x, y, 3, "k-ground")
        above = scale.stands_out([each[1] for each in places], place) or y > _FOOT - _BETWEEN - 8
        canvas.text(x, y - 10 if above else y + 19, _figure(point), look="ink", anchor="middle")
        canvas.text(x, _FOOT + 22, said.month(point.first_on, language), anchor="middle")
        canvas.text(x, _FOOT + 37, f"{point.kept} / {point.decided}", anchor="middle", size=11)
        if not point.frozen:
            canvas.text(x, _FOOT + 52, said.word("running", language), anchor="middle", size=11)
    return canvas.svg(words(report, language))


def words(report: Report, language: str) -> str:
    """What the chart shows, in words; empty where there is none."""
    if not any(each.decided for each in report.trend):
        return ""
    each = (f"{said.month(point.first_on, language)} {said.percent(_share(point))}" for point in report.trend)
    return said.told("trend", each, language)


def _share(point: MonthPoint) -> Fraction:
    return Fraction(point.kept, point.decided) if point.decided else Fraction(1)


def _figure(point: MonthPoint) -> str:
    return said.percent(_share(point)).removesuffix(" %")


def _bands(
    canvas: Canvas, table: Sequence[said.Step], shares: scale.Shares, *, right: float, language: str
) -> None:
    """The lines of the credit table, their shares on the left and what holds between them on the right."""
    named = -_BETWEEN * 1.0
    for share in [Fraction(1), *said.bounds(table), *([Fraction(0)] if shares.part else [])]:
        y = shares.at(share)
        canvas.line([(_LEFT, y), (right, y)], "grid" if share in (0, 1) else "grid dash")
        named = max(y, named + _BETWEEN - 1)
        canvas.text(_LEFT - 8, named + 4, said.short(share), anchor="end")
    if shares.part:
        bend = shares.at(shares.knee)
        canvas.line([(_LEFT - 5, bend + 2), (_LEFT + 5, bend - 3)], "edge-line")
        canvas.line([(_LEFT - 5, bend + 6), (_LEFT + 5, bend + 1)], "edge-line")
    upper, written = Fraction(1), -_BETWEEN * 1.0
    for low, discount in table:
        middle = (shares.at(upper) + (shares.at(low) if low else _FOOT)) / 2
        written = max(middle, written + _BETWEEN)
        credit = said.word("credit", language).format(said.short(discount))
        canvas.text(right + 8, written + 4, credit if discount else said.word("no-credit", language), size=11)
        upper = low
