"""Instants are the same on both databases, exact to the microsecond, and never without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.store.models import Lease, database_now
from tests.databases import Desk


def put(desk: Desk, *instants: datetime) -> None:
    desk.add(*(Lease(name=str(n), owner="a", until=at, fence=0) for n, at in enumerate(instants)))


def got(desk: Desk) -> list[datetime]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(Lease.until).order_by(Lease.name)))


def test_instant_is_exact_to_the_microsecond(desk: Desk) -> None:
    exact = [
        datetime(2026, 3, 2, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2100, 2, 28, 12, 34, 56, 654_321, tzinfo=UTC),
    ]
    put(desk, *exact)
    assert got(desk) == exact


def test_instant_of_another_zone_is_read_in_utc(desk: Desk) -> None:
    put(desk, datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8))))
    assert [(at, at.utcoffset()) for at in got(desk)] == [
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), timedelta())
    ]


def test_instant_without_a_zone_is_refused(desk: Desk) -> None:
    with pytest.raises(sa.exc.StatementError, match="zone"):
        put(desk, datetime(2026, 3, 2, 1, 0))


def test_instants_are_ordered_and_compared_in_the_database(desk: Desk) -> None:
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    put(desk, at, at + timedelta(microseconds=1))
    with desk.services.reading() as session:
        later = session.scalars(sa.select(Lease.name).where(Lease.until > at)).all()
    assert later == ["1"]


@pytest.mark.parametrize("seconds", [0.0, -3600.0, 0.5, 86400.0])
def test_databases_clock_is_utc_and_can_be_shifted(desk: Desk, seconds: float) -> None:
    with desk.services.reading() as session:
        told = session.execute(sa.select(database_now(seconds))).scalar_one()
    assert abs(told - clock.now() - timedelta(seconds=seconds)) < timedelta(seconds=10)
