"""Whether two texts say nearly the same: what tells a robot's letters from a person's."""

from __future__ import annotations

import re
from typing import Final

_MOST: Final = 4_000  # characters that are compared
_ALIKE: Final = 0.8
_WORD: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]|[^\W\d_\u2e80-\u9fff\uac00-\ud7af]{1,40}")


def alike(one: str, other: str) -> bool:
    """Whether four fifths of the words of two texts are the same; numbers do not count.

    >>> alike("We have your request 1041.", "We have your request 1042."), alike("The disk is full", "Thank you")
    (True, False)
    """
    first, second = _words(one), _words(other)
    if not first or not second:
        return first == second
    return len(first & second) >= _ALIKE * len(first | second)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text[:_MOST].casefold()))
