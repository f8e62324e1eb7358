"""Random lives of tickets, as their logs tell them: valid steps only, instants on whole seconds.

Shape: `history(seed)` gives the same log for the same seed. In a *lived* history the desk does what it owes when it is
due (a moment late, as tickers are); in the others alarms speak whenever chance has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from random import Random

from gateway.domain import lifecycle
from gateway.domain.lifecycle import Action, Event, EventKind, Status
from gateway.domain.terms import Priority, Target, Terms, agreed
from tests.domain.reference import Debt, Reference

START = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)

REASONS = ("customer", "aws", "third-party", "force-majeure", "maintenance")
PROOFS = ("message", "health-event", "case", "notice", "document")


def _terms(*minutes: tuple[float, float], progress: tuple[float, ...], ladder: tuple[int, ...]) -> Terms:
    levels = [str(level) for level in Priority]
    return agreed(
        {
            "targets": {
                level: {"first_response_minutes": first, "resolution_minutes": last}
                for level, (first, last) in zip(levels, minutes, strict=True)
            },
            "progress_minutes": dict(zip(levels, progress, strict=True)),
            "ladder": list(ladder),
            "confirmation_hours": {"remind": 0.1, "close": 0.25},
        }
    )


TERMS = (
    _terms((1, 5), (2, 10), (4, 16), (8, 24), progress=(3, 5, 8, 12), ladder=(50, 75, 90, 100)),
    _terms((2, 20), (5, 30), (10, 40), (20, 60), progress=(4, 9, 15, 20), ladder=(50, 75, 90, 100)),
    _terms((1, 3), (1, 7), (9, 9), (10, 45), progress=(2, 2, 30, 60), ladder=(20, 60, 95)),
    _terms((3, 40), (6, 50), (7, 60), (30, 90), progress=(10, 20, 30, 40), ladder=(33, 100)),
)


@dataclass(frozen=True)
class History:
    """A ticket's log under its terms."""

    events: list[Event]
    terms: Terms


@dataclass
class Sent:
    """A reply, as the desk remembers it."""

    letter: int
    at: int
    refused: bool = False


@dataclass
class Desk:
    """A ticket being lived through: `now` is when the next entry is made."""

    chance: Random
    terms: Terms
    events: list[Event] = field(default_factory=list)
    now: int = 0
    status: Status = Status.NEW
    priority: Priority = Priority.MEDIUM
    letters: int = 0
    replies: list[Sent] = field(default_factory=list)
    resolution: Sent | None = None
    waits: int = 0
    exclusions: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    proposals: dict[str, tuple[int, int | None, str]] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    counted: dict[str, int] = field(default_factory=lambda: {"x": 0, "p": 0})

    def write(self, kind: EventKind, data: Mapping[str, object] | None = None, *, at: int | None = None,
              actor: str = "system") -> None:  # fmt: skip
        """Add an entry to the log, made now."""
        when = self.now if at is None else at
        self.events.append(Event(kind, _instant(when), _instant(self.now), actor, data or {}))

    def letter(self) -> int:
        """The number of a new message."""
        self.letters += 1
        return self.letters

    def move(self, action: Action, cause: str, *, at: int | None = None, message: int | None = None) -> None:
        """Take a step of the state machine; a step in place leaves no entry."""
        before, self.status = self.status, lifecycle.advance(self.status, action)
        if before is self.status:
            return
        data = {"from": str(before), "to": str(self.status), "cause": cause}
        told = {} if message is None else {"message": message}
        by = "customer" if cause in ("customer", "not-fixed", "confirmed") else "engineer:1"
        self.write(EventKind.STATUS, data | told, at=at, actor="system" if cause == "silence" else by)
        if before is Status.RESOLVED:
            self.resolution = None
            self.waits += cause in ("customer", "not-fixed")
        self.waits += self.status is Status.WAITING_CUSTOMER and cause == "reply"


def _instant(second: int) -> datetime:
    return START + timedelta(seconds=second)


def _text(second: int | None) -> str | None:
    return None if second is None else _instant(second).isoformat()


