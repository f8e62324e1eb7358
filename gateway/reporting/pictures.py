"""Charts as PNG for mail: all of a report in one go, on white ground, twice as dense as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.reporting import typeface, typesetting

_PPI: Final = 144
"""Units: pixels per inch, of which a page has 72 points: two pixels for each that is asked for."""


def png(svgs: Mapping[str, str], width_px: int) -> Mapping[str, bytes]:
    """The pictures by their names, to be shown `width_px` wide, so of twice as many pixels.

    Shape: `svgs` are painted in colours, as `charts.svg` gives them.
    """
    if not svgs:
        return {}
    told = {"width": width_px, "family": typeface.FAMILY, "svgs": list(svgs.values())}
    made = typesetting.pictures("pictures.typ", told, ppi=_PPI)
    return dict(zip(svgs, made, strict=True))
