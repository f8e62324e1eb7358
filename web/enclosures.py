"""The files of messages as a thread shows them: each with the scanner's word, what repeats only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.store.models import Attachment, ScanState
from web import mail_words
from web.visit import Reader


@dataclass(frozen=True, slots=True)
class Shown:
    """One content. Shape: `times` counts how often the message has it under that name; `barred` ones are no link."""

    file: Attachment
    times: int
    scan: str
    barred: bool


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The files of one message: those sent as files, and folded away those that stand inside its text."""

    files: tuple[Shown, ...] = ()
    embedded: tuple[Shown, ...] = ()


@dataclass(slots=True)
class Enclosures:
    """Files as one thread shows them; a picture inside texts stands with the first message that has it."""

    reader: Reader
    _seen: set[str] = field(default_factory=set)

    def of(self, rows: Sequence[Attachment]) -> Enclosed:
        """What one message encloses."""
        files = self._distinct([row for row in rows if not row.inline])
        inside = [row for row in rows if row.inline and row.blob_key not in self._seen]
        embedded = self._distinct(inside)
        self._seen.update(row.blob_key for row in inside)
        return Enclosed(files, embedded)

    def _distinct(self, rows: Sequence[Attachment]) -> tuple[Shown, ...]:
        groups: dict[tuple[str, str], list[Attachment]] = {}
        for row in rows:
            groups.setdefault((row.blob_key, "" if row.inline else row.filename), []).append(row)
        return tuple(
            Shown(
                group[0], len(group), scan(group[0], self.reader), group[0].scan_state is ScanState.INFECTED
            )
            for group in groups.values()
        )


def scan(file: Attachment, reader: Reader) -> str:
    """What the scanner says of a file, in words; nothing for a clean one."""
    words = mail_words.SCANS.get(file.scan_state, "")
    return reader.say(words, found=file.finding) if "%(" in words else reader.say(words) if words else ""