def history(seed: int) -> History:
    """One ticket's life; every fifth is lived."""
    chance = Random(seed)
    desk = Desk(chance, chance.choice(TERMS))
    lived = seed % 5 == 0
    _open(desk)
    pace = chance.choice((20, 100, 400, 700))
    for _ in range(chance.randint(0, 20)):
        until = desk.now + chance.choice((0, 1, chance.randint(0, 20), chance.randint(0, pace)))
        if lived:
            _do_what_is_owed(desk, until)
        desk.now = max(desk.now, until)
        chance.choices(STEPS, WEIGHTS)[0](desk)
    if lived:
        _do_what_is_owed(desk, desk.now + 1500)
    return History(desk.events, desk.terms)


def _open(desk: Desk) -> None:
    desk.priority = desk.chance.choice(list(Priority))
    desk.now = desk.chance.choice((0, 0, 0, 1, desk.chance.randint(2, 500)))
    data = {
        "priority": str(desk.priority),
        "service": "technical-support",
        "kind": "incident",
        "queue": "desk",
    } | ({"planned": _text(desk.chance.randint(-60, 1500))} if desk.chance.random() < 0.2 else {})
    desk.write(EventKind.OPENED, data, at=0, actor="customer")
    desk.write(
        EventKind.CUSTOMER_MESSAGE, {"message": desk.letter(), "intent": "report"}, at=0, actor="customer"
    )


# What engineers do


def _answer(desk: Desk, action: Action) -> None:
    if action not in lifecycle.TRANSITIONS[desk.status]:
        return
    sent = Sent(desk.letter(), desk.now + desk.chance.choice((0, 0, 5, 30)))
    desk.replies.append(sent)
    desk.write(EventKind.REPLY, {"message": sent.letter}, at=sent.at, actor="engineer:1")
    desk.move(action, "reply", message=sent.letter)
    if action is Action.RESOLVE:
        desk.resolution = sent


def _move_by_hand(desk: Desk) -> None:
    """Resolving is never by hand alone: it needs a text."""
    actions = (Action.RESUME, Action.WAIT_AWS, Action.WAIT_THIRD_PARTY, Action.ASK_CUSTOMER, Action.REOPEN)
    possible = [each for each in actions if each in lifecycle.TRANSITIONS[desk.status]]
    if possible:
        desk.move(desk.chance.choice(possible), "by-hand")


def _close(desk: Desk) -> None:
    if desk.status is not Status.CLOSED:
        desk.move(Action.CLOSE, "by-hand")


def _change_priority(desk: Desk) -> None:
    if desk.status in lifecycle.LIVE:
        before = desk.priority
        desk.priority = desk.chance.choice([each for each in Priority if each is not before])
        data = {"priority": str(desk.priority), "from": str(before)}
        desk.write(EventKind.PRIORITY, data, actor="engineer:1")


def _move_date(desk: Desk) -> None:
    """AWS tells the date of planned work again, mostly another one; in what else it tells there is none."""
    dates = [each.data["planned"] for each in desk.events if each.data.get("planned")]
    moved = desk.chance.choice(
        (None, dates[-1] if dates else None, *[_text(desk.now + desk.chance.randint(-60, 900))] * 2)
    )
    desk.write(EventKind.AWS_HEALTH, {"what": "changed", "planned": moved}, actor="aws")


def _acknowledge(desk: Desk) -> None:
    if desk.status is not Status.CLOSED:
        by = desk.chance.choice(("mail", "page", "api"))
        desk.write(EventKind.ACKNOWLEDGED, {"by": by}, actor=f"engineer:{desk.chance.randint(1, 3)}")


# What becomes of letters


def _refuse(desk: Desk) -> None:
    left = [each for each in desk.replies if not each.refused and each.at <= desk.now]
    if left:
        sent = desk.chance.choice(left)
        sent.refused = True
        desk.write(EventKind.REPLY_REFUSED, {"message": sent.letter})


def _send_again(desk: Desk) -> None:
    left = [each for each in desk.replies if each.refused]
    if left and desk.status is not Status.CLOSED:
        sent = desk.chance.choice(left)
        sent.refused, sent.at = False, desk.now
        desk.write(EventKind.REPLY, {"message": sent.letter}, actor="engineer:1")


