"""Which lines of a plain text repeat another mail.

Shape: one pass over the lines with bounded look-around; linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gateway.mail.attribution import (
    Announcement,
    above,
    attribution,
    header_block,
    may_announce,
    may_be_marked,
    separator,
)
from gateway.mail.lines import plain

_PREFIX: Final = re.compile(r" {0,3}[>＞]")
_REGIONS: Final = ("quote", "block")
_WRAP_COLUMN: Final = 70


def quoted_lines(shown: Sequence[str], lines: Sequence[str], within: Sequence[str] = ()) -> list[bool]:
    """For every line whether it belongs to a quote.

    Shape: `lines` are those `shown` through `lines.plain`; `within` says of each line what the HTML part knew
    ("quote", "block" or ""), or is empty; it ends a quote that nothing in the text ends.
    """
    prefixed = [
        line[:1] == ">" and _PREFIX.match(given) is not None for given, line in zip(shown, lines, strict=True)
    ]
    marks: list[bool] = [False] * len(lines)
    marked = may_be_marked(lines)
    index = 0
    while index < len(lines):
        line, found = lines[index], None
        if (marked or may_announce(line)) and (not prefixed[index] or _ends_wrapped(line)):
            found = _announced(lines, index)
        if found is None:
            marks[index] = prefixed[index]
            index += 1
            continue
        end = _extent(lines, prefixed, found, within)
        for at in range(found.start, end):
            marks[at] = True
        index = max(end, index + 1)
    if "block" in within:
        _keep_cited_words(lines, prefixed, marks, within)
    if True in prefixed:
        _keep_lone_marks(lines, prefixed, marks)
        _join_wrapped(lines, prefixed, marks)
    return marks


def _announced(lines: Sequence[str], at: int) -> Announcement | None:
    """The announcement that line `at` begins or completes."""
    line = lines[at]
    if not line:
        return None
    if separator(line):
        below = _next_filled(lines, at + 1)
        block = header_block(lines, below) if below < len(lines) else None
        return Announcement(at, block.end if block else at)
    block = header_block(lines, at)
    if block is not None:
        return Announcement(above(lines, block.start), block.end)
    return attribution(lines, at)


def _extent(
    lines: Sequence[str], prefixed: Sequence[bool], found: Announcement, within: Sequence[str]
) -> int:
    """The line after the quote that an announcement opens; its own start where it announces none."""
    below = _next_filled(lines, found.end + 1)
    if below < len(lines) and prefixed[below]:
        return found.end + 1
    if below < len(lines) and lines[below].startswith("|") and lines[found.end][:1] != "|":
        return _run_of_bars(lines, below)
    if not found.sure:
        return found.start
    if within and below < len(lines) and within[below] in _REGIONS:
        return _region_end(lines, within, below)
    return len(lines)


def _ends_wrapped(line: str) -> bool:
    """Whether a line of the form "> wrote:" is the end of an address in brackets, not a quoted line."""
    return line.startswith("> ") and len(line) < 20 and line.endswith(":")


def _next_filled(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def _run_of_bars(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and lines[at].startswith("|"):
        at += 1
    return at


def _region_end(lines: Sequence[str], within: Sequence[str], at: int) -> int:
    """The line after the HTML region that line `at` lies in; blank lines end nothing."""
    end = at
    for index in range(at, len(lines)):
        if lines[index] and within[index] not in _REGIONS:
            return index
        end = index
    return end + 1


def _keep_lone_marks(lines: Sequence[str], prefixed: Sequence[bool], marks: list[bool]) -> None:
    """Give back a single ">" line in the midst of running text when nothing else in the mail is quoted."""
    quoted = [index for index, mark in enumerate(marks) if mark]
    if len(quoted) != 1 or not prefixed[quoted[0]]:
        return
    at = quoted[0]
    if 0 < at < len(lines) - 1 and lines[at - 1] and lines[at + 1]:
        marks[at] = False


def _keep_cited_words(
    lines: Sequence[str], prefixed: Sequence[bool], marks: list[bool], within: Sequence[str]
) -> None:
    """Give back what the writer indented or cited in HTML: a block that nothing announces, in it or before it."""
    start = 0
    while start < len(lines):
        if within[start] != "block":
            start += 1
            continue
        end = start
        while end < len(lines) and (within[end] == "block" or not lines[end]):
            end += 1
        before = next((at for at in range(start - 1, max(-1, start - 4), -1) if lines[at]), None)
        inner = [plain(_PREFIX.sub("", line, count=1)) for line in lines[start : min(end, start + 8)]]
        announced = (before is not None and marks[before]) or any(
            _announced(inner, at) for at in range(len(inner))
        )
        for at in range(start, end):
            marks[at] = marks[at] and (announced or not prefixed[at])
        start = end


def _join_wrapped(lines: Sequence[str], prefixed: Sequence[bool], marks: list[bool]) -> None:
    """Mark the overhang of a quoted line that a client wrapped without repeating the mark."""
    for index in range(1, len(lines) - 1):
        if marks[index] or not (prefixed[index - 1] and prefixed[index + 1]):
            continue
        before, line = lines[index - 1], lines[index]
        if line and (_open_bracket(before) or _overhangs(before, line)):
            marks[index] = True


def _open_bracket(line: str) -> bool:
    tail = line.lstrip("> ")[-_WRAP_COLUMN * 2 :]
    return tail.count("(") > tail.count(")") or tail.count("<") > tail.count(">")


def _overhangs(before: str, line: str) -> bool:
    word = line.split(" ", 1)[0]
    return (
        word[:1].islower()
        and before[-1:] not in ".?!:;。？！：；"
        and len(before) + len(word) >= _WRAP_COLUMN + 2
        and len(line) < len(before)
    )
