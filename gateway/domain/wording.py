"""The words of a text as a linear model counts them: words and pairs of words, Han and kana singly and in pairs."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|[\u3040-\u30ff\u4e00-\u9fff]")


def terms(folded: str) -> Counter[str]:
    """How often each word and each pair of neighbours stands in a folded text.

    >>> sorted(terms("site down"))
    ['down', 'site', 'site_down']
    """
    words = _WORD.findall(folded)
    counted = Counter(words)
    counted.update(f"{first}_{second}" for first, second in zip(words, words[1:], strict=False))
    return counted
