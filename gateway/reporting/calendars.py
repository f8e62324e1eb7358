"""Which days are working days, by country.

The calendars are the `holidays` library's. Of China it knows the holidays moved by decree and the weekend days that
are worked for them (调休), up to the year that the State Council has announced; of later years only the holidays that
the law names. It knows each country's own weekend.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from babel.core import get_global

from gateway.domain import reporting_times
from gateway.operations.estate_reports import NO_HOLIDAYS, has_calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

NONE: Final = NO_HOLIDAYS
"""Instead of a country: Monday to Friday, whatever the date."""
known = has_calendar


def country_of(zone: str) -> str:
    """The country that a zone lies in, as ISO 3166 has it; empty for zones of none, as UTC is.

    >>> country_of("Asia/Shanghai"), country_of("US/Eastern"), country_of("UTC")
    ('CN', 'US', '')
    """
    name = get_global("zone_aliases").get(zone, zone)
    found = str(get_global("zone_territories").get(name, ""))
    return found if found != "ZZ" else ""


def working_days(holidays: str, zone: str) -> Callable[[date], bool]:
    """Whether a day is worked, by what a plan says of holidays or else by the country of a zone.

    Monday to Friday where neither names a country that the library knows.
    """
    country = holidays or country_of(zone)
    if country == NONE or not known(country):
        return reporting_times.weekdays
    return partial(_worked, country)


def _worked(country: str, day: date) -> bool:
    return bool(_calendar(country, day.year).is_working_day(day))


@lru_cache(maxsize=512)
def _calendar(country: str, year: int) -> HolidayBase:
    """The calendar of a year: the library looks at weekends that are worked only of years it was asked for."""
    import holidays

    name, _, part = country.partition("-")
    return holidays.country_holidays(name, subdiv=part or None, years=year)
