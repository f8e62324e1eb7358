"""What the contract says about one ticket, found by walking the seconds of its life one by one.

Written from the promises P1, P4, P5, P11 and P12 alone, and slow on purpose: it lays the ticket's life out as a row of
seconds, strikes out those that do not count, and counts. The domain's clocks are compared with it over random
histories. Nothing here may be shared with them, except the values a log and the terms are made of.

Units: a second is numbered from the opening; an answer is a number of seconds, whole or exact to the fraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import accumulate

from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import Priority, Target, Terms

Second = int | Fraction

AT_LEAST_TO_ACKNOWLEDGE = 120
MOVES_CLOCKS = (
    EventKind.OPENED, EventKind.PRIORITY, EventKind.STATUS, EventKind.REPLY_REFUSED, EventKind.EXCLUDED,
    EventKind.EXCLUSION_ENDED, EventKind.EXCLUSION_STRUCK,
)  # fmt: skip


@dataclass(frozen=True)
class Debt:
    """Something the desk owes on a ticket, and when."""

    owed: str
    at: Second
    target: Target | None = None
    percent: int | None = None


@dataclass
class Wait:
    """A wait for the customer that began by itself, with a letter that asked for something."""

    letter: object
    asked: int
    place: int  # how many answers the log held by then
    left: int | None = None  # when the ticket ceased to wait


@dataclass
class Exclusion:
    """An interval that a person entered."""

    start: int
    end: int | None
    struck: bool = False


@dataclass
class Resolution:
    """An engineer's resolution that stands, and the letter that told it."""

    at: int
    letter: object
    place: int  # as of a wait


@dataclass
class Life:
    """What happened to a ticket, read once from its log."""

    opened_at: datetime
    known: int  # the instant up to which the log knows
    changed: int  # the last one at which something entered it that may move the clocks
    first_priority: Priority
    priority: Priority
    status: Status = Status.NEW
    replies: dict[object, list[tuple[int, bool]]] = field(
        default_factory=dict
    )  # letter -> sendings: at, stands
    answers: list[int] = field(default_factory=list)  # what the customer wrote, bare thanks apart
    changes: list[tuple[int, Priority, Priority, int | None]] = field(default_factory=list)  # with a new date
    planned: int | None = None  # for when the work is planned, as the opening told it
    date: int | None = None  # as it is known
    waits: list[Wait] = field(default_factory=list)
    exclusions: dict[object, Exclusion] = field(default_factory=dict)
    struck: set[object] = field(default_factory=set)
    resolution: Resolution | None = None
    closed: int | None = None
    reopened: list[int] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)
    delivered: dict[object, int] = field(default_factory=dict)
    reminded: set[object] = field(default_factory=set)
    spoken: list[tuple[Target, int, int, bool]] = field(
        default_factory=list
    )  # target, percent, at, acknowledged
    passed_on: set[tuple[Target, int]] = field(default_factory=set)


def read(events: Sequence[Event]) -> Life:
    """The life that a log tells."""
    opened = events[0]
    priority = Priority(str(opened.data["priority"]))
    life = Life(opened.at, 0, 0, priority, priority)
    for event in events:
        life.known = max(life.known, _second(life, event.recorded_at))
        date = _date_of(life, event)
        moved = date not in (None, life.date) and event is not opened
        if moved:
            life.changes.append((_second(life, event.at), life.priority, life.priority, date))
        if moved or event.kind in MOVES_CLOCKS:
            life.changed = life.known
        life.date = life.date if date is None else date
        life.planned = life.date if event is opened else life.planned
        _hear(life, event, _second(life, event.at))
    return life


def _second(life: Life, instant: datetime) -> int:
    seconds = (instant - life.opened_at) / timedelta(seconds=1)
    assert seconds == int(seconds), "a history plays on whole seconds"
    return int(seconds)


def _told(life: Life, text: object) -> int | None:
    return None if text is None else _second(life, datetime.fromisoformat(str(text)))


def _date_of(life: Life, event: Event) -> int | None:
    """The date of planned work, which the opening or AWS tells."""
    if event.kind not in (EventKind.OPENED, EventKind.AWS_HEALTH):
        return None
    return _told(life, event.data.get("planned"))


