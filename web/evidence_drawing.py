"""One clock of the evidence sheet as it is drawn and tabled: pieces of time to the second, with running sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from markupsafe import Markup

from gateway import i18n
from gateway.domain.evidence import Outcome, Reckoning, Stretch
from gateway.domain.terms import Target
from web import codes, exclusion_words, telling, visit
from web.evidence_source import Source

WIDTH: Final = 1000
_MARKS: Final = {
    Outcome.RUNNING: ("info", "clock"),
    Outcome.RESTING: ("", "pause"),
    Outcome.MET: ("good", "check"),
    Outcome.BREACHED: ("bad", "warn"),
    Outcome.CLOSED: ("", "lock"),
}
_SECOND: Final = timedelta(seconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Face:
    """Instants as the sheet prints them: to the second, cut off, in the contract's zone.

    Shape: `offsets` says that clocks were changed meanwhile, so that each instant names its offset from UTC.
    """

    zone: str
    offsets: bool

    def text(self, at: datetime) -> str:
        """An instant in figures, the same in every language."""
        local = at.astimezone(i18n.time_zone(self.zone))
        told = f"{local:%Y-%m-%d %H:%M:%S}"
        return f"{told} {local:%z}" if self.offsets else told

    def time(self, at: datetime) -> Markup:
        """An instant as an element that carries it exactly."""
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), self.text(at))


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of the timeline. Units: `x` and `width` of 1000. Shape: `kind` is counted, late or excluded."""

    x: int
    width: int
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a stretch, its length, and the sum of what counted by its end. Units: whole seconds."""

    stretch: Stretch
    length: timedelta
    total: timedelta
    why: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One target as the page draws it. Units: `due_x` and `met_x` as a Bar's `x`."""

    name: str
    css: str
    icon: str
    outcome: str
    reckoning: Reckoning
    bars: tuple[Bar, ...]
    due_x: int
    met_x: int | None
    lines: tuple[Line, ...]
    moves: tuple[tuple[str, str], ...]
    promised: timedelta
    allowed: timedelta
    used: timedelta
    late: timedelta | None


def clock(source: Source, target: Target) -> Clock:
    """One target drawn and tabled."""
    reader, told = visit.reader(), source.sheet.of(target)
    css, icon = _MARKS[told.outcome]
    scale, lines = _Scale.of(source.sheet.opened_at, told), tuple(_lines(told, reader))
    used = lines[-1].total if lines else timedelta()
    return Clock(
        name=reader.say(codes.TARGETS[target]),
        css=css,
        icon=icon,
        outcome=reader.say(exclusion_words.OUTCOMES[told.outcome]),
        reckoning=told,
        bars=tuple(_bars(told, scale)),
        due_x=scale.x(told.due_at),
        met_x=scale.x(told.met_at) if told.met_at else None,
        lines=lines,
        moves=tuple(
            (exclusion_words.move(each, reader), telling.actor(each.by, source.names, reader))
            for each in told.moves
        ),
        promised=told.promised,
        allowed=told.allowed,
        used=used,
        late=max(used - told.allowed, timedelta()) if told.outcome is Outcome.BREACHED else None,
    )


def clock_time(length: timedelta) -> str:
    """A length of time to the second, cut off.

    >>> clock_time(timedelta(hours=26, minutes=3, seconds=9.9))
    '26:03:09'
    """
    seconds = length // _SECOND
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Instants on the line from the opening to the last thing to be seen."""

    start: datetime
    whole: timedelta

    @classmethod
    def of(cls, start: datetime, told: Reckoning) -> _Scale:
        end = max([each.end for each in told.stretches] + [told.due_at])
        return cls(start, end - start)

    def x(self, at: datetime) -> int:
        return round(WIDTH * ((at - self.start) / self.whole)) if self.whole else 0


def _bars(told: Reckoning, scale: _Scale) -> Iterator[Bar]:
    for each in told.stretches:
        begin, end, due = scale.x(each.start), scale.x(each.end), scale.x(told.due_at)
        if not each.counts:
            yield Bar(begin, max(1, end - begin), "excluded", each.exclusion or "")
            continue
        if begin < due:
            yield Bar(begin, min(end, due) - begin, "counted")
        if end > due and each.end > told.due_at:
            yield Bar(max(begin, due), end - max(begin, due), "late")


def _lines(told: Reckoning, reader: visit.Reader) -> Iterator[Line]:
    """Lengths and sums of whole seconds as printed, so that they add up on paper."""
    total = timedelta()
    for each in told.stretches:
        length = _cut(each.end) - _cut(each.start)
        total += length if each.counts else timedelta()
        why = reader.say(exclusion_words.REASONS[each.reason]) if each.reason else reader.say("counts")
        yield Line(each, length, total, why)


def _cut(at: datetime) -> timedelta:
    return (at - _EPOCH) // _SECOND * _SECOND
