"""The priority of a mail by the contract's four definitions, with the words that decided.

Scope, effect, environment and tense are read as signals (`situation`). A model weighs them together with the
words of the mail; without one, the definitions are applied to the signals in order. X-Priority, Importance and
words such as "urgent" are no signals at all.
Source: promise P1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain import situation, wording
from gateway.domain.situation import Situation
from gateway.domain.terms import Priority
from gateway.domain.weighing import Model

__all__ = ["Assessment", "Evidence", "Model", "assess"]

_LEVELS: Final = tuple(Priority)
_SHOWN: Final = 4
_ASIDE: Final = {
    "denied": "negated",
    "imagined": "hypothetical",
    "ahead": "imminent",
    "planned": "planned",
    "past": "recovered",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words found in the mail and the code of the signal they give."""

    text: str
    signal: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """A priority and why. Shape: at least one entry of evidence, weightiest first."""

    priority: Priority
    evidence: tuple[Evidence, ...]


def assess(subject: str, text: str, *, model: Model | None = None) -> Assessment:
    """The priority of the newly written text.

    >>> assess("", "Production is down for all users").priority
    <Priority.CRITICAL: 'critical'>
    >>> assess("", "The staging site is down for all testers").priority
    <Priority.MEDIUM: 'medium'>
    """
    seen = situation.read(subject, text)
    if model is None:
        level, decisive = _by_definition(seen)
        return Assessment(level, _evidence(seen, decisive))
    scores, known = model.weigh(seen.features, wording.terms(seen.folded))
    best = max(range(len(_LEVELS)), key=scores.__getitem__)
    decisive = sorted(
        known, key=lambda name: sum(model.features[name]) / len(_LEVELS) - model.features[name][best]
    )
    return Assessment(_LEVELS[best], _evidence(seen, decisive))


def _by_definition(seen: Situation) -> tuple[Priority, list[str]]:
    """The first definition that holds, with the features it rests on."""
    names = seen.features
    live = [
        name
        for name in ("security-active", "effect-down", "effect-fail", "security-exposure")
        if name in names
    ]
    if "env=nonprod" in names and (live or "effect-slow" in names):
        return Priority.MEDIUM, ["environment-other", *live]
    if not live and names & {"effect-slow", "redundancy", "noncritical"} and "request" not in names:
        return Priority.MEDIUM, ["effect-slow", "redundancy", "noncritical"]
    if "imminent" in names and not names & {"effect-down", "planned", "question"}:
        return Priority.HIGH, ["imminent", "effect-down:ahead", "environment-production"]
    if not live or "over" in names:
        return Priority.LOW, [
            "recovered",
            "planned",
            "hypothetical",
            "question",
            "request",
            "billing",
            "thanks",
        ]
    if names & {"production-unaffected", "scope-single"}:
        return Priority.MEDIUM, ["production-unaffected", "scope-single", *live]
    if "down~all~unlimited" in names or ("security-active" in names and "scope-all" in names):
        return Priority.CRITICAL, ["scope-all", *live, "environment-production"]
    return Priority.HIGH, [*live, "scope-part", "function", "environment-production"]


def _evidence(seen: Situation, decisive: Sequence[str]) -> tuple[Evidence, ...]:
    """Words of the mail for the decisive features, one entry for each signal."""
    wanted: dict[str, None] = {}
    for name in decisive:
        for part in name.replace("&&", "&").split("&"):
            wanted.setdefault(part.removeprefix("subject:"))
    shown: dict[str, Evidence] = {}
    for name in wanted:
        signal, _, state = name.partition(":")
        for found in seen.signals:
            if found.name == signal and found.state == (state or "live"):
                code = _ASIDE.get(state, signal)
                shown.setdefault(code, Evidence(found.text.strip(), code))
                break
    chosen = tuple(shown.values())[:_SHOWN]
    return chosen or (_whole(seen),)


def _whole(seen: Situation) -> Evidence:
    """What to show where no phrase decided: any signal, or else the beginning of the mail."""
    for found in seen.signals:
        return Evidence(found.text.strip(), _ASIDE.get(found.state, found.name))
    return Evidence(seen.folded.strip()[:60], "wording")
