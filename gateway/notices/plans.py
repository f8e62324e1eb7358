"""What a notice is, how far it has come, and what anybody may write into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.domain.scope import Scope
from gateway.domain.windows import Span
from gateway.store.models import Engineer, Notice, Role
from gateway.store.queries import notices as rows
from gateway.tickets import NotFound, Refused
from gateway.tickets.letterhead import Letterhead

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 20_000
LONGEST_WINDOW: Final = timedelta(days=31)
_YEARS: Final = range(2000, 2200)
LANGUAGES: Final = ("en", "zh")


@unique
class Kind(StrEnum):
    """What is told."""

    MAINTENANCE = "maintenance"
    ADVISORY = "advisory"


@unique
class State(StrEnum):
    """How far a notice has come. An advisory ends at announced."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    STARTED = "started"
    ENDED = "ended"
    CALLED_OFF = "called-off"


@unique
class Step(StrEnum):
    """What customers are told of a notice, each once for each plan."""

    ANNOUNCED = "announced"
    CHANGED = "changed"
    CALLED_OFF = "called-off"
    REMINDER = "reminder"
    STARTED = "started"
    ENDED = "ended"


@unique
class Severity(StrEnum):
    """How bad a hole or a risk is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class NotAllowed(Refused):
    """Telling customers takes a lead or above."""


class TooLate(Refused):
    """Some customers would learn too late. Shape: `sentence` says so with `%(names)s` for whom."""

    def __init__(self, sentence: str, names: str) -> None:
        super().__init__(sentence % {"names": names})
        self.sentence, self.names = sentence, names


@dataclass(frozen=True, slots=True)
class Content:
    """What a notice says, and to whom.

    Shape: `titles` and `texts` are language → words; the window is of maintenance, the severity of advisories;
    `zone` is where the window was entered.
    """

    kind: Kind
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    scope: Scope = field(default_factory=Scope)
    window: Span | None = None
    zone: str = "UTC"
    severity: Severity | None = None


def number(head: Letterhead, notice_id: int) -> str:
    """The notice's number as people write it; no ticket is called so."""
    return f"{head.prefix}-N{notice_id}"


def window_of(notice: Notice) -> Span | None:
    """The window as it is planned now."""
    return Span(notice.starts_at, notice.ends_at) if notice.starts_at and notice.ends_at else None


def window(notice: Notice) -> Span:
    """The window of a maintenance notice. Errors: Refused for a notice that has none."""
    found = window_of(notice)
    if found is None:
        raise Refused("this notice has no window")
    return found


def scope_of(notice: Notice) -> Scope:
    """Whom it concerns."""
    told = notice.scope
    parts = {name: frozenset(told.get(name, ())) for name in ("customers", "accounts", "regions", "services")}
    return Scope(**parts, tags=dict(told.get("tags", {})))


def as_stored(scope: Scope) -> dict[str, Any]:
    """A scope as the row keeps it: parts that say nothing are left out."""
    parts: dict[str, Any] = {
        "customers": sorted(scope.customers),
        "accounts": sorted(scope.accounts),
        "regions": sorted(scope.regions),
        "services": sorted(scope.services),
        "tags": dict(sorted(scope.tags.items())),
    }
    return {name: value for name, value in parts.items() if value}


def found(session: Session, notice_id: int) -> Notice:
    """A notice with its row locked, as every verb begins. Errors: NotFound."""
    notice = rows.locked(session, notice_id)
    if notice is None:
        raise NotFound(f"there is no notice {notice_id}")
    return notice


def only_leads(author: Engineer) -> None:
    """Errors: NotAllowed for whoever may not tell customers."""
    if Role(author.role).rank < Role.LEAD.rank:
        raise NotAllowed("only a lead or above may do this")


def check(content: Content) -> None:
    """Errors: Refused where a notice cannot be understood."""
    if not any(content.titles.get(language, "").strip() for language in LANGUAGES):
        raise Refused("a notice needs a title in English or Chinese")
    if any(len(words) > LONGEST_TITLE for words in content.titles.values()):
        raise Refused("a title is too long")
    if any(len(words) > LONGEST_TEXT for words in content.texts.values()):
        raise Refused("a text is too long")
    if content.kind is Kind.ADVISORY:
        _check_advisory(content)
    else:
        _check_window(content)


def _check_advisory(content: Content) -> None:
    if content.severity is None:
        raise Refused("an advisory needs a severity")
    if not any(words.strip() for words in content.texts.values()):
        raise Refused("an advisory says what to do")
    if content.window is not None:
        raise Refused("an advisory has no window")


def _check_window(content: Content) -> None:
    try:
        ZoneInfo(content.zone)
    except (KeyError, ValueError, OSError):
        raise Refused("there is no such time zone") from None
    if content.window is None:
        raise Refused("maintenance needs a beginning and an end")
    check_span(content.window)


def check_span(span: Span) -> None:
    """Errors: Refused for a window that is none."""
    if span.start.year not in _YEARS or span.end.year not in _YEARS:
        raise Refused("that is no date and time")
    if span.end <= span.start:
        raise Refused("the window ends after it begins")
    if span.end - span.start > LONGEST_WINDOW:
        raise Refused("a window is at most 31 days long")


def write(notice: Notice, content: Content, at: datetime) -> None:
    """Give a row what a notice says."""
    notice.kind = content.kind
    notice.severity = content.severity or ""
    notice.titles = _said(content.titles)
    notice.texts = _said(content.texts)
    notice.scope = as_stored(content.scope)
    notice.starts_at = content.window.start if content.window else None
    notice.ends_at = content.window.end if content.window else None
    notice.zone = content.zone
    notice.changed_at = at.astimezone(UTC)


def _said(words: Mapping[str, str]) -> dict[str, str]:
    return {language: words[language].strip() for language in LANGUAGES if words.get(language, "").strip()}
