"""The figures of a contract in words, exactly: what is promised is never rounded.

Shape: each takes the language last; the filters of the contract's templates take it from their context.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, get_day_names
from jinja2 import pass_context
from jinja2.runtime import Context

from gateway import i18n

_UNITS: Final = {"zh": (" 小时", " 分钟", " 秒"), "en": (" hour", " minute", " second")}
_SPANS: Final = {"zh": (" 年", " 个月", " 天"), "en": (" year", " month", " day")}
_LONG: Final = re.compile("(hour|minute|second)s?")
_SHORT: Final = {"hour": "h", "minute": "min", "second": "s"}
_DAY: Final = timedelta(days=1)


def exactly(length: timedelta, language: str) -> str:
    """A length of time with every part of it.

    >>> exactly(timedelta(minutes=450, seconds=30), "en"), exactly(timedelta(minutes=15), "zh")
    ('7 hours 30 minutes 30 seconds', '15 分钟')
    """
    seconds, rest = divmod(length, timedelta(seconds=1))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts: list[int | Fraction] = [
        hours,
        minutes,
        seconds + Fraction(rest // timedelta(microseconds=1), 1_000_000),
    ]
    return _joined(parts, _UNITS[language], language)


def brief(length: timedelta, language: str) -> str:
    """A length of time with every part of it, for tables.

    >>> brief(timedelta(minutes=7, seconds=30), "en"), brief(timedelta(hours=4), "zh")
    ('7 min 30 s', '4 小时')
    """
    said = exactly(length, language)
    return said if language == "zh" else _LONG.sub(lambda found: _SHORT[found[1]], said)


def percent(share: Fraction) -> str:
    """A share in percent, exactly; one that no decimals say stands as a fraction.

    >>> percent(Fraction(999, 1000)), percent(Fraction(1, 20)), percent(Fraction(1, 3))
    ('99.9', '5', '100/3')
    """
    exact = share * 100
    for places in range(13):
        scaled = exact * 10**places
        if scaled.denominator == 1:
            digits = f"{scaled.numerator:0{places + 1}d}"
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return str(exact)


def day(on: date, language: str) -> str:
    """A date with its year.

    >>> day(date(2026, 5, 1), "en"), day(date(2026, 5, 1), "zh")
    ('1 May 2026', '2026 年 5 月 1 日')
    """
    if language == "zh":
        return f"{on.year} 年 {on.month} 月 {on.day} 日"
    return str(format_date(on, "d MMMM y", locale="en"))


def lasting(first_on: date, last_on: date, language: str) -> str:
    """How long a term lasts, both days included: in whole years, else whole months, else days.

    >>> lasting(date(2026, 1, 1), date(2027, 12, 31), "en"), lasting(date(2026, 1, 31), date(2026, 7, 30), "zh")
    ('2 years', '6 个月')
    """
    after = last_on + _DAY
    months = (after.year - first_on.year) * 12 + after.month - first_on.month
    if after.day != first_on.day or not months:
        return _joined([0, 0, (after - first_on).days], _SPANS[language], language)
    years = months // 12 if months % 12 == 0 else 0
    return _joined([years, 0 if years else months, 0], _SPANS[language], language)


def zone(name: str, language: str, at: datetime) -> str:
    """A zone with its offset where it keeps one the year round, else by its IANA name.

    >>> at = datetime.fromisoformat("2026-07-01T00:00:00+00:00")
    >>> zone("Asia/Shanghai", "zh", at), zone("America/New_York", "en", at)
    ('北京时间（UTC+8）', 'America/New_York')
    """
    local = i18n.time_zone(name)
    offsets = {at.replace(month=month, day=1).astimezone(local).utcoffset() for month in (1, 4, 7, 10)}
    return i18n.zone_name(name, language, at) if len(offsets) == 1 else name


def weekdays(days: Sequence[int], language: str) -> str:
    """Days of the week, 0 for Monday; runs of three and more by their ends.

    >>> weekdays([0, 1, 2, 3, 4], "en"), weekdays([5, 6], "zh"), weekdays(range(7), "zh")
    ('Monday to Friday', '周六、周日', '每天')
    """
    if len(set(days)) == 7:
        return "每天" if language == "zh" else "every day"
    names = get_day_names("abbreviated" if language == "zh" else "wide", locale=language)
    ordered = sorted(set(days))
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{names[ordered[0]]}{'至' if language == 'zh' else ' to '}{names[ordered[-1]]}"
    return ("、" if language == "zh" else ", ").join(names[each] for each in ordered)


def country(code: str, language: str) -> str:
    """A country by its name, a part of one by its code besides.

    >>> country("CN", "zh"), country("DE-BY", "en")
    ('中国', 'Germany (BY)')
    """
    name, _, part = code.partition("-")
    said = str(Locale(language).territories.get(name, name))
    return said if not part else f"{said}（{part}）" if language == "zh" else f"{said} ({part})"


def money(amount: Fraction, currency: str) -> str:
    """A sum of the currency's main unit, with all the decimals it has.

    >>> money(Fraction(38000), "CNY"), money(Fraction("12000.125"), "SGD")
    ('CNY 38,000.00', 'SGD 12,000.125')
    """
    places = i18n.exponent(currency)
    while (amount * 10**places).denominator != 1 and places < 4:
        places += 1
    return i18n.money(int(amount * 10**places), currency, places)


def _joined(parts: Sequence[int | Fraction], units: Sequence[str], language: str) -> str:
    """The parts that are not nothing with their units; the last one where all are."""
    said = []
    for count, unit in zip(parts, units, strict=True):
        if count:
            plural = "" if language == "zh" or count == 1 else "s"
            said.append(f"{float(count):g}{unit}{plural}" if count % 1 else f"{int(count)}{unit}{plural}")
    return " ".join(said) or f"0{units[-1]}{'' if language == 'zh' else 's'}"


def _in_language(say: Any) -> Any:
    """A filter that takes the language from the template's context."""

    @pass_context
    def said(context: Context, value: Any, *more: Any) -> str:
        return str(say(value, *more, str(context.resolve("language"))))

    return said


@pass_context
def _zone(context: Context, name: str, at: datetime) -> str:
    return zone(name, str(context.resolve("language")), at)


def _hour(hour: int) -> str:
    return f"{time(hour):%H:%M}"


FILTERS: Final = {
    "exactly": _in_language(exactly),
    "brief": _in_language(brief),
    "lasting": _in_language(lasting),
    "date": _in_language(day),
    "weekdays": _in_language(weekdays),
    "country": _in_language(country),
    "zone_of": _zone,
    "percent": percent,
    "money": money,
    "hour": _hour,
}
