"""A typst template and its data → pages, as a PDF or as pictures.

The data are JSON in an input, never source; typst's root and its packages are an empty folder of their own, so
nothing on the machine or the network can get onto a page.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from gateway.reporting import typeface

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates" / "report"
STANDARDS: Final[list[typst.PDFStandard]] = ["ua-1", "a-2a"]
"""Accessible (PDF/UA-1) and fit to be archived (PDF/A-2a), both at once."""

_KEPT: Final = 12
"""For how many compilations typst keeps what it did not need again, and two more."""


def pdf(template: str, told: Any, *, at: datetime) -> bytes:
    """The template with its data as a PDF, dated `at`; the same values give the same bytes."""
    try:
        return _pdf(template, told, STANDARDS, at)
    except typst.TypstError:  # a page that breaks a rule of the standards is better than none
        return _pdf(template, told, [], at)


def _pdf(template: str, told: Any, standards: list[typst.PDFStandard], at: datetime) -> bytes:
    with _compiler(template, told) as compiler:
        made = compiler.compile(format="pdf", pdf_standards=standards, timestamp=int(at.timestamp()))
    if not isinstance(made, bytes):
        raise TypeError("typst made no PDF")
    return made


def pictures(template: str, told: Any, *, ppi: float) -> list[bytes]:
    """Each page of the template with its data as a PNG."""
    with _compiler(template, told) as compiler:
        made = compiler.compile(format="png", ppi=ppi)
    if made is None:
        raise TypeError("typst made no picture")
    return [made] if isinstance(made, bytes) else made


@contextmanager
def _compiler(template: str, told: Any) -> Iterator[typst.Compiler]:
    with tempfile.TemporaryDirectory(prefix="desk-pages-") as folder:
        empty = Path(folder)
        try:
            yield typst.Compiler(
                _read(template),
                root=empty,
                font_paths=typeface.fonts(),
                ignore_system_fonts=True,
                sys_inputs={"told": msgspec.json.encode(told).decode()},
                package_path=empty,
                package_cache_path=empty,
            )
        finally:
            _forget()


def _forget() -> None:
    """Lets typst drop what it kept of a document, which it else does ten documents later: 80 MB of a long one."""
    blank = typst.Compiler(font_paths=typeface.fonts(), ignore_system_fonts=True)
    for _ in range(_KEPT):
        blank.compile(input=b"", format="svg")


@cache
def _read(template: str) -> bytes:
    return (TEMPLATES / template).read_bytes()
