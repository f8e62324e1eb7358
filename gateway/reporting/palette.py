"""The colours of charts and documents: the light tokens of `web/static/desk.css`, as values.

Shape: `CLASSES` says what a class of the style sheet paints, so that a picture outside a page needs no style sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LIGHT: Final[Mapping[str, str]] = {
    "bg": "#fff", "sub": "#f5f6f8", "hover": "#eef1f5", "line": "#dde1e7", "edge": "#848d9b",
    "ink": "#191e26", "ink2": "#475061", "ink3": "#5d6675",
    "blue": "#1b5cc0", "on": "#fff", "crit": "#b01e1c", "high": "#964500", "ok": "#12694a",
    "g1": "#dbe8fb", "g2": "#a9c8f4", "g3": "#6b9fe6", "g4": "#2f6fc9", "g5": "#124590",
}  # fmt: skip

_FILLS: Final = {
    "k-ink": "ink", "k0": "hover", "k1": "g1", "k2": "g2", "k3": "g3", "k4": "g4", "k5": "g5",
    "k-ok": "ok", "k-warn": "high", "k-bad": "crit", "k-none": "edge", "ink": "ink", "hi": "on", "k-ground": "bg",
}  # fmt: skip
_STROKES: Final = {
    "grid": ("line", "1"),
    "mark": ("ink", "1.5"),
    "ln": ("g4", "2"),
    "edge-line": ("edge", "1.5"),
}

CLASSES: Final[Mapping[str, Mapping[str, str]]] = {
    **{name: {"fill": LIGHT[token]} for name, token in _FILLS.items()},
    **{
        name: {"fill": "none", "stroke": LIGHT[token], "stroke-width": width}
        for name, (token, width) in _STROKES.items()
    },
    "dash": {"stroke-dasharray": "4 3"},
}
PLAIN_TEXT: Final = LIGHT["ink2"]
"""What text without a class is painted in."""
