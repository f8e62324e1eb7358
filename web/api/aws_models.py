"""The shapes of AWS in the API: cases and writes of tickets, accounts, Health events, cost advice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.store.models import AccountState, Stream, WriteKind, WriteState
from gateway.tickets.case_writes import MOST_FILES

Severity = Literal["low", "normal", "high", "urgent", "critical"]
Language = Literal["en", "zh", "ja", "ko", "es", "pt", "fr", "tr"]
Key = Annotated[int, Field(ge=1, lt=2**62)]
Account = Annotated[str, StringConstraints(pattern="^[0-9]{12}$")]
Clean = AfterValidator(lambda words: words.replace("\x00", ""))
Code = Annotated[str, StringConstraints(max_length=100), Clean]
Words = Annotated[str, StringConstraints(max_length=200), Clean]
Files = Annotated[list[Key], Field(max_length=MOST_FILES, description="identities of files of the ticket")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewCase(_Asked):
    """A case to open; what is left out is drafted from the ticket. The account may allow a lower severity only."""

    account: Account | None = None
    service: Code = ""
    category: Code = ""
    severity: Severity | None = None
    language: Language | None = None
    subject: Annotated[str, StringConstraints(max_length=500), Clean] = ""
    text: Annotated[str, StringConstraints(max_length=100_000), Clean] = ""
    attachments: Files = []
    related: Key | None = Field(None, description="the case of this ticket that the new one continues")


class NewAdoption(_Asked):
    """A case made in the console, by AWS's identifier or by the number people quote."""

    account: Account
    case: Annotated[str, StringConstraints(min_length=1, max_length=100), Clean]


class NewAnswer(_Asked):
    """Words for AWS. The customer is not mailed them."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=100_000), Clean]
    attachments: Files = []


class NewRelease(_Asked):
    """A message of the customer that is passed on to AWS."""

    message: Key


class NewRelay(_Asked):
    """Whether what the customer writes goes to AWS by itself."""

    on: bool


class Settling(_Asked):
    """That AWS has what stayed unclear; `case_id` names the case, where one was opened."""

    case_id: Code = ""


class CaseOut(BaseModel):
    """A Support case. `status` is AWS's own word, `severity` what AWS took, `severity_wanted` what we asked for."""

    id: int
    case_id: str
    display_id: str
    account: str
    ticket: int | None
    subject: str
    status: str
    service: str
    category: str
    severity: str
    severity_wanted: str
    language: str
    origin: str
    relay: bool
    opened_at: AwareDatetime
    seen_at: AwareDatetime
    awaits_us_since: AwareDatetime | None
    resolved_at: AwareDatetime | None


class WriteOut(BaseModel):
    """Something on its way to AWS, or there. `unknown`: the answer was lost; `asked`: a person has to look."""

    id: int
    kind: WriteKind
    case: int | None
    message: int | None
    state: WriteState
    fault: str
    marker: str
    part: int
    parts: int
    created_at: AwareDatetime
    due_at: AwareDatetime
    settled_at: AwareDatetime | None


class StreamOut(BaseModel):
    """One thing that is read of an account."""

    what: Stream
    due_at: AwareDatetime
    read_at: AwareDatetime | None
    failures: int
    fault: str


class CustomerOf(BaseModel):
    """Whose an account is."""

    id: int
    reference: str
    name: str


class AccountOut(BaseModel):
    """An AWS account. Without a role nothing is read of it; `state_code` is AWS's own error code."""

    account: str
    name: str
    customer: CustomerOf
    partition: str
    role: bool
    state: AccountState
    state_code: str
    state_since: AwareDatetime | None
    probed_at: AwareDatetime | None
    severities: list[str]
    capabilities: dict[str, str]
    regions: list[str]
    services: list[str]
    streams: list[StreamOut]
    cases_without_ticket: list[CaseOut]


class AccountQuery(_Asked):
    """Whose accounts are listed."""

    customer: Words = Field("", description="identity or reference")


class AccountList(BaseModel):
    """The accounts, by number."""

    accounts: list[AccountOut]


class HealthQuery(_Asked):
    """Which Health events are listed."""

    customer: Words = Field("", description="identity or reference")
    status: Literal["", "open", "closed", "upcoming"] = ""
    service: Annotated[str, StringConstraints(max_length=60), Clean] = Field(
        "", description="as AWS names it: EC2"
    )
    cursor: Annotated[str, Field(pattern="^([0-9]{1,17})?$", description="as a previous page named it")] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MetBy(BaseModel):
    """A customer who meets an event. `ticket` is null where it is only listed."""

    customer: CustomerOf
    ticket: int | None
    state: str


class HealthRow(BaseModel):
    """A Health event as lists show it."""

    id: int
    arn: str
    partition: str
    service: str
    type_code: str
    category: str
    scope: str
    region: str
    zone: str
    status: str
    actionability: str
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    updated_at: AwareDatetime
    accounts: list[str] = Field(description="those it touches now")
    customers: list[MetBy]


class HealthPage(BaseModel):
    """One page of Health events, the newest first; `cursor` opens the next one and is empty on the last."""

    health_events: list[HealthRow]
    cursor: str


class Entity(BaseModel):
    """One resource and its state, as AWS names both."""

    value: str
    state: str


class ImpactOut(BaseModel):
    """What an event means for one account; `gone` if AWS names it no more."""

    account: str
    gone: bool
    since: AwareDatetime
    entities: list[Entity]


class HealthOut(HealthRow):
    """A Health event with AWS's words, what it means for each account, and codes of advice."""

    description: str
    personas: list[str]
    impacts: list[ImpactOut]
    advice: list[str]


class FannedNote(_Asked):
    """A note for all tickets of an event; with `to_customers` their people are mailed it."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=100_000), Clean]
    to_customers: bool = False


class FannedOut(BaseModel):
    """Numbers of tickets: `done` have it now, `before` had it, `left` are closed or have nobody to write to."""

    done: list[int]
    before: list[int]
    left: list[int]


class CostQuery(_Asked):
    """Of which month; the newest there is advice for, unless named."""

    month: Annotated[str, Field(pattern="^([0-9]{4}-(0[1-9]|1[0-2]))?$")] = ""


class CostTotal(BaseModel):
    """What one source's recommendations save a month. Never to be added to another's: they overlap."""

    source: str
    currency: str
    discount: str
    savings: str
    count: int


class CostLineOut(BaseModel):
    """One line of advice; `savings` a month, null where the source names none."""

    account: str
    source: str
    kind: str
    code: str
    resource: str
    region: str
    savings: str | None
    currency: str
    data: dict[str, object]


class CostUnread(BaseModel):
    """An account the advice does not cover, and why."""

    account: str
    why: str


class CustomerCost(BaseModel):
    """A month's cost advice; `month` is null where there is none at all."""

    customer: CustomerOf
    month: str | None
    months: list[str]
    finished_at: AwareDatetime | None
    totals: list[CostTotal]
    recommendations: list[CostLineOut]
    spend: list[CostLineOut]
    forecasts: list[CostLineOut]
    instructions: list[CostLineOut]
    unread: list[CostUnread]
