"""Text as the tokens that search goes by: what a ticket says, and what is typed into the search field.

A word is one token. Where a script puts no blanks between its words each pair of neighbouring characters is one, and
each character by itself another, so that a word of two characters is found wherever it stands. What holds several
words together (`HD-1042`, an address, the number of a case) is its words next to each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final
from unicodedata import normalize

LONGEST_TOKEN: Final = 64
MOST_REPEATS: Final = 250
"""How often a token is kept in a field: PostgreSQL keeps no more than 255 positions of one."""
FILLER: Final = "_"
"""Holds the place of a token that is left out; nothing typed ever asks for it."""
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303c"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(rf"([{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")
_BROKEN: Final = re.compile(rf"(?<=[{_UNSPACED}])\s++(?=[{_UNSPACED}])")
_ADDRESS_SIGNS: Final = re.compile(r"[^\w@.+-]|_")
_TERM: Final = re.compile(r'(from:)?"([^"]*)"?(\*)?|\S+')
_QUOTES: Final = str.maketrans("“”„‟「」『』«»", '""""""""""')
_MOST_TERMS, _MOST_TOKENS, _MOST_LABELS = 12, 32, 6
_SHORTEST_PREFIX: Final = 2


def fold(text: str) -> str:
    """The text in one width and case; words that a line's end broke in two are whole where no blank belongs.

    >>> fold("ＥＣ２ 無法\\n連線 Straße")
    'ec2 無法連線 strasse'
    """
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    return folded if folded.isascii() else _BROKEN.sub("", folded)


def runs(folded: str) -> Iterator[tuple[str, bool]]:
    """Each run of characters that belong together, and whether its script puts no blanks between words."""
    for found in _RUN.finditer(folded):
        yield found[0], found[1] is not None


@dataclass(slots=True)
class Field:
    """Tokens of one part of a ticket, within bounds.

    Shape: the order of `stream` counts, that of `extra` does not. Units: `most` tokens in all, `most_bytes` of
    different ones.
    """

    most: int
    most_bytes: int
    stream: list[str] = field(default_factory=list)
    extra: dict[str, None] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)
    _bytes: int = 0

    def say(self, text: str, most: int) -> int:
        """Add a text up to so many tokens; how many of them are left."""
        left = end = max(0, min(most, self.most - len(self.stream)))
        for run, unspaced in runs(fold(text)):
            pieces = [run[:LONGEST_TOKEN]]
            if unspaced:
                for each in run[:left]:
                    self._add(each)
                pieces = [a + b for a, b in pairwise(run)] or [run]
            for piece in pieces[:left]:
                self.stream.append(piece if self._room(piece) else FILLER)
            left -= min(left, len(pieces))
            if not left:
                break
        if left < end:
            self.stream.append(FILLER)  # so that no phrase reaches from one text into the next
        return most - (end - left)

    def sign(self, name: str, address: str) -> None:
        """Add who wrote, for `from:`."""
        for each in signatures(name, address):
            self._add("@" + each)

    def _add(self, token: str) -> None:
        if token not in self.extra and self._room(token):
            self.extra[token] = None

    def _room(self, token: str) -> bool:
        times = self._times.get(token, 0)
        if not times:
            size = len(token.encode())
            if self._bytes + size > self.most_bytes:
                return False
            self._bytes += size
        self._times[token] = times + 1
        return times < MOST_REPEATS


def signatures(name: str, address: str) -> list[str]:
    """What a person is found by behind `from:`: name, address, its local part, its domain and those above it."""
    local, at, domain = _whole(address).rpartition("@")
    labels = domain.split(".")[-_MOST_LABELS:]
    above = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    found = [*words(name), *words(address), *above, *([local, f"{local}{at}{domain}"] if at else [domain])]
    return [each[: LONGEST_TOKEN * 2] for each in dict.fromkeys(found) if each]


def words(text: str) -> Iterator[str]:
    """Every token of a text, in no order that counts."""
    for run, unspaced in runs(fold(text)):
        if unspaced:
            yield from run
            yield from (a + b for a, b in pairwise(run))
        else:
            yield run[:LONGEST_TOKEN]


def _whole(address: str) -> str:
    return _ADDRESS_SIGNS.sub("-", "".join(fold(address).split()))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand next to each other; of a `prefix` the last one only begins so."""

    tokens: tuple[str, ...]
    prefix: bool = False


def asked_for(typed: str) -> tuple[Phrase, ...]:
    """What must all be found for what was typed: words, "phrases", beginnings with `*`, and writers with `from:`.

    What is typed and holds no word at all asks for nothing.

    >>> asked_for('HD-1042 "data base" inst* from:li@harbour.example')[:2]
    (Phrase(tokens=('hd', '1042'), prefix=False), Phrase(tokens=('data', 'base'), prefix=False))
    >>> asked_for("迁移")
    (Phrase(tokens=('迁移',), prefix=False),)
    """
    found: dict[Phrase, None] = {}
    folded = normalize("NFKC", normalize("NFKC", typed).casefold()).translate(_QUOTES)
    for number, term in enumerate(_TERM.finditer(folded)):
        if number == _MOST_TERMS:
            break
        said = term[0] if term[2] is None else term[2]
        writer = bool(term[1]) or (term[2] is None and said.startswith("from:"))
        if writer and term[2] is None:
            said = said.removeprefix("from:").strip('"')
        prefix = bool(term[3]) or (term[2] is None and said.endswith("*"))
        for phrase in _of_writer(said, prefix) if writer else _pieces(said, prefix):
            found.setdefault(phrase)
    return tuple(found)


def _pieces(said: str, prefix: bool) -> Iterator[Phrase]:
    """A phrase, cut where a character stands alone: its neighbours in a ticket may be parts of pairs."""
    held: list[str] = []
    last_unspaced = True
    for run, unspaced in runs(fold(said)):
        last_unspaced = unspaced
        if unspaced and len(run) == 1:
            if held:
                yield Phrase(tuple(held[:_MOST_TOKENS]))
            held = []
            yield Phrase((run,))
        elif unspaced:
            held += [a + b for a, b in pairwise(run)]
        else:
            held.append(run[:LONGEST_TOKEN])
    if held:
        whole = len(held) <= _MOST_TOKENS
        begins = prefix and whole and not last_unspaced and len(held[-1]) >= _SHORTEST_PREFIX
        yield Phrase(tuple(held[:_MOST_TOKENS]), begins)


def _of_writer(said: str, prefix: bool) -> Iterator[Phrase]:
    said = said.removesuffix("*").strip()
    if "@" in said or "." in said:
        whole = _whole(said)[: LONGEST_TOKEN * 2]
        yield Phrase(("@" + whole,), prefix and len(whole) >= _SHORTEST_PREFIX)
        return
    found = [(run, unspaced) for run, unspaced in runs(fold(said))][:_MOST_TOKENS]
    for number, (run, unspaced) in enumerate(found, start=1):
        begins = prefix and number == len(found) and not unspaced and len(run) >= _SHORTEST_PREFIX
        for each in [a + b for a, b in pairwise(run)] or [run] if unspaced else [run[:LONGEST_TOKEN]]:
            yield Phrase(("@" + each,), begins)
