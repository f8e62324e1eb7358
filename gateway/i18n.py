"""Words, dates and durations in English and Chinese, as letters, pages and reports say them.

Shape: `language` is always "en" or "zh"; `letter_language` says which of them a reader gets. English words
are the message identifiers of the catalogues in `templates/i18n`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import get_currency_precision

Language = Literal["en", "zh"]

CATALOGUES: Final = Path(__file__).resolve().parents[1] / "templates" / "i18n"

# The reader's own word for a zone, where it differs from the name of the zone's city.
_ZONE_WORDS: Final = {
    "Asia/Shanghai": ("Beijing time", "北京时间"),
    "Asia/Chongqing": ("Beijing time", "北京时间"),
    "PRC": ("Beijing time", "北京时间"),
}

_LABELS: Final = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "new": "New",
    "open": "In progress",
    "waiting-customer": "Waiting for customer",
    "waiting-aws": "Waiting for AWS",
    "waiting-third-party": "Waiting for third party",
    "resolved": "Resolved",
    "closed": "Closed",
    "first-response": "first response",
    "resolution": "resolution",
    "assignee": "assignee",
    "on-call": "on call",
    "lead": "team lead",
    "management": "management",
    "engineer": "engineer",
    "account-management": "Account management",
    "technical-support": "Technical support",
    "health-response": "Health response",
    "support-cases": "Support cases",
    "architecture-advice": "Architecture advice",
    "cost-optimisation": "Cost optimisation",
}

# Why an engineer was chosen for a ticket; a code's value stands where %s is.
_REASONS: Final = {
    "by-hand": "assigned by hand",
    "on-shift": "on call: %s",
    "skill": "knows %s",
    "lacks-skill": "does not list %s",
    "service": "does %s",
    "language": "writes %s",
    "lacks-language": "does not write %s",
    "load": "open tickets: %s",
    "history": "earlier tickets of this customer: %s",
    "hand-over": "taken over at the end of a shift",
    "nobody-on-shift": "nobody is on call",
    "nobody-active": "there is no active engineer",
}
_SPOKEN: Final = {"zh": "Chinese", "en": "English"}

# The contract's own definitions (clause 2.1), shown as the reason of a priority.
_DEFINITIONS: Final = {
    "critical": "production completely down, business severely affected",
    "high": "part of production's function affected",
    "medium": "non-critical function, or degraded performance",
    "low": "general question, feature request, minor problem",
}


@cache
def words(language: str) -> NullTranslations:
    """The interface catalogue of a language; an unknown word comes back as it is."""
    return translation("messages", CATALOGUES, languages=[language], fallback=True)


@cache
def label(code: str, language: str) -> str:
    """The word for a priority, status, target or service code; an unknown code comes back as it is.

    >>> label("critical", "zh"), label("waiting-aws", "en")
    ('紧急', 'Waiting for AWS')
    """
    return words(language).gettext(_LABELS.get(code, code))


@cache
def customer_label(status: str, language: str) -> str:
    """The word for a status as the customer reads it.

    >>> customer_label("waiting-customer", "en"), customer_label("waiting-customer", "zh")
    ('Waiting for your answer', '等待您答复')
    """
    if status == "waiting-customer":
        return words(language).gettext("Waiting for your answer")
    return label(status, language)


def reason(told: str, language: str) -> str:
    """A reason of an assignment in words; `told` is a code, perhaps with its value.

    >>> reason("skill:rds", "en"), reason("language:zh", "zh")
    ('knows RDS', '使用中文')
    """
    code, _, value = told.partition(":")
    say = words(language).gettext
    if code in ("skill", "lacks-skill"):
        value = value if "-" in value else value.upper()
    elif code in ("language", "lacks-language"):
        value = say(_SPOKEN.get(value, value))
    said = say(_REASONS.get(code, code))
    return said.replace("%s", label(value, language))


@cache
def definition(priority: str, language: str) -> str:
    """What the contract says a priority is for (P1).

    >>> definition("low", "en")
    'general question, feature request, minor problem'
    """
    return words(language).gettext(_DEFINITIONS.get(priority, priority))


def letter_language(language_code: str, default: Language = "en") -> Language:
    """The language a letter is written in for a reader of `language_code`.

    >>> letter_language("zh-Hant"), letter_language("en-GB"), letter_language("ja", default="zh")
    ('zh', 'en', 'zh')
    """
    primary = language_code.replace("_", "-").partition("-")[0].lower()
    if primary == "zh":
        return "zh"
    return "en" if primary == "en" else default


@lru_cache(maxsize=512)
def time_zone(zone: str) -> tzinfo:
    """The zone of an IANA name; UTC for a name nobody knows, so that a typo never stops a letter."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, ill-formed, a folder's name
        return UTC


@cache
def _names(language: str, kind: Literal["days", "months"]) -> dict[int, str]:
    locale = Locale(language)
    table = locale.days if kind == "days" else locale.months
    return dict(table["format"]["abbreviated" if language == "zh" else "wide"])


def clock(at: datetime, zone: str) -> str:
    """The time of day of an instant in a zone.

    >>> clock(datetime(2026, 11, 16, 3, 3, 59, tzinfo=UTC), "Asia/Singapore")
    '11:03'
    """
    local = at.astimezone(time_zone(zone))
    return f"{local.hour:02d}:{local.minute:02d}"


