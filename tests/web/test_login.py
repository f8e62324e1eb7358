from datetime import timedelta

import time_machine

from gateway.operations import access
from gateway.store.models import Engineer, LoginFailure, WebSession
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk, form_token, log_in

CHEN = "chen.wei@northquay.example"


def test_right_password_opens_the_queue(desk: Desk) -> None:
    client = desk.client()
    answer = log_in(client, CHEN)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200


def test_address_is_known_in_any_letter_case(desk: Desk) -> None:
    assert log_in(desk.client(), "Chen.Wei@Northquay.example").status_code == 303


def test_stranger_is_sent_to_the_login_page_and_back_afterwards(desk: Desk) -> None:
    client = desk.client()
    assert client.get("/tickets/7?a=b").location == "/login?next=/tickets/7%3Fa%3Db"
    assert log_in(client, CHEN, next="/tickets/7?a=b").location == "/tickets/7?a=b"


def test_known_and_unknown_address_get_the_same_answer(desk: Desk) -> None:
    known = log_in(desk.client(), CHEN, "wrong password")
    unknown = log_in(desk.client(), "who.knows@northquay.example", "wrong password")
    assert known.status_code == unknown.status_code == 401
    assert "Email or password is wrong." in known.text
    assert known.text.replace(CHEN, "").count("<") == unknown.text.count("<")


def test_next_never_leads_to_another_host(desk: Desk) -> None:
    for path in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/%0aevil\n",
        "javascript:alert(1)",
    ):
        answer = log_in(desk.client(), CHEN, next=path)
        assert answer.location in ("/", "/%0aevil"), path


def test_sixth_failure_of_an_address_is_refused_even_with_the_right_password(desk: Desk) -> None:
    for _ in range(5):
        assert log_in(desk.client(), CHEN, "wrong password").status_code == 401
    assert log_in(desk.client(), CHEN).status_code == 429


def test_unknown_address_is_refused_after_as_many_failures(desk: Desk) -> None:
    for _ in range(5):
        log_in(desk.client(), "who.knows@northquay.example", "wrong password")
    assert log_in(desk.client(), "who.knows@northquay.example", "wrong").status_code == 429


def test_failures_are_forgotten_after_fifteen_minutes(desk: Desk) -> None:
    with time_machine.travel(desks.long_ago(1), tick=False) as traveller:
        for _ in range(6):
            log_in(desk.client(), CHEN, "wrong password")
        traveller.shift(timedelta(minutes=15, seconds=1))
        assert log_in(desk.client(), CHEN).status_code == 303


def test_one_client_has_twenty_failures_whatever_the_address(desk: Desk) -> None:
    for number in range(20):
        log_in(desk.client(), f"nobody{number}@northquay.example", "wrong password")
    assert log_in(desk.client(), CHEN).status_code == 429


def test_successful_login_leaves_no_failure(desk: Desk) -> None:
    log_in(desk.client(), CHEN)
    with desk.reading() as rows:
        assert rows.query(LoginFailure).count() == 0


def test_login_makes_a_new_session_and_ends_the_old_one(desk: Desk) -> None:
    client = desk.signed_in()
    first = client.get_cookie("desk")
    client.post("/logout", data={"csrf_token": form_token(client.get("/"))})
    log_in(client, CHEN)
    second = client.get_cookie("desk")
    assert first is not None and second is not None and first.value != second.value


def test_planted_session_cookie_is_worth_nothing(desk: Desk) -> None:
    client = desk.client()
    client.set_cookie("desk", "planted")
    assert client.get("/").status_code == 302
    log_in(client, CHEN)
    cookie = client.get_cookie("desk")
    assert cookie is not None and cookie.value != "planted"


def test_token_is_stored_only_as_a_digest(desk: Desk) -> None:
    cookie = desk.signed_in().get_cookie("desk")
    with desk.reading() as rows:
        assert cookie is not None and rows.query(WebSession).one().token_digest != cookie.value


def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    client = desk.signed_in()
    cookie = client.get_cookie("desk")
    assert cookie is not None
    client.post("/logout", data={"csrf_token": form_token(client.get("/"))})
    thief = desk.client()
    thief.set_cookie("desk", cookie.value)
    assert thief.get("/").status_code == 302


def test_session_idles_out(desk: Desk) -> None:
    with time_machine.travel(desks.long_ago(24), tick=False) as traveller:
        client = desk.signed_in()
        traveller.shift(access.IDLE - timedelta(minutes=1))
        assert client.get("/").status_code == 200
        traveller.shift(access.IDLE + timedelta(seconds=1))
        assert client.get("/").status_code == 302


def test_session_ends_after_its_hours_however_busy(desk: Desk) -> None:
    with time_machine.travel(desks.long_ago(24), tick=False) as traveller:
        client = desk.signed_in()
        for _ in range(12):
            assert client.get("/").status_code == 200
            traveller.shift(timedelta(hours=1))
        assert client.get("/").status_code == 302


def test_engineer_who_left_is_out_at_once(desk: Desk) -> None:
    client = desk.signed_in()
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=CHEN).one().active = False
    assert client.get("/").status_code == 302
    assert log_in(desk.client(), CHEN).status_code == 401


def test_engineer_without_password_cannot_log_in(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=CHEN).one().password_hash = ""
    assert log_in(desk.client(), CHEN, "").status_code == 401


def test_new_password_ends_every_session(desk: Desk) -> None:
    client = desk.signed_in()
    with desk.changing() as rows:
        access.set_password(rows, rows.query(Engineer).filter_by(email=CHEN).one(), "another " + PASSWORD)
    assert client.get("/").status_code == 302


def test_post_after_the_session_ended_gives_the_text_back(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    token = form_token(client.get(f"/tickets/{number}"))
    with desk.changing() as rows:
        access.end_sessions(rows, desk.engineer().id)
    answer = client.post(
        f"/tickets/{number}/write", data={"csrf_token": token, "audience": "note", "text": "long <words>"}
    )
    assert answer.status_code == 401
    assert "long &lt;words&gt;" in answer.text


def test_language_is_the_readers_choice(desk: Desk) -> None:
    client = desk.signed_in()
    answer = client.post(
        "/language", data={"csrf_token": form_token(client.get("/")), "language": "zh", "next": "/outbox"}
    )
    assert answer.location == "/outbox"
    assert 'lang="zh-Hans"' in client.get("/outbox").text
