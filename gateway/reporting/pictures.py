"""Charts as PNG for mail: all of a report in one go, on white ground, so that dark mail leaves them readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.reporting import typeface, typesetting

_PPI: Final = 72
"""Units: pixels per inch, of which a page has 72 points: a point is a pixel."""


def png(svgs: Mapping[str, str], width_px: int) -> Mapping[str, bytes]:
    """The pictures by their names. Shape: `svgs` are painted in colours, as `charts.svg` gives them.

    Units: `width_px` are the picture's own pixels, twice those it is shown at where it is to be sharp.
    """
    if not svgs:
        return {}
    told = {"width": width_px, "family": typeface.FAMILY, "svgs": list(svgs.values())}
    made = typesetting.pictures("pictures.typ", told, ppi=_PPI)
    return dict(zip(svgs, made, strict=True))
