"""A sheet to draw a chart on, written as SVG: classes of the style sheet on pages, plain colours everywhere else.

Shape: every text is escaped; no script, no style, no reference leaves the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final, Literal

from gateway.reporting.palette import CLASSES, LIGHT, PLAIN_TEXT
from gateway.reporting.typeface import FAMILY, printable

Paint = Literal["classes", "colours"]
Anchor = Literal["start", "middle", "end"]

WIDTHS: Final[Mapping[Paint, int]] = {"classes": 860, "colours": 600}
"""A page is read on a screen; paper and letters are narrower, and their words must not shrink with them."""


class Canvas:
    """A chart being drawn. Units: of 12 the height of its letters."""

    def __init__(self, paint: Paint, height: int) -> None:
        self.paint = paint
        self.width = WIDTHS[paint]
        self.height = height
        self._parts: list[str] = []

    def text(
        self, x: float, y: float, said: str, *, look: str = "", anchor: Anchor = "start", size: int = 12
    ) -> None:
        """Words with their foot at y; `look` is ink for figures, hi on dark ground, nothing for the rest."""
        more: dict[str, str] = {} if anchor == "start" else {"text-anchor": anchor}
        if size != 12:
            more["font-size"] = str(size)
        if self.paint == "colours" and look == "ink":
            more["font-weight"] = "600"
        place = {"x": _number(x), "y": _number(y)}
        self._add("text", place | more | self._painted(look), said)

    def rect(self, x: float, y: float, width: float, height: float, *, look: str) -> None:
        """A filled rectangle with its corners a little round."""
        place = {"x": x, "y": y, "width": max(width, 0), "height": max(height, 0), "rx": 2}
        self._add("rect", {name: _number(value) for name, value in place.items()} | self._painted(look))

    def circle(self, x: float, y: float, radius: float, look: str) -> None:
        """A filled dot."""
        self._add("circle", {"cx": _number(x), "cy": _number(y), "r": _number(radius)} | self._painted(look))

    def line(self, points: Iterable[tuple[float, float]], look: str) -> None:
        """A line through points."""
        self._add("path", {"d": "M" + "L".join(_point(each) for each in points)} | self._painted(look))

    def shape(self, points: Iterable[tuple[float, float]], look: str) -> None:
        """A filled shape with these corners."""
        self._add("path", {"d": "M" + "L".join(_point(each) for each in points) + "Z"} | self._painted(look))

    def svg(self, words: str) -> str:
        """The picture; `words` are read where it is not seen."""
        size = {"viewBox": f"0 0 {self.width} {self.height}"}
        said = {"role": "img", "aria-label": words}
        inside = "".join(self._parts)
        if self.paint == "classes":
            return f"<svg{_attributes({'class': 'chart'} | size | said)}>{inside}</svg>"
        plain = {
            "width": str(self.width),
            "height": str(self.height),
            "font-family": FAMILY,
            "font-size": "12",
        }
        root = _attributes({"xmlns": "http://www.w3.org/2000/svg"} | size | plain | said)
        ground = f'<rect width="{self.width}" height="{self.height}" fill="{LIGHT["bg"]}"/>'
        return f"<svg{root}>{ground}{inside}</svg>"

    def _painted(self, look: str) -> dict[str, str]:
        if self.paint == "classes":
            return {"class": look} if look else {}
        if not look:
            return {"fill": PLAIN_TEXT}
        return {name: value for each in look.split() for name, value in CLASSES[each].items()}

    def _add(self, name: str, attributes: Mapping[str, str], said: str | None = None) -> None:
        inside = "/>" if said is None else f">{escape(self._shown(said))}</{name}>"
        self._parts.append(f"<{name}{_attributes(attributes)}{inside}")

    def _shown(self, said: str) -> str:
        return said if self.paint == "classes" else printable(said)


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())


def _point(place: tuple[float, float]) -> str:
    return f"{_number(place[0])} {_number(place[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
