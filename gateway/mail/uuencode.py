"""Files that stand as uuencoded blocks inside a text.

Only a whole block counts: a text that merely speaks of one, or a block that a mailer broke, stays text. yEnc is not
read; it never was a mail format.

Source: POSIX.1-2017, uuencode, "Historical algorithm".
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Final

BLOCKS: Final = 100
_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_END: Final = re.compile(rb"end[ \t]*(?:\r?\n|\Z)")
_LINE: Final = re.compile(rb"([ -`])([ -`]{0,86})\r?\n")
_LAST: Final = re.compile(rb"[ `][ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One file as it was encoded. Shape: `name` is raw, in the charset of the text around it."""

    name: bytes
    content: bytes


def split(text: bytes) -> tuple[bytes, list[Block]]:
    """The text without its blocks, and the blocks in order; linear, since no block reaches past another's beginning.

    >>> split(b"See:\\nbegin 644 a.txt\\n#:&D*\\n`\\nend\\nBye\\n")
    (b'See:\\nBye\\n', [Block(name=b'a.txt', content=b'hi\\n')])
    """
    kept: list[bytes] = []
    blocks: list[Block] = []
    at, shown = 0, 0
    while len(blocks) < BLOCKS and (begin := _BEGIN.search(text, at)) is not None:
        content, at = _content(text, begin.end())
        if content is not None:
            kept.append(text[shown : begin.start()])
            blocks.append(Block(begin[1].strip(), content))
            shown = at
    return (b"".join([*kept, text[shown:]]), blocks) if blocks else (text, [])


def _content(text: bytes, at: int) -> tuple[bytes | None, int]:
    """What a block holds and where it ends; None, and where it stopped being one, for a broken block."""
    pieces: list[bytes] = []
    while (line := _LINE.match(text, at)) is not None:
        if (last := _LAST.match(text, at)) is not None and (end := _END.match(text, last.end())):
            return (b"".join(pieces) if pieces else None), end.end()
        size = line[1][0] - 32 & 63
        needed = (size + 2) // 3 * 4
        if not size or len(line[2].rstrip()) > needed + 1:  # one more may be a sum that some writers add
            return None, at
        pieces.append(binascii.a2b_uu(line[1] + line[2][:needed].ljust(needed)))
        at = line.end()
    end = _END.match(text, at) if pieces else None  # some writers leave out the empty line
    return (b"".join(pieces), end.end()) if end else (None, at)
