"""Finds the phrases of a vocabulary in a text: which signal, where, in which clause.

Shape: see `vocabulary` for the notation of patterns.
Linear: every pattern is a bounded alternative, tried only where the text opens as its matches do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.domain import openings
from gateway.domain.folding import fold

_GAP_EN: Final = r"[^.!?;\n]{0,30}?"
_WITHIN_ZH: Final = r"[^。!?;,:\"\n]{"
_SENTENCE_END: Final = re.compile(r"[。!?;\n]+|\.(?=\s|$)|…+")
_CLAUSE_END: Final = re.compile(
    r"[。!?;\n,、:()]+|\.(?=\s|$)|…+|\b(?:but|however|though|although|while|whereas)\b|但|不过|然而|只是"
)
_PIECE: Final = re.compile(r"\\.|\[[^\]]*\]|\s+|.", re.S)
_WHOLE: Final = r"(?<![a-z0-9])(?:{})(?![a-z0-9])"
_WORD_START: Final = re.compile(r"(?<![a-z0-9])[!-~]")
_PLACE: Final = re.compile(r"[^\s。,，]")
_HAN: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase found. Units: `start` and `end` index the text that was scanned."""

    signal: str
    start: int
    end: int


_Match = Callable[[str, int], re.Match[str] | None]


class Vocabulary:
    """Signals with their patterns, each tried only where a text opens as it may."""

    def __init__(self, english: Mapping[str, str], chinese: Mapping[str, str]) -> None:
        self._english = _Table(
            {name: list(map(_english, patterns(text))) for name, text in english.items()}, _WHOLE
        )
        self._chinese = _Table(
            {name: list(map(_chinese, patterns(text))) for name, text in chinese.items()}, "{}"
        )

    def scan(self, folded: str) -> list[Hit]:
        """Every phrase found in a folded text, in order of signal, then of place."""
        found = self._english.scan(folded, _WORD_START)
        if _HAN.search(folded):
            found += self._chinese.scan(folded, _PLACE)
        return found

    def first(self, folded: str) -> str | None:
        """Of the signals found in a folded text the one that stands first in its language's vocabulary.

        Shape: both languages are to name the same signals in the same order.
        """
        places = [self._english.first(folded, _WORD_START)]
        if not folded.isascii():
            places.append(self._chinese.first(folded, _PLACE))
        return self._english.name(min(places))


class _Table:
    """The patterns of one language by how their matches open."""

    def __init__(self, signals: Mapping[str, list[str]], frame: str) -> None:
        self._names, self._frame = tuple(signals), frame
        self._openings: dict[str, list[tuple[int, int]]] = {}
        self._patterns = list(signals.values())
        for number, texts in enumerate(self._patterns):
            for order, text in enumerate(texts):
                for opening in openings.of(text):
                    self._openings.setdefault(opening, []).append((number, order))
        self._firsts = frozenset(opening[0] for opening in self._openings)
        self._seconds = frozenset(opening[1] for opening in self._openings)
        self._tries: dict[str, tuple[tuple[int, _Match], ...]] = {}
        self._ranked: dict[str, tuple[_Match | None, tuple[int, ...]]] = {}

    def name(self, number: int) -> str | None:
        """The signal of a number."""
        return self._names[number] if number < len(self._names) else None

    def first(self, folded: str, places: re.Pattern[str]) -> int:
        """The lowest number of a signal found; as many as there are where none is."""
        lowest, ranked = len(self._names), self._ranked
        for place in places.finditer(folded):
            start = place.start()
            pair = folded[start : start + 2]
            match, numbers = ranked[pair] if pair in ranked else self._ranks(pair)
            if match and numbers[0] < lowest and (hit := match(folded, start)):
                lowest = min(lowest, numbers[(hit.lastindex or 1) - 1])
        return lowest

    def _ranks(self, pair: str) -> tuple[_Match | None, tuple[int, ...]]:
        """What to try where a text opens so, as one pattern with a group for each signal, in order."""
        own = self._own(pair)
        if own not in self._ranked:
            wanted = self._wanted(own)
            texts = [
                "(" + "|".join(self._patterns[each][order] for order in wanted[each]) + ")" for each in wanted
            ]
            self._ranked[own] = (self._compiled(texts) if texts else None, tuple(wanted))
        return self._ranked[own]

    def scan(self, folded: str, places: re.Pattern[str]) -> list[Hit]:
        """Per signal what `finditer` over all of its patterns would find."""
        found: list[list[Hit]] = [[] for _ in self._names]
        done = [0] * len(self._names)
        tries = self._tries
        for place in places.finditer(folded):
            start = place.start()
            pair = folded[start : start + 2]
            for number, match in tries[pair] if pair in tries else self._tried(pair):
                if start >= done[number] and (hit := match(folded, start)):
                    done[number] = hit.end()
                    found[number].append(Hit(self._names[number], start, hit.end()))
        return [hit for hits in found for hit in hits]

    def _tried(self, pair: str) -> tuple[tuple[int, _Match], ...]:
        """What to try where a text opens so; remembered for pairs of the vocabulary's own characters."""
        own = self._own(pair)
        if own not in self._tries:
            self._tries[own] = tuple(
                (number, self._compiled([self._patterns[number][order] for order in orders]))
                for number, orders in self._wanted(own).items()
            )
        return self._tries[own]

    def _own(self, pair: str) -> str:
        """A pair of characters with those that open no pattern left open."""
        first = pair[0] if pair[0] in self._firsts else openings.ANY
        return first + (pair[1:] if pair[1:] in self._seconds else openings.ANY)

    def _wanted(self, own: str) -> dict[int, list[int]]:
        """Signal → which of its patterns may match where a text opens so; both in order."""
        wanted: dict[int, set[int]] = {}
        first, second = own[0], own[1]
        for opening in {own, first + openings.ANY, openings.ANY + second, openings.ANY * 2}:
            for number, order in self._openings.get(opening, ()):
                wanted.setdefault(number, set()).add(order)
        return {number: sorted(wanted[number]) for number in sorted(wanted)}

    def _compiled(self, texts: Iterable[str]) -> _Match:
        return re.compile(self._frame.replace("{}", "|".join(texts)), re.ASCII).match


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


def _english(word: str) -> str:
    return word.replace("~", _GAP_EN).replace("_", " ").replace("n't", "n'?t")


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
