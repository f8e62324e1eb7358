"""Every interval that does not count or was to, as a ticket's log tells it: by itself or entered by a person. Pure.

Source: promises P1, P4 and P11 (contract clauses 2.1, 4.1, 4.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gateway.domain.counting import Interval, Reason
from gateway.domain.lifecycle import LIVE, Event, EventKind, Status

_BY_THE_CUSTOMER: Final = frozenset({"not-fixed", "customer"})


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that an interval does not count. Shape: `kind` message, health-event, case, notice or document."""

    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who said something about an exclusion, when, and in which entry of the log (counted from 1)."""

    by: str
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One interval that does not count, or did until it was struck.

    Shape: `id` is "w1", "w2", … for waits that began by themselves, "x1", … for those entered; `seq` is the entry of
    the log that made it (counted from 1), whose words explain it; `end` is None while it lasts.
    """

    id: str
    start: datetime
    end: datetime | None
    reason: Reason
    author: str
    proof: Proof | None
    entered_at: datetime
    seq: int
    automatic: bool = False
    proposal: str = ""
    struck: Verdict | None = None
    contested: Verdict | None = None
    upheld: Verdict | None = None

    @property
    def counts(self) -> bool:
        """Whether its time is left out; a contested one is until a manager strikes it."""
        return self.struck is None

    @property
    def under_review(self) -> bool:
        """Whether the customer contested it and no manager has answered that."""
        if self.contested is None or self.struck is not None:
            return False
        return self.upheld is None or self.upheld.seq < self.contested.seq

    @property
    def interval(self) -> Interval:
        """Its time alone."""
        return Interval(self.start, self.end, self.reason)


def exclusions(events: Sequence[Event]) -> tuple[Exclusion, ...]:
    """Every exclusion of a ticket as known now, in the order of the log, struck and contested ones included.

    A question that was refused asked nobody: it takes a number and is left out.
    """
    fold = _Fold(replies(events))
    for seq, event in enumerate(events, start=1):
        if event.kind is EventKind.STATUS:
            fold.moved(event, seq)
        elif event.kind is EventKind.EXCLUDED:
            entered = _entered(event, seq)
            fold.found[entered.id] = entered
        elif event.kind is EventKind.CUSTOMER_MESSAGE:
            fold.answered(event)
        elif event.kind in _LATER:
            fold.told(event, seq)
    return tuple(fold.found.values())


def proposed(events: Sequence[Event]) -> tuple[Exclusion, ...]:
    """What was proposed ("p1", …) and neither accepted nor declined; none of it counts."""
    found: dict[str, Exclusion] = {}
    for seq, event in enumerate(events, start=1):
        if event.kind is EventKind.EXCLUSION_PROPOSED:
            made = _entered(event, seq)
            found[made.id] = made
        elif event.kind is EventKind.EXCLUDED:
            found.pop(str(event.data.get("proposal")), None)
        elif event.kind is EventKind.EXCLUSION_DECLINED:
            found.pop(str(event.data["id"]), None)
    return tuple(found.values())


def replies(events: Sequence[Event]) -> dict[object, datetime | None]:
    """When each text by a person was committed for sending; None where the next server has refused it for good since.

    A resolution that names no reply of its own still was one: resolving needs a text (P1).
    """
    told: dict[object, datetime | None] = {}
    resolutions: list[tuple[object, datetime]] = []
    for seq, event in enumerate(events, start=1):
        if event.kind is EventKind.REPLY:
            told[event.data["message"]] = told.get(event.data["message"]) or event.at
        elif event.kind is EventKind.REPLY_REFUSED:
            told[event.data["message"]] = None
        elif event.kind is EventKind.STATUS and event.data["to"] == Status.RESOLVED:
            resolutions.append((event.data.get("message", f"entry {seq}"), event.at))
    for message, at in resolutions:
        told.setdefault(message, at)
    return told


