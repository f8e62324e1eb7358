"""What a mail says of the state of things: signals found, each live or set aside, and their combinations.

A fault that is denied, only imagined, planned or over is no fault now: its signal is set aside, not lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.folding import fold
from gateway.domain.passage import own_words
from gateway.domain.phrases import Hit, Spans, Vocabulary, clauses, sentences
from gateway.domain.vocabulary import CHINESE, ENGLISH

VOCABULARY: Final = Vocabulary(ENGLISH, CHINESE)
_EFFECTS: Final = (
    "effect-down",
    "effect-fail",
    "effect-slow",
    "security-active",
    "security-exposure",
    "redundancy",
)
_CONTEXTS: Final = (
    *("scope-all", "scope-part", "scope-single", "rest-works", "noncritical", "whole-thing", "function"),
    *("environment-other", "environment-production", "production-unaffected", "imminent", "business"),
)
_TURNS: Final = (
    *("recovered", "planned", "hypothetical", "question", "request", "production-unaffected", "rest-works"),
    *("scope-part", "noncritical", "scope-single"),
)
_DENIED: Final = re.compile(
    r"(?:\b(?:nothing(?:'s| is| was| has| has been)?|no|not|isn't|wasn't|aren't|weren't|never|without|"
    r"no longer|neither|hardly|avoid(?:ing)?|prevent(?:ing)?)"
    r"(?: (?:any|currently|actually|really|yet|be|been|even|a|an|the|further|more))?"
    r"|没有|没|并未|未|不是|并非|并没有|不会|避免|防止|杜绝|无(?!法)(?:任何)?|预防)(?:再次|发生|出现|任何)? ?$"
)
_QUESTION: Final = re.compile(r"\?|吗[。!,\s]|ますか|でしょうか")


@dataclass(frozen=True, slots=True)
class Signal:
    """A phrase with what it stands for. Shape: `state` is live, denied, imagined, ahead, planned or past."""

    name: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Signals in order of place, the features a judge may weigh, and the text they were read from."""

    folded: str
    signals: tuple[Signal, ...]
    features: frozenset[str]


def read(subject: str, text: str) -> Situation:
    """The signals of a mail and their combinations.

    >>> sorted(s.name for s in read("", "all users are down").signals)
    ['effect-down', 'scope-all']
    """
    whole = own_words(subject, text)
    folded = fold(whole)
    found = sorted(VOCABULARY.scan(folded), key=lambda hit: (hit.start, hit.signal))
    layout = (sentences(folded), clauses(folded))
    states = [_state(hit, folded, found, layout) for hit in found]
    signals = tuple(Signal(h.signal, s, whole[h.start : h.end]) for h, s in zip(found, states, strict=True))
    features = _features(found, states, layout, whole.index("\n")) | _shape(folded)
    return Situation(folded, signals, frozenset(features))


def _state(hit: Hit, folded: str, found: Sequence[Hit], layout: tuple[Spans, Spans]) -> str:
    if hit.signal not in _EFFECTS and hit.signal != "scope-all":
        return "live"
    if _DENIED.search(folded[max(0, hit.start - 28) : hit.start]):
        return "denied"
    inside, part = layout
    mine = [other for other in found if inside.of(other.start) == inside.of(hit.start)]
    names = {other.signal for other in mine}
    if any(
        other.signal in ("production-unaffected", "no-hurry")
        and other.start <= hit.start
        and hit.end <= other.end
        for other in mine
    ):
        return "denied"
    if any(
        o.signal == "hypothetical" and (o.start <= hit.start or part.of(o.start) == part.of(hit.start))
        for o in mine
    ):
        return "imagined"
    if any(other.signal == "future" and part.of(other.start) == part.of(hit.start) for other in mine):
        return "ahead"
    if "planned" in names:
        return "planned"
    if "recovered" in names and "not-recovered" not in names:
        return "past"
    return "live"


def _features(
    found: Sequence[Hit], states: Sequence[str], layout: tuple[Spans, Spans], head: int
) -> set[str]:
    features: set[str] = set()
    by_sentence: dict[int, set[str]] = {}
    by_clause: dict[int, set[str]] = {}
    for hit, state in zip(found, states, strict=True):
        name = hit.signal if state == "live" else f"{hit.signal}:{state}"
        features.add(name)
        if hit.start < head:
            features.add(f"subject:{name}")
        by_sentence.setdefault(layout[0].of(hit.start), set()).add(name)
        by_clause.setdefault(layout[1].of(hit.start), set()).add(name)
    features |= _pairs(by_sentence.values(), "&") | _pairs(by_clause.values(), "&&")
    return features | _overall(features)


def _pairs(groups: Iterable[set[str]], sign: str) -> set[str]:
    return {
        f"{effect}{sign}{context}"
        for names in groups
        for effect in _EFFECTS
        if effect in names
        for context in _CONTEXTS
        if context in names
    }


def _overall(names: set[str]) -> set[str]:
    prod, nonprod = "environment-production" in names, "environment-other" in names
    overall = {f"env={'both' if prod and nonprod else 'prod' if prod else 'nonprod' if nonprod else 'none'}"}
    if not names & set(_EFFECTS):
        overall.add("no-effect")
    for other in _TURNS:
        if other in names:
            overall.add(f"all~{other}" if "scope-all" in names else f"notall~{other}")
            overall.add(f"down~{other}" if "effect-down" in names else f"notdown~{other}")
    if "effect-down" in names and "scope-all" in names:
        overall.add("down~all")
        if not names & {"scope-part", "rest-works", "production-unaffected"}:
            overall.add("down~all~unlimited")
    if "recovered" in names and "not-recovered" not in names:
        overall.add("over")
    return overall


def _shape(folded: str) -> set[str]:
    marks = len(_QUESTION.findall(folded))
    shape = {f"questions={min(marks, 3)}"}
    if folded.count("!") >= 2:
        shape.add("exclaims")
    shape.add(f"length={min(len(folded.encode()) // 250, 4)}")
    return shape
