"""Every word that the web's pages say, found in their sources."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract
from jinja2.ext import babel_extract

from web import codes

ROOT = Path(__file__).resolve().parents[2]
_IN_PYTHON = {"say": None, "count": (1, 2)}
_IN_TEMPLATES = {"_": None, "ngettext": (1, 2)}


def said() -> set[str]:
    """The message identifiers of pages, code and tables; both where a number decides."""
    found = set(codes.everything())
    for path in sorted((ROOT / "web").rglob("*.py")):
        with path.open("rb") as source:
            found |= {part for each in extract("python", source, _IN_PYTHON) for part in _parts(each[1])}
    for path in sorted((ROOT / "templates" / "web").glob("*.html")):
        with path.open("rb") as source:
            extracted = babel_extract(source, list(_IN_TEMPLATES), (), {})
            found |= {part for each in extracted for part in _parts(each[2])}
    return found - {""}


def _parts(message: object) -> list[str]:
    """Words that stand in the source; what a variable says stands in a table of `codes`."""
    parts = message if isinstance(message, tuple) else (message,)
    return [part for part in parts if isinstance(part, str)]
