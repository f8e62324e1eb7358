"""`read`: one look at AWS Health through one account, and what it tells recorded for everybody of ours it concerns.

What lasts or is to come is read each time, since AWS changes events without saying when; the rest since the last
look, an hour overlapping. The first look of an account tells nothing of what is long over.
Source: promise P7; AWS Health API reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.aws import partitions, streams
from gateway.aws.health import asking, recording
from gateway.aws.health.asking import Described, OrganizationView, OwnView, View
from gateway.aws.health.recording import Seen
from gateway.aws.parts import Account, Parts, Reading
from gateway.domain import impact
from gateway.domain.impact import Event
from gateway.store.models import HealthEvent
from gateway.store.queries import health
from gateway.store.queries.health import Known

PERIOD: Final = timedelta(minutes=8)
SPREAD: Final = timedelta(seconds=60)
OVERLAP: Final = timedelta(minutes=60)
ORGANIZATION: Final = "organization"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the desk has stored before this look.

    Shape: `named` are the accounts that each event it holds for unfinished named; `missing` those of them that AWS
    did not list.
    """

    stored: Mapping[str, HealthEvent]
    named: Mapping[str, tuple[str, ...]]
    missing: frozenset[str]


def read(parts: Parts, account: Account, watermark: datetime | None) -> Reading:
    """Look at Health, record what is new, and bring every ticket that it concerns in step.

    Errors: `faults.Fault`; nothing is recorded then but what was before it.
    """
    at = parts.now()
    covered = _covered(parts, account)
    everybody = _everybody(parts, account, covered)
    view = _view(parts, account)
    listed = view.events(watermark - OVERLAP if watermark else None)
    known = _known(parts, listed, covered)
    seen = _looked_at(view, listed, known, _Ours(covered, everybody))
    recording.record(parts, account, seen, everybody, at=at)
    return Reading(next_at=at + PERIOD + streams.jitter(account.account_id, SPREAD), watermark=at)


@dataclass(frozen=True, slots=True)
class _Ours:
    """The accounts a look speaks for, and all those of their customers, whom public events may touch as well."""

    covered: Sequence[Known]
    everybody: Sequence[Known]


def _organized(account: Account) -> bool:
    return account.view == ORGANIZATION and account.partition == partitions.AWS


def _view(parts: Parts, account: Account) -> View:
    if _organized(account):
        return OrganizationView(parts.clients, account)
    return OwnView(parts.clients, account)


def _covered(parts: Parts, account: Account) -> list[Known]:
    """The accounts of ours that a look through this one speaks for.

    Where AWS does not say who belongs to the organization, those of the same customer that nobody reads by itself.
    """
    organized = _organized(account)
    members = asking.members(parts.clients, account) if organized else (account.account_id,)
    with parts.reading() as session:
        if members is not None:
            return health.known_accounts(session, account.partition, {*members, account.account_id})
        own = health.siblings(session, account.partition, account.customer_id)
        return [each for each in own if each.account_id == account.account_id or not each.role]


def _everybody(parts: Parts, account: Account, covered: Sequence[Known]) -> list[Known]:
    with parts.reading() as session:
        customers = sorted({each.customer_id for each in covered})
        return [each for one in customers for each in health.siblings(session, account.partition, one)]


def _known(parts: Parts, listed: Mapping[str, Event], covered: Sequence[Known]) -> _Known:
    with parts.reading() as session:
        unfinished = health.open_for(session, [each.account_id for each in covered])
        named: dict[str, tuple[str, ...]] = {}
        for arn, account_id in unfinished:
            named[arn] = (*named.get(arn, ()), account_id)
        missing = frozenset(named.keys() - listed.keys())
        return _Known(health.by_arn(session, {*listed, *missing}), named, missing)


def _looked_at(view: View, listed: Mapping[str, Event], known: _Known, accounts: _Ours) -> list[Seen]:
    """Every event with whom it touches, its words and its resources, as far as they had to be asked for."""
    events = dict(listed) | {arn: health.event_of(known.stored[arn]) for arn in known.missing}
    ours = [each.account_id for each in accounts.covered]
    whose = {arn: view.accounts(event, ours) for arn, event in events.items() if not event.public}
    wanted = [event for event in events.values() if _tells(event, known, accounts.everybody)]
    said = view.described(wanted, whose)
    specific = {arn: theirs for arn, theirs in whose.items() if theirs and arn not in said.unknown}
    resources = view.entities(specific)
    seen = []
    for arn, event in events.items():
        touched = () if arn in said.unknown else whose.get(arn) or _footprint(event, accounts.everybody)
        named = {each: resources.get((arn, each)) for each in touched}
        before = known.named.get(arn, ()) if arn in said.unknown or not event.public else ()
        gone = tuple(each for each in before if each not in touched)
        seen.append(Seen(_latest(event, said), arn in said.events, named, gone))
    return sorted(seen, key=lambda one: one.event.arn)


def _tells(event: Event, known: _Known, covered: Sequence[Known]) -> bool:
    """Whether the words of an event are asked for: of what touches our accounts always, else where it changed."""
    stored = known.stored.get(event.arn)
    changed = stored is None or stored.updated_at != event.updated_at or event.arn in known.missing
    return changed or not event.public or bool(_footprint(event, covered))


def _footprint(event: Event, covered: Sequence[Known]) -> tuple[str, ...]:
    """The accounts a public event touches: those whose regions and services hold it."""
    if not event.public:
        return ()
    return tuple(each.account_id for each in covered if impact.fits(event, each.regions, each.services))


def _latest(event: Event, said: Described) -> Event:
    """An event as its details tell it, which is later than the list; without words where there were none."""
    found = said.events.get(event.arn)
    return replace(found, zone=found.zone or event.zone) if found else event
