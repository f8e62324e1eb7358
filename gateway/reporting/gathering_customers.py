"""Customers side by side in management's report: load, attainment, credit final or at risk, and missed targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from gateway.credits import deals
from gateway.credits.deals import Deal
from gateway.domain import agreed_dates
from gateway.domain.agreed_dates import Month
from gateway.domain.credits import Attainment
from gateway.domain.exclusions import exclusions
from gateway.domain.terms import DEFAULT_TERMS, Priority, Terms, agreed
from gateway.reporting.figures import MOST_LINES, About, Breach
from gateway.reporting.gathering_violations import Rests, resting_of
from gateway.reporting.management_figures import CustomerLine
from gateway.store.models import Contract, CreditMonth
from gateway.store.queries import agreements, reporting_management
from gateway.store.queries.reporting_management import Load, Missed


@dataclass(frozen=True, slots=True)
class _Party:
    """A customer's contract in a month. Shape: `row` is the month as frozen, or as it would be; `leads` where the
    customer's load stands with it: the last of their contracts.
    """

    deal: Deal
    customer: str
    row: CreditMonth
    frozen: bool
    leads: bool


def lines(
    session: Session, about: About, load: Sequence[Load], missed: Mapping[int | None, int]
) -> tuple[CustomerLine, ...]:
    """Every contract that owns a part of a month, and customers with work and none: least attainment first.

    Shape: a month is the contract's own, in its zone; load and missed targets are those of management's time.
    """
    month = agreed_dates.month_of(about.first_on)
    parties = _parties(session, month, about.as_of)
    running = _running(session, [each for each in parties if not each.frozen], about.as_of)
    found = [_line(each, running.get(each.deal.number), load, missed) for each in parties]
    known = {each.deal.customer_id for each in parties}
    found += _without_contract(
        session, about, [each for each in load if each.customer_id not in known], missed
    )
    return tuple(sorted(found, key=_worst_first))


def breaches(session: Session, about: About) -> tuple[Breach, ...]:
    """The targets missed in the time covered, by due instant, at most `MOST_LINES`."""
    found = reporting_management.missed(session, about.since, about.until, about.as_of, most=MOST_LINES)
    logs = reporting_management.logs(session, sorted({each.ticket_id for each in found}))
    rests = Rests()
    for ticket_id, events in logs.items():
        if (resting := resting_of([one for one in exclusions(events) if one.counts])) is not None:
            rests.tickets[ticket_id] = resting
    terms = _terms(session, {each.contract_id for each in found})
    return tuple(
        _breach(each, terms.get(each.contract_id, DEFAULT_TERMS), rests, about.as_of) for each in found
    )


def _parties(session: Session, month: Month, at: datetime) -> list[_Party]:
    versions: dict[int, dict[str, list[Contract]]] = defaultdict(dict)
    names = {}
    for contract, customer in agreements.all_versions(session):
        versions[customer.id].setdefault(contract.number, []).append(contract)
        names[customer.id] = customer.name
    frozen = {row.contract_number: row for row in reporting_management.frozen(session, month.first)}
    found = []
    for customer_id, numbers in versions.items():
        owners = [each for each in _deals(customer_id, numbers) if _owns(each, month, frozen)]
        last = max(owners, key=lambda each: (each.begins_at, each.number), default=None)
        found += [
            _Party(each, names[customer_id], frozen.get(each.number) or each.row(month, at),
                   each.number in frozen, each is last)
            for each in owners
        ]  # fmt: skip
    return found


def _deals(customer_id: int, numbers: Mapping[str, Sequence[Contract]]) -> list[Deal]:
    begins = {number: deals.begins_at(versions) for number, versions in numbers.items()}
    starts = sorted(begins.values())
    return [
        Deal(number, customer_id, versions, next((each for each in starts if each > begins[number]), None))
        for number, versions in numbers.items()
    ]


def _owns(found: Deal, month: Month, frozen: Mapping[str, CreditMonth]) -> bool:
    window = found.window(month)
    return found.number in frozen or (found.covers(month) and window.since < window.until)


def _running(session: Session, parties: Iterable[_Party], at: datetime) -> dict[str, Attainment]:
    """Attainment of months that are not frozen, by contract; one statement for each stretch of time."""
    stretches: dict[tuple[datetime, datetime], dict[int, str]] = defaultdict(dict)
    for each in parties:
        stretches[each.row.starts_at, each.row.ends_at][each.deal.customer_id] = each.deal.number
    found = {}
    for (since, until), numbers in stretches.items():
        for customer_id, counted in reporting_management.decided(
            session, numbers, since, until, at=at
        ).items():
            found[numbers[customer_id]] = counted
    return found


def _line(
    party: _Party, running: Attainment | None, load: Sequence[Load], missed: Mapping[int | None, int]
) -> CustomerLine:
    row, customer_id = party.row, party.deal.customer_id
    counted = Attainment(row.kept_now, row.decided_now) if party.frozen else running or Attainment(0, 0)
    account = deals.reckoned(row, counted)
    ours = [each for each in load if each.customer_id == customer_id] if party.leads else []
    return CustomerLine(
        customer_id=customer_id,
        customer=party.customer,
        number=party.deal.number,
        opened=sum(each.opened for each in ours),
        open_at_end=sum(each.open_at_end for each in ours),
        kept=counted.kept,
        decided=counted.decided,
        breached=missed.get(customer_id, 0) if party.leads else 0,
        currency=row.currency,
        exponent=row.exponent,
        discount=str(account.discount),
        at_risk=row.amount_now if party.frozen else account.amount,
        frozen=party.frozen,
    )


def _without_contract(
    session: Session, about: About, load: Sequence[Load], missed: Mapping[int | None, int]
) -> list[CustomerLine]:
    """Customers whom no contract covers in the month, as far as there was work; nothing is owed to them."""
    ids = sorted({each.customer_id for each in load})
    if not ids:
        return []
    names = reporting_management.names(session, ids)
    decided = reporting_management.decided(session, ids, about.since, about.until, at=about.as_of)
    found = []
    for each in ids:
        ours = [one for one in load if one.customer_id == each]
        counted = decided.get(each, Attainment(0, 0))
        opened, still = sum(one.opened for one in ours), sum(one.open_at_end for one in ours)
        found.append(CustomerLine(each, names[each], "", opened, still, counted.kept, counted.decided,
                                  missed.get(each, 0), "", 0, "0", 0, frozen=False))  # fmt: skip
    return found


def _worst_first(line: CustomerLine) -> tuple[Fraction, int, int, str, str]:
    share = Fraction(line.kept, line.decided) if line.decided else Fraction(1)
    return share, -line.breached, -line.open_at_end, line.customer, line.number


def _terms(session: Session, contract_ids: set[int | None]) -> dict[int | None, Terms]:
    return {
        each.id: agreed(each.terms) for each, _ in agreements.all_versions(session) if each.id in contract_ids
    }


def _breach(missed: Missed, terms: Terms, rests: Rests, at: datetime) -> Breach:
    ended = min(each for each in (at, missed.met_at, missed.closed_at) if each is not None)
    return Breach(
        ticket_id=missed.ticket_id,
        subject=missed.subject,
        priority=missed.priority,
        target=missed.target,
        promised=terms.targets[Priority(missed.priority)].of(missed.target),
        due_at=missed.due_at,
        met_at=missed.met_at,
        late=rests.counted(missed.ticket_id, missed.due_at, ended),
    )
