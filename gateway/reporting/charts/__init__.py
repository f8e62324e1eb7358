"""Charts of a report as SVG, one module each: what they say in colour they say in figures and shapes too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.reporting.charts import attainment, backlog, heat, response, trend, volume
from gateway.reporting.charts.canvas import Paint
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management

NAMES: Final = ("attainment", "response", "trend", "volume", "backlog", "heat")

_DRAW: Final = {"volume": volume.svg, "backlog": backlog.svg, "heat": heat.svg}
_TELL: Final = {"volume": volume.words, "backlog": backlog.words, "heat": heat.words}
_DRAW_CUSTOMER: Final = {"attainment": attainment.svg, "response": response.svg, "trend": trend.svg}
_TELL_CUSTOMER: Final = {"attainment": attainment.words, "response": response.words, "trend": trend.words}


def svg(name: str, report: Report | Management, language: str, *, paint: Paint) -> str | None:
    """The chart of that name; None where the report has no data for it.

    Errors: KeyError for a name not in `NAMES`.
    """
    if name in _DRAW:
        return _DRAW[name](report, language, paint)
    draw = _DRAW_CUSTOMER[name]
    return draw(report, language, paint) if isinstance(report, Report) else None


def words(name: str, report: Report | Management, language: str) -> str:
    """What the chart of that name shows, for whoever does not see it; empty where there is none."""
    if name in _TELL:
        return _TELL[name](report, language)
    tell = _TELL_CUSTOMER[name]
    return tell(report, language) if isinstance(report, Report) else ""


def drawn(
    report: Report | Management, language: str, *, paint: Paint, names: Sequence[str] = NAMES
) -> Mapping[str, str]:
    """Every chart of some names the report has data for, by name."""
    made = ((name, svg(name, report, language, paint=paint)) for name in names)
    return {name: picture for name, picture in made if picture is not None}
