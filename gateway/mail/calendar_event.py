"""One calendar event as an iCalendar file that mail programs offer to keep.

Shape: times in UTC, so that no zone needs describing; UTF-8, CRLF, lines of at most 75 octets; the same event always
gives the same bytes.
Source: RFC 5545 §3.1 (folding), §3.3.11 (escaping), §3.6.1 (VEVENT); RFC 5546 §3.2.1 (PUBLISH).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.mail.message import Mailbox

CONTENT_TYPE: Final = "text/calendar; charset=utf-8; method=PUBLISH"
_LONGEST_LINE: Final = 75
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_UNFIT: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNQUOTABLE: Final = re.compile('["\x00-\x1f\x7f\ud800-\udfff]')


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What the calendar shows.

    Shape: `uid` stays the same as long as the event is the same one, `sequence` rises with every change of it;
    `written_at` is when it was said so.
    """

    uid: str
    sequence: int
    written_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    organiser: Mailbox
    cancelled: bool = False


def calendar(event: CalendarEvent) -> bytes:
    """The event as a file. It takes nobody's time: whoever keeps it stays free to meet."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//helpdesk//notices//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_instant(event.written_at)}",
        f"DTSTART:{_instant(event.starts_at)}",
        f"DTEND:{_instant(event.ends_at)}",
        f"SUMMARY:{_text(event.summary)}",
        f"DESCRIPTION:{_text(event.description)}",
        f'ORGANIZER;CN="{_UNQUOTABLE.sub("", event.organiser.name)}":mailto:{event.organiser.address}',
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(octets + b"\r\n" for line in lines for octets in _folded(line))


def _instant(at: datetime) -> str:
    """An instant as calendars write it, whole seconds.

    >>> _instant(datetime(2026, 5, 4, 2, 30, tzinfo=UTC))
    '20260504T023000Z'
    """
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """A value of type TEXT.

    >>> _text("Disks; racks, rows\\r\\nand more")
    'Disks\\\\; racks\\\\, rows\\\\nand more'
    """
    return _UNFIT.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def _folded(line: str) -> Iterator[bytes]:
    """A content line in pieces of at most 75 octets, no character cut in two."""
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LONGEST_LINE:
            yield piece
            piece = b" "
        piece += octets
    yield piece
