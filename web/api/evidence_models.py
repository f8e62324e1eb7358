"""The evidence sheet over the API: everything needed to reckon both clocks again. Instants are RFC 3339 in UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.domain.counting import Reason
from gateway.domain.evidence import Cause, Outcome
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.tickets import claims
from gateway.tickets.claims import ProofKind
from web.api.models import SAYS, Clean, CustomerName, EventOut, Excluded

_Seconds = Annotated[float, Field(ge=0)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


Why = Annotated[str, StringConstraints(min_length=1, max_length=claims.LONGEST, pattern=SAYS), Clean]


class ProofIn(_Asked):
    """What shows that the time does not count: a message or notice by its number, an ARN, a case, a title."""

    kind: ProofKind
    reference: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=SAYS), Clean]


class NewExclusion(_Asked):
    """Time that does not count; without `end` it lasts. Maintenance is only accepted as it was proposed."""

    reason: Reason
    start: AwareDatetime
    end: AwareDatetime | None = None
    proof: ProofIn
    words: Why


class EndOfExclusion(_Asked):
    """When a lasting exclusion ended."""

    end: AwareDatetime


class Decided(_Asked):
    """Why it is struck, contested or upheld."""

    words: Why


class Declined(_Asked):
    """Why a proposal is declined."""

    words: Annotated[str, StringConstraints(max_length=claims.LONGEST), Clean] = ""


class Who(BaseModel):
    """Somebody as the log names them: `engineer:7`, `customer`, `system`; and their name, where they have one."""

    actor: str
    name: str


class ProofOut(BaseModel):
    """What shows that the time does not count."""

    kind: str
    reference: str


class Verdict(BaseModel):
    """Who said something about an exclusion, when, in which entry of the log, and why."""

    by: Who
    at: AwareDatetime
    entry: int
    words: str


class ExclusionOut(BaseModel):
    """One exclusion or proposal. `automatic` ones are waits for the customer that began by themselves."""

    id: str
    start: AwareDatetime
    end: AwareDatetime | None
    reason: Reason
    author: Who
    proof: ProofOut | None
    words: str
    entered_at: AwareDatetime
    entry: int
    automatic: bool
    proposal: str
    counts: bool = Field(description="whether its time is left out of the clocks")
    under_review: bool
    struck: Verdict | None
    contested: Verdict | None
    upheld: Verdict | None


class StretchOut(BaseModel):
    """A piece of time; `total_seconds` is the counted time from opening to its end."""

    start: AwareDatetime
    end: AwareDatetime
    counts: bool
    total_seconds: _Seconds
    exclusion: str | None
    reason: Reason | None


class MoveOut(BaseModel):
    """A change of the due instant and the entry of the log that made it; `before` is null for the opening."""

    cause: Cause
    what: str = Field(description="the new priority, the new date of the work, or the exclusion")
    at: AwareDatetime
    recorded_at: AwareDatetime
    by: Who
    entry: int
    before: AwareDatetime | None
    after: AwareDatetime


class TargetOut(BaseModel):
    """One target. `used_seconds` is the sum of what counted; the due instant comes after `allowed_seconds` of it."""

    outcome: Outcome
    promised_seconds: _Seconds
    allowed_seconds: _Seconds
    used_seconds: _Seconds
    begins_at: AwareDatetime = Field(description="the opening; of planned work's resolution the planned date")
    due_at: AwareDatetime
    met_at: AwareDatetime | None
    breached_at: AwareDatetime | None
    excluded: list[Excluded] = Field(description="what does not count, overlaps joined")
    stretches: list[StretchOut]
    moves: list[MoveOut]


class Promised(BaseModel):
    """What the contract promises for one priority."""

    first_response_seconds: _Seconds
    resolution_seconds: _Seconds


class Decision(BaseModel):
    """How the ticket counts for the month's attainment, once and for all that is known now."""

    kept: bool
    at: AwareDatetime


class LastEntry(BaseModel):
    """The end of the ticket's log: each entry's hash covers the one before, so this one vouches for all."""

    entry: int
    hash: str


class SheetOut(BaseModel):
    """The evidence sheet of a ticket: both clocks, and everything by which they can be reckoned again."""

    number: int
    reference: str
    customer: CustomerName | None
    contract: str = Field(description="number of the contract; empty under the default terms")
    time_zone: str
    priority: Priority
    status: Status
    opened_at: AwareDatetime
    as_of: AwareDatetime
    promised: dict[Literal["critical", "high", "medium", "low"], Promised]
    first_response: TargetOut
    resolution: TargetOut
    exclusions: list[ExclusionOut]
    proposals: list[ExclusionOut] = Field(description="proposed and not decided; none of it is left out")
    violated_at: AwareDatetime | None
    decided: Decision | None
    events: list[EventOut] = Field(description="the entries of the log that bear on the clocks")
    last_entry: LastEntry