def _deliver_resolution(desk: Desk) -> None:
    sent = desk.resolution
    if sent and not sent.refused and desk.status is Status.RESOLVED:
        desk.now = max(desk.now, sent.at)
        desk.write(EventKind.RESOLUTION_DELIVERED, {"message": sent.letter})


# What customers do


def _customer_writes(desk: Desk) -> None:
    """Accepted a moment ago, or held for a person until now."""
    if desk.status is Status.CLOSED:
        return
    late = desk.chance.choice((0, 0, 0, 1, 3, desk.chance.randint(0, 200)))
    at = max(0, desk.now - late)
    intent = desk.chance.choice(("report", "question", "thanks", "confirm", "not-fixed", "not-fixed"))
    said = {"message": desk.letter(), "intent": intent}
    at = desk.now if intent == "confirm" else at  # nobody confirms a resolution before it was made
    desk.write(EventKind.CUSTOMER_MESSAGE, said, at=at, actor="customer")
    if intent == "thanks":
        return
    resolved = desk.status is Status.RESOLVED
    if resolved and intent == "confirm":
        desk.move(Action.CONFIRM, "confirmed")
    elif resolved and intent == "not-fixed":
        desk.move(Action.NOT_FIXED, "not-fixed", at=at)
    else:
        desk.move(Action.CUSTOMER_REPLIES, "customer", at=at)


def _ask_escalation(desk: Desk) -> None:
    if desk.status is not Status.CLOSED:
        desk.write(EventKind.ESCALATION_ASKED, {"told": [4]}, actor="customer")


# What does not count


def _span(desk: Desk) -> tuple[int, int | None]:
    """Late, ahead of time, or lasting; the end known or not."""
    start = desk.chance.randint(-100, desk.now + 100)
    end = desk.chance.choice((None, start + desk.chance.randint(1, 60), start + desk.chance.randint(1, 600)))
    return start, end


def _exclude(desk: Desk, proposal: str | None = None) -> None:
    start, end, reason = (*_span(desk), desk.chance.choice(REASONS))
    if proposal:
        start, end, reason = desk.proposals.pop(proposal)
    desk.counted["x"] += 1
    name = f"x{desk.counted['x']}"
    desk.exclusions[name] = (start, end)
    told = {"id": name, **_interval(desk, start, end, reason)} | ({"proposal": proposal} if proposal else {})
    desk.write(EventKind.EXCLUDED, told, actor="engineer:2")


def _interval(desk: Desk, start: int, end: int | None, reason: str) -> dict[str, object]:
    proof = {"kind": desk.chance.choice(PROOFS), "reference": "42"}
    return {"start": _text(start), "end": _text(end), "reason": reason, "proof": proof}


def _end(desk: Desk) -> None:
    """An open interval ends; one with an end may end sooner."""
    left = [name for name in desk.exclusions if name not in desk.struck]
    if not left:
        return
    name = desk.chance.choice(left)
    start, end = desk.exclusions[name]
    last = max(start, desk.now) if end is None else end
    earlier = desk.chance.randint(start, last)
    desk.exclusions[name] = (start, earlier)
    desk.write(EventKind.EXCLUSION_ENDED, {"id": name, "end": _text(earlier)}, actor="engineer:2")


def _strike(desk: Desk) -> None:
    left = [*desk.exclusions, *(f"w{nth}" for nth in range(1, desk.waits + 1))]
    left = [name for name in left if name not in desk.struck]
    if left:
        name = desk.chance.choice(left)
        desk.struck.add(name)
        desk.write(EventKind.EXCLUSION_STRUCK, {"id": name}, actor="engineer:3")


def _contest(desk: Desk) -> None:
    left = [name for name in desk.exclusions if name not in desk.struck | desk.contested]
    if left:
        name = desk.chance.choice(left)
        desk.contested.add(name)
        desk.write(EventKind.EXCLUSION_CONTESTED, {"id": name}, actor="customer")


def _decide_contested(desk: Desk) -> None:
    left = sorted(desk.contested - desk.struck)
    if left:
        name = desk.chance.choice(left)
        desk.contested.discard(name)
        upheld = desk.chance.random() < 0.5
        kind = EventKind.EXCLUSION_UPHELD if upheld else EventKind.EXCLUSION_STRUCK
        desk.struck |= set() if upheld else {name}
        desk.write(kind, {"id": name}, actor="engineer:4")


