"""Contracts written as an import file describes them, with who gets their reports.

A version of a contract under which a ticket was opened never changes: a difference makes the next version, which
holds from the day the file names, or else from the day of the import on, never retroactively.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import credits, i18n
from gateway.operations import estate_reports
from gateway.operations.records import Record
from gateway.operations.yaml_tree import Fault, Unreadable
from gateway.store.models import Contract, Customer
from gateway.store.queries import estate

FIELDS: Final = ("starts_on", "ends_on", "effective_on", "time_zone", "language", "currency", "monthly_fee",
                 "terms")  # fmt: skip
Note = Callable[[str, str, Iterable[str] | None], None]


class ContractWriter:
    """Writes the contracts of one file, and has their months frozen."""

    def __init__(self, session: Session, at: datetime, note: Note) -> None:
        self._session, self._at, self._note = session, at, note
        self._written: list[str] = []

    def write(self, customer: Customer, one: Record) -> None:
        """One contract of a customer. Errors: Unreadable."""
        number = one.values["number"]
        self._written.append(number)
        versions = [each for each in customer.contracts if each.number == number]
        latest = max(versions, key=lambda each: each.version, default=None)
        if latest is None:
            base = {"time_zone": customer.time_zone, "language": customer.language, "terms": {}}
            customer.contracts.append(_agreed(one, Contract(number=number, version=1, **base | _given(one))))
            self._has_reports(number, one)
            self._note("contract", number, None)
            return
        given = _given(one)
        changes = [name for name, value in given.items() if getattr(latest, name) != value]
        if changes and estate.contract_in_use(self._session, latest.id):
            made = self._next_version(latest, one)
            customer.contracts.append(_agreed(one, made))
            changes.append(f"now version {made.version}")
        else:
            for name in changes:
                setattr(latest, name, given[name])
            _agreed(one, latest)
        changes += ["reports"] if self._has_reports(number, one) else []
        self._note("contract", number, changes)

    def _has_reports(self, number: str, one: Record) -> bool:
        """Have its reports made as the file says; whether that is a change."""
        return estate_reports.write(self._session, number, one.get("reports"), at=self._at)

    def finish(self) -> None:
        """Have the months of every contract written frozen from now on; the rows are flushed."""
        for number in self._written:
            credits.schedule(self._session, number)

    def _next_version(self, latest: Contract, one: Record) -> Contract:
        kept = {name: getattr(latest, name) for name in FIELDS}
        made = Contract(number=latest.number, version=latest.version + 1, **kept | _given(one))
        today = self._at.astimezone(i18n.time_zone(made.time_zone)).date()
        made.effective_on = one.get("effective_on") or max(made.starts_on, today)
        if made.effective_on < today:
            told = (
                f"tickets were opened under {latest.number}: a change holds from {today} on at the earliest"
            )
            told = f"effective_on: {told}"
            raise Unreadable([Fault(one.line_of("effective_on"), told)])
        if made.currency != latest.currency:
            told = f"currency: tickets were opened under {latest.number}: another currency needs another contract"
            raise Unreadable([Fault(one.line_of("currency"), told)])
        return made


def _given(one: Record) -> dict[str, Any]:
    return {name: one.values[name] for name in FIELDS if name in one.values}


def _agreed(one: Record, contract: Contract) -> Contract:
    """The contract, if it ends after it starts also with what the file left out."""
    if contract.ends_on is not None and contract.ends_on < contract.starts_on:
        raise Unreadable([Fault(one.line, f"the contract {contract.number} ends before it starts")])
    return contract
