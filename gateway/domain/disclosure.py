"""Whether a text that is to leave repeats what only engineers may read. Pure.

Shape: texts are compared by their letters and digits alone, so that neither line ends, nor quote marks, nor a
changed case hide a passage; a Chinese, Japanese or Korean character weighs as much as two letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

PASSAGE: Final = 16
"""The shortest passage that counts, in letters."""
LINE: Final = 6
"""The shortest whole line that counts, in letters."""
LONGEST: Final = 200_000
"""How much of one text is compared; a new text that is longer cannot be cleared."""
_WIDE: Final = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])")
_TWICE: Final = re.compile(_WIDE.pattern + r"\1")


def repeated(new: str, internal: Iterable[str], known: Iterable[str] = ()) -> str:
    """A passage of the new text that stands in an internal one, and in nothing the reader knows; empty for none.

    Linear in the length of all texts. Shape: the passage comes back without spaces and marks.

    >>> repeated("As agreed: router two is a lemon.", ["The router two is a lemon, do not say so."])
    'routertwoisalemo'
    >>> repeated("Your router is up.", ["The router two is a lemon."])
    ''
    """
    passages, lines = _passages(_bare(new)), _lines(new)
    found: dict[str, None] = {}
    for text in internal:
        found |= _shared(text, passages, lines)
    for text in known if found else ():
        for each in _shared(text, set(found), set(found)):
            found.pop(each, None)
    return _TWICE.sub(r"\1", next(iter(found), ""))


def in_one_piece(new: str, whole: str) -> bool:
    """Whether the new text stands in one piece in the whole one: answers between quotes do not.

    >>> in_one_piece("It is up.", "It is up.\\n\\n> Is it?")
    True
    >>> in_one_piece("Yes.\\nNo.", "> Up?\\nYes.\\n> Slow?\\nNo.")
    False
    """
    return new.strip() in whole


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return _WIDE.sub(r"\1\1", "".join(filter(str.isalnum, plain)))


def _passages(bare: str) -> set[str]:
    return {bare[at : at + PASSAGE] for at in range(len(bare) - PASSAGE + 1)}


def _lines(text: str) -> set[str]:
    bare = (_bare(line) for line in text[:LONGEST].split("\n"))
    return {line for line in bare if len(line) >= LINE}


def _shared(text: str, passages: set[str], lines: set[str]) -> dict[str, None]:
    bare = _bare(text)
    slices = (bare[at : at + PASSAGE] for at in range(len(bare) - PASSAGE + 1))
    found = dict.fromkeys(each for each in slices if each in passages)
    return found | dict.fromkeys(each for each in _lines(text) if each in lines)
