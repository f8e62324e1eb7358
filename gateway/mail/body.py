"""What the sender newly wrote, apart from what the mail repeats and what closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.mail.attribution import header_block, separator, shared_line
from gateway.mail.lines import plain_lines
from gateway.mail.message import Excerpt, Mailbox
from gateway.mail.quoted_html import states_of
from gateway.mail.quotes import quoted_lines
from gateway.mail.signatures import banner_end, signature_start

_NEW: Final = "new"
_QUOTED: Final = "quoted"
_SIGNATURE: Final = "signature"


def excerpt(text: str, html: str, author: Mailbox | None = None) -> Excerpt:
    """The newly written text, the quoted text and the signature of a mail.

    Shape: every line of `text` stands in exactly one of the three, in order; blank lines around a part fall away.
    Where trimming leaves nothing, everything is new, but for the copied header of a mail that was only passed on.
    `author` tells whose name or bare address closes the text.
    Linear in the length of both parts.

    >>> excerpt("Still down.\\n\\nOn 3 Mar 2026 at 15:00, Desk <d@d.example> wrote:\\n> Is it up?", "").new
    'Still down.'
    """
    shown = _lines(text)
    lines = plain_lines(shown)
    states = states_of(shown, html)
    quoted = quoted_lines(shown, lines, states)
    labels = [_QUOTED if mark else _NEW for mark in quoted]
    for index, state in enumerate(states):
        if state == "quote" or (state == "signature" and not quoted[index]):
            labels[index] = _QUOTED if state == "quote" else _SIGNATURE
    if labels.count(_NEW) < len(labels):
        _close_gaps(shown, labels)
    _mark_signatures(shown, lines, labels, author)
    parts: dict[str, list[str]] = {_NEW: [], _QUOTED: [], _SIGNATURE: []}
    for line, label in zip(shown, labels, strict=True):
        parts[label].append(line)
    new = _joined(parts[_NEW])
    if new:
        return Excerpt(new, _joined(parts[_QUOTED]), _joined(parts[_SIGNATURE]))
    start = _passed_on(lines)
    below = _joined(shown[start:])
    return Excerpt(below, _joined(shown[:start])) if start and below else Excerpt(_joined(shown))


def _passed_on(lines: Sequence[str]) -> int:
    """Where the text of a mail begins that was forwarded without a word: below its rule and header; else 0."""
    at = next((index for index, line in enumerate(lines) if line), 0)
    if at >= len(lines) or not (separator(lines[at]) or header_block(lines, at)):
        return 0
    while at < len(lines) and not (block := header_block(lines, at)):
        if lines[at] and not separator(lines[at]):
            return 0
        at += 1
    return block.end + 1 if at < len(lines) and block else 0


def _lines(text: str) -> list[str]:
    """The lines, a line that runs on into an attribution divided before it."""
    lines = text.split("\n")
    if "\n>" not in text:
        return lines
    divided: list[str] = []
    for index, line in enumerate(lines):
        at = (
            shared_line(line)
            if lines[index + 1 : index + 2] and lines[index + 1].startswith(">") and line[:1] != ">"
            else 0
        )
        divided.extend((line[:at].rstrip(), line[at:]) if at else (line,))
    return divided


def _close_gaps(lines: Sequence[str], labels: list[str]) -> None:
    """Give blank lines the label of the line before them."""
    for index in range(1, len(lines)):
        if not lines[index].strip():
            labels[index] = labels[index - 1]


def _mark_signatures(
    shown: Sequence[str], lines: Sequence[str], labels: list[str], author: Mailbox | None
) -> None:
    """Mark what closes the first and the last run of new lines: a signature stands above or below the quote."""
    runs = _runs(labels)
    if runs and not any(line.strip() for line in shown[: runs[0][0]]):
        start, end = runs[0]
        for index in range(start, start + banner_end(shown[start:end])):
            labels[index] = _SIGNATURE
    runs = _runs(labels)
    for start, end in {runs[0], runs[-1]} if runs else ():
        for index in range(start + signature_start(lines[start:end], author), end):
            labels[index] = _SIGNATURE


def _runs(labels: Sequence[str]) -> list[tuple[int, int]]:
    """The maximal stretches of new lines, as half-open ranges."""
    runs: list[tuple[int, int]] = []
    start = -1
    for index, label in enumerate([*labels, _QUOTED]):
        if label == _NEW and start < 0:
            start = index
        elif label != _NEW and start >= 0:
            runs.append((start, index))
            start = -1
    return runs


def _joined(lines: Sequence[str]) -> str:
    """The lines as one text without blank lines at its ends."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return "\n".join(lines[start:end])
