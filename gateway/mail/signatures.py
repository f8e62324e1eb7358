"""Which lines at the end of a newly written text are a signature, a device's remark or a disclaimer.

Shape: lines are already through `lines.plain` unless said otherwise; only the tail of a run of new lines
is looked at, a bounded number of them; in doubt a line stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.mail.lines import is_rule, plain
from gateway.mail.message import Mailbox
from gateway.mail.remarks import (
    BANNER,
    CLOSING,
    CONTACT,
    DEVICE,
    MAIL_WORDS,
    NOTICE,
    OWN_DEVICE,
    SECRET_WORDS,
    TROUBLE,
)

_DELIMITED: Final = 24  # filled lines that may follow "-- "
_BANNER: Final = 6  # lines of a warning
_BLOCK: Final = 14  # filled lines of a signature without delimiter
_PIECES: Final = 60  # closing pieces taken off one after another
_RULES: Final = "-_=—–―─━*"
_SHORT: Final = 72


def signature_start(lines: Sequence[str], author: Mailbox | None = None) -> int:
    """The index of the first line of what closes a run of new lines; its length where nothing does.

    Shape: 0 where the run is nothing but a signature.

    >>> signature_start(["The server is down.", "", "--", "Wei Zhang"])
    2
    """
    end = _delimiter(lines, _device(lines))
    for _ in range(_PIECES):
        shorter = min(_peeled(lines, end), _delimiter(lines, end))
        if author is not None and shorter >= end:
            shorter = _signed(lines, end, author)
        if shorter >= end:
            break
        end = shorter
    return end


def banner_end(shown: Sequence[str]) -> int:
    """The index after a gateway's warning at the head of a mail, of lines as written; 0 where there is none.

    >>> banner_end(["[EXTERNAL] This email originated from outside of the organization.", "", "Hello"])
    1
    """
    first = next((at for at, line in enumerate(shown[:10]) if line.strip()), 0)
    end = first
    while end < len(shown) and shown[end].strip() and end - first < _BANNER:
        end += 1
    paragraph = " ".join(plain(line) for line in shown[first:end])[:1_000]
    return end if end - first < _BANNER and BANNER.match(paragraph) else 0


def _device(lines: Sequence[str]) -> int:
    """Where the writer's own device speaks in a paragraph of its own, below some text; the length where nowhere."""
    written = False
    for index, line in enumerate(lines):
        alone = written and not lines[index - 1] and (index + 1 == len(lines) or not lines[index + 1])
        if alone and len(line) <= 80 and OWN_DEVICE.fullmatch(line):
            return index
        written = written or bool(line)
    return len(lines)


def _delimiter(lines: Sequence[str], end: int) -> int:
    """The last "-- " line with a short rest behind it, or `end`; two of them rather fence in what is shown."""
    filled, last = 0, end
    for index in range(end - 1, -1, -1):
        if filled > _DELIMITED:
            break
        line = lines[index]
        if line in ("--", "—", "- --"):
            rest = [text for text in lines[index + 1 : end] if text]
            if _is_contact_block(rest):
                return index
            if line == "--":
                if last < end:
                    return end
                last = index
        filled += bool(line)
    return last


def _peeled(lines: Sequence[str], end: int) -> int:
    """Where the text ends when one closing piece is taken off: a remark, a notice, a rule or a contact block."""
    last = _without_blanks(lines, end)
    if last == 0:
        return end
    if (
        _is_remark(lines[last - 1])
        or is_rule(lines[last - 1])
        or len(lines[last - 1]) == 1
        and lines[last - 1] in "ᐧ—"
    ):
        return last - 1
    start = last
    while start > 0 and lines[start - 1] and last - start < 60:
        start -= 1
    if _is_notice(" ".join(lines[start:last])[:4_000]):
        return start
    return _contact_block(lines, last, end)


def _signed(lines: Sequence[str], end: int, author: Mailbox) -> int:
    """Where the text ends before a last paragraph that is the author's address, or their name and how to reach them.

    Foxmail closes mails so, without any mark. After a colon the paragraph is what the text speaks of.
    """
    last = _without_blanks(lines, end)
    start = last
    while start > 0 and lines[start - 1] and last - start <= _BLOCK:
        start -= 1
    above = _without_blanks(lines, start)
    if above in (0, start) or lines[above - 1].endswith(":"):
        return end
    block = [line.casefold() for line in lines[start:last]]
    bare = block[0].partition("<mailto:")[0].strip("<> ")
    alone = len(block) == 1 and bool(bare) and bare == author.address.casefold()
    first = block[0].replace("|", " ").split("  ")[0].strip()
    named = bool(author.name) and first in (author.name.casefold(), author.name.casefold().replace(" ", ""))
    return start if alone or (named and _is_contact_block(lines[start:last])) else end


def _contact_block(lines: Sequence[str], last: int, end: int) -> int:
    """The closing ("Best regards") or rule from which on only short lines with contact details follow."""
    filled = 0
    for index in range(last - 1, -1, -1):
        line = lines[index]
        if not line:
            continue
        if CLOSING.fullmatch(line) or _is_edge(line):
            rest = [text for text in lines[index + 1 : last] if text]
            if not _is_contact_block(rest):
                return end
            return index - 1 if index and CLOSING.fullmatch(lines[index - 1]) else index
        filled += 1
        if filled > _BLOCK or len(line) > _SHORT * 2:
            break
    return end


def _is_edge(line: str) -> bool:
    """Whether a line sets off a signature: a rule, or the empty cells that a signature's table leaves in text."""
    return (line[0] in _RULES and is_rule(line, 2)) or (len(line) > 1 and not line.strip("| "))


def _is_contact_block(rest: Sequence[str]) -> bool:
    if not rest or len(rest) > _BLOCK:
        return False
    short = all(len(line) <= _SHORT * 2 and not line.endswith(("?", "？")) for line in rest)
    return (
        short
        and any(CONTACT.search(line) for line in rest)
        and not any(TROUBLE.search(line) for line in rest)
    )


def _is_remark(line: str) -> bool:
    return len(line) <= 140 and DEVICE.fullmatch(line.strip("-_ ")) is not None


def _is_notice(paragraph: str) -> bool:
    if len(paragraph) < 8 or NOTICE.match(paragraph) is None:
        return False
    folded = paragraph.casefold()
    return any(word in folded for word in SECRET_WORDS) and any(word in folded for word in MAIL_WORDS)


def _without_blanks(lines: Sequence[str], end: int) -> int:
    while end > 0 and not lines[end - 1]:
        end -= 1
    return end
