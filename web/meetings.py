"""Meetings of a mail as the reader's own clock shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gateway import i18n
from web import mail_words
from web.visit import Reader

_NOON = 12


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting in words; `cancelled` ones are crossed out."""

    what: str
    summary: str
    when: str
    place: str
    organiser: str
    cancelled: bool


def shown(rows: Sequence[Mapping[str, Any]], reader: Reader) -> tuple[Meeting, ...]:
    """The meetings a message is about."""
    return tuple(_meeting(row, reader) for row in rows)


def _meeting(row: Mapping[str, Any], reader: Reader) -> Meeting:
    method, answer = str(row.get("method", "")), str(row.get("answer", ""))
    what = reader.say(mail_words.METHODS.get(method, "Calendar entry"))
    if answer in mail_words.ANSWERS:
        what = reader.say("%(what)s: %(answer)s", what=what, answer=reader.say(mail_words.ANSWERS[answer]))
    organiser = row.get("organiser") or {}
    when = _when(str(row.get("starts", "")), str(row.get("ends", "")), str(row.get("zone", "")), reader)
    return Meeting(
        what=what,
        summary=str(row.get("summary", "")),
        when=reader.say("%(when)s, repeated", when=when) if when and row.get("repeats") else when,
        place=str(row.get("place", "")),
        organiser=" ".join(filter(None, (str(organiser.get("name", "")), str(organiser.get("address", ""))))),
        cancelled=method == "cancel",
    )


def _when(starts: str, ends: str, zone: str, reader: Reader) -> str:
    """From when to when: in the reader's zone; days as days; an unknown zone's time as it was written."""
    if not starts:
        return ""
    if "T" not in starts:
        return _days(
            date.fromisoformat(starts), date.fromisoformat(ends) if ends and "T" not in ends else None, reader
        )
    start = datetime.fromisoformat(starts)
    end = datetime.fromisoformat(ends) if "T" in ends else None
    if start.tzinfo is None:
        words = _span(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC) if end else None, "UTC", reader)
        return reader.say("%(when)s by the sender's clock (%(zone)s)", when=words, zone=zone or "?")
    said = _span(start, end, reader.zone, reader)
    return reader.say(
        "%(when)s, %(zone)s", when=said, zone=i18n.zone_name(reader.zone, reader.language, start)
    )


def _span(start: datetime, end: datetime | None, zone: str, reader: Reader) -> str:
    begins = i18n.instant(start, zone, reader.language)
    if end is None or end <= start:
        return begins
    local = i18n.time_zone(zone)
    same = start.astimezone(local).date() == end.astimezone(local).date()
    ends = i18n.clock(end, zone) if same else i18n.instant(end, zone, reader.language)
    return reader.say("%(start)s to %(end)s", start=begins, end=ends)


def _days(first: date, after: date | None, reader: Reader) -> str:
    """Whole days; a calendar names the first day that is no longer meant."""
    last = after - timedelta(days=1) if after and after > first else first
    begins, ends = (
        i18n.day(datetime(each.year, each.month, each.day, _NOON, tzinfo=UTC), "UTC", reader.language)
        for each in (first, last)
    )
    return begins if first == last else reader.say("%(start)s to %(end)s", start=begins, end=ends)
