"""What a mail says of the state of things: signals found, each live or set aside, and their combinations.

A fault that is denied, only imagined, planned or over is no fault now: its signal is set aside, not lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.folding import fold
from gateway.domain.passage import own_words
from gateway.domain.phrases import Hit, Vocabulary, clauses, sentences
from gateway.domain.typos import mend
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
    *("scope-part", "noncritical", "scope-single", "supposition", "announced", "not-ours"),
)
_REACHES: Final = ("scope-all", "scope-part", "scope-single", "rest-works")
_BY_ENVIRONMENT: Final = (
    *(
        "effect-down",
        "effect-fail",
        "effect-slow",
        "scope-all",
        "scope-part",
        "scope-single",
        "security-active",
    ),
    *("security-exposure", "imminent", "recovered", "rest-works", "production-unaffected", "noncritical"),
    *("function", "question", "request", "redundancy"),
)
_NEAR: Final = 4  # hits that may overlap one place
_DENIED: Final = re.compile(
    r"(?:\b(?:nothing(?:'s| is| was| has| has been)?|no|not|isn't|wasn't|aren't|weren't|never|without|"
    r"no longer|neither|hardly|avoid(?:ing)?|prevent(?:ing)?)"
    r"(?: (?:any|currently|actually|really|yet|be|been|even|a|an|the|further|more))?"
    r"|没有|没|并未|未|不是|并非|并没有|不会|避免|防止|杜绝|无(?!法)(?:任何)?|预防)(?:再次|发生|出现|任何)? ?$"
)
_NONE_OF: Final = re.compile(
    r"\b(?:none|not|nothing|never|nobody|neither|hasn't|haven't|isn't|aren't|didn't|n't|without|before)\b[^.!?;,:\n]{0,30}$"
    r"|(?:没有?|未|不是|并非|尚未|没能|还没|勿)[^。!?;,:\n]{0,2}$"
)
_QUESTION: Final = re.compile(r"\?|吗[。!,\s]|ますか|でしょうか")


@dataclass(frozen=True, slots=True)
class Signal:
    """A phrase with what it stands for. Shape: `state` is live, or why it is set aside."""

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
    mended = mend(fold(whole))
    folded = mended.text
    found = [_turned(hit, folded) for hit in VOCABULARY.scan(folded)]
    scene = _Scene(folded, sorted(found, key=lambda hit: (hit.start, hit.signal)))
    states = [scene.state(hit) for hit in scene.found]
    signals = tuple(
        Signal(hit.signal, state, whole[mended.typed(hit.start) : mended.typed(hit.end)])
        for hit, state in zip(scene.found, states, strict=True)
    )
    features = _features(scene, states, folded.index("\n")) | _shape(folded)
    return Situation(folded, signals, frozenset(features))


def _turned(hit: Hit, folded: str) -> Hit:
    """A recovery that the words before it deny, as what it says: "none of the applications came back"."""
    if hit.signal == "recovered" and _NONE_OF.search(folded[max(0, hit.start - 40) : hit.start]):
        return Hit("not-recovered", hit.start, hit.end)
    return hit


class _Scene:
    """The hits of a text with what stands in the same sentence and clause, so that each is judged at once."""

    def __init__(self, folded: str, found: Sequence[Hit]) -> None:
        self.folded, self.found = folded, found
        self.sentences, self.clauses = sentences(folded), clauses(folded)
        self._in_sentence: dict[int, set[str]] = {}
        self._in_clause: dict[int, set[str]] = {}
        self._supposed: dict[int, int] = {}
        for hit in found:
            inside = self.sentences.of(hit.start)
            self._in_sentence.setdefault(inside, set()).add(hit.signal)
            self._in_clause.setdefault(self.clauses.of(hit.start), set()).add(hit.signal)
            if hit.signal == "hypothetical":
                self._supposed.setdefault(inside, hit.start)
        self._parts = [hit for hit in found if hit.signal == "scope-part"]
        self._calm = [hit for hit in found if hit.signal in ("production-unaffected", "no-hurry")]

    def state(self, hit: Hit) -> str:
        """Whether a hit tells of now, or why it is set aside."""
        if hit.signal not in _EFFECTS and hit.signal != "scope-all":
            return "live"
        if hit.signal == "scope-all" and self._limited(hit):
            return "limited"
        if self._calmed(hit) or _DENIED.search(self.folded[max(0, hit.start - 28) : hit.start]):
            return "denied"
        return self._tense(hit)

    def _tense(self, hit: Hit) -> str:
        inside = self.sentences.of(hit.start)
        near, around = self._in_clause[self.clauses.of(hit.start)], self._in_sentence[inside]
        if "hypothetical" in near or self._supposed.get(inside, hit.end) <= hit.start:
            return "imagined"
        if "future" in near and "since" not in near:
            return "ahead"
        if "planned" in around and "since" not in around:
            return "planned"
        return "past" if "recovered" in around and "not-recovered" not in around else "live"

    def _limited(self, hit: Hit) -> bool:
        """Whether a region or group stands within the words for all: "all EU customers"."""
        at = bisect_left(self._parts, hit.start, key=lambda part: part.start)
        return any(part.end <= hit.end for part in self._parts[at : at + _NEAR])

    def _calmed(self, hit: Hit) -> bool:
        """Whether the hit is part of words that say that nothing is wrong."""
        at = bisect_right(self._calm, hit.start, key=lambda calm: calm.start)
        return any(hit.end <= calm.end for calm in self._calm[max(0, at - _NEAR) : at])


def _features(scene: _Scene, states: Sequence[str], head: int) -> set[str]:
    features: set[str] = set()
    by_sentence: dict[int, set[str]] = {}
    by_clause: dict[int, set[str]] = {}
    for hit, state in zip(scene.found, states, strict=True):
        name = hit.signal if state == "live" else f"{hit.signal}:{state}"
        features.add(name)
        if hit.start < head:
            features.add(f"subject:{name}")
        by_sentence.setdefault(scene.sentences.of(hit.start), set()).add(name)
        by_clause.setdefault(scene.clauses.of(hit.start), set()).add(name)
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
    place = f"env={'both' if prod and nonprod else 'prod' if prod else 'nonprod' if nonprod else 'none'}"
    overall = {place} | {f"{place}~{name}" for name in _BY_ENVIRONMENT if name in names}
    overall.add("live=" + "+".join(name for name in _EFFECTS if name in names))
    overall.add("reach=" + "+".join(name for name in _REACHES if name in names))
    aside = any(name.partition(":")[0] in _EFFECTS for name in names if ":" in name)
    if aside:
        overall.add("aside=some" if names & set(_EFFECTS) else "aside=all")
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