def _hear(life: Life, event: Event, at: int) -> None:
    data = event.data
    if event.kind is EventKind.REPLY:
        life.replies.setdefault(data["message"], []).append((at, True))
    elif event.kind is EventKind.REPLY_REFUSED:
        sendings = life.replies[data["message"]]
        sendings[-1] = (sendings[-1][0], False)
        life.delivered.pop(data["message"], None)
    elif event.kind is EventKind.CUSTOMER_MESSAGE:
        life.answers += [] if data["intent"] == "thanks" else [at]
    elif event.kind is EventKind.STATUS:
        _move(life, data, at)
    elif event.kind is EventKind.PRIORITY:
        before, after = life.priority, Priority(str(data["priority"]))
        life.changes.append((at, before, after, None))
        life.priority = after
    elif event.kind is EventKind.PROGRESS:
        life.progress.append(at)
    elif event.kind is EventKind.RESOLUTION_DELIVERED:
        life.delivered.setdefault(data["message"], at)
    elif event.kind is EventKind.REMINDED:
        life.reminded.add(data["message"])
    else:
        _hear_of_exclusions(life, event)
        _hear_of_alarms(life, event, at)


def _hear_of_exclusions(life: Life, event: Event) -> None:
    data = event.data
    if event.kind is EventKind.EXCLUDED:
        start = _told(life, data["start"])
        assert start is not None
        life.exclusions[data["id"]] = Exclusion(start, _told(life, data["end"]))
    elif event.kind is EventKind.EXCLUSION_ENDED:
        life.exclusions[data["id"]].end = _told(life, data["end"])
    elif event.kind is EventKind.EXCLUSION_STRUCK:
        life.struck.add(data["id"])


def _hear_of_alarms(life: Life, event: Event, at: int) -> None:
    data = event.data
    if event.kind is EventKind.ALARM:
        life.spoken.append((Target(str(data["target"])), int(str(data["percent"])), at, False))
    elif event.kind is EventKind.PASSED_ON:
        life.passed_on.add((Target(str(data["target"])), int(str(data["percent"]))))
    elif event.kind is EventKind.ACKNOWLEDGED:
        life.spoken = [(target, percent, when, True) for target, percent, when, _ in life.spoken]


def _move(life: Life, data: Mapping[str, object], at: int) -> None:
    before, after = Status(str(data["from"])), Status(str(data["to"]))
    assert before is life.status, "a history takes only valid steps"
    life.status = after
    if before is Status.WAITING_CUSTOMER and life.waits and life.waits[-1].left is None:
        life.waits[-1].left = at
    if after is Status.WAITING_CUSTOMER and data["cause"] == "reply":
        life.waits.append(Wait(data["message"], at, len(life.answers)))
    elif after is Status.RESOLVED:
        life.resolution = Resolution(at, data["message"], len(life.answers))
    elif after is Status.CLOSED:
        life.closed = at
    elif before is Status.RESOLVED:
        life.reopened.append(at)
        if life.resolution and data["cause"] in ("not-fixed", "customer"):
            resolution = life.resolution
            life.waits.append(Wait(resolution.letter, resolution.at, resolution.place, at))
        life.resolution = None


