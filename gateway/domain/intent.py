"""What a mail asks for besides its matter: somebody higher, the ticket's end, its reopening, an answer.

A question about escalation, an upgrade of software or a privilege escalation asks for nobody; a condition
("if it is not fixed by six, call your manager") does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from gateway.domain.folding import fold
from gateway.domain.passage import own_words
from gateway.domain.phrases import Hit, Vocabulary, sentences
from gateway.domain.vocabulary import asking
from gateway.domain.weighing import Model
from gateway.domain.wording import terms

_VOCABULARY: Final = Vocabulary(asking.ENGLISH, asking.CHINESE)
_ANCHOR: Final = re.compile(asking.ANCHOR, re.ASCII)
_BARE_LENGTH: Final = 60
_ANCHORED: Final = 40  # sentences weighed, at most


@unique
class Kind(StrEnum):
    """The one thing a reply is about; `REPORT` is everything else."""

    ESCALATE = "escalate"
    CONFIRM = "confirm"
    NOT_FIXED = "not-fixed"
    THANKS = "thanks"
    QUESTION = "question"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Intent:
    """The kind of a mail, whether it asks for somebody higher, and the words that say so."""

    kind: Kind
    asks_escalation: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """What speaks for and against a wish for somebody higher.

    Shape: `asked` are the phrases that ask by the rules; `sentences` are the ones that may ask.
    """

    found: tuple[Hit, ...]
    asked: tuple[Hit, ...]
    sentences: tuple[tuple[int, int], ...]
    features: frozenset[str]
    words: Counter[str]


def asking_of(folded: str) -> Asking:
    """The phrases of a folded text about asking, with what a model may weigh of them."""
    found = _VOCABULARY.scan(folded)
    asked = _asked(found, folded)
    features = {hit.signal for hit in found}
    if asked:
        features.add("asked")
    if len(asked) > 1:
        features.add("asked-more")
    spans = tuple(_anchored(folded))[:_ANCHORED]
    words: Counter[str] = Counter()
    for start, end in spans:
        words.update(terms(folded[start:end]))
    return Asking(tuple(found), tuple(asked), spans, frozenset(features), words)


def _anchored(folded: str) -> list[tuple[int, int]]:
    starts = sentences(folded).starts
    bounds = zip(starts, [*starts[1:], len(folded)], strict=True)
    return [(start, end) for start, end in bounds if _ANCHOR.search(folded, start, end)]


def read(subject: str, text: str, *, model: Model | None = None) -> Intent:
    """What the newly written text asks for; a model weighs the phrases with the words around them.

    >>> read("", "If it is not fixed by 6, get your manager.").asks_escalation
    True
    >>> read("", "No need to escalate, it works now.").kind
    <Kind.CONFIRM: 'confirm'>
    """
    whole = own_words(subject, text)
    folded = fold(whole)
    seen = asking_of(folded)
    asks = bool(seen.asked)
    if model is not None:
        no, yes = model.weigh(seen.features, seen.words)[0]
        asks = yes > no
    head = whole.index("\n")
    body = [hit for hit in seen.found if hit.start > head]
    kind = Kind.ESCALATE if asks else _kind(body, folded[head + 1 :])
    if asks:
        places = [(hit.start, hit.end) for hit in seen.asked] or _weightiest(seen, folded, model)
    else:
        places = [(hit.start, hit.end) for hit in body if hit.signal == kind.value]
    return Intent(kind, asks, tuple(whole[start:end].strip() for start, end in places[:4]))


def _weightiest(seen: Asking, folded: str, model: Model | None) -> list[tuple[int, int]]:
    """The sentence that asks most, where no phrase of ours does."""

    def weight(span: tuple[int, int]) -> float:
        no, yes = model.weigh((), terms(folded[span[0] : span[1]]))[0] if model else (0.0, 0.0)
        return yes - no

    return sorted(seen.sentences, key=weight)[-1:]


def _asked(found: Sequence[Hit], folded: str) -> list[Hit]:
    refused = [hit for hit in found if hit.signal == "no-escalation"]
    inside = sentences(folded)
    silenced = {inside.of(hit.start) for hit in refused}
    return [hit for hit in found if hit.signal == "escalate" and inside.of(hit.start) not in silenced]


def _kind(body: Sequence[Hit], folded: str) -> Kind:
    names = {hit.signal for hit in body}
    if "not-fixed" in names:
        return Kind.NOT_FIXED
    if "confirm" in names:
        return Kind.CONFIRM
    if "question" in names or "?" in folded:
        return Kind.QUESTION
    if "thanks" in names and len(folded.strip()) <= _BARE_LENGTH:
        return Kind.THANKS
    return Kind.REPORT
