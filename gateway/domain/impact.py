"""What an AWS Health event means for one customer: whom it touches, how badly, since when, what is to be done. Pure.

Answers are codes and values; words are made of them elsewhere. What an outage costs a business cannot be derived.
Source: promise P7 (contract clause 2.4.2); AWS Health API reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from gateway.domain import health_advice, health_services
from gateway.domain.lifecycle import Kind
from gateway.domain.terms import Priority

MANY_ACCOUNTS: Final = 3
MANY_ENTITIES: Final = 10
FRESH: Final = timedelta(hours=24)
"""How long ago an issue may have ended that is seen only after its end and still opens a ticket."""
_ASKS: Final = frozenset({"ACTION_REQUIRED", "ACTION_MAY_BE_REQUIRED"})


@unique
class Status(StrEnum):
    """Where an event stands, as AWS says it."""

    OPEN = "open"
    UPCOMING = "upcoming"
    CLOSED = "closed"


@unique
class Category(StrEnum):
    """What kind of event AWS calls it."""

    ISSUE = "issue"
    INVESTIGATION = "investigation"
    SCHEDULED_CHANGE = "scheduledChange"
    NOTIFICATION = "accountNotification"


@unique
class Entities(StrEnum):
    """The state of an affected resource, as AWS says it."""

    IMPAIRED = "IMPAIRED"
    PENDING = "PENDING"
    UNKNOWN = "UNKNOWN"
    UNIMPAIRED = "UNIMPAIRED"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True, slots=True)
class Event:
    """An event as AWS tells it. Shape: the codes are AWS's own words; `region` may be empty or `global`."""

    arn: str
    service: str
    type_code: str
    category: str
    scope: str
    status: str
    region: str = ""
    zone: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    updated_at: datetime | None = None
    description: str = ""
    actionability: str = ""
    personas: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        """Whether it is told to everybody, naming no account."""
        return self.scope == "PUBLIC"


