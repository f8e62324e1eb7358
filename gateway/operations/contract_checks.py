"""Contracts of one customer follow one another: what an import file says against that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.domain import agreed_dates
from gateway.operations.records import Findings, Record
from gateway.store.models import Contract, Customer


@dataclass(frozen=True, slots=True)
class _Term:
    """From when until when a contract runs; the line where the file says so, or None."""

    number: str
    starts_on: date
    ends_on: date | None
    line: int | None = None


def check_sequences(customers: Sequence[Record], known: Sequence[Customer], findings: Findings) -> None:
    """Contracts of one customer follow one another: gaps may be, overlaps may not."""
    stored = {each.reference: each for each in known}
    for customer in customers:
        if not customer.listed("contracts"):
            continue
        terms = sorted(
            _terms(customer, stored.get(customer.get("reference"))), key=lambda each: each.starts_on
        )
        longest: _Term | None = None
        for term in terms:
            if longest is not None and (longest.ends_on is None or term.starts_on <= longest.ends_on):
                _tell_overlap(longest, term, findings)
            if longest is None or (
                longest.ends_on is not None and (term.ends_on or date.max) > longest.ends_on
            ):
                longest = term


def _terms(customer: Record, stored: Customer | None) -> Iterator[_Term]:
    """Every contract of a customer as it will be once the file is imported."""
    found: dict[str, _Term] = {}
    versions: dict[str, list[Contract]] = {}
    for each in stored.contracts if stored else ():
        versions.setdefault(each.number, []).append(each)
    for number, rows in versions.items():
        last = agreed_dates.latest(rows)
        found[number] = _Term(number, last.starts_on, last.ends_on)
    for one in customer.listed("contracts"):
        number, starts_on = one.get("number"), one.get("starts_on")
        if number is None or starts_on is None:
            continue
        known = found.get(number)
        kept = known.ends_on if known and "ends_on" not in one.values else one.get("ends_on")
        found[number] = _Term(number, starts_on, kept, one.line_of("starts_on"))
    return iter(found.values())


def _tell_overlap(first: _Term, then: _Term, findings: Findings) -> None:
    other, named = (first, then) if then.line is not None else (then, first)
    if named.line is None:
        return
    end = f"to {other.ends_on}" if other.ends_on else "without end"
    findings.add(
        named.line,
        f"the contract {named.number} overlaps {other.number} of the same customer, which runs from "
        f"{other.starts_on} {end}",
    )
