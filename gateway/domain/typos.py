"""Words of alarm typed in haste, set right: neighbours swapped, a letter left out, a letter doubled.

Only words that tell a priority are mended, and never into or out of another common word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS: Final = _listed(
    "down site dead gone every everyone everybody everything nobody whole entire production website database"
    "customers users unreachable offline outage server servers error errors unavailable completely respond"
    "loading staging platform service services nothing working checkout payments login cannot broken"
)
_COMMON: Final = _listed(
    "very ever hole hold serve sever severs serves compete competely user uses ours erred terror outrage"
    "plat form state sage stage sites nothin workings brokers broke entre entirely"
)
_SHORTEST_GAP: Final = 5  # four letters less one are too often another word
_WORD: Final = re.compile(r"[a-z]{4,16}")


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if len(word) >= _SHORTEST_GAP:
        for at in range(len(word)):
            yield word[:at] + word[at + 1 :]
        for at in range(len(word)):
            yield word[: at + 1] + word[at:]


_RIGHT: Final = {
    slip: word
    for word in sorted(_WORDS)
    for slip in _slips(word)
    if slip not in _WORDS and slip not in _COMMON
}


@dataclass(frozen=True, slots=True)
class Mended:
    """A text set right, and where its places lie in the text as typed."""

    text: str
    _starts: tuple[int, ...]
    _shifts: tuple[int, ...]

    def typed(self, offset: int) -> int:
        """The offset in the typed text of an offset in the mended one."""
        at = bisect_right(self._starts, offset) - 1
        return offset - self._shifts[at] if at >= 0 else offset


def mend(folded: str) -> Mended:
    """The folded text with its slips set right.

    >>> mend("prodution iis donw, evry page").text
    'production iis down, every page'
    """
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    done = shift = 0
    for found in _WORD.finditer(folded):
        right = _RIGHT.get(found.group())
        if right is not None:
            pieces += [folded[done : found.start()], right]
            done = found.end()
            shift += len(right) - len(found.group())
            starts.append(done + shift)
            shifts.append(shift)
    return Mended("".join([*pieces, folded[done:]]), tuple(starts), tuple(shifts))
