"""Whoever floods us waits for themselves alone: how their mail is spread, and that nobody else's is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway import queues
from gateway.inbound.pacing import SENDERS, Limits, Pace
from gateway.inbound.receive import Arrival
from gateway.store import deliveries
from gateway.store.queries import due
from tests.builders import a_mail
from tests.databases import MONDAY, SUPPORT, Desk

FEW = Limits(at_once=3, of_a_domain=5, a_second=2.0, longest=timedelta(seconds=10))


def arrival(sender: str = "monitor@flood.example", *, machine: bool = False, **more: object) -> Arrival:
    fields = {"Auto_Submitted": "auto-generated"} if machine else {}
    made = Arrival(a_mail(**fields), sender, (SUPPORT,), MONDAY)
    return replace(made, **more)  # type: ignore[arg-type]


def waits(pace: Pace, *arrivals: Arrival) -> list[float]:
    """How many seconds after now each is due."""
    return [((each.due_at or MONDAY) - MONDAY).total_seconds() for each in pace.spread(arrivals, MONDAY)]


def test_few_mails_of_a_sender_are_due_at_once_and_more_at_a_steady_pace() -> None:
    assert waits(Pace(FEW), *[arrival() for _ in range(7)]) == [0, 0, 0, 0.5, 1.0, 1.5, 2.0]


def test_flood_delays_nobody_else() -> None:
    pace = Pace(FEW)
    waits(pace, *[arrival() for _ in range(50)])
    assert waits(pace, arrival("li@harbour.example")) == [0]


def test_machines_of_a_domain_count_together() -> None:
    some = [arrival(f"web{number}@flood.example", machine=True) for number in range(8)]
    assert waits(Pace(FEW), *some) == [0, 0, 0, 0, 0, 0.5, 1.0, 1.5]


def test_person_of_a_domain_never_waits_for_its_machines() -> None:
    pace = Pace(FEW)
    waits(pace, *[arrival(f"web{number}@flood.example", machine=True) for number in range(50)])
    assert waits(pace, arrival("li@flood.example")) == [0]


def test_words_in_the_text_make_no_machine() -> None:
    pace = Pace(FEW)
    raw = a_mail("Auto-Submitted: auto-generated\r\nList-Id: <x>\r\n")
    assert set(waits(pace, *[arrival(f"p{n}@flood.example", raw=raw) for n in range(20)])) == {0}


def test_pace_recovers_with_time() -> None:
    pace = Pace(FEW)
    waits(pace, *[arrival() for _ in range(7)])
    later = MONDAY + timedelta(minutes=1)
    assert [each.due_at for each in pace.spread([arrival() for _ in range(3)], later)] == [None] * 3


def test_nobody_waits_longer_than_the_bound() -> None:
    assert max(waits(Pace(FEW), *[arrival() for _ in range(1000)])) == 10


def test_senders_that_were_last_heard_long_ago_are_forgotten() -> None:
    pace = Pace(FEW)
    pace.spread([arrival(f"a{number}@flood.example") for number in range(SENDERS + 50)], MONDAY)
    assert len(pace._until) == SENDERS


@given(st.lists(st.integers(0, 3), max_size=60))
def test_mail_of_a_sender_never_overtakes_itself(senders: list[int]) -> None:
    spread = Pace(FEW).spread([arrival(f"s{number}@flood.example") for number in senders], MONDAY)
    for number in set(senders):
        due = [each.due_at or MONDAY for each in spread if each.reverse_path.startswith(f"s{number}@")]
        assert due == sorted(due)


def accept(desk: Desk, *arrivals: Arrival) -> None:
    with desk.services.transaction() as session:
        deliveries.accept(session, desk.services.blobs, arrivals)


def file_twice(desk: Desk) -> None:
    """As the ring at the door has it done, and a second later the clock's."""
    desk.file()
    desk.file()


def flood(desk: Desk) -> list[Arrival]:
    mails = [arrival(raw=a_mail(message_id=f"p{n}@flood.example")) for n in range(5)]
    return Pace(FEW).spread(mails, desk.clock())


def test_mail_of_a_flood_is_judged_before_its_time_where_nothing_else_is_due(desk: Desk) -> None:
    accept(desk, *flood(desk))
    file_twice(desk)
    assert len(desk.tickets()) == 5
    assert {each.opened_at for each in desk.tickets()} == {MONDAY}


def test_what_comes_after_a_flood_is_judged_before_its_paced_mail(desk: Desk) -> None:
    accept(desk, *flood(desk))
    accept(
        desk,
        arrival(
            "li.na@harbour.example", raw=a_mail(subject="Quick question", message_id="q@harbour.example")
        ),
    )
    file_twice(desk)
    assert [each.subject for each in desk.tickets()].index("Quick question") == 3


def test_mail_that_failed_once_waits_its_time_whatever_is_due(desk: Desk) -> None:
    accept(desk, arrival(raw=a_mail()))
    with desk.services.transaction() as session:
        [claimed] = deliveries.claim(session, owner="one", at=desk.clock(), limit=9)
        deliveries.postpone(session, claimed, desk.clock(), error="a fault of ours")
    with desk.services.transaction() as session:
        assert deliveries.claim_paced(session, owner="two", at=desk.clock(), limit=9) == []


def test_paced_mail_rings_for_a_worker(desk: Desk) -> None:
    accept(desk, *flood(desk)[3:])
    with desk.services.reading() as session:
        assert due.due_queues(session, desk.clock())[queues.MAIL] == 1
