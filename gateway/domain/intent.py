"""What a mail asks for besides its matter: somebody higher, the ticket's end, its reopening, an answer.

A question about escalation, an upgrade of software or a privilege escalation asks for nobody; a condition
("if it is not fixed by six, call your manager") does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from gateway.domain.folding import fold
from gateway.domain.passage import own_words
from gateway.domain.phrases import Hit, Vocabulary, sentences
from gateway.domain.vocabulary import asking

_VOCABULARY: Final = Vocabulary(asking.ENGLISH, asking.CHINESE)
_BARE_LENGTH: Final = 60


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


def read(subject: str, text: str) -> Intent:
    """What the newly written text asks for.

    >>> read("", "If it is not fixed by 6, get your manager.").asks_escalation
    True
    >>> read("", "No need to escalate, it works now.").kind
    <Kind.CONFIRM: 'confirm'>
    """
    whole = own_words(subject, text)
    folded = fold(whole)
    found = _VOCABULARY.scan(folded)
    asked = _asked(found, folded)
    head = whole.index("\n")
    body = [hit for hit in found if hit.start > head]
    kind = Kind.ESCALATE if asked else _kind(body, folded[head + 1 :])
    shown = asked or [hit for hit in body if hit.signal == kind.value]
    return Intent(kind, bool(asked), tuple(whole[hit.start : hit.end] for hit in shown[:4]))


def _asked(found: Sequence[Hit], folded: str) -> list[Hit]:
    refused = [hit for hit in found if hit.signal == "no-escalation"]
    inside = sentences(folded)
    return [
        hit
        for hit in found
        if hit.signal == "escalate"
        and not any(hit.start < no.end and no.start < hit.end for no in refused)
        and not (any(inside.of(no.start) == inside.of(hit.start) for no in refused))
    ]


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
