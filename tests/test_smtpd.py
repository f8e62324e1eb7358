"""The SMTP door: what it takes, what it refuses, and what it says."""

from __future__ import annotations

import asyncio
import errno
import smtplib
import threading
from collections.abc import Iterator

import pytest

from gateway.inbound.receive import Recipient
from gateway.mail.trust import Authentication, Verdict
from tests.smtp_door import Client, RunningDoor, Store, recipients, until


@pytest.fixture(scope="module")
def door() -> Iterator[RunningDoor]:
    """A door for tests that leave it as it was."""
    with RunningDoor(settings={"smtp_max_bytes": 300_000}) as running:
        yield running


def last(door: RunningDoor) -> bytes:
    return door.store.arrivals[-1].raw


def test_accepted_mail_reaches_the_intake_byte_for_byte(door: RunningDoor) -> None:
    host, port = door.bound["smtp"]
    with smtplib.SMTP(host, port) as client:
        client.sendmail(
            "ann@client.example", ["support@desk.example"], b"Subject: a\r\n\r\n.dot\r\n..two\r\n"
        )
    assert last(door) == b"Subject: a\r\n\r\n.dot\r\n..two\r\n"


def test_reply_names_the_identifier_of_the_commit(door: RunningDoor) -> None:
    with door.envelope() as client:
        assert client.data(b"x") == f"250 2.0.0 accepted as D{len(door.store.arrivals)}"