@dataclass(frozen=True, slots=True)
class Affected:
    """One account of the customer that an event touches. Shape: `entities` are (value, state) pairs."""

    account_id: str
    name: str = ""
    production: bool = True
    entities: tuple[tuple[str, str], ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A ticket of the customer, as far as it may be about the same thing. `ended_at` is None while it lives."""

    ticket_id: int
    opened_at: datetime
    ended_at: datetime | None = None
    account_id: str = ""
    region: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Impact:
    """What an event means for one customer at an instant.

    Shape: `status` is the customer's: an event that names none of their accounts any more is closed for them;
    `services` are codes as in `catalogue.AWS_SERVICES` where they have one; `states` counts resources by state, the
    worst first; `entities` are (account, value, state), the worst first; `until` is None while it lasts; `overlaps`
    are the customer's tickets that may be about the same; `advice` are codes.
    """

    status: Status
    kind: Kind
    priority: Priority
    services: tuple[str, ...]
    region: str
    zone: str
    accounts: tuple[str, ...]
    gone: tuple[str, ...]
    states: Mapping[str, int]
    entities: tuple[tuple[str, str, str], ...]
    since: datetime | None
    until: datetime | None
    overlaps: tuple[int, ...]
    advice: tuple[str, ...]

    def lasted(self, at: datetime) -> timedelta | None:
        """How long it has lasted by now, or lasted in all; None where it has not begun."""
        if self.since is None or self.since > at:
            return None
        return max(min(self.until or at, at) - self.since, timedelta())


def impact(event: Event, accounts: Sequence[Affected], requests: Iterable[Request] = (), *,
           at: datetime) -> Impact:  # fmt: skip
    """What an event means for the customer who has these accounts and tickets."""
    here = [each for each in accounts if not each.gone]
    entities = sorted(
        ((each.account_id, value, state) for each in here for value, state in each.entities),
        key=lambda one: (_rank(one[2]), one),
    )
    return Impact(
        status=status_of(event, accounts),
        kind=kind_of(event),
        priority=priority_of(event, here),
        services=(health_services.code(event.service),),
        region=event.region,
        zone=event.zone,
        accounts=tuple(sorted(each.account_id for each in here)),
        gone=tuple(sorted(each.account_id for each in accounts if each.gone)),
        states=_states(state for _, _, state in entities),
        entities=tuple(entities),
        since=event.starts_at,
        until=ended_at(event, at),
        overlaps=tuple(
            sorted(each.ticket_id for each in requests if overlaps(event, here, each, at=at) is not None)
        ),
        advice=health_advice.codes(event.type_code, event.category, event.status),
    )


def status_of(event: Event, accounts: Sequence[Affected]) -> Status:
    """Where an event stands for the customer; a word of AWS nobody knows counts as open."""
    if event.status == Status.CLOSED or (accounts and all(each.gone for each in accounts)):
        return Status.CLOSED
    return Status.UPCOMING if event.status == Status.UPCOMING else Status.OPEN


def kind_of(event: Event) -> Kind:
    """What kind of ticket an event opens."""
    if event.category == Category.SCHEDULED_CHANGE:
        return Kind.CHANGE
    return Kind.REQUEST if event.category == Category.NOTIFICATION else Kind.INCIDENT


def priority_of(event: Event, accounts: Sequence[Affected]) -> Priority:
    """How urgent an event is for the accounts it still touches.

    An issue is high; impaired resources in many accounts, or many of them, are critical; one whose resources are all
    well is medium. Where no account of production is touched it is at most medium.
    """
    if event.category == Category.SCHEDULED_CHANGE:
        return Priority.MEDIUM
    if event.category == Category.NOTIFICATION:
        return _of_notification(event)
    states = [state for each in accounts for _, state in each.entities]
    impaired = states.count(Entities.IMPAIRED)
    if not any(each.production for each in accounts):
        return Priority.MEDIUM if impaired else Priority.LOW
    if impaired and (len(accounts) >= MANY_ACCOUNTS or impaired >= MANY_ENTITIES):
        return Priority.CRITICAL
    well = bool(states) and set(states) <= {Entities.UNIMPAIRED, Entities.RESOLVED}
    if well or (event.category == Category.INVESTIGATION and not impaired):
        return Priority.MEDIUM
    return Priority.HIGH


def wants_ticket(event: Event, accounts: Sequence[Affected], *, at: datetime) -> bool:
    """Whether an event that has no ticket yet is one for the customer; otherwise it is only listed."""
    if not any(not each.gone for each in accounts):
        return False
    if event.status == Status.CLOSED:
        fresh = (ended_at(event, at) or at) > at - FRESH
        return fresh and event.category == Category.ISSUE and not event.public
    if event.category == Category.NOTIFICATION:
        return event.actionability in _ASKS or _about_security(event)
    return True


def fits(event: Event, regions: Sequence[str], services: Sequence[str]) -> bool:
    """Whether an account that uses these regions and services is touched by a public event.

    What is recorded of it must fit, and something must be recorded: an account nobody described is not told of every
    outage in the world; such events are listed for it.

    >>> event = Event("arn:1", "RDS", "AWS_RDS_OPERATIONAL_ISSUE", "issue", "PUBLIC", "open", region="eu-west-1")
    >>> fits(event, ["eu-west-1"], []), fits(event, [], ["rds"]), fits(event, [], []), fits(event, ["us-east-1"], [])
    (True, True, False, False)
    """
    if not regions and not services:
        return False
    everywhere = event.region in ("", "global")
    in_region = everywhere or not regions or event.region.casefold() in {each.casefold() for each in regions}
    if everywhere and not services:
        return True
    return in_region and (not services or health_services.meets(event.service, services))


def ended_at(event: Event, at: datetime) -> datetime | None:
    """When an event ended, as far as AWS says; None while it lasts. An end that is still to come is none yet."""
    if event.status != Status.CLOSED:
        return None
    return min(event.ends_at or event.updated_at or at, at)


def overlaps(event: Event, accounts: Sequence[Affected], request: Request, *,
             at: datetime) -> tuple[datetime, datetime | None] | None:  # fmt: skip
    """The stretch in which a ticket was open while an event lasted; None where they may not be about the same.

    Something that the ticket says (account, region, service) must fit, and nothing may speak against it. The end is
    None while both last.
    """
    if event.starts_at is None or event.starts_at > at or event.category == Category.NOTIFICATION:
        return None
    if not _same_thing(event, accounts, request):
        return None
    ends = [each for each in (ended_at(event, at), request.ended_at) if each is not None]
    start, end = max(event.starts_at, request.opened_at), min(ends, default=None)
    return (start, end) if end is None or start < end else None


def _same_thing(event: Event, accounts: Sequence[Affected], request: Request) -> bool:
    said = []
    if request.account_id:
        said.append(request.account_id in {each.account_id for each in accounts if not each.gone})
    if request.region and event.region not in ("", "global"):
        said.append(request.region.casefold() == event.region.casefold())
    if request.services:
        said.append(health_services.meets(event.service, request.services))
    return bool(said) and all(said)


def _of_notification(event: Event) -> Priority:
    if _about_security(event):
        return Priority.HIGH
    return Priority.MEDIUM if event.actionability == "ACTION_REQUIRED" else Priority.LOW


def _about_security(event: Event) -> bool:
    return "SECURITY" in event.personas or health_advice.is_risk(event.type_code)


def _states(states: Iterable[str]) -> Mapping[str, int]:
    counted = Counter(states)
    return MappingProxyType(
        {state: counted[state] for state in sorted(counted, key=lambda one: (_rank(one), one))}
    )


def _rank(state: str) -> int:
    order = list(Entities)
    return order.index(Entities(state)) if state in set(Entities) else len(order)
