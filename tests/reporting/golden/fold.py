"""One ticket's clocks, from its tale: naive, slow, after the words of P1, P11 and P12."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.reporting.golden.story import HOUR, MINUTE, Act, Tale

TARGETS = {
    "critical": (15 * MINUTE, 4 * HOUR),
    "high": (HOUR, 8 * HOUR),
    "medium": (4 * HOUR, 24 * HOUR),
    "low": (24 * HOUR, 72 * HOUR),
}
ORDER = list(TARGETS)
FIRST, RESOLUTION = "first-response", "resolution"


@dataclass
class Rest:
    """Time that does not count. Shape: `end` is None while it lasts."""

    name: str
    start: datetime
    end: datetime | None
    reason: str
    struck: bool = False


@dataclass
class Life:
    """A ticket as known at an instant.

    Shape: `did` are (code, instant) of all that happened; `met` and `due` are by target; `closed` and `opened` instants.
    """

    tale: Tale
    known: datetime
    level: str
    opened: datetime
    status: str = "new"
    closed: datetime | None = None
    mark: str = ""
    marked: datetime | None = None
    answered: datetime | None = None
    resolved: datetime | None = None
    rests: list[Rest] = field(default_factory=list)
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    did: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def exclusions(self) -> list[Rest]:
        """Each stretch that does not count, without those struck."""
        return [rest for rest in self.rests if not rest.struck]

    @property
    def pauses(self) -> list[tuple[datetime, datetime]]:
        """The time that does not count and is over, each instant once."""
        return _union([(rest.start, rest.end) for rest in self.exclusions if rest.end is not None])

    @property
    def rests_since(self) -> datetime | None:
        """From when on the clocks rest without an end, whatever ended before having lasted into it."""
        opens = [rest.start for rest in self.exclusions if rest.end is None]
        if not opens:
            return None
        since = min(opens)
        for start, end in reversed(self.pauses):
            if start <= since <= end:
                since = start
        return since

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """The service time between two instants."""
        if self.rests_since is not None:
            end = min(end, self.rests_since)
        lost = sum(
            (max(min(end, b) - max(start, a), timedelta()) for a, b in self.pauses),
            timedelta(),
        )
        return max(end - start - lost, timedelta()) if end > start else timedelta()

    def later(self, start: datetime, amount: timedelta) -> datetime:
        """When this much service time has passed since an instant."""
        at, left = start, amount
        for a, b in self.pauses:
            if b <= at:
                continue
            if a > at:
                if a - at >= left:
                    return at + left
                left -= a - at
            at = b
        return at + left

    def met(self, target: str) -> datetime | None:
        """When a target was reached."""
        return self.answered if target == FIRST else self.resolved

    def due(self, target: str) -> datetime:
        """P1: raised, an undecided target is due at the earlier of the old instant and the change plus the new target;
        lowered, at the opening plus the new target, and never nearer than it was.
        """
        which, level = (0 if target == FIRST else 1), self.tale.level
        due = self.later(self.opened, TARGETS[level][which])
        met = self.met(target)
        for at, new in self.changes:
            if (met is not None and met <= at) or self._past(due, at):
                break
            promised = TARGETS[new][which]
            if ORDER.index(new) < ORDER.index(level):
                due = min(due, self.later(at, promised))
            else:
                due = max(due, self.later(self.opened, promised))
            level = new
        return due

    def allowed(self, target: str) -> timedelta:
        """The service time from the opening to the due instant, which a wait that lasts does not move."""
        due = self.due(target)
        return due - self.opened - sum((max(min(due, b) - max(self.opened, a), timedelta()) for a, b in self.pauses),
                                       timedelta())  # fmt: skip

    def promised(self, target: str) -> timedelta:
        """The target of the priority that the ticket has."""
        return TARGETS[self.level][0 if target == FIRST else 1]

    def missed(self, target: str) -> datetime | None:
        """The due instant, where it was missed as far as is known. Met exactly then is met."""
        ends = min(each for each in (self.known, self.met(target), self.closed) if each is not None)
        due = self.due(target)
        return due if self._past(due, ends) else None

    def decided(self) -> tuple[datetime, bool] | None:
        """P12: once, violated at its first violated due instant, or else kept when it closes; None where it does not
        count, or not yet.
        """
        if self.tale.origin != "customer" or self.mark in ("spam", "merged"):
            return None
        missed = [at for at in (self.missed(FIRST), self.missed(RESOLUTION)) if at is not None]
        if missed:
            at = min(missed)
            return (
                None
                if self.mark == "withdrawn" and self.marked is not None and self.marked <= at
                else (at, False)
            )
        if self.mark == "withdrawn" or self.closed is None:
            return None
        return self.closed, True

    @property
    def counts(self) -> bool:
        """Whether it is a request whose targets are told of: one withdrawn in time is none."""
        if self.tale.origin != "customer" or self.mark in ("spam", "merged"):
            return False
        return self.mark != "withdrawn" or self.decided() is not None

    @property
    def listed(self) -> bool:
        """Whether it is work for the customer, which P10's "everything handled" tells of: Health events are, too."""
        return self.tale.origin != "probe" and self.mark not in ("spam", "merged")

    def _past(self, due: datetime, at: datetime) -> bool:
        since = self.rests_since
        return at > due and (since is None or since >= due)


