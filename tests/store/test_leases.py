"""One holder at a time, by the database's clock; whoever lost a lease is told by its fencing number."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store import deliveries, leases
from gateway.store.models import Delivery, Lease, database_now
from tests.builders import a_mail
from tests.databases import MONDAY, Desk
from tests.redis_server import wait_for

PAST = datetime(2020, 1, 1, tzinfo=UTC)


def hold(desk: Desk, owner: str, seconds: float = 30) -> int | None:
    return leases.hold(desk.services.sessions, "clock", owner, seconds)


def end_of_lease(desk: Desk) -> None:
    with desk.services.transaction() as session:
        session.execute(sa.update(Lease).values(until=PAST))
        session.execute(sa.update(Delivery).values(lease_until=PAST))


def claim(session: Session, owner: str, limit: int = 10) -> dict[int, int]:
    found = deliveries.claim(session, owner=owner, at=MONDAY, limit=limit)
    return {each.id: each.fence for each in found}


def claimed(desk: Desk, owner: str, limit: int = 10) -> dict[int, int]:
    with desk.services.transaction() as session:
        return claim(session, owner, limit)


def held(desk: Desk, row_id: int, fence: int) -> bool:
    with desk.services.transaction() as session:
        return leases.held(session, Delivery, row_id, fence)


# Named rights.


def test_named_right_has_one_holder(desk: Desk) -> None:
    assert (hold(desk, "a"), hold(desk, "b")) == (1, None)


def test_holder_prolongs_under_the_same_number(desk: Desk) -> None:
    assert [hold(desk, "a") for _ in range(3)] == [1, 1, 1]


def test_right_goes_to_another_after_its_end_under_a_higher_number(desk: Desk) -> None:
    hold(desk, "a")
    end_of_lease(desk)
    assert (hold(desk, "b"), hold(desk, "a")) == (2, None)


def test_right_given_up_goes_to_another_at_once(desk: Desk) -> None:
    hold(desk, "a")
    leases.release(desk.services.sessions, "clock", "a")
    assert hold(desk, "b") == 2


def test_right_of_another_is_not_given_up(desk: Desk) -> None:
    hold(desk, "a")
    leases.release(desk.services.sessions, "clock", "b")
    assert hold(desk, "b") is None


def test_right_ends_by_itself(desk: Desk) -> None:
    hold(desk, "a", seconds=0.2)
    wait_for(lambda: hold(desk, "b") == 2, seconds=10)


def test_of_many_at_once_one_gets_the_right(desk: Desk) -> None:
    found: list[int | None] = []
    threads = [threading.Thread(target=lambda n=n: found.append(hold(desk, f"p{n}"))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found, key=lambda each: each is None) == [1] + [None] * 7


# Rows.


def test_row_is_claimed_once(desk: Desk) -> None:
    number = desk.receive(a_mail())
    assert (claimed(desk, "a"), claimed(desk, "b"), claimed(desk, "a")) == ({number: 1}, {}, {})


def test_row_whose_lease_ended_is_claimed_anew_and_the_old_number_holds_no_more(desk: Desk) -> None:
    number = desk.receive(a_mail())
    claimed(desk, "a")
    assert held(desk, number, 1)
    end_of_lease(desk)
    assert claimed(desk, "b") == {number: 2}
    assert (held(desk, number, 1), held(desk, number, 2)) == (False, True)


def test_row_whose_lease_ended_is_still_held_until_somebody_takes_it(desk: Desk) -> None:
    number = desk.receive(a_mail())
    claimed(desk, "a")
    end_of_lease(desk)
    assert held(desk, number, 1)


def test_only_the_owner_prolongs_a_row(desk: Desk) -> None:
    number = desk.receive(a_mail())
    claimed(desk, "a")
    end_of_lease(desk)
    with desk.services.transaction() as session:
        leases.prolong(session, Delivery, [number], owner="b")
    assert claimed(desk, "b") == {number: 2}
    end_of_lease(desk)
    with desk.services.transaction() as session:
        leases.prolong(session, Delivery, [number], owner="b")
    assert claimed(desk, "a") == {}


def test_no_more_rows_are_claimed_than_asked_for_the_oldest_first(desk: Desk) -> None:
    numbers = [desk.receive(a_mail(f"{number}\n")) for number in range(5)]
    assert list(claimed(desk, "a", limit=2)) == numbers[:2]
    assert list(claimed(desk, "b", limit=9)) == numbers[2:]


def test_processes_that_claim_at_once_share_the_rows(desk: Desk) -> None:
    numbers = [desk.receive(a_mail(f"{number}\n")) for number in range(40)]
    found: list[int] = []

    def work(owner: str) -> None:
        while mine := claimed(desk, owner, limit=3):
            found.extend(mine)

    threads = [threading.Thread(target=work, args=[f"p{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == numbers


def test_claim_that_is_rolled_back_leaves_the_row_free(desk: Desk) -> None:
    number = desk.receive(a_mail())
    with pytest.raises(RuntimeError), desk.services.transaction() as session:
        assert claim(session, "a") == {number: 1}
        raise RuntimeError
    assert claimed(desk, "b") == {number: 1}


def test_keeper_prolongs_while_a_slow_step_runs(desk: Desk) -> None:
    number = desk.receive(a_mail())
    claimed(desk, "a")
    end_of_lease(desk)
    with leases.Keeper(desk.services.sessions, Delivery, [number], "a"):
        wait_for(lambda: until_of(desk, number) > now(desk), seconds=15)


def until_of(desk: Desk, number: int) -> datetime:
    with desk.services.reading() as session:
        until = session.get_one(Delivery, number).lease_until
        assert until is not None
        return until


def now(desk: Desk) -> datetime:
    with desk.services.reading() as session:
        return session.execute(sa.select(database_now())).scalar_one()


def test_lease_that_was_given_back_is_not_prolonged(desk: Desk) -> None:
    delivery_id = desk.receive(a_mail())
    with desk.services.transaction() as session:
        row = session.get_one(Delivery, delivery_id)
        row.lease_owner, row.lease_until = "us", None
    with desk.services.transaction() as session:
        leases.prolong(session, Delivery, [delivery_id], owner="us")
    with desk.services.reading() as session:
        assert session.get_one(Delivery, delivery_id).lease_until is None