_LATER: Final = frozenset(
    {
        EventKind.EXCLUSION_ENDED,
        EventKind.EXCLUSION_STRUCK,
        EventKind.EXCLUSION_CONTESTED,
        EventKind.EXCLUSION_UPHELD,
    }
)


class _Fold:
    """What was found so far, and what the ticket is waiting for."""

    def __init__(self, sent: Mapping[object, datetime | None]) -> None:
        self.found: dict[str, Exclusion] = {}
        self._sent = sent
        self._waits = 0
        self._waiting = ""  # the id of the wait that leaving the status ends
        self._questions: list[tuple[str, datetime]] = []
        self._resolution: Event | None = None

    def moved(self, event: Event, seq: int) -> None:
        """A change of status: it ends a wait, or begins one, or tells that one was in vain (P1, P11)."""
        to, cause = Status(str(event.data["to"])), event.data.get("cause")
        if waiting := self.found.get(self._waiting):
            self.found[waiting.id] = replace(
                waiting, end=max(waiting.start, min(event.at, waiting.end or event.at))
            )
        self._waiting = ""
        if self._resolution is not None and to in LIVE and cause in _BY_THE_CUSTOMER:
            self._questions.append((self._began(self._resolution, event, seq), self._resolution.at))
        if to is Status.WAITING_CUSTOMER and cause == "reply":
            self._waiting = self._began(event, None, seq)
            self._questions.append((self._waiting, event.at))
        self._resolution = event if to is Status.RESOLVED else None

    def answered(self, event: Event) -> None:
        """A wait ends with the customer's answer, also where it was entered after the ticket had ceased to wait.

        A bare thanks answers nothing.
        """
        if event.data.get("intent") == "thanks":
            return
        for wait, asked_at in reversed(self._questions):
            one = self.found.get(wait)
            if one is None or event.at < asked_at:
                continue
            if one.end is not None and one.end <= event.at:
                return
            self.found[wait] = replace(one, end=max(one.start, event.at))

    def told(self, event: Event, seq: int) -> None:
        """What was said later about an exclusion. Striking is final; a wait that began by itself ends by itself."""
        one = self.found.get(str(event.data["id"]))
        if one is None:
            return
        verdict = Verdict(event.actor, event.at, seq)
        if event.kind is EventKind.EXCLUSION_STRUCK:
            one = replace(one, struck=one.struck or verdict)
        elif event.kind is EventKind.EXCLUSION_CONTESTED:
            one = replace(one, contested=verdict)
        elif event.kind is EventKind.EXCLUSION_UPHELD:
            one = replace(one, upheld=verdict)
        elif not one.automatic:
            one = replace(one, end=max(one.start, _instant(event.data["end"])))
        self.found[one.id] = one

    def _began(self, asked: Event, answered: Event | None, seq: int) -> str:
        """A wait from the instant the question was committed for sending; a refused one keeps its number."""
        self._waits += 1
        start = self._sent.get(asked.data.get("message"), asked.at)
        if start is None:
            return ""
        made = Exclusion(
            id=f"w{self._waits}",
            start=start,
            end=max(start, answered.at) if answered else None,
            reason=Reason.CUSTOMER,
            author=asked.actor,
            proof=Proof("message", str(asked.data["message"])) if "message" in asked.data else None,
            entered_at=(answered or asked).recorded_at,
            seq=seq,
            automatic=True,
        )
        self.found[made.id] = made
        return made.id


def _entered(event: Event, seq: int) -> Exclusion:
    data, start = event.data, _instant(event.data["start"])
    proof = data.get("proof")
    return Exclusion(
        id=str(data["id"]),
        start=start,
        end=max(start, _instant(data["end"])) if data.get("end") is not None else None,
        reason=Reason(str(data["reason"])),
        author=event.actor,
        proof=Proof(str(proof["kind"]), str(proof["reference"])) if isinstance(proof, Mapping) else None,
        entered_at=event.recorded_at,
        seq=seq,
        proposal=str(data.get("proposal") or ""),
    )


def _instant(told: object) -> datetime:
    return datetime.fromisoformat(str(told))
