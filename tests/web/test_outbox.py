"""Letters on the outbox page: found, understood, sent again, given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway import clock
from gateway.store.models import AuditEntry, Outbox, Scan
from tests.web import desk as desks
from tests.web.desk import Desk
from tests.web.test_deciding import LEAD, send, told


def add(desk: Desk, state: str, *, to: str = "li.na@harbourline.example", reply: str = "", ticket: int | None = None,
        message: int | None = None) -> int:  # fmt: skip
    with desk.changing() as rows:
        now, number = clock.now(), rows.query(Outbox).count()
        row = Outbox(letter="reply", occasion=f"x{number}", promise="at-least-once", message_id=f"m{number}@northquay.example",
                     recipients=[to], first_recipient=to, destination=to.rpartition("@")[2], subject=f"Letter {number}",
                     content=b"Subject: x\r\n\r\nx", created_at=now, state=state, next_attempt_at=now + timedelta(hours=1),
                     expires_at=now, last_reply=reply, ticket_id=ticket, ticket_message_id=message)  # fmt: skip
        rows.add(row)
        rows.flush()
        return row.id


def state(desk: Desk, key: int) -> str:
    with desk.reading() as rows:
        return rows.get_one(Outbox, key).state


@pytest.mark.parametrize(("reply", "language", "said"), [
    ("550 5.1.1 no such user", "en", "there is no such mailbox"),
    ("450 4.4.5 busy", "en", "their server has too much to do"),
    ("554 5.7.26 unauthenticated", "zh", "DKIM 和 SPF 均未通过"),
])  # fmt: skip
def test_code_of_the_server_is_said_in_words_beside_its_answer(
    desk: Desk, reply: str, language: str, said: str
) -> None:
    add(desk, "failed", reply=reply)
    page = desk.signed_in(language=language).get("/outbox").text
    assert f"<strong>{said}</strong><br>{reply}" in page


def test_answer_that_only_looks_like_a_code_means_nothing(desk: Desk) -> None:
    add(desk, "failed", reply="connection to 192.5.1.1 lost")
    assert "<strong>" not in desk.signed_in().get("/outbox").text.partition("<tbody>")[2]


def test_states_are_counted(desk: Desk) -> None:
    for each in ("failed", "failed", "pending", "sent"):
        add(desk, each)
    page = desk.signed_in().get("/outbox").text
    assert "Refused 2</a>" in page and "Waiting 1</a>" in page and ">Sent</a>" in page


@pytest.mark.parametrize(("query", "shown"), [
    ("to=wang@ruiheng.example", {"Letter 1"}), ("to=RUIHENG.example", {"Letter 1"}), ("to=@ruiheng.example", {"Letter 1"}),
    ("to=nobody@x.example", set()), ("state=sent&to=li.na@harbourline.example", {"Letter 2"}), ("ticket=x", set()),
    ("ticket=4711", set()), ("to=%00", {"Letter 0"}),
])  # fmt: skip
def test_letters_are_found_by_address_and_domain(either_desk: Desk, query: str, shown: set[str]) -> None:
    add(either_desk, "failed")
    add(either_desk, "sent", to="wang@ruiheng.example")
    add(either_desk, "sent")
    page = either_desk.signed_in().get(f"/outbox?{query}").text
    assert {f"Letter {each}" for each in range(3) if f">Letter {each}</a>" in page} == shown


def test_letters_are_found_by_ticket(either_desk: Desk) -> None:
    number = desks.open_ticket(either_desk)
    add(either_desk, "sent", ticket=number)
    add(either_desk, "sent")
    page = either_desk.signed_in().get(f"/outbox?ticket=hd-{number}").text
    assert page.count(f"/tickets/{number}#o") == 2  # with the acknowledgement


def test_pages_of_letters_keep_their_filter(desk: Desk) -> None:
    for _ in range(51):
        add(desk, "sent")
    client = desk.signed_in()
    page = client.get("/outbox?to=harbourline.example").text
    follow = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "to=harbourline.example" in follow
    assert client.get(follow).text.count(">Letter ") == 1


def test_refused_letters_of_a_domain_are_sent_again_at_once(either_desk: Desk) -> None:
    keys = [
        add(either_desk, "failed"),
        add(either_desk, "failed"),
        add(either_desk, "failed", to="a@b.example"),
    ]
    client = either_desk.signed_in()
    assert "2 letters were refused at harbourline.example." in client.get("/outbox").text
    send(client, "/outbox/retry", destination="harbourline.example")
    assert "2 letters are sent again." in told(client)
    assert [state(either_desk, each) for each in keys] == ["pending", "pending", "failed"]
    with either_desk.reading() as rows:
        assert rows.query(AuditEntry).filter_by(act="letter.retried").count() == 2


def test_letter_that_has_not_left_is_given_up_with_a_reason(either_desk: Desk) -> None:
    key, client = add(either_desk, "pending"), either_desk.signed_in()
    send(client, f"/outbox/{key}/cancel", reason="")
    assert "giving up a letter needs a reason" in told(client)
    send(client, f"/outbox/{key}/cancel", reason="wrong customer")
    assert state(either_desk, key) == "cancelled"
    assert "given up by Chen Wei: wrong customer" in client.get("/outbox?state=cancelled").text


@pytest.mark.parametrize("where", ["sent", "sending", "kept", "cancelled"])
def test_letter_that_has_left_is_not_given_up(desk: Desk, where: str) -> None:
    key, client = add(desk, where), desk.signed_in()
    send(client, f"/outbox/{key}/cancel", reason="wrong customer")
    assert "only a letter that has not left can be given up" in told(client)
    assert state(desk, key) == where


def test_letter_that_a_relay_holds_goes_its_way(desk: Desk) -> None:
    key, client = add(desk, "pending"), desk.signed_in()
    with desk.changing() as rows:
        rows.get_one(Outbox, key).lease_until = clock.now() + timedelta(minutes=1)
    send(client, f"/outbox/{key}/cancel", reason="wrong customer")
    assert state(desk, key) == "pending"


def stopped(desk: Desk) -> int:
    """A letter whose file the scanner stopped."""
    number = desks.open_ticket(desk)
    message = desks.add_mail(desk, number, files=(("plan.xls", "application/vnd.ms-excel", b"bad", ""),))
    from gateway.store.models import Message

    with desk.changing() as rows:
        blob = rows.get_one(Message, message).attachments[0].blob_key
        rows.add(Scan(blob_key=blob, state="infected", signature="Eicar-Test", asked_at=clock.now()))
    return add(desk, "failed", ticket=number, message=message)


def test_bytes_of_a_letter_are_for_leads(desk: Desk) -> None:
    key = add(desk, "sent")
    assert desk.signed_in().get(f"/outbox/{key}/original").status_code == 403
    assert "original" not in desk.signed_in().get(f"/outbox/{key}").text
    assert desk.signed_in(LEAD).get(f"/outbox/{key}/original").data == b"Subject: x\r\n\r\nx"


def test_bytes_of_a_stopped_letter_ask_for_a_second_step_which_is_noted(desk: Desk) -> None:
    key, client = stopped(desk), desk.signed_in(LEAD)
    asked = client.get(f"/outbox/{key}/original")
    assert "The scanner found something here." in asked.text
    assert b"Subject: x" not in asked.data
    assert send(client, f"/outbox/{key}/original").data == b"Subject: x\r\n\r\nx"
    number = 1001
    assert "The original mail with its infected file was taken." in client.get(f"/tickets/{number}").text


def test_stopped_letter_is_not_sent_again(desk: Desk) -> None:
    key, client = stopped(desk), desk.signed_in()
    send(client, f"/outbox/{key}/retry")
    assert "the scanner stopped this letter for one of its files" in told(client)
    assert state(desk, key) == "failed"
