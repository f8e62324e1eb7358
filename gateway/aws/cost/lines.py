"""Lines of cost advice as the sources tell them, before they are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from gateway.store.models import CostKind, CostSource

MOST_LINES: Final = 1000
"""Recommendations kept of one source for one account, the largest savings first; totals count all of them."""
MOST_CHARACTERS: Final = 300
BEFORE, AFTER, UNKNOWN = "before", "after", "unknown"
"""Discount modes: savings at list prices, at the account's own prices, or nobody said."""
_CENTS: Final = Decimal("0.0001")
_LARGEST: Final = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Shape: as `CostLine`; `data` holds only what JSON holds, amounts as text."""

    source: CostSource
    kind: CostKind
    code: str = ""
    resource: str = ""
    region: str = ""
    savings: Decimal | None = None
    currency: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def amount(told: object) -> Decimal | None:
    """An amount of money exact to four decimals, or None where it is none that can be kept.

    >>> amount(12.3456789), amount("0.00"), amount("$5"), amount(float("nan"))
    (Decimal('12.3457'), Decimal('0.0000'), None, None)
    """
    try:
        read = Decimal(str(told))
        kept = read.quantize(_CENTS) if read.is_finite() and abs(read) < _LARGEST else None
    except InvalidOperation:
        return None
    return kept


def text(told: object) -> str:
    """What AWS wrote, cut to what a line holds."""
    return "" if told is None else str(told).replace("\0", "")[:MOST_CHARACTERS]


def instant(told: object) -> str:
    """An instant as text, empty where AWS told none."""
    return told.isoformat() if isinstance(told, datetime) else ""


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """Only what was told."""
    return {name: value for name, value in data.items() if value not in (None, "")}


def tail(resource: str) -> str:
    """The name by which two sources mean the same resource: the last part of an ARN, or the id itself.

    >>> tail("arn:aws:ec2:us-east-1:111122223333:instance/i-1"), tail("i-1")
    ('i-1', 'i-1')
    >>> tail("arn:aws:rds:us-east-1:111122223333:db:orders")
    'orders'
    """
    return resource.replace(":", "/").rpartition("/")[2]


def kept(found: Iterable[Line]) -> list[Line]:
    """The recommendations worth a line, the largest savings first."""
    worth = [each for each in found if each.savings is not None and each.savings > 0]
    return sorted(worth, key=_by_savings)[:MOST_LINES]


def _by_savings(line: Line) -> tuple[Decimal, str, str]:
    return -(line.savings or Decimal(0)), line.region, line.resource


def totals(source: CostSource, found: Sequence[Line]) -> list[Line]:
    """What recommendations of one source save together, for each currency and discount mode on its own."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for line in found:
        if line.savings is not None and line.savings > 0:
            key = (line.currency, str(line.data.get("discount", UNKNOWN)))
            sums[key] += line.savings
            counts[key] += 1
    return [
        Line(
            source,
            CostKind.TOTAL,
            savings=sums[key],
            currency=key[0],
            data={"discount": key[1], "count": counts[key]},
        )
        for key in sorted(sums)
    ]