def day(at: datetime, zone: str, language: str) -> str:
    """The day of an instant in a zone.

    >>> at = datetime(2026, 11, 16, 3, 3, tzinfo=UTC)
    >>> day(at, "Asia/Singapore", "en"), day(at, "Asia/Shanghai", "zh")
    ('Monday 16 November', '11 月 16 日（周一）')
    """
    local = at.astimezone(time_zone(zone))
    weekday = _names(language, "days")[local.weekday()]
    if language == "zh":
        return f"{local.month} 月 {local.day} 日（{weekday}）"
    return f"{weekday} {local.day} {_names(language, 'months')[local.month]}"


def instant(at: datetime, zone: str, language: str) -> str:
    """An instant as a reader in that zone says it, to the minute, rounded down.

    >>> at = datetime(2026, 11, 16, 3, 3, tzinfo=UTC)
    >>> instant(at, "Asia/Singapore", "en"), instant(at, "Asia/Shanghai", "zh")
    ('11:03, Monday 16 November', '11 月 16 日（周一）11:03')
    """
    if language == "zh":
        return f"{day(at, zone, language)}{clock(at, zone)}"
    return f"{clock(at, zone)}, {day(at, zone, language)}"


def zone_name(zone: str, language: str, at: datetime) -> str:
    """The name of a zone with its offset at an instant.

    >>> at = datetime(2026, 11, 16, tzinfo=UTC)
    >>> zone_name("Asia/Singapore", "en", at), zone_name("Asia/Shanghai", "zh", at)
    ('Singapore time (UTC+8)', '北京时间（UTC+8）')
    """
    offset = _offset(at.astimezone(time_zone(zone)).utcoffset() or timedelta())
    named = _zone_words(zone, language)
    if not named:
        return offset
    return f"{named}（{offset}）" if language == "zh" else f"{named} ({offset})"


def _offset(shift: timedelta) -> str:
    minutes = round(shift.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


@lru_cache(maxsize=512)
def _zone_words(zone: str, language: str) -> str:
    """The name of a zone after its city; empty for UTC, fixed offsets and names nobody knows."""
    if zone in _ZONE_WORDS:
        return _ZONE_WORDS[zone][language == "zh"]
    found = time_zone(zone)
    if found is UTC or zone.startswith("Etc/") or "/" not in zone:
        return ""
    city = str(get_timezone_location(found, locale=language, return_city=True)).rpartition("/")[2]
    return f"{city}时间" if language == "zh" else f"{city} time"


def duration(length: timedelta, language: str) -> str:
    """A length of time in hours and minutes, rounded down; seconds only below one minute.

    >>> duration(timedelta(hours=2, minutes=31, seconds=59), "en"), duration(timedelta(hours=72), "zh")
    ('2 h 31 min', '72 小时')
    >>> duration(timedelta(seconds=45), "en")
    '45 s'
    """
    seconds = abs(int(length.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    units = ("小时", "分", "秒") if language == "zh" else ("h", "min", "s")
    if not hours and not minutes:
        return f"{seconds} {units[2]}"
    parts = [f"{count} {unit}" for count, unit in ((hours, units[0]), (minutes, units[1])) if count]
    return " ".join(parts)


def period(length: timedelta, language: str) -> str:
    """A length of time as it stands after "every", to the minute.

    >>> [period(timedelta(hours=hours), "en") for hours in (1, 4)], period(timedelta(minutes=30), "zh")
    (['hour', '4 hours'], '30 分钟')
    """
    minutes = round(length.total_seconds() / 60)
    count, unit = (minutes, 1) if minutes % 60 else (minutes // 60, 0)
    if language == "zh":
        name = ("小时", "分钟")[unit]
        return name if count == 1 else f"{count} {name}"
    name = ("hour", "minute")[unit]
    return name if count == 1 else f"{count} {name}s"


def exponent(currency: str) -> int:
    """How many decimals a currency's amounts have (ISO 4217).

    >>> exponent("JPY"), exponent("CNY"), exponent("KWD")
    (0, 2, 3)
    """
    return int(get_currency_precision(currency))


def money(units: int, currency: str, decimals: int) -> str:
    """A sum of smallest units with its currency's code, the same in every language.

    >>> money(-1234550, "SGD", 2), money(1500, "JPY", 0)
    ('SGD −12,345.50', 'JPY 1,500')
    """
    whole, rest = divmod(abs(units), 10**decimals)
    sign = "−" if units < 0 else ""
    return f"{currency} {sign}{whole:,}" + (f".{rest:0{decimals}d}" if decimals else "")


def month(first_on: date, language: str) -> str:
    """A month with its year.

    >>> month(date(2026, 5, 1), "en"), month(date(2026, 5, 1), "zh")
    ('May 2026', '2026 年 5 月')
    """
    if language == "zh":
        return f"{first_on.year} 年 {first_on.month} 月"
    return f"{_names(language, 'months')[first_on.month]} {first_on.year}"


def left(remaining: timedelta, language: str) -> str:
    """How long until a due instant, or how long since; met exactly is not late.

    >>> left(timedelta(minutes=21), "en"), left(timedelta(minutes=-12), "en")
    ('21 min left', '12 min late')
    >>> left(timedelta(minutes=21), "zh"), left(timedelta(minutes=-12), "zh")
    ('剩 21 分钟', '超时 12 分钟')
    """
    late = remaining < timedelta()
    said = duration(remaining, language)
    if language == "zh":
        # A bare number of minutes reads as a clock time in Chinese; with hours it does not.
        said = said if "小时" in said or "秒" in said else f"{said}钟"
        return f"超时 {said}" if late else f"剩 {said}"
    return f"{said} late" if late else f"{said} left"