def life(tale: Tale, known: datetime) -> Life | None:
    """The ticket as known at an instant; None before it was opened."""
    if tale.opened > known:
        return None
    telling = _Telling(Life(tale, known, tale.level, tale.opened))
    for act in sorted(tale.acts, key=lambda each: each.at):
        if act.at <= known:
            telling.tell(act)
    return telling.life


class _Telling:
    """One act after the other. Shape: `asked` is the wait that lasts, `resolution` when it was resolved."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.asked: Rest | None = None
        self.resolution: datetime | None = None
        self._waits = self._entered = 0
        life.did.append(("opened", life.opened))

    def tell(self, act: Act) -> None:
        """What the act does to the ticket."""
        life = self.life
        if act.what in ("answer", "ask", "resolve"):
            life.answered = life.answered or act.at
            life.did.append(("answered", act.at))
        if self.asked is not None and act.what in ("said", "resolve", "close", "withdraw", "spam", "merge"):
            self.asked.end, self.asked = act.at, None
        if act.what in ("answer", "ask", "said"):
            self._spoken(act)
        elif act.what in ("resolve", "not-fixed", "reopen"):
            self._resolved(act)
        elif act.what == "priority":
            life.level = act.level
            life.changes.append((act.at, act.level))
        elif act.what in ("exclude", "strike"):
            self._excluded(act)
        else:
            self._closed(act)

    def _spoken(self, act: Act) -> None:
        life = self.life
        if act.what == "ask":
            self.asked = self._wait(act.at, None)
            life.status = "waiting-customer"
        elif (
            act.what == "answer"
            and life.status == "new"
            or act.what == "said"
            and life.status == "waiting-customer"
        ):
            life.status = "open"

    def _resolved(self, act: Act) -> None:
        life = self.life
        if act.what == "resolve":
            life.status, life.resolved, self.resolution = "resolved", act.at, act.at
            life.did.append(("resolved", act.at))
            return
        assert self.resolution is not None
        if act.what == "not-fixed":
            self._wait(self.resolution, act.at)
        life.status, life.resolved, self.resolution = "open", None, None
        life.did.append(("reopened", act.at))

    def _closed(self, act: Act) -> None:
        life = self.life
        life.status = "closed"
        if life.closed is None:
            life.closed = act.at
            life.did.append(("closed", act.at))
        if act.what in ("spam", "withdraw", "merge"):
            life.mark = {"withdraw": "withdrawn", "merge": "merged"}.get(act.what, act.what)
            life.marked = act.at

    def _excluded(self, act: Act) -> None:
        if act.what == "strike":
            next(rest for rest in self.life.rests if rest.name == act.name).struck = True
            return
        assert act.start is not None
        self._entered += 1
        self.life.rests.append(Rest(f"x{self._entered}", act.start, act.end, act.reason))

    def _wait(self, start: datetime, end: datetime | None) -> Rest:
        self._waits += 1
        self.life.rests.append(Rest(f"w{self._waits}", start, end, "customer"))
        return self.life.rests[-1]


def _union(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(each for each in stretches if each[1] > each[0]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
