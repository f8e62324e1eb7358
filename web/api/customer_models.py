"""The shapes of the JSON API about customers: attainment and service credits.

Units: percentages are texts with two decimals, rounded down; sums are whole smallest units of the currency, of which
10 to the power of `exponent` make the main unit.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.domain.terms import Priority
from web.api.models import ADDRESS, Clean, CustomerName, Text, Words


class NewDispute(BaseModel):
    """What a customer disputes about a month; `contract` is needed only where the month has two."""

    model_config = ConfigDict(extra="forbid")
    text: Text
    requester_email: Annotated[str, StringConstraints(max_length=320, pattern=ADDRESS), Clean]
    requester_name: Words = ""
    contract: Words = ""


class AttainmentOut(BaseModel):
    """Kept ÷ decided."""

    kept: int
    decided: int
    percent: str


class TargetOut(BaseModel):
    """How often one target was met and missed by the tickets decided."""

    met: int
    violated: int


class PriorityOut(BaseModel):
    """The attainment of one priority."""

    priority: Priority
    attainment: AttainmentOut
    first_response: TargetOut
    resolution: TargetOut


class MonthSla(BaseModel):
    """The tickets of a customer that were decided in a month, as they stand now."""

    month: str = Field(description="YYYY-MM")
    since: AwareDatetime
    until: AwareDatetime
    attainment: AttainmentOut
    priorities: list[PriorityOut]


class CustomerSla(BaseModel):
    """The attainment of this month and the last one, in the zone of the contract."""

    customer: CustomerName
    time_zone: str
    contract: str | None
    as_of: AwareDatetime
    months: list[MonthSla]


class AccountOut(BaseModel):
    """A month reckoned up."""

    attainment: AttainmentOut
    discount: str
    fee: int
    amount: int


class ViolatedOut(BaseModel):
    """A ticket that counts as violated; `evidence` is its sheet."""

    number: int
    subject: str
    evidence: str


class CorrectionOut(BaseModel):
    """A ticket that counts otherwise than it was frozen."""

    id: int
    ticket: int
    was: Literal["kept", "violated", "absent"]
    becomes: Literal["kept", "violated", "absent"]
    verdict: Literal["applied", "proposed", "approved", "declined", "withdrawn"]
    found_at: AwareDatetime
    settled_at: AwareDatetime | None


class MonthOut(BaseModel):
    """One month of a contract; `frozen` is as it was frozen, null while it runs, `now` with its corrections."""

    month: str
    currency: str
    exponent: int
    now: AccountOut
    frozen: AccountOut | None
    frozen_at: AwareDatetime | None
    violated: list[ViolatedOut]
    corrections: list[CorrectionOut]
    disputes: list[int]


class EntryOut(BaseModel):
    """An entry of the ledger; `due_on` is the month whose fee it lowers, null where it is paid out."""

    id: int
    kind: Literal["credit", "correction"]
    month: str
    amount: int
    currency: str
    exponent: int
    due_on: date | None
    figures: dict[str, object]
    entered_at: AwareDatetime
    author: str


class ContractCredits(BaseModel):
    """The statement of one contract."""

    number: str
    months: list[MonthOut]
    ledger: list[EntryOut]


class CustomerCredits(BaseModel):
    """The statements of every contract of a customer."""

    customer: CustomerName
    as_of: AwareDatetime
    contracts: list[ContractCredits]
