"""The shapes of notices in the API. Instants are RFC 3339; windows are given with an offset and answered in UTC."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.notices import Kind, Severity, State, Step
from gateway.notices.delivery import Fate
from web.api.models import Clean, Limit

Reason = Annotated[str, StringConstraints(max_length=2000), Clean]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128), Clean]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Window(_Asked):
    """From when until when."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Wording(_Asked):
    """Words in English and Chinese, of which one may be missing."""

    en: Annotated[str, StringConstraints(max_length=20_000), Clean] = ""
    zh: Annotated[str, StringConstraints(max_length=20_000), Clean] = ""


class ScopeIn(_Asked):
    """Whom it concerns; an empty part means any. Customers by identity or reference."""

    customers: list[Name] = Field(default_factory=list, max_length=1000)
    accounts: list[Annotated[str, StringConstraints(pattern="^[0-9]{12}$")]] = Field(
        default_factory=list, max_length=1000
    )
    regions: list[Name] = Field(default_factory=list, max_length=100)
    services: list[Name] = Field(default_factory=list, max_length=200)
    tags: dict[Name, Annotated[str, StringConstraints(max_length=256), Clean]] = Field(
        default_factory=dict, max_length=50
    )


class NoticeQuery(_Asked):
    """Which notices are listed."""

    kind: Kind | None = None
    cursor: Annotated[str, Field(pattern="^([0-9]{1,17})?$", description="as a previous page named it")] = ""
    limit: Limit = 50


class NewNotice(_Asked):
    """A draft. Maintenance has a window, an advisory a severity; `zone` is where the window was meant."""

    kind: Kind
    titles: Wording
    texts: Wording = Wording()
    window: Window | None = None
    zone: Annotated[str, StringConstraints(max_length=64), Clean] = "UTC"
    severity: Severity | None = None
    scope: ScopeIn = ScopeIn()


class Announcing(_Asked):
    """Announce it. `emergency` is the stated reason of one, which excludes nothing."""

    emergency: Reason = ""


class Changing(Window):
    """The new window, why, and the stated reason of an emergency."""

    reason: Reason = ""
    emergency: Reason = ""


class CallingOff(_Asked):
    """Why it does not happen."""

    reason: Reason = ""


class Named(BaseModel):
    """A customer by name."""

    id: int
    name: str


class ScopeOut(BaseModel):
    """Whom it concerns; an empty part means any."""

    customers: list[int]
    accounts: list[str]
    regions: list[str]
    services: list[str]
    tags: dict[str, str]


class Delivered(BaseModel):
    """One letter and how far it came."""

    customer: Named
    email: str
    language: str = Field(description="en or zh")
    state: Fate
    accepted_at: AwareDatetime | None
    reply: str
    outbox: int | None


class Counts(BaseModel):
    """How many letters the next server took, and how many it refused for good."""

    accepted: int
    refused: int
    total: int


class StepOut(BaseModel):
    """One step that was told."""

    step: Step
    sequence: int
    at: AwareDatetime
    by: str
    reason: str
    emergency: str
    told: Counts
    letters: list[Delivered]


class CustomerTold(BaseModel):
    """One customer the notice named, and the stretches that a person may exclude for their tickets."""

    customer: Named
    accounts: list[str]
    excludes: list[Window]


class NoticeOut(BaseModel):
    """A notice with everything that was told."""

    number: int
    reference: str = Field(description="the number as people write it")
    kind: Kind
    state: State
    severity: Severity | None
    titles: Wording
    texts: Wording
    window: Window | None
    zone: str
    emergency: str
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    scope: ScopeOut
    customers: list[CustomerTold]
    steps: list[StepOut]


class NoticePage(BaseModel):
    """One page of notices; `cursor` opens the next one and is empty on the last."""

    notices: list[NoticeOut]
    cursor: str


class Recipient(BaseModel):
    """Somebody who would get a letter, and why."""

    customer: Named
    name: str
    email: str
    language: str = Field(description="en or zh")
    accounts: list[str]
    not_recorded: list[str] = Field(description="accounts whose regions or services nobody recorded")
    in_time: bool = Field(description="whether a window announced now is announced as long ahead as agreed")


class LetterText(BaseModel):
    """A letter as it would go."""

    subject: str
    text: str


class PreviewOut(BaseModel):
    """What announcing now would do."""

    recipients: list[Recipient]
    without_contact: list[str]
    letters: dict[str, LetterText]
