from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Direction, Message, Outbox
from gateway.tickets import following, handling
from tests.web import desk as desks
from tests.web.desk import Desk, form_token


def post(client: FlaskClient, number: int, what: str, **fields: str) -> TestResponse:
    page = client.get(f"/tickets/{number}")
    return client.post(f"/tickets/{number}/{what}", data={"csrf_token": form_token(page), **fields})


def write(
    client: FlaskClient, number: int, text: str, audience: str = "reply", then: str = "", last: str = "0"
) -> TestResponse:
    return post(client, number, "write", audience=audience, text=text, then=then, last=last)


def test_page_shows_number_subject_text_and_both_clocks(desk: Desk) -> None:
    page = desk.signed_in().get(f"/tickets/{desks.open_ticket(desk)}").text
    for words in (
        "HD-1001 Direct Connect down",
        "nothing can be shipped",
        "First response",
        "Resolution",
        "Harbourline",
    ):
        assert words in page


def test_absent_ticket_is_404_however_large_its_number(desk: Desk) -> None:
    client = desk.signed_in()
    assert client.get("/tickets/999").status_code == 404
    assert client.get("/tickets/99999999999999999999999").status_code == 404


def test_reply_is_written_and_put_into_the_outbox(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    answer = write(desk.signed_in(), number, "We look into it.")
    assert (answer.status_code, answer.location) == (303, f"/tickets/{number}")
    assert [row.letter for row in desks.letters(desk, number)] == ["reply"]
    assert desks.ticket(desk, number).status == "open"


def test_line_ends_of_forms_become_plain_ones(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    write(desk.signed_in(), number, "one\r\ntwo")
    assert desks.messages(desk, number, Direction.OUTBOUND)[0].text == "one\ntwo"


def test_second_click_writes_nothing_more(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    fields = {
        "csrf_token": form_token(client.get(f"/tickets/{number}")),
        "audience": "reply",
        "text": "We look into it.",
        "last": "1",
    }
    for _ in range(2):
        assert client.post(f"/tickets/{number}/write", data=fields).status_code == 303
    assert len(desks.messages(desk, number, Direction.OUTBOUND)) == 1


def test_same_words_from_a_fresh_page_are_written_again(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    write(client, number, "Thank you.")
    last = str(desks.messages(desk, number, Direction.OUTBOUND)[0].id)
    write(client, number, "Thank you.", last=last)
    assert len(desks.messages(desk, number, Direction.OUTBOUND)) == 2


def test_note_is_not_mailed(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    write(desk.signed_in(), number, "The static route is wrong.", audience="note")
    assert [row.text for row in desks.messages(desk, number, Direction.NOTE)] == [
        "The static route is wrong."
    ]
    assert desks.letters(desk, number) == []


def test_reply_that_asks_waits_for_the_customer(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    write(client, number, "Could you check?", then="waiting")
    assert desks.ticket(desk, number).status == "waiting-customer"
    assert "Paused" in client.get(f"/tickets/{number}").text


def test_reply_that_resolves_resolves(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    write(desk.signed_in(), number, "The link is up.", then="resolve")
    assert desks.ticket(desk, number).status == "resolved"


def test_refused_reply_keeps_its_draft(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    post(client, number, "status", status="closed", text="Settled by phone.")
    answer = client.post(f"/tickets/{number}/write", data={
        "csrf_token": form_token(client.get("/")), "audience": "reply", "text": "My long <answer>", "last": "1",
    })  # fmt: skip
    assert answer.status_code == 409
    assert "Not sent: the ticket is now: Closed. Your draft is kept." in answer.text
    assert "My long &lt;answer&gt;" in answer.text
    assert desks.messages(desk, number, Direction.OUTBOUND) == []


def test_empty_reply_is_refused(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert write(desk.signed_in(), number, " \n").status_code == 409


def test_priority_changes_only_with_a_reason(desk: Desk) -> None:
    number = desks.open_ticket(desk, priority=Priority.HIGH)
    client = desk.signed_in()
    assert post(client, number, "priority", priority="low", text=" ").status_code == 409
    assert (
        post(client, number, "priority", priority="critical", text="All stores are down.").status_code == 303
    )
    assert desks.ticket(desk, number).priority == "critical"
    assert "All stores are down." in client.get(f"/tickets/{number}").text


def test_resolving_by_status_needs_a_text(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    assert (
        "resolving needs a text for the customer"
        in post(client, number, "status", status="resolved", text="").text
    )
    assert post(client, number, "status", status="resolved", text="The link is up.").status_code == 303
    assert desks.ticket(desk, number).status == "resolved"


def test_ticket_is_assigned_and_unassigned(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    lin = desk.engineer("lin.yue@northquay.example")
    post(client, number, "assign", assignee=str(lin.id))
    assert desks.ticket(desk, number).assignee_id == lin.id
    assert "Assigned to Lin Yue." in client.get(f"/tickets/{number}").text
    post(client, number, "assign", assignee="0")
    assert desks.ticket(desk, number).assignee_id is None


def test_ticket_cannot_be_given_to_nobody_we_know(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert post(desk.signed_in(), number, "assign", assignee="4711").status_code == 409


def test_escalation_is_noted(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    post(desk.signed_in(), number, "escalate", text="No word from AWS.")
    assert desks.ticket(desk, number).asked_escalation


@pytest.mark.parametrize(("what", "fields"), [
    ("write", {"audience": "everybody", "text": "x", "last": "0"}), ("write", {"audience": "reply", "text": "x", "then": "closed"}),
    ("write", {"audience": "reply", "text": "x", "last": "-1"}), ("assign", {"assignee": "x"}),
    ("status", {"status": "gone"}), ("priority", {"priority": "highest", "text": "x"}),
])  # fmt: skip
def test_values_that_no_form_sends_are_400(desk: Desk, what: str, fields: dict[str, str]) -> None:
    number = desks.open_ticket(desk)
    assert post(desk.signed_in(), number, what, **fields).status_code == 400


def test_held_message_is_marked_and_released(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    message_id = desks.add_mail(desk, number, held=True, authenticated=False, dmarc="fail")
    client = desk.signed_in()
    page = client.get(f"/tickets/{number}").text
    assert "Not authenticated: DMARC fail" in page
    assert "author does not take part" in page
    assert post(client, number, f"messages/{message_id}/release").status_code == 303
    with desk.reading() as rows:
        assert not rows.get_one(Message, message_id).held


def test_trust_of_a_known_contact_is_said(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number)
    assert "Trusted: DMARC pass, known contact" in desk.signed_in().get(f"/tickets/{number}").text


def test_quotes_are_folded_and_not_lost(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, text="New words.\n\n> old one\n> old two", new="New words.")
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "Quoted text, 2 lines" in page
    assert "&gt; old one\n&gt; old two" in page


def test_words_that_decided_the_priority_are_marked(desk: Desk) -> None:
    number = desks.open_ticket(desk, text="All day <b>nothing can be shipped</b>.")
    with desk.changing() as rows:
        ticket = rows.get_one(desks.Ticket, number)
        ticket.priority_evidence = [{"text": "Nothing can be shipped", "signal": "environment-production"}]
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "&lt;b&gt;<mark>nothing can be shipped</mark>&lt;/b&gt;" in page
    assert "Read as High: “Nothing can be shipped” (production)" in page


@pytest.mark.parametrize(("state", "twice", "words"), [
    ("sent", False, "Sent "), ("sent", True, "May have been sent twice"), ("failed", False, "550 5.1.1 no such user"),
    ("uncertain", False, "Uncertain: the next server may have it"), ("pending", False, "Waiting to be sent"),
    ("cancelled", False, "Given up"), ("kept", False, "Kept here"), ("sending", False, "Being sent"),
])  # fmt: skip
def test_reply_tells_how_far_it_came(desk: Desk, state: str, twice: bool, words: str) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    write(client, number, "We look into it.")
    with desk.changing() as rows:
        letter = rows.query(Outbox).filter_by(letter="reply").one()
        letter.state, letter.maybe_twice, letter.last_reply = state, twice, "550 5.1.1 no such user"
    page = client.get(f"/tickets/{number}").text
    assert words in page
    assert ("Send again" in page) == (state in ("failed", "uncertain"))


def test_ticket_is_opened_by_hand(desk: Desk) -> None:
    client = desk.signed_in()
    fields = {"csrf_token": form_token(client.get("/tickets/new")), "subject": "Please add a user", "email": "li.na@harbourline.example",
              "name": "Li Na", "customer": "1", "priority": "low", "text": "She called."}  # fmt: skip
    answer = client.post("/tickets/new", data=fields)
    assert (answer.status_code, answer.location) == (303, "/tickets/1001")
    assert desks.ticket(desk, 1001).customer_id == 1


def test_incomplete_ticket_keeps_what_was_written(desk: Desk) -> None:
    client = desk.signed_in()
    fields = {
        "csrf_token": form_token(client.get("/tickets/new")),
        "subject": "Please add a user",
        "priority": "low",
    }
    answer = client.post("/tickets/new", data=fields)
    assert answer.status_code == 409
    assert "Please add a user" in answer.text


def test_long_thread_shows_its_newest_messages_and_all_when_asked(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    with desk.changing() as rows:
        first = rows.query(Message).one()
        columns = {
            c.key: getattr(first, c.key) for c in Message.__table__.columns if c.key not in ("id", "text")
        }
        rows.add_all([Message(**columns, text=f"message {count}") for count in range(220)])
    client = desk.signed_in()
    page = client.get(f"/tickets/{number}").text
    assert page.count("<article") == 200
    assert "21 earlier messages" in page
    assert client.get(f"/tickets/{number}?all=1").text.count("<article") == 221


def test_log_is_told_in_words(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    with desk.changing() as rows:
        author, now = desk.engineer(), clock.now()
        handling.add_participant(
            rows,
            desk.services.letterhead,
            number,
            author=author,
            person=Mailbox("Goh", "goh@harbourline.example"),
            at=now,
        )
        following.link(rows, desk.services.letterhead, number, other=1007, why="follow-up", at=now)
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "goh@harbourline.example takes part from now on." in page
    assert "HD-1007 belongs to this ticket." in page


def test_two_clicks_at_once_write_one_reply(either_desk: Desk) -> None:
    number = desks.open_ticket(either_desk)
    client = either_desk.signed_in()
    fields = {
        "csrf_token": form_token(client.get(f"/tickets/{number}")),
        "audience": "reply",
        "text": "We look into it.",
        "last": "1",
    }
    cookies = {name: client.get_cookie(name) for name in ("desk", "forms")}

    def click(_: int) -> int:
        browser = either_desk.client()
        for name, cookie in cookies.items():
            assert cookie is not None
            browser.set_cookie(name, cookie.value)
        return browser.post(f"/tickets/{number}/write", data=fields).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {303}
    assert len(desks.messages(either_desk, number, Direction.OUTBOUND)) == 1
