"""Finds the phrases of a vocabulary in a text: which signal, where, in which clause.

Shape: see `vocabulary` for the notation of patterns.
Linear: every pattern is a bounded alternative, so a text costs its length times the vocabulary.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.domain.folding import fold

_GAP_EN: Final = r"[^.!?;\n]{0,30}?"
_WITHIN_ZH: Final = r"[^。!?;,:\"\n]{"
_SENTENCE_END: Final = re.compile(r"[。!?;\n]+|\.(?=\s|$)|…+")
_CLAUSE_END: Final = re.compile(
    r"[。!?;\n,、:()]+|\.(?=\s|$)|…+|\b(?:but|however|though|although|while|whereas)\b|但|不过|然而|只是"
)
_PIECE: Final = re.compile(r"\\.|\[[^\]]*\]|\s+|.", re.S)
_HAN: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase found. Units: `start` and `end` index the text that was scanned."""

    signal: str
    start: int
    end: int


class Vocabulary:
    """Signals with their patterns, compiled once."""

    def __init__(self, english: Mapping[str, str], chinese: Mapping[str, str]) -> None:
        self._english = {signal: _whole_words(patterns(text)) for signal, text in english.items()}
        self._chinese = {signal: _compiled(map(_chinese, patterns(text))) for signal, text in chinese.items()}

    def scan(self, folded: str) -> list[Hit]:
        """Every phrase found in a folded text, in order of signal, then of place."""
        tables = [self._english]
        if _HAN.search(folded):
            tables.append(self._chinese)
        return [
            Hit(signal, found.start(), found.end())
            for table in tables
            for signal, pattern in table.items()
            for found in pattern.finditer(folded)
        ]


def patterns(text: str) -> list[str]:
    """The patterns of a vocabulary text: parted by white space, which counts for nothing inside a group.

    >>> patterns("dead (?:a| b) out")
    ['dead', '(?:a|b)', 'out']
    """
    depth, kept = 0, []
    for piece in _PIECE.findall(text):
        depth += (piece == "(") - (piece == ")")
        if not piece.isspace():
            kept.append(piece)
        elif depth == 0:
            kept.append(" ")
    return "".join(kept).split()


def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.ASCII)


def _whole_words(words: Iterable[str]) -> re.Pattern[str]:
    body = "|".join(words).replace("~", _GAP_EN).replace("_", " ").replace("n't", "n'?t")
    return re.compile(rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])", re.ASCII)


def _chinese(word: str) -> str:
    body = fold(word).replace(".{", _WITHIN_ZH).replace("_", " ")
    if re.fullmatch(r"[a-z0-9/ ]+", body):
        return rf"(?<![a-z0-9]){body}(?![a-z0-9])"
    return body


@dataclass(frozen=True, slots=True)
class Spans:
    """A text cut into stretches, found by offset."""

    starts: tuple[int, ...]

    def of(self, offset: int) -> int:
        """The number of the stretch that an offset falls into."""
        return bisect_right(self.starts, offset) - 1


def sentences(folded: str) -> Spans:
    """Where the sentences of a folded text begin.

    >>> sentences("all is down. help!").starts
    (0, 12, 18)
    """
    return Spans((0, *(found.end() for found in _SENTENCE_END.finditer(folded))))


def clauses(folded: str) -> Spans:
    """Where the clauses of a folded text begin: at signs, and at words that turn the thought."""
    return Spans((0, *(found.end() for found in _CLAUSE_END.finditer(folded))))
