"""The most suitable engineer for a ticket, with the reasons as codes. Pure.

Only who is on shift is chosen. Among them points decide: skills first, then language, load and history; equal points
fall to the smaller load, then to the rota's order, then to the older identity.
Source: promise P3 (contract clause 2.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from gateway.domain.terms import Priority

WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {Priority.CRITICAL: 8, Priority.HIGH: 4, Priority.MEDIUM: 2, Priority.LOW: 1}
)
"""How heavy an open ticket of each priority weighs."""
_ALL_SKILLS: Final = 12
_SERVICE_SKILL: Final = 4
_LANGUAGE: Final = 8
_HISTORY: Final = 2
_LOAD_PER_POINT: Final = 2
_LIKE_LANGUAGE: Final = frozenset({"zh", "en"})


@unique
class Code(StrEnum):
    """Why somebody was chosen, or nobody."""

    ON_SHIFT = "on-shift"
    SKILL = "skill"
    LACKS_SKILL = "lacks-skill"
    SERVICE = "service"
    LANGUAGE = "language"
    LACKS_LANGUAGE = "lacks-language"
    LOAD = "load"
    HISTORY = "history"
    HAND_OVER = "hand-over"
    NOBODY_ON_SHIFT = "nobody-on-shift"
    NOBODY_ACTIVE = "nobody-active"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. Shape: `value` is a service, a language, a shift or a number, empty where the code says it all."""

    code: Code
    value: str = ""

    def told(self) -> str:
        """The reason as the log keeps it.

        >>> Reason(Code.SKILL, "rds").told(), Reason(Code.NOBODY_ACTIVE).told()
        ('skill:rds', 'nobody-active')
        """
        return f"{self.code}:{self.value}" if self.value else str(self.code)


@dataclass(frozen=True, slots=True)
class Need:
    """What a ticket asks for. Shape: `skills` are AWS services, `service` the contract's, `language` a code."""

    language: str
    skills: tuple[str, ...] = ()
    service: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engineer as the choice sees them.

    Shape: `shift` names what they are on, None when they are off; `skills` in small letters, languages among them;
    `open` counts their open tickets by priority, `handled` the customer's tickets they had.
    """

    engineer_id: int
    shift: str | None
    language: str
    skills: frozenset[str] = frozenset()
    open: Mapping[str, int] = field(default_factory=dict)
    handled: int = 0

    @property
    def load(self) -> int:
        """Their open tickets, weighted by priority."""
        return sum(WEIGHTS.get(priority, 1) * count for priority, count in self.open.items())

    @property
    def languages(self) -> frozenset[str]:
        """The languages they write, as primary codes."""
        return frozenset({primary(self.language)} | (self.skills & _LIKE_LANGUAGE))


@dataclass(frozen=True, slots=True)
class Choice:
    """Who was chosen, or nobody, and why."""

    engineer_id: int | None
    reasons: tuple[Reason, ...]


def choose(candidates: Sequence[Candidate], need: Need) -> Choice:
    """The most suitable of some candidates, who stand in the rota's order.

    >>> chen = Candidate(1, "day", "en", frozenset({"rds"}))
    >>> choose([Candidate(2, "day", "en"), chen], Need("en", ("rds",))).engineer_id
    1
    """
    if not candidates:
        return Choice(None, (Reason(Code.NOBODY_ACTIVE),))
    on_shift = [(place, each) for place, each in enumerate(candidates) if each.shift is not None]
    if not on_shift:
        return Choice(None, (Reason(Code.NOBODY_ON_SHIFT),))
    _, best = min(
        on_shift,
        key=lambda pair: (-_points(pair[1], need), pair[1].load, pair[0], pair[1].engineer_id),
    )
    return Choice(best.engineer_id, tuple(_reasons(best, need)))


def primary(language: str) -> str:
    """The primary code of a language.

    >>> primary("zh-Hans")
    'zh'
    """
    return language.replace("_", "-").partition("-")[0].lower()


def _points(one: Candidate, need: Need) -> int:
    known = sum(skill in one.skills for skill in need.skills)
    points = _ALL_SKILLS * known // len(need.skills) if need.skills else 0
    points += _SERVICE_SKILL * (need.service in one.skills)
    points += _LANGUAGE * (primary(need.language) in one.languages)
    return points + _HISTORY * bool(one.handled) - one.load // _LOAD_PER_POINT


def _reasons(one: Candidate, need: Need) -> Iterable[Reason]:
    yield Reason(Code.ON_SHIFT, one.shift or "")
    for skill in need.skills:
        yield Reason(Code.SKILL if skill in one.skills else Code.LACKS_SKILL, skill)
    if need.service in one.skills:
        yield Reason(Code.SERVICE, need.service)
    speaks = primary(need.language) in one.languages
    yield Reason(Code.LANGUAGE if speaks else Code.LACKS_LANGUAGE, primary(need.language))
    yield Reason(Code.LOAD, str(sum(one.open.values())))
    if one.handled:
        yield Reason(Code.HISTORY, str(one.handled))
