"""What one look at AWS Health told, stored, and the tickets of those it concerns brought in step.

What AWS says is stored in one short transaction an event, each customer's ticket follows in another: whatever comes
between them is made up for at the next look, since each ticket knows what was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws.health import settling
from gateway.aws.health.asking import Entities
from gateway.aws.parts import Account, Parts
from gateway.domain import health_text
from gateway.domain.impact import Category, Event
from gateway.store.models import HealthEvent, HealthImpact, either, table
from gateway.store.queries import health
from gateway.store.queries.health import Known
from gateway.tickets import health_exclusions

_MAKE: Final = either(
    lambda insert: insert(table(HealthEvent)).on_conflict_do_nothing(index_elements=["arn"])
)
_TOUCH: Final = either(
    lambda insert: insert(table(HealthImpact)).on_conflict_do_nothing(
        index_elements=["event_id", "account_id"]
    )
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as it was seen.

    Shape: `described` says that its words were told, too; `accounts` are those of ours it touches with their
    resources, None where AWS did not tell them; `gone` are those it named before.
    """

    event: Event
    described: bool
    accounts: Mapping[str, Entities | None] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


def record(parts: Parts, reader: Account, seen: Sequence[Seen], covered: Sequence[Known], *,
           at: datetime) -> None:  # fmt: skip
    """Store what is new, then bring every ticket in step that it concerns."""
    ours = {each.account_id for each in covered}
    seen = [_within(each, ours) for each in seen]
    changed = set()
    for each in _news(parts, seen):
        with parts.transaction() as session:
            changed.add(store(session, each, at=at))
    customers = {each.customer_id for each in covered}
    for event_id, customer_id in _out_of_step(parts, [each.event.arn for each in seen], changed, customers):
        settling.follow(parts, reader, event_id, customer_id, at=at)
    _propose(parts, seen, customers, at=at)


def store(session: Session, seen: Seen, *, at: datetime) -> int:
    """Store an event and whom it touches, with its row locked until the transaction ends; the row's number.

    What another account's look told later stays.
    """
    event = seen.event
    told = _columns(event, at) | {"description": event.description, "content_hash": "", "first_seen_at": at}
    session.execute(
        _MAKE[session.get_bind().dialect.name], {"arn": event.arn, "partition": _partition(event)} | told
    )
    wanted = sa.select(HealthEvent).where(HealthEvent.arn == event.arn).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if event.updated_at is None or event.updated_at >= row.updated_at:
        for name, value in _columns(event, at).items():
            setattr(row, name, value)
        if seen.described:
            row.description = event.description
    row.content_hash = health_text.digest(health.event_of(row), [])
    for account_id, entities in seen.accounts.items():
        _touch(session, row.id, account_id, entities, at=at)
    if seen.gone:
        session.execute(
            sa.update(HealthImpact)
            .where(HealthImpact.event_id == row.id, HealthImpact.account_id.in_(seen.gone))
            .values(gone=True)
        )
    session.flush()
    return row.id


def _within(seen: Seen, ours: set[str]) -> Seen:
    """What was seen, without accounts that are none of ours."""
    kept = {account_id: told for account_id, told in seen.accounts.items() if account_id in ours}
    return Seen(seen.event, seen.described, kept, seen.gone)


def _news(parts: Parts, seen: Sequence[Seen]) -> list[Seen]:
    """What is not stored yet as it was seen. Of what nobody of ours is touched by, only public events are kept."""
    with parts.reading() as session:
        stored = health.by_arn(session, [each.event.arn for each in seen])
        touched = health.impacts(session, [row.id for row in stored.values()])
    found = []
    for each in seen:
        row = stored.get(each.event.arn)
        if row is None:
            new = each.event.public or bool(each.accounts)
        else:
            new = _differs(each, row, touched.get(row.id, []))
        if new:
            found.append(each)
    return found


def _differs(seen: Seen, row: HealthEvent, touched: Iterable[HealthImpact]) -> bool:
    event, known = seen.event, {each.account_id: each for each in touched}
    if any(not known[each].gone for each in seen.gone if each in known):
        return True
    for account_id, entities in seen.accounts.items():
        impact = known.get(account_id)
        if (
            impact is None
            or impact.gone
            or (entities is not None and _listed(entities) != list(impact.entities))
        ):
            return True
    if event.updated_at is not None and event.updated_at < row.updated_at:
        return False
    if seen.described and event.description != row.description:
        return True
    columns = _columns(event, row.seen_at)
    return any(getattr(row, name) != value for name, value in columns.items())


def _out_of_step(
    parts: Parts, arns: Sequence[str], changed: set[int], customers: set[int]
) -> list[tuple[int, int]]:
    """The events and customers whose ticket may not be in step: of changed events everybody's."""
    with parts.reading() as session:
        stored = {row.id: row for row in health.by_arn(session, arns).values()}
        stored |= health.waiting(session, customers)
        met = {(row.event_id, row.customer_id): row for row in health.customers_met(session, list(stored))}
        touched = health.affected_of(session, list(stored))
    concerned = {key for key in (*met, *touched) if key[0] in changed or key[1] in customers}
    concerned |= {
        (event_id, each) for event_id, row in stored.items() if row.scope == "PUBLIC" for each in customers
    }
    digests = {
        key: health_text.digest(health.event_of(stored[key[0]]), touched.get(key, [])) for key in concerned
    }
    return sorted(key for key in concerned if key not in met or met[key].told_hash != digests[key])


def _propose(parts: Parts, seen: Sequence[Seen], customers: set[int], *, at: datetime) -> None:
    """Propose to exclude what issues cost the customers' own incidents, and end what was proposed when they do."""
    arns = [each.event.arn for each in seen if each.event.category == Category.ISSUE]
    if not arns:
        return
    with parts.reading() as session:
        wanted = [
            (row.id, customer_id)
            for row in sorted(health.by_arn(session, arns).values(), key=lambda one: one.id)
            for customer_id in sorted(customers)
            if health_exclusions.due(session, row.id, customer_id, at=at)
        ]
    for event_id, customer_id in wanted:
        with parts.transaction() as session:
            health_exclusions.keep_in_step(session, parts.head, event_id, customer_id, at=at)


def _touch(
    session: Session, event_id: int, account_id: str, entities: Entities | None, *, at: datetime
) -> None:
    values = {"event_id": event_id, "account_id": account_id, "entities": _listed(entities or ()), "gone": False,
              "since": at}  # fmt: skip
    session.execute(_TOUCH[session.get_bind().dialect.name], values)
    now: dict[str, Any] = {"gone": False} | ({} if entities is None else {"entities": _listed(entities)})
    session.execute(
        sa.update(HealthImpact)
        .where(HealthImpact.event_id == event_id, HealthImpact.account_id == account_id)
        .values(**now)
    )


def _listed(entities: Entities) -> list[list[str]]:
    return [[value, state] for value, state in entities]


def _partition(event: Event) -> str:
    return event.arn.split(":")[1] if event.arn.count(":") > 1 else ""


def _columns(event: Event, at: datetime) -> dict[str, Any]:
    """What AWS says of an event apart from its words, as its row holds it."""
    return {
        "service": event.service, "type_code": event.type_code, "category": event.category, "scope": event.scope,
        "region": event.region, "zone": event.zone, "status": event.status, "starts_at": event.starts_at,
        "ends_at": event.ends_at, "updated_at": event.updated_at or at, "actionability": event.actionability,
        "personas": list(event.personas), "seen_at": at,
    }  # fmt: skip