def test_envelope_and_peer_are_kept_with_the_mail(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("RCPT TO:<desk@desk.example>")
        client.data(b"x")
    arrival = door.store.arrivals[-1]
    assert (
        arrival.reverse_path,
        arrival.forward_paths,
        arrival.peer,
        arrival.helo,
        arrival.door,
        arrival.tls,
    ) == (
        "ann@client.example",
        ("support@desk.example", "desk@desk.example"),
        "127.0.0.1",
        "client.example",
        "smtp",
        "",
    )


def test_null_reverse_path_arrives_empty(door: RunningDoor) -> None:
    with door.session() as client:
        client.say("MAIL FROM:<>")
        client.say("RCPT TO:<support@desk.example>")
        client.data(b"x")
    assert door.store.arrivals[-1].reverse_path == ""


def test_equal_recipients_are_delivered_once(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("RCPT TO:<support@desk.example>")
        client.data(b"x")
    assert door.store.arrivals[-1].forward_paths == ("support@desk.example",)


def test_hello_announces_exactly_what_works(door: RunningDoor) -> None:
    with door.connect() as client:
        client.reply()
        assert client.say("EHLO client.example").split("\n") == [
            "250-mx.desk.example",
            "250-PIPELINING",
            "250-SIZE 300000",
            "250-ENHANCEDSTATUSCODES",
            "250-8BITMIME",
            "250 SMTPUTF8",
        ]


def test_pipelined_commands_are_answered_in_order(door: RunningDoor) -> None:
    with door.session() as client:
        client.send(
            b"MAIL FROM:<a@client.example>\r\nRCPT TO:<support@desk.example>\r\nRCPT TO:<no@desk.example>\r\nDATA\r\n"
        )
        assert [client.reply()[:9] for _ in range(4)] == ["250 2.1.0", "250 2.1.5", "550 5.1.1", "354 end d"]


def test_next_mail_may_follow_the_final_dot_in_one_packet(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("DATA")
        client.send(b"first\r\n.\r\nMAIL FROM:<b@client.example>\r\nRSET\r\nQUIT\r\n")
        assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "250", "221"]


def test_command_cut_into_single_octets_is_understood(door: RunningDoor) -> None:
    with door.session() as client:
        for octet in b"NOOP\r\n":
            client.send(bytes([octet]))
        assert client.reply() == "250 2.0.0 ok"


def test_command_names_may_be_lower_case(door: RunningDoor) -> None:
    with door.session() as client:
        assert client.say("mail from:<a@client.example>").startswith("250")
        assert client.say("rcpt to:<support@desk.example>").startswith("250")


def test_commands_out_of_order_get_503(door: RunningDoor) -> None:
    with door.connect() as client:
        client.reply()
        assert client.say("MAIL FROM:<a@client.example>").startswith("503 5.5.1")
        client.say("EHLO client.example")
        assert client.say("RCPT TO:<support@desk.example>").startswith("503 5.5.1")
        client.say("MAIL FROM:<a@client.example>")
        assert client.say("MAIL FROM:<a@client.example>").startswith("503 5.5.1")
        assert client.say("DATA").startswith("503 5.5.1")


def test_null_sender_counts_as_a_sender_for_a_nested_mail_command(door: RunningDoor) -> None:
    with door.session() as client:
        client.say("MAIL FROM:<>")
        assert client.say("MAIL FROM:<>").startswith("503")


def test_reset_forgets_the_envelope(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("RSET")
        assert client.say("DATA").startswith("503")


@pytest.mark.parametrize(
    ("address", "reply"),
    [
        ("support@desk.example", "250 2.1.5"),
        ("postmaster", "250 2.1.5"),
        ("nobody@desk.example", "550 5.1.1"),
        ("support%desk.example@relay.example", "550 5.1.1"),
        ("relay.example!support", "501 5.1.3"),
        ("unsure@desk.example", "451 4.3.0"),
        ("fault@desk.example", "451 4.3.0"),
    ],
)
def test_recipient_is_judged_by_the_injected_answer(door: RunningDoor, address: str, reply: str) -> None:
    with door.session() as client:
        client.say("MAIL FROM:<a@client.example>")
        assert client.say(f"RCPT TO:<{address}>").startswith(reply)


def test_asynchronous_recipient_answers_keep_their_order() -> None:
    async def slow(address: str) -> Recipient:
        await asyncio.sleep(0.01 if address.startswith("support") else 0)
        return recipients(address)

    with RunningDoor(recipients=slow) as door, door.session() as client:
        client.send(
            b"MAIL FROM:<>\r\nRCPT TO:<support@desk.example>\r\nRCPT TO:<no@desk.example>\r\n"
            b"RCPT TO:<fault@desk.example>\r\nDATA\r\n"
        )
        assert [client.reply()[:3] for _ in range(5)] == ["250", "250", "550", "451", "354"]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (b"MAIL FROM:a@b.example", "501 5.1.7"),
        (b"MAIL FROM:<a@b.example", "501 5.1.7"),
        (b"MAIL FROM:<a@b.example>x", "501 5.1.7"),
        (b"MAIL FROM:<a b@b.example>", "501 5.1.7"),
        (b"MAIL FROM:<a@b@c.example>", "501 5.1.7"),
        (b"MAIL FROM:<a@>", "501 5.1.7"),
        (b"MAIL FROM:<nodomain>", "501 5.1.7"),
        (b"MAIL FROM:<@relay.example:a@b.example>", "553 5.1.0"),
        (b"MAIL FROM:<" + b"a" * 250 + b"@b.example>", "501 5.1.7"),
        (b"MAIL FROM:<a\x00@b.example>", "501 5.5.2"),
        (b"MAIL FROM:<a\x7f@b.example>", "501 5.5.2"),
        (b"MAIL FROM:<a\r@b.example>", "501 5.5.2"),
        (b"MAIL FROM:<\xc3\xa9@b.example>", "553 5.6.7"),
        (b"MAIL FROM:<\xff@b.example> SMTPUTF8", "501 5.1.7"),
        (b"MAIL FROM:<\xe2\x80\xa8@b.example> SMTPUTF8", "501 5.1.7"),
        (b"MAIL FROM:<a@b.example> SIZE=300001", "552 5.3.4"),
        (b"MAIL FROM:<a@b.example> SIZE=-1", "501 5.5.4"),
        (b"MAIL FROM:<a@b.example> SIZE", "501 5.5.4"),
        (b"MAIL FROM:<a@b.example> SIZE=1 SIZE=2", "501 5.5.4"),
        (b"MAIL FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4"),
        (b"MAIL FROM:<a@b.example> SMTPUTF8=1", "501 5.5.4"),
        (b"MAIL FROM:<a@b.example> RET=FULL", "555 5.5.4"),
        (b"MAIL FROM:<a@b.example> AUTH=<>", "555 5.5.4"),
        (b"MAIL FROM: <a@b.example> size=300000 body=8bitmime", "250 2.1.0"),
        (b"MAIL FROM:<\xc3\xa9@b.example> SMTPUTF8", "250 2.1.0"),
        (b'MAIL FROM:<"a> b"@b.example>', "250 2.1.0"),
        (b"MAIL FROM:<a@[192.0.2.1]>", "250 2.1.0"),
        (b"MAIL FROM:<.a..b.@b.example>", "250 2.1.0"),
        (b"MAIL FROM:<bounces+" + b"x" * 100 + b"@b.example>", "250 2.1.0"),
    ],
)
def test_sender_is_read_strictly(door: RunningDoor, command: bytes, reply: str) -> None:
    with door.session() as client:
        assert client.say(command).startswith(reply)


def test_encoded_word_in_the_envelope_is_taken_literally(door: RunningDoor) -> None:
    with door.session() as client:
        client.say("MAIL FROM:<=?utf-8?q?x=40evil.example=3e=00?=@b.example>")
        client.say("RCPT TO:<support@desk.example>")
        client.data(b"x")
    assert door.store.arrivals[-1].reverse_path == "=?utf-8?q?x=40evil.example=3e=00?=@b.example"


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (b"RCPT TO:<>", "501 5.1.3"),
        (b"RCPT TO:<@relay.example:support@desk.example>", "553 5.1.0"),
        (b"RCPT TO:<" + b"a" * 300 + b"@desk.example>", "501 5.1.3"),
        (b"RCPT TO:<support@desk.example\x00>", "501 5.5.2"),
        (b"RCPT TO:<\xe5@desk.example>", "553 5.6.7"),
        (b"RCPT TO:<support@desk.example> NOTIFY=NEVER", "555 5.5.4"),
        (b"RCPT FROM:<support@desk.example>", "501 5.1.3"),
    ],
)
def test_recipient_is_read_strictly(door: RunningDoor, command: bytes, reply: str) -> None:
    with door.session() as client:
        client.say("MAIL FROM:<a@client.example>")
        assert client.say(command).startswith(reply)


