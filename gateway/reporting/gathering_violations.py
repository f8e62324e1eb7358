"""Targets missed, and time that did not count, as a report tells them (P11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.domain.counting import Counting, merged
from gateway.domain.exclusions import Exclusion, exclusions
from gateway.domain.terms import Priority, Target, Terms
from gateway.reporting.figures import MOST_LINES, Breach, Excluded
from gateway.store.queries import agreements, reporting, reporting_violations
from gateway.store.queries.attainment import Window
from gateway.store.queries.reporting_violations import Missed


@dataclass(frozen=True, slots=True)
class Resting:
    """The time of a ticket around what was excluded.

    Shape: `time` is around what has ended, from which due instants are reckoned; `rests_from` is from when nothing
    counts, where an exclusion lasts.
    """

    time: Counting
    rests_from: datetime | None

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """The counted time between two instants."""
        return self.time.between(start, end if self.rests_from is None else min(end, self.rests_from))


@dataclass(frozen=True, slots=True)
class Rests:
    """The time of some tickets that did not count. Shape: a ticket of which nothing was excluded is not in."""

    tickets: dict[int, Resting] = field(default_factory=dict)

    def counted(self, ticket_id: int, start: datetime, end: datetime) -> timedelta:
        """The counted time of a ticket between two instants; nothing counts while an exclusion lasts."""
        resting = self.tickets.get(ticket_id)
        return max(end - start, timedelta()) if resting is None else resting.counted(start, end)

    def allowed(self, ticket_id: int, start: datetime, due_at: datetime) -> timedelta:
        """The counted time of a ticket up to a due instant, which an exclusion moves only when it has ended."""
        resting = self.tickets.get(ticket_id)
        return due_at - start if resting is None else resting.time.between(start, due_at)


def resting_of(found: Sequence[Exclusion]) -> Resting | None:
    """The time of a ticket around exclusions that count; None where there are none."""
    whole = merged(one.interval for one in found)
    if not whole:
        return None
    lasts = whole[-1].end is None
    time = Counting(whole if not lasts else (one.interval for one in found))
    return Resting(time, whole[-1].start if lasts else None)


@dataclass(frozen=True, slots=True)
class Untimed:
    """What excluded time does to a report: the rests of its tickets, and each exclusion within the time covered."""

    rests: Rests
    lines: tuple[Excluded, ...]
    more: int


def untimed(session: Session, window: Window) -> Untimed:
    """The excluded time of every ticket of a window; struck exclusions count, so they are not in."""
    rests, within = Rests(), list[tuple[int, Exclusion]]()
    for ticket_id, events in reporting_violations.logs(session, window):
        found = [one for one in exclusions(events) if one.counts]
        if (resting := resting_of(found)) is not None:
            rests.tickets[ticket_id] = resting
            within += [(ticket_id, one) for one in found if _length(one, window) > timedelta()]
    within.sort(key=_entered_first)
    kept = sorted(within[:MOST_LINES], key=lambda told: (told[1].start, told[0], told[1].id))
    return Untimed(rests, tuple(_lines(session, kept, window)), len(within) - len(kept))


def breaches(
    session: Session, window: Window, rests: Rests, *, zone: str, at: datetime
) -> tuple[tuple[Breach, ...], int]:
    """Each target missed in a window by its due instant, and how many more there are than a list holds."""
    found, count = reporting_violations.missed(session, window, at, most=MOST_LINES)
    terms = _terms(session, window.customer_id, found, zone)
    return tuple(_breach(each, terms[each.contract_id], rests, at) for each in found), count - len(found)


def _entered_first(told: tuple[int, Exclusion]) -> tuple[bool, datetime, int, str]:
    """What people entered stays where a list is cut; waits for the customer began by themselves."""
    return told[1].automatic, told[1].start, told[0], told[1].id


def _length(one: Exclusion, window: Window) -> timedelta:
    return min(one.end or window.until, window.until) - max(one.start, window.since)


def _lines(session: Session, kept: Sequence[tuple[int, Exclusion]], window: Window) -> Iterable[Excluded]:
    subjects = reporting.lines(session, sorted({ticket_id for ticket_id, _ in kept}))
    people = reporting.names(session, sorted({key for _, one in kept if (key := _engineer(one))}))
    for ticket_id, one in kept:
        yield Excluded(
            ticket_id=ticket_id,
            subject=subjects[ticket_id].subject,
            reason=one.reason,
            begins_at=one.start,
            ends_at=one.end,
            length=_length(one, window),
            proof=one.proof.kind if one.proof else "",
            reference=one.proof.reference if one.proof else "",
            by="system" if one.automatic else people.get(_engineer(one), "system"),
        )


def _engineer(one: Exclusion) -> int:
    """The engineer who entered it; 0 where it was nobody."""
    kind, _, key = one.author.partition(":")
    return int(key) if kind == "engineer" and key.isdigit() and not one.automatic else 0


def _terms(session: Session, customer_id: int, found: Iterable[Missed], zone: str) -> dict[int | None, Terms]:
    """The terms under which tickets were opened, by contract."""
    return {
        key: agreements.agreement_of(session, key, customer_id, zone=zone, language="").terms
        for key in {each.contract_id for each in found}
    }


def _breach(missed: Missed, terms: Terms, rests: Rests, at: datetime) -> Breach:
    ended = min(each for each in (at, missed.met_at, missed.closed_at) if each is not None)
    return Breach(
        ticket_id=missed.ticket_id,
        subject=missed.subject,
        priority=missed.priority,
        target=missed.target,
        promised=terms.targets[Priority(missed.priority)].of(Target(missed.target)),
        due_at=missed.due_at,
        met_at=missed.met_at,
        late=rests.counted(missed.ticket_id, missed.due_at, ended),
    )
