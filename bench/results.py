"""What was measured, as tables for people."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final

FILE: Final = Path(__file__).parent / "RESULTS.md"
BY_HAND: Final = "<!-- what follows is kept as it is -->"


@dataclass
class Table:
    """One table with what must be known to read it. Each row: what, SQLite, PostgreSQL, goal."""

    title: str
    notes: str
    head: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """One more row."""
        self.rows.append(cells)

    def __str__(self) -> str:
        """The table in Markdown."""
        lines = [f"## {self.title}", "", self.notes, ""] if self.notes else [f"## {self.title}", ""]
        lines += [_row(self.head), _row(["---"] * len(self.head)), *map(_row, self.rows)]
        return "\n".join(lines) + "\n"


def told(values: Sequence[float], digits: int = 1, *, best: str = "min") -> str:
    """Median, and in brackets the best round: what least of a busy machine got into."""
    chosen = min(values) if best == "min" else max(values)
    return f"{median(values):.{digits}f} ({chosen:.{digits}f})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(tables: Sequence[Table], versions: Sequence[str], seconds: float) -> str:
    """The whole page, with what was written by hand below the mark carried over."""
    old = FILE.read_text("utf-8") if FILE.exists() else ""
    by_hand = old.partition(BY_HAND)[2].strip()
    about = ", ".join(
        [
            f"{len(os.sched_getaffinity(0))} cores",
            f"Python {platform.python_version()}",
            f"SQLite {sqlite3.sqlite_version}",
            *versions,
        ]  # fmt: skip
    )
    intro = (
        "# Measured by `make bench`\n\n"
        f"{date.today().isoformat()}, {about}, one run of {seconds / 60:.0f} minutes. Every server, client and sink "
        "shares these cores and one disk. Figures are medians of interleaved rounds; in brackets "
        "the best round. Databases flush every commit (SQLite `synchronous=FULL`, PostgreSQL `fsync=on`, "
        "`synchronous_commit=on`). Senders are not checked against the DNS here, except where said; DKIM signing is "
        "not part of this version.\n"
    )
    return "\n".join([intro, *map(str, tables), BY_HAND, "", by_hand]).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