def test_parameters_need_an_extended_hello(door: RunningDoor) -> None:
    with door.connect() as client:
        client.reply()
        assert client.say("HELO client.example") == "250 mx.desk.example"
        assert client.say("MAIL FROM:<a@b.example> SIZE=1").startswith("555")


def test_hundred_and_one_recipients_are_taken_whatever_the_setting_says() -> None:
    with RunningDoor(settings={"smtp_max_recipients": 5}) as door, door.session() as client:
        client.say("MAIL FROM:<a@client.example>")
        taken = [client.say("RCPT TO:<support@desk.example>")[:9] for _ in range(101)]
        assert taken == ["250 2.1.5"] * 100 + ["452 4.5.3"]
        assert client.data(b"x").startswith("250")


def test_mail_text_is_unstuffed_and_otherwise_untouched(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.data(b"..\r\n...\r\na\r\n..b\r\n.c\r\nd\re\nf\r\n\x00\xff")
    assert last(door) == b".\r\n..\r\na\r\n.b\r\nc\r\nd\re\nf\r\n\x00\xff\r\n"


@pytest.mark.parametrize(
    "trick",
    [
        b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\r\n.\r\r\n", b"\r\n.\r\r\n", b"\n\n.\r\n",
        b"\r\n.\x00\r\n", b"\r\n\x00.\r\n", b"\r\n. \r\n", b"\n\r.\r\n",
    ],
)  # fmt: skip
def test_smuggling_sequence_ends_nothing(door: RunningDoor, trick: bytes) -> None:
    before = len(door.store.arrivals)
    inner = b"MAIL FROM:<evil@client.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nfake\r\n"
    with door.envelope() as client:
        assert client.data(b"text" + trick + inner).startswith("250")
        assert client.say("NOOP") == "250 2.0.0 ok"
    assert len(door.store.arrivals) == before + 1
    assert b"evil@client.example" in last(door)


@pytest.mark.parametrize("cut", range(1, 6))
def test_end_of_data_is_found_across_packets(door: RunningDoor, cut: int) -> None:
    text = b"a\r\n.\r\n"
    with door.envelope() as client:
        client.say("DATA")
        client.send(text[:cut])
        client.socket.setsockopt(6, 1, 1)
        threading.Event().wait(0.02)
        client.send(text[cut:])
        assert client.reply().startswith("250")
    assert last(door) == b"a\r\n"


def test_empty_mail_is_accepted(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("DATA")
        assert client.say(".").startswith("250")
    assert last(door) == b""


def test_line_as_long_as_the_mail_is_accepted(door: RunningDoor) -> None:
    with door.envelope() as client:
        assert client.data(b"x" * 290_000).startswith("250")
    assert len(last(door)) == 290_002


def test_mail_of_exactly_the_size_limit_is_accepted(door: RunningDoor) -> None:
    with door.envelope() as client:
        assert client.data(b"x" * 299_998).startswith("250")


def test_mail_over_the_size_limit_gets_552_and_the_session_goes_on(door: RunningDoor) -> None:
    with door.envelope() as client:
        assert client.data(b"x" * 299_999).startswith("552 5.3.4")
        assert client.say("NOOP") == "250 2.0.0 ok"


def test_endless_mail_is_cut_off_with_552(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("DATA")
        with pytest.raises(OSError):
            for _ in range(10_000):
                client.send(b"x" * 65_536)
        assert client.rest() in {b"552 5.3.4 message exceeds the size limit\r\n", b""}


def test_client_that_leaves_in_the_middle_leaves_nothing(door: RunningDoor) -> None:
    before = len(door.store.arrivals)
    with door.envelope() as client:
        client.say("DATA")
        client.send(b"half a mail\r\n")
    with door.envelope() as client:
        client.data(b"whole")
    assert len(door.store.arrivals) == before + 1


def test_client_that_closes_its_sending_side_still_gets_its_reply(door: RunningDoor) -> None:
    with door.envelope() as client:
        client.say("DATA")
        client.send(b"x\r\n.\r\n")
        client.socket.shutdown(1)
        assert client.reply().startswith("250 2.0.0 accepted")
        assert client.rest() == b""


@pytest.mark.parametrize(
    "verb", ["VRFY support@desk.example", "VRFY nobody@desk.example", "VRFY", "VRFY root"]
)
def test_verify_answers_the_same_for_all(door: RunningDoor, verb: str) -> None:
    with door.session() as client:
        assert client.say(verb) == "252 2.5.0 cannot verify, but will take mail"


@pytest.mark.parametrize(
    "verb",
    ["EXPN staff", "AUTH PLAIN AGEAYg==", "ETRN x", "BDAT 10 LAST", "TURN", "XCLIENT ADDR=192.0.2.1",
     "PROXY TCP4 192.0.2.1 192.0.2.2 1 2"],
)  # fmt: skip
def test_what_is_not_offered_is_refused(door: RunningDoor, verb: str) -> None:
    with door.session() as client:
        assert client.say(verb).startswith("502 5.5.1")


def test_tls_is_refused_where_no_certificate_is_configured(door: RunningDoor) -> None:
    with door.session() as client:
        assert client.say("STARTTLS").startswith("454 4.7.0")


def test_bare_line_feed_ends_no_command(door: RunningDoor) -> None:
    with door.session() as client:
        client.send(b"MAIL FROM:<a@client.example>\n")
        assert client.reply().startswith("500 5.5.2")
        assert client.say("RCPT TO:<support@desk.example>").startswith("503")


def test_overlong_command_is_refused_and_the_next_one_understood(door: RunningDoor) -> None:
    with door.session() as client:
        assert client.say("NOOP " + "x" * 5000).startswith("500 5.5.2")
        assert client.say("NOOP") == "250 2.0.0 ok"


def test_endless_command_is_dropped(door: RunningDoor) -> None:
    with door.session() as client:
        with pytest.raises(OSError):
            for _ in range(10_000):
                client.send(b"x" * 65_536)
        assert client.rest().replace(b"500 5.5.2 command line too long\r\n", b"") in {
            b"421 4.7.0 too many errors\r\n",
            b"",
        }


@pytest.mark.parametrize("line", ["GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT mx:25 HTTP/1.1", "Host: mx"])
def test_http_is_dropped(door: RunningDoor, line: str) -> None:
    with door.connect() as client:
        client.reply()
        assert client.say(line).startswith("554 5.5.0")
        assert client.rest() == b""


def test_http_post_that_carries_a_dialogue_is_not_taken_as_mail(door: RunningDoor) -> None:
    before = len(door.store.arrivals)
    with door.connect() as client:
        client.reply()
        client.send(
            b"POST / HTTP/1.1\r\nHost: mx\r\n\r\nEHLO x\r\nMAIL FROM:<a@b.example>\r\n"
            b"RCPT TO:<support@desk.example>\r\nDATA\r\nx\r\n.\r\n"
        )
        assert client.rest() == b"554 5.5.0 this is an SMTP server\r\n"
    assert len(door.store.arrivals) == before


def test_mail_text_before_the_reply_to_data_is_dropped(door: RunningDoor) -> None:
    before = len(door.store.arrivals)
    with door.envelope() as client:
        client.send(b"DATA\r\ntext\r\n.\r\n")
        assert client.reply().startswith("554 5.5.0")
        assert client.rest() == b""
    assert len(door.store.arrivals) == before


def test_too_many_errors_end_the_session(door: RunningDoor) -> None:
    with door.session() as client:
        client.send(b"NONSENSE\r\n" * 30)
        assert client.rest().endswith(b"421 4.7.0 too many errors\r\n")


def test_too_many_commands_without_mail_end_the_session(door: RunningDoor) -> None:
    with door.session() as client:
        client.send(b"NOOP\r\n" * 200)
        assert client.rest().endswith(b"421 4.7.0 too many commands without mail\r\n")


def test_quit_is_answered_and_closes(door: RunningDoor) -> None:
    with door.session() as client:
        assert client.say("QUIT") == "221 2.0.0 bye"
        assert client.rest() == b""


def test_workers_are_rung_after_the_commit() -> None:
    with RunningDoor() as door:
        with door.envelope() as client:
            client.data(b"x")
        assert until(lambda: door.rings > 0)


def test_any_fault_of_the_store_is_a_temporary_reply_without_detail() -> None:
    store = Store()
    with RunningDoor(store=store) as door, door.envelope() as client:
        store.fault = RuntimeError("db password=hunter2 is down")
        assert client.data(b"x") == "451 4.3.0 temporary fault, try again later"
        store.fault = None
        client.say("MAIL FROM:<a@client.example>")
        client.say("RCPT TO:<support@desk.example>")
        assert client.data(b"x").startswith("250")


def test_full_disk_at_the_commit_is_452() -> None:
    store = Store()
    store.fault = OSError(errno.ENOSPC, "No space left on device")
    with RunningDoor(store=store) as door, door.envelope() as client:
        assert client.data(b"x").startswith("452 4.3.1")


def test_nearly_full_disk_is_452_at_mail() -> None:
    free = [149_999]
    with (
        RunningDoor(settings={"smtp_max_bytes": 100_000}, free_bytes=lambda: free[0]) as door,
        door.session() as client,
    ):
        assert client.say("MAIL FROM:<a@client.example>").startswith("452 4.3.1")
        free[0] = 150_000
        assert client.say("MAIL FROM:<a@client.example>").startswith("250")


def test_unreadable_disk_space_is_a_temporary_fault() -> None:
    def broken() -> int:
        raise OSError("statvfs /secret/path")

    with RunningDoor(free_bytes=broken) as door, door.session() as client:
        assert client.say("MAIL FROM:<a@client.example>") == "451 4.3.0 temporary fault, try again later"


def test_connections_per_client_are_limited_and_given_back() -> None:
    with RunningDoor(settings={"smtp_max_connections_per_client": 2}) as door:
        first, second = door.session(), door.session()
        with door.connect() as third:
            assert third.rest().startswith(b"421 4.7.0")
        first.say("QUIT")
        first.close()

        def free() -> bool:
            with door.connect() as client:
                return client.reply().startswith("220")

        assert until(free)
        second.close()


def test_connections_in_all_are_limited() -> None:
    with (
        RunningDoor(settings={"smtp_max_connections": 1}) as door,
        door.session() as held,
        door.connect() as refused,
    ):
        assert refused.rest().startswith(b"421 4.7.0")
        assert held.say("NOOP").startswith("250")


def test_silent_client_is_dropped() -> None:
    with RunningDoor(settings={"smtp_command_timeout": 1.0}) as door, door.session() as client:
        assert client.rest() == b"421 4.4.2 timeout\r\n"


def test_client_that_sends_octet_by_octet_is_dropped() -> None:
    with RunningDoor(settings={"smtp_command_timeout": 1.0}) as door, door.session() as client:
        client.socket.settimeout(0.05)
        replies = b""
        for _ in range(200):
            try:
                client.send(b"N")
                replies += client.socket.recv(100)
            except TimeoutError:
                continue
            except OSError:
                break
            if replies:
                break
        assert replies == b"421 4.4.2 timeout\r\n"


def test_mail_text_that_takes_too_long_is_dropped() -> None:
    with RunningDoor(settings={"smtp_data_timeout": 1.0}) as door, door.envelope() as client:
        client.say("DATA")
        replies = b""
        client.socket.settimeout(0.05)
        for _ in range(200):
            try:
                client.send(b"line\r\n")
                replies += client.socket.recv(100)
            except TimeoutError:
                continue
            except OSError:
                break
            if replies:
                break
        assert replies == b"421 4.4.2 timeout\r\n"
        assert door.store.arrivals == []


VERDICT = Authentication(
    spf=Verdict.PASS, dkim=Verdict.PASS, dmarc=Verdict.PASS, domain="client.example", source="door"
)


def test_verdict_on_the_author_travels_with_the_mail() -> None:
    asked: list[tuple[bytes, dict[str, str]]] = []

    def authenticate(raw: bytes, **about: str) -> Authentication:
        asked.append((raw, about))
        return VERDICT

    with RunningDoor(authenticate=authenticate) as door:
        with door.envelope() as client:
            assert client.data(b"x").startswith("250")
        assert door.store.arrivals[0].authentication == VERDICT
    about = {"peer": "127.0.0.1", "helo": "client.example", "reverse_path": "ann@client.example"}
    assert asked == [(b"x\r\n", about)]


def test_failing_check_leaves_the_mail_accepted_and_unchecked() -> None:
    def authenticate(raw: bytes, **about: str) -> Authentication:
        raise RuntimeError("resolver at 192.0.2.53 is down")

    with RunningDoor(authenticate=authenticate) as door:
        with door.envelope() as client:
            assert client.data(b"x").startswith("250")
        assert door.store.arrivals[0].authentication == Authentication()


def test_hanging_check_delays_only_its_own_mail_and_only_for_a_while() -> None:
    hanging = threading.Event()

    def authenticate(raw: bytes, **about: str) -> Authentication:
        if raw.startswith(b"slow"):
            hanging.wait(10)
        return VERDICT

    with RunningDoor(authenticate=authenticate, settings={"dns_timeout": 2.0}) as door:
        slow, quick = door.envelope(), door.envelope()
        slow.say("DATA")
        slow.send(b"slow\r\n.\r\n")
        assert quick.data(b"quick").startswith("250")
        assert [arrival.raw for arrival in door.store.arrivals] == [b"quick\r\n"]
        assert slow.reply().startswith("250")
        hanging.set()
        slow.close()
        quick.close()
    assert door.store.arrivals[1].authentication == Authentication()


def test_shutdown_lets_a_mail_finish_and_ends_idle_sessions() -> None:
    store = Store()
    with RunningDoor(store=store) as door:
        idle, busy = door.session(), door.envelope()
        busy.say("DATA")
        busy.send(b"first half\r\n")
        door.stop()
        assert idle.rest() == b"421 4.3.2 shutting down, try again later\r\n"
        busy.send(b"second half\r\n.\r\n")
        assert busy.rest() == b"250 2.0.0 accepted as D1\r\n421 4.3.2 shutting down, try again later\r\n"
        door.join()
        with pytest.raises(OSError):
            Client(door.bound["smtp"])
    assert store.arrivals[0].raw == b"first half\r\nsecond half\r\n"


def test_shutdown_waits_for_a_commit_under_way() -> None:
    store = Store()
    store.gate = threading.Event()
    with RunningDoor(store=store) as door, door.envelope() as client:
        client.say("DATA")
        client.send(b"x\r\n.\r\n")
        assert store.begun.wait(10)
        door.stop()
        store.gate.set()
        assert client.rest().startswith(b"250 2.0.0 accepted as D1\r\n421 4.3.2")
