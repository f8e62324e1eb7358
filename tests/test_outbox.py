"""How letters leave: through a real SMTP server that misbehaves at every stage (invariant 3; hardening of mail out)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import transport
from gateway.mail.message import Mailbox
from gateway.relay import Relay
from gateway.store import outbox
from gateway.store.models import Promise
from gateway.tickets import handling
from gateway.transport import Reply, Unheard
from tests import letters
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk
from tests.letters import LI, drain, entry, put, row, smtp
from tests.sink import DROP, GARBAGE, Sink, certificate

ONCE, AGAIN, PERSON = Promise.AT_MOST_ONCE, Promise.AT_LEAST_ONCE, Promise.PERSON_DECIDES


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


def one_of_each(desk: Desk) -> dict[Promise, int]:
    ids = put(desk, *(entry(f"letter-{promise}", promise) for promise in Promise))
    return dict(zip(Promise, ids, strict=True))


def states(desk: Desk, ids: dict[Promise, int]) -> dict[Promise, str]:
    return {promise: row(desk, outbox_id).state for promise, outbox_id in ids.items()}


# Every end of a transaction, for each promise.


def test_accepted_letter_was_sent_with_the_bytes_and_the_envelope_of_its_row(desk: Desk, sink: Sink) -> None:
    ids = one_of_each(desk)

    drain(desk, smtp(sink.port))

    assert set(states(desk, ids).values()) == {"sent"}
    for mail, outbox_id in zip(sink.taken, sorted(ids.values()), strict=True):
        letter = row(desk, outbox_id)
        assert (mail.content, mail.message_id) == (letter.content, letter.message_id)
        assert (mail.reverse_path, mail.recipients) == ("support@desk.example", [LI])
        assert (letter.sent_at, letter.recipients, letter.lease_until) == (MONDAY, [], None)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_letter_that_is_refused_for_now_is_tried_again_whatever_its_promise(
    desk: Desk, sink: Sink, stage: str
) -> None:
    ids = one_of_each(desk)
    sink.always[stage] = "451 4.3.0 later"
    drain(desk, smtp(sink.port))
    assert set(states(desk, ids).values()) == {"pending"}
    assert {row(desk, each).next_attempt_at for each in ids.values()} == {MONDAY + timedelta(minutes=5)}

    sink.always.clear()
    desk.clock.pass_(minutes=5)
    drain(desk, smtp(sink.port))

    assert set(states(desk, ids).values()) == {"sent"}
    assert sorted(mail.message_id for mail in sink.taken) == sorted(
        f"letter-{each}@desk.example" for each in ids
    )
    assert not any(row(desk, each).maybe_twice for each in ids.values())


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_letter_that_is_refused_for_good_is_never_tried_again_whatever_its_promise(
    desk: Desk, sink: Sink, stage: str
) -> None:
    ids = one_of_each(desk)
    sink.always[stage] = "550 5.7.1 no"
    drain(desk, smtp(sink.port))
    sink.always.clear()
    desk.clock.pass_(days=6)
    drain(desk, smtp(sink.port))

    assert set(states(desk, ids).values()) == {"failed"}
    assert {row(desk, each).last_reply for each in ids.values()} == {"550 5.7.1 no"}
    assert sink.taken == []


@pytest.mark.parametrize("stage", ["greeting", "mail", "rcpt", "data"])
@pytest.mark.parametrize("end", [DROP, GARBAGE])
def test_end_before_the_content_leaves_nothing_uncertain(
    desk: Desk, sink: Sink, stage: str, end: str
) -> None:
    ids = one_of_each(desk)
    sink.always[stage] = end
    drain(desk, smtp(sink.port))
    assert set(states(desk, ids).values()) == {"pending"}

    sink.always.clear()
    desk.clock.pass_(minutes=5)
    drain(desk, smtp(sink.port))

    assert set(states(desk, ids).values()) == {"sent"}
    assert len(sink.taken) == len(sink.heard) == len(ids)
    assert not any(row(desk, each).maybe_twice for each in ids.values())


@pytest.mark.parametrize("end", [DROP, GARBAGE])
def test_unheard_answer_after_the_content_follows_the_letters_promise(
    desk: Desk, sink: Sink, end: str
) -> None:
    ids = one_of_each(desk)
    sink.always["dot"] = end
    drain(desk, smtp(sink.port))
    assert states(desk, ids) == {ONCE: "uncertain", AGAIN: "pending", PERSON: "uncertain"}

    sink.always.clear()
    desk.clock.pass_(minutes=5)
    drain(desk, smtp(sink.port))

    assert states(desk, ids) == {ONCE: "uncertain", AGAIN: "sent", PERSON: "uncertain"}
    assert {promise: row(desk, each).maybe_twice for promise, each in ids.items()} == {
        ONCE: False, AGAIN: True, PERSON: False,
    }  # fmt: skip
    heard = [mail for mail in sink.heard if mail.message_id == f"letter-{AGAIN}@desk.example"]
    assert len(heard) == 2
    assert heard[0].content == heard[1].content == row(desk, ids[AGAIN]).content


def test_nobody_listening_leaves_every_letter_pending(desk: Desk) -> None:
    ids = one_of_each(desk)
    with Sink() as gone:
        port = gone.port
    drain(desk, smtp(port))
    assert set(states(desk, ids).values()) == {"pending"}


def test_answer_of_another_kind_to_data_is_no_success(desk: Desk, sink: Sink) -> None:
    ids = one_of_each(desk)
    sink.always["data"] = "250 2.0.0 ok?"
    drain(desk, smtp(sink.port))
    assert set(states(desk, ids).values()) == {"pending"}


# The ladder of tries.


class Busy:
    """A next server in memory that always says the same, or never says what became of the content."""

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> dict[str, Reply]:
        return dict.fromkeys(recipients, Reply(450, "4.2.0 full") if self._answers else Reply(250, "ok"))

    def transfer(self, content: bytes) -> Reply:
        raise Unheard("timed out")

    def close(self) -> None:
        """Nothing to close."""


def test_tries_grow_from_minutes_to_hours_and_end_after_five_days(desk: Desk) -> None:
    (outbox_id,) = put(desk, entry("patient"))
    tries: list[timedelta] = []
    while row(desk, outbox_id).state == "pending":
        tries.append(desk.clock.at - MONDAY)
        drain(desk, Busy(answers=True))
        desk.clock.at = max(row(desk, outbox_id).next_attempt_at, desk.clock.at)

    gaps = [later - earlier for earlier, later in zip(tries, tries[1:], strict=False)]
    assert gaps[:7] == [timedelta(minutes=count) for count in (5, 10, 20, 40, 80, 160, 240)]
    assert set(gaps[7:]) == {timedelta(hours=4)}
    assert len([each for each in tries if each < timedelta(hours=1)]) <= 6
    assert timedelta(days=5) <= tries[-1] <= timedelta(days=5, hours=4)
    letter = row(desk, outbox_id)
    assert letter.state == "failed" and "5 days" in letter.last_reply and "450" in letter.last_reply


def test_letter_given_up_is_noted_on_its_ticket(desk: Desk, sink: Sink) -> None:
    number = open_ticket(desk)
    put(desk, entry("status", ticket_id=number, letter="status"))
    sink.always["rcpt"] = "450 4.2.0 full"
    desk.clock.pass_(days=6)
    drain(desk, smtp(sink.port))

    ends = [event.data for event in desk.events(number) if event.kind == "letter"]
    assert [each["letter"] for each in ends] == ["acknowledgement", "status"]
    assert {each["end"] for each in ends} == {"refused"}


def test_letter_that_never_gets_an_answer_is_not_sent_for_ever(desk: Desk) -> None:
    (outbox_id,) = put(desk, entry("unheard", AGAIN))
    for _ in range(100):
        drain(desk, Busy(answers=False))
        if row(desk, outbox_id).state != "pending":
            break
        desk.clock.at = row(desk, outbox_id).next_attempt_at
    assert desk.clock.at - MONDAY <= timedelta(days=5, hours=4)
    assert row(desk, outbox_id).state == "uncertain"


def test_every_try_sends_the_same_bytes(desk: Desk, sink: Sink) -> None:
    (outbox_id,) = put(desk, entry("same", AGAIN, body="." * 3000))
    sink.next("dot", "451 4.3.0 a", DROP, GARBAGE, "421 4.3.2 b", "250 2.0.0 ok")
    while row(desk, outbox_id).state == "pending":
        drain(desk, smtp(sink.port))
        desk.clock.at = max(row(desk, outbox_id).next_attempt_at, desk.clock.at)
    assert len(sink.heard) == 5
    assert {mail.content for mail in sink.heard} == {row(desk, outbox_id).content}


# Several recipients.


def test_only_those_still_owed_are_tried_again(desk: Desk, sink: Sink) -> None:
    (outbox_id,) = put(desk, entry("to-three", to=(LI, "wu@harbour.example", "no@harbour.example")))
    sink.refused = {"wu@harbour.example": "450 4.2.0 later", "no@harbour.example": "550 5.1.1 unknown"}
    drain(desk, smtp(sink.port))
    letter = row(desk, outbox_id)
    assert (letter.state, letter.recipients) == ("pending", ["wu@harbour.example"])

    sink.refused = {}
    desk.clock.pass_(minutes=5)
    drain(desk, smtp(sink.port))

    assert [mail.recipients for mail in sink.taken] == [[LI], ["wu@harbour.example"]]
    letter = row(desk, outbox_id)
    assert letter.state == "sent"
    assert letter.results["no@harbour.example"].startswith("550")
    assert "no@harbour.example" in letter.last_reply


@pytest.mark.parametrize("order", ["together", "later"])
def test_letter_that_reached_one_of_two_was_sent_whenever_the_other_was_refused(
    desk: Desk, sink: Sink, order: str
) -> None:
    number = open_ticket(desk)
    wu = "wu@harbour.example"
    (outbox_id,) = put(desk, entry("to-two", AGAIN, to=(LI, wu), ticket_id=number))
    if order == "later":
        sink.refused = {wu: "450 4.2.0 later"}
        drain(desk, smtp(sink.port))
        desk.clock.pass_(minutes=5)
    sink.refused = {wu: "550 5.1.1 unknown"}
    drain(desk, smtp(sink.port))

    letter = row(desk, outbox_id)
    assert (letter.state, letter.recipients) == ("sent", [])
    assert wu in letter.last_reply and "550 5.1.1" in letter.last_reply
    kinds = [event.kind for event in desk.events(number)]
    assert "reply-refused" not in kinds
    assert [event.data["end"] for event in desk.events(number) if event.kind == "letter"] == [
        "partly-refused"
    ]


# Leases.


def test_letter_of_a_process_that_died_before_it_began_is_sent_by_the_next(desk: Desk, sink: Sink) -> None:
    ids = one_of_each(desk)
    claim(desk, "dead")
    letters.forget_leases(desk)
    drain(desk, smtp(sink.port))
    assert set(states(desk, ids).values()) == {"sent"}
    assert len(sink.taken) == 3 and not any(row(desk, each).maybe_twice for each in ids.values())


def test_letter_of_a_process_that_died_while_sending_follows_its_promise(desk: Desk, sink: Sink) -> None:
    ids = one_of_each(desk)
    for claimed in claim(desk, "dead"):
        with desk.services.transaction() as session:
            assert outbox.begin(session, claimed)
    letters.forget_leases(desk)
    drain(desk, smtp(sink.port))

    assert states(desk, ids) == {ONCE: "uncertain", AGAIN: "sent", PERSON: "uncertain"}
    assert row(desk, ids[AGAIN]).maybe_twice
    assert [mail.message_id for mail in sink.taken] == [f"letter-{AGAIN}@desk.example"]


def test_letter_that_another_process_holds_is_left_alone(desk: Desk, sink: Sink) -> None:
    one_of_each(desk)
    claim(desk, "other")
    drain(desk, smtp(sink.port))
    assert sink.heard == []


def test_process_that_slept_through_its_lease_sends_nothing_twice(desk: Desk, sink: Sink) -> None:
    ids = one_of_each(desk)

    def sleep() -> str:
        """While our RCPT waits for its answer the lease ends, and another process sends everything."""
        letters.forget_leases(desk)
        drain(desk, smtp(sink.port))
        return "250 2.1.5 ok"

    sink.next("rcpt", sleep)
    drain_as(desk, "sleeper", sink)

    assert sorted(mail.message_id for mail in sink.heard) == sorted(
        f"letter-{each}@desk.example" for each in ids
    )
    assert set(states(desk, ids).values()) == {"sent"}


def test_end_noted_by_a_process_that_lost_its_lease_changes_nothing(desk: Desk) -> None:
    (outbox_id,) = put(desk, entry("fenced"))
    (slow,) = claim(desk, "slow")
    letters.forget_leases(desk)
    (quick,) = claim(desk, "quick")
    with desk.services.transaction() as session:
        outbox.ended(session, quick, MONDAY, results={LI: "250 ok"}, reply="250 ok")
    with desk.services.transaction() as session:
        outbox.ended(session, slow, MONDAY, results={LI: "550 no"}, reply="550 no")
        assert not outbox.begin(session, slow)
    assert (row(desk, outbox_id).state, row(desk, outbox_id).last_reply) == ("sent", "250 ok")


def test_refusal_heard_by_a_process_that_lost_its_lease_is_not_noted_on_the_ticket(
    desk: Desk, sink: Sink
) -> None:
    number = open_ticket(desk)
    drain(desk, smtp(sink.port))
    answer(desk, number)

    def sleep() -> str:
        letters.forget_leases(desk)
        drain(desk, smtp(sink.port))
        return "550 5.1.1 unknown"

    sink.next("rcpt", sleep)
    drain_as(desk, "sleeper", sink)

    assert desk.letters("reply")[0].state == "sent"
    assert desk.tickets()[0].first_response_at == MONDAY
    assert "reply-refused" not in [event.kind for event in desk.events(number)]


def test_fault_of_the_database_before_the_content_leaves_the_connection_usable(
    desk: Desk, sink: Sink
) -> None:
    (outbox_id,) = put(desk, entry("begun"))
    transport = smtp(sink.port)
    faults = Faults(desk, after=1, count=1)
    relay = Relay(desk.services.sessions, faults.transaction, transport, desk.head, "r", 5, desk.clock)
    with pytest.raises(sa.exc.OperationalError):
        relay.drain(desk.clock.at + timedelta(seconds=5))
    letters.forget_leases(desk)
    drain(desk, transport)
    assert (row(desk, outbox_id).state, [mail.message_id for mail in sink.heard]) == (
        "sent",
        ["begun@desk.example"],
    )


def test_letter_whose_250_was_read_is_noted_at_once_where_it_would_be_sent_again(
    desk: Desk, sink: Sink
) -> None:
    first, _ = put(desk, entry("first", AGAIN), entry("second", AGAIN))
    seen: list[str] = []
    sink.next("mail", "250 2.1.0 ok", lambda: seen.append(row(desk, first).state) or "250 2.1.0 ok")
    drain(desk, smtp(sink.port))
    assert seen == ["sent"]


def test_note_of_a_sent_letter_outlives_a_lost_connection_to_the_database(desk: Desk, sink: Sink) -> None:
    (outbox_id,) = put(desk, entry("noted", AGAIN))
    faults = Faults(desk, after=2, count=2)
    relay = Relay(desk.services.sessions, faults.transaction, smtp(sink.port), desk.head, "r", 5, desk.clock)
    relay.drain(desk.clock.at + timedelta(seconds=5))
    letters.forget_leases(desk)
    drain(desk, smtp(sink.port))
    assert faults.raised == 2
    assert (row(desk, outbox_id).state, len(sink.heard)) == ("sent", 1)


# Limits for a destination.


def test_other_destinations_go_on_while_one_is_busy(desk: Desk, sink: Sink) -> None:
    put(desk, *(entry(f"busy-{number}", to=("a@busy.example",)) for number in range(5)))
    claim(desk, "other")
    late = put(desk, entry("more", to=("b@busy.example",)), entry("free", to=("c@free.example",)))
    drain(desk, smtp(sink.port))
    assert [mail.recipients for mail in sink.taken] == [["c@free.example"]]
    assert [row(desk, each).state for each in late] == ["pending", "sent"]


def test_busy_destination_is_served_again_when_its_letters_have_ended(desk: Desk, sink: Sink) -> None:
    put(desk, *(entry(f"busy-{number}", to=("a@busy.example",)) for number in range(5)))
    under_way = claim(desk, "other")
    put(desk, entry("more", to=("b@busy.example",)))
    with desk.services.transaction() as session:
        for each in under_way:
            outbox.ended(session, each, MONDAY, results={"a@busy.example": "250 ok"}, reply="250 ok")
    drain(desk, smtp(sink.port))
    assert [mail.recipients for mail in sink.taken] == [["b@busy.example"]]


def test_two_relays_at_once_send_each_letter_once(desk: Desk, sink: Sink) -> None:
    put(desk, *(entry(f"many-{number}", to=(f"a@d{number % 7}.example",)) for number in range(40)))
    threads = [threading.Thread(target=drain_as, args=[desk, f"relay-{each}", sink]) for each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    drain_as(desk, "last", sink)
    assert sorted(mail.message_id for mail in sink.heard) == sorted(
        f"many-{n}@desk.example" for n in range(40)
    )


# TLS and passwords.


@pytest.mark.parametrize("starttls", [True, False])
def test_relay_with_an_unknown_certificate_gets_nothing_and_the_letter_waits(
    desk: Desk, tmp_path: Path, starttls: bool
) -> None:
    (outbox_id,) = put(desk, entry("secret"))
    context, _ = certificate(tmp_path)
    with Sink(tls=context, starttls=starttls) as sink:
        drain(desk, smtp(sink.port, secure=not starttls, user="u", password="hunter2"))
        assert sink.heard == []
        assert not any(
            "MAIL" in line or "AUTH" in line for visit in sink.visits for _, line in visit.commands
        )
    letter = row(desk, outbox_id)
    assert letter.state == "pending" and "certificate" in letter.last_reply.lower()
    assert "hunter2" not in letter.last_reply


@pytest.mark.parametrize("starttls", [True, False])
def test_relay_with_a_known_certificate_gets_password_and_letter_under_tls_only(
    desk: Desk, tmp_path: Path, starttls: bool
) -> None:
    put(desk, entry("secret"))
    context, file = certificate(tmp_path)
    with Sink(tls=context, starttls=starttls) as sink:
        drain(desk, smtp(sink.port, secure=not starttls, user="u", password="hunter2", ca_file=str(file)))
        assert len(sink.taken) == 1
        said = [(secure, line[:4]) for visit in sink.visits for secure, line in visit.commands]
        assert (True, "AUTH") in said and (False, "AUTH") not in said and (False, "MAIL") not in said


def test_certificate_for_another_name_is_not_believed(desk: Desk, tmp_path: Path) -> None:
    (outbox_id,) = put(desk, entry("secret"))
    context, file = certificate(tmp_path, "other.example")
    with Sink(tls=context) as sink:
        drain(desk, smtp(sink.port, secure=True, ca_file=str(file)))
        assert sink.heard == []
    assert row(desk, outbox_id).state == "pending"


def test_password_is_never_sent_to_a_relay_without_tls(desk: Desk, sink: Sink) -> None:
    (outbox_id,) = put(desk, entry("secret"))
    drain(desk, smtp(sink.port, user="u", password="hunter2"))
    letter = row(desk, outbox_id)
    assert (letter.state, sink.heard) == ("pending", [])
    assert not any("AUTH" in line for visit in sink.visits for _, line in visit.commands)
    assert "TLS" in letter.last_reply and "hunter2" not in letter.last_reply


def test_relay_on_another_machine_that_offers_no_tls_gets_nothing(desk: Desk, sink: Sink) -> None:
    (outbox_id,) = put(desk, entry("open"))
    drain(desk, smtp(sink.port, plain=False))
    assert (row(desk, outbox_id).state, sink.heard) == ("pending", [])


# Addresses beyond ASCII.


def test_letter_to_an_utf8_address_goes_to_a_server_that_offers_it(desk: Desk) -> None:
    put(desk, entry("zh", to=("李娜@harbour.example",)))
    with Sink(extensions=("SMTPUTF8", "8BITMIME")) as sink:
        drain(desk, smtp(sink.port))
        assert [mail.recipients for mail in sink.taken] == [["李娜@harbour.example"]]
        assert any("SMTPUTF8" in line for visit in sink.visits for _, line in visit.commands)


def test_letter_to_an_utf8_address_fails_at_once_where_the_server_does_not_offer_it(
    desk: Desk, sink: Sink
) -> None:
    zh, plain = put(desk, entry("zh", to=("李娜@harbour.example",)), entry("plain"))
    drain(desk, smtp(sink.port))
    assert row(desk, zh).state == "failed" and "5.6.7" in row(desk, zh).last_reply
    assert row(desk, plain).state == "sent"


def test_reader_whose_address_the_server_cannot_take_stops_nobody_elses_copy(desk: Desk, sink: Sink) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    with desk.services.transaction() as session:
        handling.add_participant(
            session,
            desk.head,
            1001,
            author=engineer,
            person=Mailbox("", "李娜@harbour.example"),
            at=desk.clock(),
        )
        handling.reply(session, desk.head, 1001, author=engineer, text="Seen.", at=desk.clock())
    drain(desk, smtp(sink.port))

    states = {letter.first_recipient: letter.state for letter in desk.letters("reply")}
    assert states == {LI: "sent", "李娜@harbour.example": "failed"}
    reply = next(mail for mail in sink.taken if b"Seen." in mail.content)
    assert reply.content.partition(b"\r\n\r\n")[0].isascii()
    assert desk.tickets()[0].first_response_at == MONDAY
    refused = [event for event in desk.events(1001) if event.kind == "letter"]
    assert [event.data["end"] for event in refused] == ["partly-refused"]


def test_recipient_the_server_cannot_take_is_left_out_of_an_envelope_with_others(
    desk: Desk, sink: Sink
) -> None:
    mixed = replace(entry("mixed"), recipients=(LI, "李娜@harbour.example"))
    (outbox_id,) = put(desk, mixed)
    drain(desk, smtp(sink.port))
    letter = row(desk, outbox_id)
    assert (letter.state, [mail.recipients for mail in sink.taken]) == ("sent", [[LI]])
    assert letter.results["李娜@harbour.example"].startswith("550 5.6.7")


def test_mail_whose_header_needs_utf8_goes_to_nobody_where_the_server_does_not_offer_it(
    desk: Desk, sink: Sink
) -> None:
    (outbox_id,) = put(desk, replace(entry("zh", to=("李娜@harbour.example",)), recipients=(LI,)))
    drain(desk, smtp(sink.port))
    assert (row(desk, outbox_id).state, sink.taken) == ("failed", [])


# A person's reply.


def test_refused_reply_is_no_first_response_and_the_ticket_says_so(desk: Desk, sink: Sink) -> None:
    number = open_ticket(desk)
    answer(desk, number)
    assert desk.tickets()[0].first_response_at == MONDAY
    sink.always["rcpt"] = "550 5.1.1 unknown"
    desk.clock.pass_(minutes=1)
    drain(desk, smtp(sink.port))

    (ticket,) = desk.tickets()
    assert ticket.first_response_at is None
    assert "reply-refused" in [event.kind for event in desk.events(number)]


def test_reply_that_may_have_been_sent_twice_says_so_on_its_row(desk: Desk, sink: Sink) -> None:
    number = open_ticket(desk)
    drain(desk, smtp(sink.port))
    answer(desk, number)
    sink.next("dot", DROP)
    drain(desk, smtp(sink.port))
    desk.clock.pass_(minutes=5)
    drain(desk, smtp(sink.port))
    (letter,) = desk.letters("reply")
    assert (letter.state, letter.maybe_twice) == ("sent", True)
    assert desk.tickets()[0].first_response_at == MONDAY


def test_letters_are_kept_here_where_no_relay_is_configured(desk: Desk) -> None:
    ids = one_of_each(desk)
    drain(desk, None)
    assert set(states(desk, ids).values()) == {"kept"}


def test_relay_address_names_host_port_and_login() -> None:
    relay = transport.relay_of("smtps://u%40x:p%3Aw@mx.example")
    assert (relay.host, relay.port, relay.secure, relay.user, relay.password) == (
        "mx.example", 465, True, "u@x", "p:w",
    )  # fmt: skip


@pytest.mark.parametrize("url", ["http://mx.example", "smtp://", "mx.example:25", "smtp+tls://mx.example"])
def test_other_relay_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        transport.relay_of(url)


class Faults:
    """Transactions of which `count` fail after the first `after`, as when the database's connections are killed."""

    def __init__(self, desk: Desk, *, after: int, count: int) -> None:
        self._desk, self._after, self._count, self.raised = desk, after, count, 0

    def transaction(self) -> AbstractContextManager[Session]:
        if self._after:
            self._after -= 1
        elif self.raised < self._count:
            self.raised += 1
            raise sa.exc.OperationalError("COMMIT", None, Exception("connection killed"))
        return self._desk.services.transaction()


def claim(desk: Desk, owner: str) -> list[outbox.Claimed]:
    with desk.services.transaction() as session:
        return outbox.claim(session, owner=owner, at=desk.clock(), limit=16, per_destination=5)


def drain_as(desk: Desk, owner: str, sink: Sink) -> None:
    relay = Relay(
        desk.services.sessions, desk.services.transaction, smtp(sink.port), desk.head, owner, 5, desk.clock
    )
    while relay.drain(desk.clock.at + timedelta(seconds=5)):
        pass


def open_ticket(desk: Desk) -> int:
    desk.add(a_customer())
    delivery = desk.walk(a_mail())
    assert delivery.ticket_id is not None
    return delivery.ticket_id


def answer(desk: Desk, number: int) -> None:
    engineer = an_engineer()
    desk.add(engineer)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, number, author=engineer, text="We look into it.", at=desk.clock())
