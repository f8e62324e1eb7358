"""The shapes of the JSON API. Instants are RFC 3339 in UTC."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import DeliveryState, OutboxState, ScanState
from gateway.store.queries import listing
from gateway.tickets import enclosing
from web.api.aws_models import CaseOut, WriteOut


def _without_nul(words: str) -> str:
    """PostgreSQL stores no NUL, so none is kept on any database."""
    return words.replace("\x00", "")


def _decoded(words: object) -> bytes:
    """Base64 and nothing else: pydantic's own reading drops what is none."""
    if not isinstance(words, str):
        raise ValueError("not a text")
    return base64.b64decode(words, validate=True)


Clean = AfterValidator(_without_nul)
_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
Base64 = Annotated[
    bytes,
    BeforeValidator(_decoded),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "pattern": _BASE64}),
]
_BLANK = (
    r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # the same in each dialect
)
ADDRESS = rf"^[^@{_BLANK}<>]+@[^@{_BLANK}<>]+$"
SAYS = f"[^{_BLANK}]"
Words = Annotated[str, StringConstraints(max_length=200), Clean]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100_000, pattern=SAYS), Clean]
Cursor = Annotated[
    str, Field(pattern=f"^({listing.CURSOR.pattern})?$", description="as a previous page named it")
]
Limit = Annotated[int, Field(ge=1, le=200)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TicketQuery(_Asked):
    """Which tickets are listed. `assignee` 0 means nobody; `status` "all" also lists closed ones."""

    status: Status | Literal["live", "all"] = listing.LIVE
    priority: Priority | None = None
    customer: Words = Field("", description="identity or reference")
    assignee: int | None = Field(None, ge=0, lt=2**62)
    queue: Literal["", "main", "unregistered"] = ""
    q: Words = Field("", description='words that all must be found, "phrases", beginnings* and from:writer')
    aws: Literal["", "awaits"] = Field("", description="awaits: those on which AWS awaits an answer")
    cursor: Cursor = ""
    limit: Limit = 50


class DeliveryQuery(_Asked):
    """Which deliveries are listed."""

    message_id: Annotated[str, StringConstraints(max_length=998), Clean] = ""
    state: DeliveryState | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class OutboxQuery(_Asked):
    """Which letters are listed."""

    state: OutboxState | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class NewTicket(_Asked):
    """A ticket opened for somebody who called or wrote elsewhere."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=SAYS), Clean]
    text: Text
    requester_email: Annotated[str, StringConstraints(max_length=320, pattern=ADDRESS), Clean]
    requester_name: Words = ""
    customer: Words = Field("", description="identity or reference; empty where unregistered")
    priority: Priority = Priority.LOW


class NewFile(_Asked):
    """A file to send along; `content` in base64."""

    filename: Annotated[str, StringConstraints(min_length=1, max_length=1000), Clean]
    content_type: Annotated[str, StringConstraints(max_length=255), Clean] = ""
    content: Base64


Files = Annotated[list[NewFile], Field(max_length=enclosing.MOST_FILES)]


class NewReply(_Asked):
    """An answer to the customer. `then` asks the customer for something, or resolves with this text."""

    text: Text
    attachments: Files = []
    then: Literal["waiting-customer", "waiting-aws", "waiting-third-party", "resolved"] | None = None


class NewNote(_Asked):
    """A work note, which no customer ever sees."""

    text: Text
    attachments: Files = []


class NewAssignee(_Asked):
    """Who has the ticket from now on; null for nobody."""

    assignee: int | None = Field(ge=1, lt=2**62)


class NewStatus(_Asked):
    """Where the ticket is moved by hand; resolving needs a text for the customer."""

    status: Status
    text: Annotated[str, StringConstraints(max_length=100_000), Clean] = ""


class NewPriority(_Asked):
    """How pressing the ticket is from now on, and why."""

    priority: Priority
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=SAYS), Clean]


class NewEscalation(_Asked):
    """Why the ticket is to be looked at higher up."""

    reason: Annotated[str, StringConstraints(max_length=2000), Clean] = ""


class NewMark(_Asked):
    """As what a ticket is closed that does not count, and why."""

    as_: Literal["spam", "withdrawn"] = Field(alias="as")
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=SAYS), Clean]


class Person(BaseModel):
    """Somebody named with an address."""

    name: str
    email: str


class Staff(Person):
    """An engineer."""

    id: int


class CustomerName(BaseModel):
    """A customer by name."""

    id: int
    reference: str
    name: str


class ContractName(BaseModel):
    """The version of a contract under which a ticket was opened."""

    number: str
    version: int


class Excluded(BaseModel):
    """A stretch of time that does not count; `end` is null while it lasts."""

    start: AwareDatetime
    end: AwareDatetime | None
    reason: str


class Target(BaseModel):
    """One clock. A breach carries the due instant."""

    due_at: AwareDatetime
    met_at: AwareDatetime | None
    breached_at: AwareDatetime | None
    excluded: list[Excluded]


class Organiser(BaseModel):
    """Who invites."""

    name: str
    address: str


class AttachmentQuery(_Asked):
    """How an attachment is asked for."""

    unscanned: bool = Field(False, description="take it although the scanner has given no verdict")


class File(BaseModel):
    """An attachment; `url` is opened with the same bearer token."""

    id: int
    filename: str
    content_type: str
    size: int
    inline: bool
    scan: ScanState = Field(description="what the scanner says of it; only clean says anything good")
    finding: str = Field(description="what the scanner found; empty where it found nothing")
    url: str


class Invitation(BaseModel):
    """A meeting that a mail is about; times are instants, days, or local times of an unknown `zone`."""

    method: str
    uid: str
    summary: str
    starts: str
    ends: str
    zone: str
    place: str
    organiser: Organiser
    repeats: bool
    answer: str


class MessageOut(BaseModel):
    """One message; `text` is everything readable, `new_text` what was newly written."""

    id: int
    direction: Literal["inbound", "outbound", "note", "from-aws", "to-aws"]
    author: Person
    at: AwareDatetime
    subject: str
    text: str
    new_text: str
    kind: str
    authenticated: bool
    held: bool
    message_id: str
    nature: list[str] = Field(
        description="smime-encrypted, pgp-signed, partial:2/5, external-body and their like"
    )
    invitations: list[Invitation]
    attachments: list[File]


class EventOut(BaseModel):
    """One entry of the log."""

    seq: int
    kind: str
    at: AwareDatetime
    recorded_at: AwareDatetime
    actor: str
    data: dict[str, object]
    words: str | None


class TicketRow(BaseModel):
    """A ticket as lists show it."""

    number: int
    reference: str = Field(description="the number as people write it")
    subject: str
    status: Status
    priority: Priority
    kind: str
    language: str
    service: str
    queue: str
    customer: CustomerName | None
    contract: ContractName | None = Field(description="null where it was opened under the default terms")
    flags: list[Literal["unregistered", "no-contract"]]
    requester: Person
    assignee: Staff | None
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    next_due_at: AwareDatetime
    aws_awaits_since: AwareDatetime | None = Field(description="since when AWS awaits an answer in a case")
    proposal: str = Field(description="why the desk proposes to resolve it; empty where it does not")
    planned_at: AwareDatetime | None


class TicketOut(TicketRow):
    """A ticket with its clocks, messages, files, log, Support cases and what is on its way to AWS."""

    priority_evidence: list[dict[str, object]]
    first_response: Target
    resolution: Target
    messages: list[MessageOut]
    attachments: list[File]
    events: list[EventOut]
    aws_cases: list[CaseOut]
    aws_writes: list[WriteOut]


class TicketPage(BaseModel):
    """One page of tickets; `cursor` opens the next one and is empty on the last."""

    tickets: list[TicketRow]
    cursor: str


class DeliveryOut(BaseModel):
    """One mail for one forward-path, and what became of it."""

    id: int
    accepted_at: AwareDatetime
    door: str
    peer: str
    reverse_path: str
    forward_path: str
    message_id: str
    subject: str
    originator: str
    size: int
    state: DeliveryState
    rule: str
    disposition: str
    attempts: int
    processed_at: AwareDatetime | None
    ticket: int | None
    error: str


class DeliveryPage(BaseModel):
    """One page of deliveries."""

    deliveries: list[DeliveryOut]
    cursor: str


class LetterOut(BaseModel):
    """One outgoing mail and how far it came."""

    id: int
    letter: str
    ticket: int | None
    message_id: str
    recipients: list[str]
    subject: str
    state: OutboxState
    created_at: AwareDatetime
    next_attempt_at: AwareDatetime
    sent_at: AwareDatetime | None
    attempts: int
    maybe_twice: bool
    last_reply: str


class OutboxPage(BaseModel):
    """One page of outgoing mail."""

    outbox: list[LetterOut]
    cursor: str
