"""A customer's stored cost advice of a month as its report tells it (P10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.reporting.figures import Cost, CostTotal, Saving
from gateway.store.queries import cost as stored
from gateway.store.queries.cost import Line

MOST: Final = 20
"""How many recommendations a report tells, those that save most."""
_BACK: Final = 5
"""How many earlier months are looked at for the same recommendation."""

_Key = tuple[str, str, str, str]


def cost(session: Session, customer_id: int, month_on: date) -> Cost | None:
    """The cost advice of a customer for a month, by its first day; None where nobody ever asked AWS.

    Shape: `data["months"]` of a saving is for how many months one after the other it stands by now.
    """
    advice = stored.advice(session, customer_id, month_on)
    if advice is None:
        return None
    shown = advice.recommendations[:MOST]
    standing = _standing(session, customer_id, month_on, {_key(each) for each in shown})
    return Cost(
        month_on=advice.month_on,
        refreshed_at=advice.finished_at,
        savings=tuple(
            Saving(
                account_id=each.account_id,
                account=advice.names.get(each.account_id, ""),
                source=each.source,
                code=each.code,
                resource=each.resource,
                region=each.region,
                savings=str(each.savings or 0),
                currency=each.currency,
                data=dict(each.data) | {"months": standing[_key(each)]},
            )
            for each in shown
        ),
        totals=tuple(
            CostTotal(each.source, each.currency, each.discount, str(each.savings), each.count)
            for each in advice.totals
        ),
        unread=tuple((each.account_id, each.why) for each in advice.unread),
        more=advice.more + len(advice.recommendations) - len(shown),
    )


def _standing(session: Session, customer_id: int, month_on: date, keys: Collection[_Key]) -> dict[_Key, int]:
    """For how many months one after the other each recommendation stands, up to and with this one."""
    counts = dict.fromkeys(keys, 1)
    still, month = set(keys), month_on
    for _ in range(_BACK):
        month = (month - timedelta(days=1)).replace(day=1)
        still &= set(_recommended(session, customer_id, month)) if still else set()
        for key in still:
            counts[key] += 1
    return counts


def _recommended(session: Session, customer_id: int, month_on: date) -> Iterable[_Key]:
    advice = stored.advice(session, customer_id, month_on)
    return (_key(each) for each in advice.recommendations) if advice else ()


def _key(line: Line) -> _Key:
    return (line.account_id, line.source, line.code, line.resource)
