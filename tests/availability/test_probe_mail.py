"""Probes on their walk through the desk: a delivery, a letter that leaves, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.mail import probe_mail
from gateway.mail.probe_mail import Way
from gateway.secrets import BadToken
from gateway.store import probes
from gateway.store.models import ContentDigest, Delivery, Outbox, OutboxState
from gateway.store.probes import Fate
from tests.builders import a_customer, a_mail
from tests.databases import MONDAY, SECRET, SUPPORT, Desk

KEY = probe_mail.key_of(MONDAY, "abc234")
OWN = frozenset({SUPPORT})


def out_to(key: str = KEY, secret: str = SECRET) -> str:
    return probe_mail.out_address(secret, SUPPORT, key)


def walk(desk: Desk, to: str, raw: bytes | None = None) -> Delivery:
    return desk.walk(raw or probe_mail.content(SUPPORT, MONDAY), to=to, reverse_path="")


def fate(desk: Desk, key: str = KEY) -> Fate:
    with desk.services.reading() as session:
        return probes.fate(session, key)


class Sink:
    """A next server that takes everything."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    def offer(self, reverse_path: str, recipients: list[str], content: bytes) -> dict[str, object]:
        from gateway.transport import Reply

        self.taken.append((reverse_path, list(recipients), content))
        return dict.fromkeys(recipients, Reply(250, "ok"))

    def transfer(self, content: bytes) -> object:
        from gateway.transport import Reply

        return Reply(250, "ok")

    def close(self) -> None:
        pass


def send_all(desk: Desk) -> Sink:
    sink = Sink()
    desk.relay(sink).drain(desk.clock.at + timedelta(seconds=5))
    return sink


def test_probe_opens_no_ticket_and_leaves_again(desk: Desk) -> None:
    delivery = walk(desk, out_to())
    assert (delivery.rule, delivery.disposition, delivery.ticket_id, desk.tickets()) == (
        "probe",
        "send-on",
        None,
        [],
    )
    assert fate(desk) is Fate.JUDGED
    sink = send_all(desk)
    assert [(path, to) for path, to, _ in sink.taken] == [
        ("", [probe_mail.back_address(SECRET, SUPPORT, KEY)])
    ]
    assert fate(desk) is Fate.LEFT


def test_probe_that_comes_back_ends_there(desk: Desk) -> None:
    walk(desk, out_to())
    _, recipients, content = send_all(desk).taken[0]
    back = walk(desk, recipients[0], content)
    assert (back.rule, back.disposition, desk.tickets()) == ("probe", "keep", [])
    assert len(desk.letters()) == 1


def test_probe_that_comes_back_through_a_mailbox_that_knows_no_forward_path_ends_there(desk: Desk) -> None:
    walk(desk, out_to())
    _, _, content = send_all(desk).taken[0]
    back = desk.walk(content, to=SUPPORT, reverse_path="", door="imap")
    assert (back.rule, back.disposition, len(desk.letters())) == ("probe", "keep", 1)


def test_probe_that_arrives_twice_leaves_once(desk: Desk) -> None:
    walk(desk, out_to())
    walk(desk, out_to())
    assert len(desk.letters()) == 1


def test_a_stale_probe_causes_nothing(desk: Desk) -> None:
    desk.clock.pass_(minutes=11)
    assert walk(desk, out_to()).disposition == "keep"
    assert (desk.letters(), desk.tickets()) == ([], [])


@pytest.mark.parametrize("to", [
    out_to(secret="another secret that is long enough for all"),
    out_to().replace("abc234", "abc235"),
    probe_mail.back_address(SECRET, SUPPORT, KEY).replace("+tb", "+to"),
    "support+to29540220abc234@desk.example",
])  # fmt: skip
def test_a_probe_address_of_somebody_elses_making_is_ordinary_mail(desk: Desk, to: str) -> None:
    desk.add(a_customer())
    delivery = desk.walk(a_mail(), to=to)
    assert (delivery.rule, len(desk.tickets())) == ("new", 1)


def test_a_customers_mail_beside_a_probe_is_no_duplicate_of_it(desk: Desk) -> None:
    walk(desk, out_to())
    with desk.services.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ContentDigest)) == 0


def test_probes_are_forgotten_after_a_day_and_nothing_else_is(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())
    walk(desk, out_to())
    with desk.services.transaction() as session:
        assert probes.purge(session, MONDAY) == 0
        assert probes.purge(session, MONDAY + timedelta(days=1)) == 2
    with desk.services.reading() as session:
        assert [row.rule for row in session.scalars(sa.select(Delivery))] == ["new"]
        assert set(session.scalars(sa.select(Outbox.letter))) == {"acknowledgement"}


def test_a_probe_that_came_too_late_waits_in_nobodys_list(desk: Desk) -> None:
    walk(desk, out_to())
    with desk.services.transaction() as session:
        probes.give_up(session, MONDAY)
        assert session.scalar(sa.select(Outbox.state)) == OutboxState.PENDING
        probes.give_up(session, MONDAY + timedelta(minutes=1))
    assert [row.state for row in desk.letters()] == [OutboxState.CANCELLED]
    assert send_all(desk).taken == []


def test_the_bytes_of_a_day_are_the_same_so_that_they_are_kept_once() -> None:
    assert probe_mail.content(SUPPORT, MONDAY) == probe_mail.content(SUPPORT, MONDAY + timedelta(hours=22))


def test_local_parts_stay_within_what_servers_take() -> None:
    assert len(out_to().partition("@")[0]) <= 64


def test_both_ways_are_known_whatever_the_case() -> None:
    found = [probe_mail.named(SECRET, OWN, each, MONDAY) for each in
             (out_to().upper(), probe_mail.back_address(SECRET, SUPPORT, KEY), SUPPORT)]  # fmt: skip
    assert [each and (each.way, each.key) for each in found] == [(Way.OUT, KEY), (Way.BACK, KEY), None]


def test_a_receipt_names_its_probe_and_cannot_be_made_up() -> None:
    assert probe_mail.of_receipt(SECRET, probe_mail.receipt(SECRET, KEY)) == KEY
    for token in (f"{KEY}-{'a' * 26}", KEY, "", "x-y", f"\u0661{KEY[1:]}-{'a' * 26}"):
        with pytest.raises(BadToken):
            probe_mail.of_receipt(SECRET, token)