def _propose(desk: Desk) -> None:
    desk.counted["p"] += 1
    name = f"p{desk.counted['p']}"
    start, end = _span(desk)
    reason = desk.chance.choice(("aws", "maintenance"))
    desk.proposals[name] = (start, end, reason)
    desk.write(EventKind.EXCLUSION_PROPOSED, {"id": name, **_interval(desk, start, end, reason)})


def _decide_proposed(desk: Desk) -> None:
    if not desk.proposals:
        return
    name = desk.chance.choice(list(desk.proposals))
    if desk.chance.random() < 0.5:
        _exclude(desk, name)
    else:
        del desk.proposals[name]
        desk.write(EventKind.EXCLUSION_DECLINED, {"id": name}, actor="engineer:2")


# What the desk owes


def _speak(desk: Desk) -> None:
    """An alarm that spoke, of a rung that had not."""
    if desk.status is Status.CLOSED:
        return
    target = desk.chance.choice(list(Target))
    spoken = [int(str(each.data["percent"])) for each in desk.events
              if each.kind is EventKind.ALARM and each.data["target"] == str(target)]  # fmt: skip
    left = [rung.percent for rung in desk.terms.ladder if rung.percent > max(spoken, default=0)]
    if left:
        at = max(0, desk.now - desk.chance.choice((0, 0, 1, 30)))
        _alarm(desk, target, desk.chance.choice(left[:2]), at)


def _alarm(desk: Desk, target: Target, percent: int, at: int) -> None:
    data = {"target": str(target), "percent": percent, "due_at": _text(at), "told": [1]}
    desk.write(EventKind.ALARM, data, at=at)


def _report_progress(desk: Desk) -> None:
    if desk.status in lifecycle.LIVE:
        desk.write(EventKind.PROGRESS, {"next_at": _text(desk.now + 60)})


def _do_what_is_owed(desk: Desk, until: int) -> None:
    """The desk's timers: each debt is acted on at its instant, or a moment later."""
    while debts := [each for each in Reference(desk.events, desk.terms).debts() if each.at <= until]:
        debt = min(debts, key=lambda each: (each.at, each.owed, str(each.target), each.percent or 0))
        desk.now = max(desk.now, ceil(debt.at) + desk.chance.choice((0, 0, 0, 1, 2)))
        if debt in Reference(desk.events, desk.terms).debts():
            _act(desk, debt)


def _act(desk: Desk, debt: Debt) -> None:
    target, percent = debt.target, debt.percent or 0
    letter = desk.resolution.letter if desk.resolution else 0
    if debt.owed == "rung" and target:
        at = min(desk.now, ceil(debt.at))
        _alarm(desk, target, percent, at)
    elif debt.owed == "pass-on":
        following = desk.terms.rung_after(percent)
        data = {"target": str(target), "percent": percent, "told": [2],
                "to_percent": following.percent if following else 100}  # fmt: skip
        desk.write(EventKind.PASSED_ON, data)
    elif debt.owed == "progress":
        desk.write(EventKind.PROGRESS, {"next_at": _text(desk.now + 60)})
    elif debt.owed == "reminder":
        desk.write(EventKind.REMINDED, {"message": letter})
    else:
        desk.move(Action.CLOSE, "silence")


WEIGHED: tuple[tuple[Callable[[Desk], None], int], ...] = (
    (partial(_answer, action=Action.ENGINEER_REPLIES), 9), (partial(_answer, action=Action.ASK_CUSTOMER), 10),
    (partial(_answer, action=Action.RESOLVE), 9), (_move_by_hand, 6), (_close, 1), (_change_priority, 9),
    (_acknowledge, 5), (_refuse, 5), (_send_again, 2), (_deliver_resolution, 8), (_customer_writes, 18), (_ask_escalation, 1),
    (_exclude, 8), (_end, 5), (_strike, 5), (_contest, 5), (_decide_contested, 6), (_propose, 3),
    (_decide_proposed, 3), (_move_date, 3), (_speak, 8), (_report_progress, 3),
)  # fmt: skip
STEPS = [step for step, _ in WEIGHED]
WEIGHTS = [weight for _, weight in WEIGHED]