class Reference:
    """The contract's answers about one ticket."""

    def __init__(self, events: Sequence[Event], terms: Terms, *, as_if_ended: bool = False) -> None:
        self.events, self.terms = events, terms
        self.life = life = read(events)
        intervals = [each for each in self._intervals() if each[1] is not None or not as_if_ended]
        instants = [each.at for each in events] + [each.recorded_at for each in events]
        horizon = max(_second(life, each) for each in instants)
        horizon = max([horizon, *(date for *_, date in life.changes if date), life.planned or 0])
        horizon = max([horizon, *(end for _, end in intervals if end), *(start for start, _ in intervals)])
        longest = max(targets.resolution for targets in terms.targets.values())
        longest = max(longest, *(targets.first_response for targets in terms.targets.values()))
        # Past everything the log names, each second is like the next: the longest target more is far enough.
        seconds = horizon + int(longest.total_seconds()) + 2
        counts = bytearray(b"\x01") * seconds
        for start, end in intervals:
            for second in range(max(start, 0), seconds if end is None else min(end, seconds)):
                counts[second] = 0
        self.counts = counts
        self.counted_before = [0, *accumulate(counts)]
        self.rests_since = None if counts[-1] else counts.rindex(b"\x01") + 1 if any(counts) else 0
        self.begins = dict.fromkeys(Target, 0)
        self.due = {target: self._due(target) for target in Target}
        self.met = {Target.FIRST_RESPONSE: self._answered(), Target.RESOLUTION: self._resolved()}

    @property
    def excluded(self) -> set[int]:
        """The seconds that do not count."""
        return {second for second, counted in enumerate(self.counts) if not counted}

    def _intervals(self) -> list[tuple[int, int | None]]:
        """Each interval that does not count: what persons entered, and the waits for the customer."""
        life = self.life
        entered = [(one.start, one.end) for key, one in life.exclusions.items() if key not in life.struck]
        left = [wait for nth, wait in enumerate(life.waits, start=1) if f"w{nth}" not in life.struck]
        began = [interval for wait in left for interval in self._waited(wait)]
        return [(start, end) for start, end in entered + began if end is None or end > start]

    def _waited(self, wait: Wait) -> list[tuple[int, int | None]]:
        """From the question's sending to the answer, or until the ticket waits no longer; a refused one asked nobody."""
        sent = [at for at, stands in self.life.replies[wait.letter] if stands]
        ends = [at for at in self.life.answers[wait.place :] if at >= wait.asked]
        ends += [] if wait.left is None else [wait.left]
        return [(min(sent), min(ends, default=None))] if sent else []

    # Counting

    def _after(self, start: int, seconds: int) -> int | None:
        """The first second by which so many have counted since another one; None while the clock rests."""
        start = max(start, 0)
        try:
            return self.counted_before.index(self.counted_before[start] + seconds, start)
        except ValueError:
            return None

    def _share_of(self, target: Target, percent: Fraction | int) -> Second:
        """The instant at which a percentage of the time counted from a target's beginning to its end has passed."""
        due, before = self.due[target], self.counted_before[self.begins[target]]
        assert due is not None
        wanted = before + Fraction(self.counted_before[due] - before) * percent / 100
        whole = wanted.numerator // wanted.denominator
        if wanted == whole:
            return self.counted_before.index(whole)
        following = self.counted_before.index(whole + 1)  # the end of the second in which it falls
        return following - 1 + (wanted - whole)

    # Both targets

    def _promised(self, priority: Priority, target: Target) -> int:
        return int(self.terms.targets[priority].of(target).total_seconds())

    def _due(self, target: Target) -> int | None:
        """The due instant; a resolution of planned work is promised from its date on (a reading).

        A date that is past when it is told is none: the promise then runs from the telling. Of a target that is
        decided by then another date changes nothing, as another priority does not.
        """
        life = self.life
        met = self._answered() if target is Target.FIRST_RESPONSE else self._resolved()
        dated = target is Target.RESOLUTION
        begins = max(0, life.planned or 0) if dated else 0
        due = self._after(begins, self._promised(life.first_priority, target))
        for at, before, after, date in life.changes:
            decided = (met is not None and met <= at) or (due is not None and due < at)
            if decided or (date is not None and not dated):
                continue
            if date is not None:
                begins = max(date, at)
                due = self._after(begins, self._promised(after, target))
            elif after.rank > before.rank:
                # Lowering never makes a target due sooner than a raise had made it before: it would put the breach
                # of a target that was in time until then before the very change (a reading).
                lower = self._after(begins, self._promised(after, target))
                due = None if due is None or lower is None else max(due, lower)
            else:
                sooner = self._after(max(at, begins), self._promised(after, target))
                due = min((each for each in (due, sooner) if each is not None), default=None)
        self.begins[target] = begins
        return due

    def _answered(self) -> int | None:
        """When a person first answered, by a letter that was not refused."""
        sent = [at for sendings in self.life.replies.values() for at, stands in sendings if stands]
        return min(sent, default=None)

    def _resolved(self) -> int | None:
        return self.life.resolution.at if self.life.resolution else None

    def stops(self, target: Target) -> int | None:
        """When a clock stopped for good: met, or the ticket was closed."""
        ends = [each for each in (self.met[target], self.life.closed) if each is not None]
        return min(ends, default=None)

    def breached(self, target: Target, now: int) -> int | None:
        """The due instant, where it passed unmet."""
        due, stops = self.due[target], self.stops(target)
        if due is None or due >= now or (stops is not None and stops <= due):
            return None
        return due

    def outcome(self, now: int) -> tuple[str, int] | None:
        """How the ticket was decided, and when: violated at the first due instant missed, or kept when it closed."""
        missed = [due for target in Target if (due := self.breached(target, now)) is not None]
        if missed:
            return "violated", min(missed)
        if self.life.closed is not None and self.life.closed <= now:
            return "kept", self.life.closed
        return None

    # What the desk owes, as far as the log knows

    def debts(self) -> set[Debt]:
        """Everything owed on the ticket."""
        if self.life.status is Status.CLOSED:
            return set()
        return self._ladder() | set(self._progress()) | set(self._confirmation())

    def _ladder(self) -> set[Debt]:
        """Nothing while the clocks rest; where a rest is known that is still to come, what comes before it."""
        rests = self.rests_since
        if rests is None:
            return {debt for target in Target for debt in (*self._rungs(target), *self._pass_ons(target))}
        if rests <= self.life.known:
            return set()
        running = Reference(self.events, self.terms, as_if_ended=True)
        return {debt for debt in running._ladder() if debt.at <= rests}

    def rung(self, target: Target, percent: int) -> Second | None:
        """When a rung is to speak."""
        due = self.due[target]
        return None if due is None else self._share_of(target, percent)

    def _met_by(self, target: Target, now: Second) -> bool:
        stops = self.stops(target)
        return stops is not None and stops <= now

    def _rungs(self, target: Target) -> list[Debt]:
        due = self.due[target]
        if due is None:
            return []
        sent = {percent for each, percent, _, _ in self.life.spoken if each is target}
        at = {rung.percent: self._share_of(target, rung.percent) for rung in self.terms.ladder}
        undecided = {
            percent for percent, when in at.items() if not self._met_by(target, max(when, self.life.known))
        }
        lowest = max((percent for percent in undecided if at[percent] <= self.life.changed), default=0)
        return [
            Debt("rung", at[percent], target, percent)
            for percent in sorted(undecided - sent)
            if percent >= lowest
        ]

    def _pass_ons(self, target: Target) -> list[Debt]:
        due = self.due[target]
        owed: list[Debt] = []
        if due is None:
            return owed
        highest = max((percent for each, percent, _, _ in self.life.spoken if each is target), default=0)
        for each, percent, spoke, acknowledged in self.life.spoken:
            following = self.terms.rung_after(percent)
            if each is not target or acknowledged or following is None or percent < highest:
                continue
            if (target, percent) in self.life.passed_on:
                continue
            halfway = self._share_of(target, Fraction(percent + following.percent, 2))
            waited = self._after(spoke, AT_LEAST_TO_ACKNOWLEDGE)
            if waited is None:
                continue
            at = max(halfway, waited)
            speaks = self._share_of(target, following.percent)
            if max(at, self.life.changed) < speaks and not self._met_by(target, max(at, self.life.known)):
                owed.append(Debt("pass-on", at, target, percent))
        return owed

    def _progress(self) -> list[Debt]:
        life = self.life
        if life.status is Status.RESOLVED:
            return []
        written = [at for sendings in life.replies.values() for at, stands in sendings if stands]
        period = int(self.terms.progress[life.priority].total_seconds())
        return [Debt("progress", max([0, *written, *life.progress, *life.reopened]) + period)]

    def _confirmation(self) -> list[Debt]:
        life, silence = self.life, self.terms.confirmation
        if life.resolution is None or life.resolution.letter not in life.delivered:
            return []
        letter = life.resolution.letter
        since = life.delivered[letter]
        closing = Debt("closing", since + int(silence.close_after.total_seconds()))
        reminder = Debt("reminder", since + int(silence.remind_after.total_seconds()))
        return [closing] if letter in life.reminded else [closing, reminder]
