"""`read`: an account's cost advice of the month before, source by source, each stored as soon as it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from gateway.aws import partitions
from gateway.aws.cost import advisor, explorer, hub, keeping, optimizer
from gateway.aws.cost.asking import PASSING, Source
from gateway.aws.cost.lines import Line
from gateway.aws.faults import Fault
from gateway.aws.parts import Account, Parts, Reading
from gateway.aws.streams import COST_DAY, DAY, jitter
from gateway.store.models import CostSource

ASK_AGAIN: Final = timedelta(hours=6)
GIVE_UP_AFTER: Final = timedelta(days=7)
"""How long a source is asked again that gives no answer: a month's advice must come to an end."""


def read(parts: Parts, account: Account, watermark: datetime | None) -> Reading:
    """Reads what is missing of the month's round; due again in the next month.

    Errors: `faults.Fault` where a source may say later; what the others said is kept.
    """
    at = parts.now().astimezone(UTC)
    if at.day < COST_DAY:
        return Reading(_due(at.date().replace(day=1), account))
    month_on = explorer.months_before(at.date().replace(day=1), 1)
    with parts.transaction() as session:
        round_ = keeping.opened(session, account.account_id, account.customer_id, month_on=month_on, at=at)
    if not round_.finished:
        visit = _Visit(parts, account, round_, month_on, at)
        if not visit.read():
            return Reading(at + ASK_AGAIN)
        with parts.transaction() as session:
            keeping.finish(session, round_.id, account.account_id, at)
    return Reading(
        _due(explorer.month_after(at.date()), account), datetime.combine(month_on, datetime.min.time(), UTC)
    )


def _due(first_on: date, account: Account) -> datetime:
    """When a month's advice is read: its third day, each account at an hour of its own."""
    day = datetime.combine(first_on.replace(day=COST_DAY), datetime.min.time(), UTC)
    return day + jitter(account.account_id, DAY)


@dataclass(frozen=True)
class _Visit:
    """One account's part of one round."""

    parts: Parts
    account: Account
    round: keeping.Round
    month_on: date
    at: datetime

    def read(self) -> bool:
        """Ask every source of the partition that was not asked yet; False where Cost Explorer may say later.

        Cost Explorer holds nothing else up, and since its requests are paid for it is asked again in hours only.
        """
        answered = True
        for source in _SOURCES[self.account.partition]:
            if source in self.round.sources:
                continue
            try:
                self._keep(source, _READERS[source](self))
            except Fault as fault:
                if fault.kind not in PASSING:
                    raise
                if self.at.date() - self.round.since >= GIVE_UP_AFTER:
                    self._keep(source, [self.source(source).instruction("no-answer", aws=fault.code)])
                elif source is CostSource.EXPLORER:
                    answered = False
                else:
                    raise
        return answered

    def source(self, name: CostSource) -> Source:
        """A source to ask on the account's behalf."""
        return Source(self.parts.clients, self.account, name)

    def hub_silent(self) -> bool:
        """Whether Cost Optimization Hub says nothing of this account, or there is none."""
        if not partitions.offers(self.account.partition, str(CostSource.HUB)):
            return True
        with self.parts.reading() as session:
            return keeping.silent(session, self.round.id, self.account.account_id, CostSource.HUB)

    def _keep(self, source: CostSource, lines: list[Line]) -> None:
        with self.parts.transaction() as session:
            keeping.keep(session, self.round.id, self.account.account_id, source=source, lines=lines)


def _explorer(visit: _Visit) -> list[Line]:
    return explorer.read(visit.source(CostSource.EXPLORER), visit.month_on, visit.at.date())


def _hub(visit: _Visit) -> list[Line]:
    return hub.read(visit.source(CostSource.HUB))


def _optimizer(visit: _Visit) -> list[Line]:
    """Compute Optimizer only where the hub, which repeats it, is silent."""
    if not visit.hub_silent():
        return []
    return optimizer.read(visit.source(CostSource.OPTIMIZER), _regions(visit))


def _regions(visit: _Visit) -> Iterable[str]:
    """Where to ask Compute Optimizer: where the account is known to have something."""
    place = partitions.PLACES[visit.account.partition][str(CostSource.OPTIMIZER)]
    if not place.anywhere:
        return (place.home, *place.others)
    declared = [
        each for each in visit.account.regions if partitions.partition_of_region(each) == partitions.AWS
    ]
    if declared:
        return declared
    with visit.parts.reading() as session:
        spent = keeping.regions(session, visit.round.id, visit.account.account_id)
    return spent or (place.home,)


def _advisor(visit: _Visit) -> list[Line]:
    """Trusted Advisor for what no other source said of a resource."""
    elsewhere = {"compute_optimizer", "cost_optimization_hub"}
    if not visit.hub_silent():
        elsewhere.add("cost_explorer")
    with visit.parts.reading() as session:
        named = keeping.named(session, visit.round.id, visit.account.account_id)
    return advisor.read(visit.source(CostSource.ADVISOR), named, elsewhere)


_SOURCES: Final[Mapping[str, tuple[CostSource, ...]]] = MappingProxyType(
    {
        partitions.AWS: (CostSource.EXPLORER, CostSource.HUB, CostSource.OPTIMIZER, CostSource.ADVISOR),
        partitions.CHINA: (CostSource.EXPLORER, CostSource.OPTIMIZER),
    }
)
_READERS: Final[Mapping[CostSource, Callable[[_Visit], list[Line]]]] = MappingProxyType(
    {
        CostSource.EXPLORER: _explorer,
        CostSource.HUB: _hub,
        CostSource.OPTIMIZER: _optimizer,
        CostSource.ADVISOR: _advisor,
    }
)
