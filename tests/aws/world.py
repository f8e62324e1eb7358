"""What there is in the double of AWS: accounts, cases, events, as plain rows under one lock."""

from __future__ import annotations

import base64
import itertools
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway import clock as wall
from tests.aws.wire import Refused

HUBS = {"aws": "999988887777", "aws-cn": "999988887778"}
HUB_KEYS = {"aws": "AKIAHUBOFAWS00000000", "aws-cn": "AKIAHUBOFCHINA000000"}
HUB_SECRET = "not-a-secret"
SEVERITIES = {
    "business": ("low", "normal", "high", "urgent"),
    "enterprise": ("low", "normal", "high", "urgent", "critical"),
}


@dataclass
class Account:
    """One AWS account and what its owner allowed."""

    account_id: str
    partition: str = "aws"
    role: str = "HelpdeskGateway"
    external_id: str | None = None
    plan: str | None = "enterprise"
    severities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en", "zh", "ja")
    denied: set[str] = field(default_factory=set)
    """IAM actions refused, like `support:CreateCase` or `health:*`."""
    trusted: bool = True
    suspended: bool = False
    throttled: bool = False
    organization: str | None = None
    administrator: bool = False
    """Whether it is the management or a delegated administrator account of its organization."""
    organizational_health: bool = True
    email: str = ""
    enrolled: set[str] = field(default_factory=lambda: {"cost-optimization-hub", "compute-optimizer", "ce"})
    savings_mode: str = "BeforeDiscounts"

    @property
    def role_arn(self) -> str:
        """The role the desk assumes there."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{self.role}"

    def allowed_severities(self) -> tuple[str, ...]:
        """The severity codes its plan has."""
        return tuple(self.severities) or SEVERITIES.get(self.plan or "", ())


@dataclass(frozen=True)
class Key:
    """Credentials that were handed out."""

    account: str
    partition: str
    caller: str
    token: str
    expires_at: datetime


@dataclass
class Attachment:
    """One file on a communication."""

    attachment_id: str
    name: str
    content: bytes


@dataclass
class Communication:
    """One message on a case."""

    body: str
    by: str
    at: datetime
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class Case:
    """One support case, oldest communication first."""

    case_id: str
    display_id: str
    account: str
    subject: str
    status: str
    severity: str
    service: str
    category: str
    language: str
    by: str
    at: datetime
    cc: tuple[str, ...] = ()
    issue_type: str = "technical"
    communications: list[Communication] = field(default_factory=list)
    resolved_at: datetime | None = None


@dataclass
class AttachmentSet:
    """Files waiting for a communication to carry them."""

    account: str
    expires_at: datetime
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class Entity:
    """One affected resource of one account."""

    value: str
    status: str
    at: datetime


@dataclass
class HealthEvent:
    """One event of AWS Health; `accounts` maps each affected account to its resources."""

    arn: str
    partition: str
    service: str
    type_code: str
    category: str
    scope: str
    region: str
    zone: str | None
    started_at: datetime
    ended_at: datetime | None
    updated_at: datetime
    status: str
    description: str
    actionability: str | None = None
    personas: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, list[Entity]] = field(default_factory=dict)


@dataclass(slots=True)
class Said:
    """One line of the call log."""

    account: str
    service: str
    operation: str
    region: str
    at: datetime
    monotonic: float
    input: dict[str, Any]
    outcome: str = ""


class World:
    """All state of the double; hold `lock` while reading or changing it."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        """An empty world on this clock."""
        self.lock = threading.RLock()
        self.clock = clock or wall.now
        self.ahead = timedelta()
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, Key] = {}
        self.cases: dict[str, Case] = {}
        self.sets: dict[str, AttachmentSet] = {}
        self.attachments: dict[str, tuple[str, Attachment]] = {}
        self.events: dict[str, HealthEvent] = {}
        self.costs: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.groups_per_page = 1000
        self.groups_by = ["SERVICE", "REGION"]
        self.cases_per_hour = 10
        self.after_time_means = "creation"
        self.redacts = True
        self.rewrites: Callable[[str], str] = lambda body: body
        self.session_seconds: float | None = None
        self.calls_per_second: int | None = None
        self.serial = itertools.count(1)

    def now(self) -> datetime:
        """The instant it is here, in whole milliseconds as AWS keeps them."""
        at = self.clock() + self.ahead
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    def account_of(self, account_id: str) -> Account:
        """An account that was set up."""
        return self.accounts[account_id]

    def stored(self, body: str) -> str:
        """A body as AWS keeps it: secrets taken out."""
        return self.rewrites(redacted(body) if self.redacts else body)


REDACTED = "[REDACTED_BY_AWS]"
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)
_SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_CARD = re.compile(r"\b(?:\d{4}[ -]?){3}(\d{4})\b")


def redacted(body: str) -> str:
    """A body without secret keys, private keys and card numbers, as AWS documents it."""
    body = _PRIVATE_KEY.sub(REDACTED, body)
    body = _SECRET_KEY.sub(REDACTED, body)
    return _CARD.sub(rf"{REDACTED}-\1", body)


def stamp(at: datetime) -> str:
    """An instant as Support writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def instant(value: datetime | str | float | None) -> datetime | None:
    """An instant from whatever a caller wrote it as."""
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def page(rows: list[Any], given: dict[str, Any], *, most: int, code: str) -> tuple[list[Any], str | None]:
    """One page of rows and the token of the next; a token only fits the question it came from."""
    question = json.dumps(
        {name: value for name, value in given.items() if name not in ("nextToken", "maxResults", "dryRun")},
        sort_keys=True,
    )
    start, size = 0, int(given.get("maxResults") or most)
    if token := given.get("nextToken"):
        start = _start(token, question, code)
    end = start + size
    return rows[start:end], next_token(end, question) if end < len(rows) else None


def next_token(start: int, question: str) -> str:
    """An opaque mark of where a listing goes on."""
    return base64.urlsafe_b64encode(json.dumps([start, question]).encode()).decode()


def _start(token: str, question: str, code: str) -> int:
    try:
        start, asked = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise Refused(code, "The specified token is not valid.") from None
    if asked != question:
        raise Refused(code, "The specified token is not valid for this request.")
    return int(start)
