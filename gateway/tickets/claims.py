"""What people and the desk claim about time that does not count, and how each claim stands by a ticket's log.

Source: promise P11 (contract clauses 4.1, 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Final

from gateway.domain.lifecycle import Event, EventKind


@unique
class Why(StrEnum):
    """Why time does not count."""

    CUSTOMER = "customer"
    AWS = "aws"
    THIRD_PARTY = "third-party"
    FORCE_MAJEURE = "force-majeure"
    MAINTENANCE = "maintenance"


@unique
class ProofKind(StrEnum):
    """What a claim is proven by."""

    MESSAGE = "message"
    HEALTH_EVENT = "health-event"
    CASE = "case"
    NOTICE = "notice"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a claim is right. Shape: `reference` is a number, an ARN, a title."""

    kind: ProofKind
    reference: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of time that is said not to count. Shape: `end` is None while it lasts; `words` explain it."""

    reason: Why
    start: datetime
    end: datetime | None
    proof: Proof
    words: str = ""

    def data(self) -> dict[str, object]:
        """The claim as the log keeps it."""
        return {
            "start": text(self.start),
            "end": text(self.end) if self.end else None,
            "reason": str(self.reason),
            "proof": {"kind": str(self.proof.kind), "reference": self.proof.reference.strip()},
        }


@unique
class State(StrEnum):
    """How a claim stands. Contested and upheld ones count; proposed, declined and struck ones do not."""

    COUNTS = "counts"
    CONTESTED = "contested"
    UPHELD = "upheld"
    STRUCK = "struck"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claim of a ticket as its log tells it now. Shape: `x…` was entered or accepted, `p…` proposed."""

    id: str
    claim: Claim
    state: State
    actor: str
    at: datetime

    @property
    def stands(self) -> bool:
        """Whether its time does not count."""
        return self.state in (State.COUNTS, State.CONTESTED, State.UPHELD)


_MADE: Final = {EventKind.EXCLUDED: State.COUNTS, EventKind.EXCLUSION_PROPOSED: State.PROPOSED}
_DECIDED: Final = {
    EventKind.EXCLUSION_STRUCK: State.STRUCK,
    EventKind.EXCLUSION_DECLINED: State.DECLINED,
    EventKind.EXCLUSION_CONTESTED: State.CONTESTED,
    EventKind.EXCLUSION_UPHELD: State.UPHELD,
}


def of_log(events: Iterable[Event]) -> dict[str, Claimed]:
    """Every claim of a ticket by its id, in order; without words, which are no part of the log."""
    found: dict[str, Claimed] = {}
    for event in events:
        name = str(event.data.get("id", ""))
        if made := _MADE.get(event.kind):
            found[name] = Claimed(name, _claim(event.data), made, event.actor, event.at)
            proposal = str(event.data.get("proposal", ""))
            if proposal in found:
                found[proposal] = replace(found[proposal], state=State.ACCEPTED)
        elif name in found and (decided := _DECIDED.get(event.kind)):
            found[name] = replace(found[name], state=decided)
        elif name in found and event.kind is EventKind.EXCLUSION_ENDED:
            one = found[name]
            found[name] = replace(one, claim=replace(one.claim, end=_instant(event.data["end"])))
    return found


def next_id(known: Iterable[str], letter: str) -> str:
    """The id of the next claim: `x` for what counts, `p` for proposals.

    >>> next_id(["x1", "p1", "x2"], "x"), next_id(["x1"], "p")
    ('x3', 'p1')
    """
    return f"{letter}{1 + sum(each.startswith(letter) for each in known)}"


def _claim(data: Mapping[str, object]) -> Claim:
    proof = data.get("proof")
    told = proof if isinstance(proof, Mapping) else {}
    end = data.get("end")
    return Claim(
        reason=Why(str(data["reason"])),
        start=_instant(data["start"]),
        end=_instant(end) if end else None,
        proof=Proof(ProofKind(str(told.get("kind", "document"))), str(told.get("reference", ""))),
    )


def text(at: datetime) -> str:
    """An instant as data of the log hold it."""
    return at.astimezone(UTC).isoformat()


def _instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value))
