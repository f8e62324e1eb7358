"""Meetings that a mail invites to, cancels or answers, out of its calendar parts.

Only what a person reads on the ticket is taken: nothing is put into a calendar and nothing answered.

Source: RFC 5545 §3.1 (folding), §3.3.4, §3.3.5 (dates), §3.3.6 (durations), §3.6.5 (zones); RFC 5546 §1.4 (methods).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from gateway.mail import charset
from gateway.mail.message import Attachment, Invitation, Mailbox

CONTENT_TYPES: Final = frozenset({"text/calendar", "application/ics"})
MOST: Final = 10
LONGEST_BYTES: Final = 500_000
_LINES: Final = 10_000
_TEXT: Final = 500
_METHODS: Final = frozenset({"REQUEST", "CANCEL", "REPLY", "COUNTER", "DECLINECOUNTER", "ADD", "PUBLISH"})
_HEAD: Final = re.compile(r'((?:"[^"]*+"|[^":])*+):')
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,60}")
_PARAMETER: Final = re.compile(r";([A-Za-z0-9-]{1,60})=(?:\"([^\"]*)\"|([^\";:]*))")
_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_DURATION: Final = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?"
)
_OFFSET: Final = re.compile(r"([+-])(\d\d)(\d\d)")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Field:
    name: str
    value: str
    parameters: dict[str, str]


@dataclass(slots=True)
class _Calendar:
    """The fields of one file: `zones` holds the offsets that it states for each zone's name."""

    method: str = ""
    events: list[dict[str, _Field]] = field(default_factory=list)
    zones: dict[str, set[str]] = field(default_factory=dict)


def invitations(attachments: Iterable[Attachment]) -> tuple[Invitation, ...]:
    """The meetings a mail is about, each once, in order."""
    found: dict[Invitation, None] = {}
    for part in attachments:
        if part.content_type in CONTENT_TYPES and len(found) < MOST:
            calendar = _read(charset.decode(part.content[:LONGEST_BYTES], "utf-8"))
            if calendar.method in _METHODS:
                found.update((_meeting(calendar, event), None) for event in calendar.events[:MOST])
    return tuple(found)[:MOST]


def _read(text: str) -> _Calendar:
    calendar, inside, zone = _Calendar(), [], ""
    for each in _fields(text):
        if each.name == "BEGIN":
            inside.append(each.value.upper())
            if inside[-1] == "VEVENT":
                calendar.events.append({})
        elif each.name == "END":
            del inside[-1:]
        elif inside[-1:] == ["VEVENT"] and calendar.events:
            calendar.events[-1].setdefault(each.name, each)
        elif inside[-1:] == ["VCALENDAR"] and each.name == "METHOD":
            calendar.method = each.value.strip().upper()
        elif inside[-1:] == ["VTIMEZONE"] and each.name == "TZID":
            zone = each.value
        elif "VTIMEZONE" in inside and each.name == "TZOFFSETTO":
            calendar.zones.setdefault(zone, set()).add(each.value.strip())
    return calendar


def _fields(text: str) -> Iterator[_Field]:
    unfolded = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    for line in unfolded.split("\n", _LINES)[:_LINES]:
        head = _HEAD.match(line[:20_000])
        name = _NAME.match(head[1]) if head else None
        if head is not None and name is not None:
            given = {
                each[1].upper(): each[2] if each[2] is not None else each[3]
                for each in _PARAMETER.finditer(head[1])
            }
            yield _Field(name[0].upper(), line[head.end() :], given)


def _meeting(calendar: _Calendar, event: dict[str, _Field]) -> Invitation:
    starts = _moment(event.get("DTSTART"), calendar)
    ends = _moment(event.get("DTEND"), calendar)
    if ends is None and starts is not None and "DURATION" in event:
        ends = _plus(starts, event["DURATION"].value)
    begin = event.get("DTSTART")
    return Invitation(
        method=calendar.method.lower(),
        uid=_words(event, "UID"),
        summary=_words(event, "SUMMARY"),
        starts=starts.isoformat() if starts else "",
        ends=ends.isoformat() if ends else "",
        zone=begin.parameters.get("TZID", "")[:100] if begin else "",
        place=_words(event, "LOCATION"),
        organiser=_person(event.get("ORGANIZER")),
        repeats="RRULE" in event or "RDATE" in event,
        answer=event["ATTENDEE"].parameters.get("PARTSTAT", "").lower()[:20]
        if calendar.method == "REPLY" and "ATTENDEE" in event
        else "",
    )


def _words(event: dict[str, _Field], name: str) -> str:
    if name not in event:
        return ""
    text = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], event[name].value[: 4 * _TEXT])
    return " ".join(charset.clean(text).split())[:_TEXT]


def _person(given: _Field | None) -> Mailbox:
    if given is None:
        return Mailbox("", "")
    scheme, _, address = given.value.strip().partition(":")
    address = address.strip() if scheme.lower() == "mailto" else ""
    return Mailbox(charset.clean(given.parameters.get("CN", "")).strip()[:200], charset.clean(address)[:320])


def _moment(given: _Field | None, calendar: _Calendar) -> datetime | date | None:
    """An instant in UTC; as its sender's clock shows it where the zone is unknown; a day for a whole day."""
    match = _MOMENT.fullmatch(given.value.strip()) if given else None
    if given is None or match is None:
        return None
    try:
        if match[4] is None:
            return date(int(match[1]), int(match[2]), int(match[3]))
        local = datetime.strptime(given.value.strip().rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        zone = UTC if match[7] else _zone(given.parameters.get("TZID", ""), calendar)
        return local.replace(tzinfo=zone).astimezone(UTC) if zone else local
    except (ValueError, OverflowError):
        return None


def _zone(name: str, calendar: _Calendar) -> tzinfo | None:
    """The zone of a name: of the common database, of Windows, or as the file describes it where that is plain."""
    name = name.strip().removeprefix("/")
    for known in (name, _windows(name)):
        try:
            if known:
                return ZoneInfo(known)
        except (ValueError, OSError, LookupError):
            continue
    offsets = calendar.zones.get(name, set())
    match = _OFFSET.match(next(iter(offsets))) if len(offsets) == 1 else None
    if match is None:
        return None
    return timezone((1 if match[1] == "+" else -1) * timedelta(hours=int(match[2]), minutes=int(match[3])))


def _windows(name: str) -> str:
    from babel.core import get_global  # 3 MB that only a mail with such a zone pays

    return str(get_global("windows_zone_mapping").get(name, ""))


def _plus(starts: datetime | date, duration: str) -> datetime | date | None:
    match = _DURATION.fullmatch(duration.strip())
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    try:
        return starts + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
