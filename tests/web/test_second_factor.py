"""The second factor as an engineer meets it: set up, asked for at the login, required, lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store.models import AuditEntry, LoginFailure, WebSession
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk, form_token, log_in

CHEN = "chen.wei@northquay.example"
AT = "/me/second-factor"


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Desk]:
    """A desk where everybody must have a second factor."""
    made = desks.open_desk(tmp_path, two_factor="required")
    yield made
    made.services.engine.dispose()


@pytest.fixture(autouse=True)
def still() -> Iterator[time_machine.Coordinates]:
    """A clock that stands until it is moved."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def post(client: FlaskClient, path: str, page: str = AT, **data: str) -> TestResponse:
    return client.post(path, data={"csrf_token": form_token(client.get(page)), **data})


def set_up(client: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """Set a second factor up as the pages lead; what makes codes, and the recovery codes."""
    assert post(client, AT).status_code == 303
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', client.get(AT).text)
    assert found
    otp = pyotp.TOTP(found[1].replace(" ", ""))
    shown = post(client, f"{AT}/confirm", code=otp.at(clock.now()))
    assert shown.status_code == 200, shown.text
    return otp, re.findall(r"<li>([a-z2-7-]{27})</li>", shown.text)


def with_code(client: FlaskClient, code: str) -> TestResponse:
    return client.post(
        "/login/code", data={"csrf_token": form_token(client.get("/login/code")), "code": code}
    )


def test_login_asks_for_a_code_and_then_opens_the_page_that_was_wanted(
    desk: Desk, still: time_machine.Coordinates
) -> None:
    otp, _ = set_up(desk.signed_in())
    still.shift(60)
    client = desk.client()
    first = log_in(client, CHEN, next="/outbox")
    assert (first.status_code, first.location) == (303, "/login/code")
    assert client.get("/").status_code == 302
    second = with_code(client, otp.at(clock.now()))
    assert (second.status_code, second.location) == (303, "/outbox")
    assert client.get("/").status_code == 200


def test_code_works_once(desk: Desk, still: time_machine.Coordinates) -> None:
    otp, _ = set_up(desk.signed_in())
    still.shift(60)
    for status in (303, 401):
        client = desk.client()
        log_in(client, CHEN)
        assert with_code(client, otp.at(clock.now())).status_code == status


def test_wrong_codes_end_the_login_after_five(desk: Desk, still: time_machine.Coordinates) -> None:
    otp, _ = set_up(desk.signed_in())
    still.shift(60)
    client = desk.client()
    log_in(client, CHEN)
    token = form_token(client.get("/login/code"))
    for _ in range(5):
        assert client.post("/login/code", data={"csrf_token": token, "code": "000000"}).status_code == 401
    right = client.post("/login/code", data={"csrf_token": token, "code": otp.at(clock.now())})
    assert right.status_code == 401
    assert log_in(desk.client(), CHEN).status_code == 429


def test_half_login_lasts_ten_minutes(desk: Desk, still: time_machine.Coordinates) -> None:
    otp, _ = set_up(desk.signed_in())
    client = desk.client()
    log_in(client, CHEN)
    token = form_token(client.get("/login/code"))
    still.shift(601)
    answer = client.post("/login/code", data={"csrf_token": token, "code": otp.at(clock.now())})
    assert answer.status_code == 401
    assert client.get("/").status_code == 302


def test_page_for_the_code_is_not_there_without_a_right_password(desk: Desk) -> None:
    set_up(desk.signed_in())
    client = desk.client()
    assert log_in(client, CHEN, "wrong password").status_code == 401
    assert client.get("/login/code").location == "/login"


def test_recovery_code_lets_in_once_and_is_noted(desk: Desk) -> None:
    _, codes = set_up(desk.signed_in())
    assert len(codes) == 10
    client = desk.client()
    log_in(client, CHEN)
    assert with_code(client, codes[3]).location == "/me"
    assert "9 recovery codes are left." in client.get("/me").text
    again = desk.client()
    log_in(again, CHEN)
    assert with_code(again, codes[3]).status_code == 401
    with desk.reading() as rows:
        assert rows.query(AuditEntry).filter_by(act="recovery.used").count() == 1


def test_turning_it_on_gives_the_session_a_new_name_and_ends_the_others(desk: Desk) -> None:
    client, other = desk.signed_in(), desk.signed_in()
    before = client.get_cookie("desk")
    set_up(client)
    after = client.get_cookie("desk")
    assert before is not None and after is not None and before.value != after.value
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_right_code_leaves_no_failure_behind(desk: Desk, still: time_machine.Coordinates) -> None:
    otp, _ = set_up(desk.signed_in())
    still.shift(60)
    client = desk.client()
    log_in(client, CHEN)
    with_code(client, otp.at(clock.now()))
    with desk.reading() as rows:
        assert rows.query(LoginFailure).count() == 0


def test_picture_is_an_svg_of_our_own_and_gone_once_it_was_confirmed(desk: Desk) -> None:
    client = desk.signed_in()
    assert client.get(f"{AT}/picture.svg").status_code == 404
    post(client, AT)
    picture = client.get(f"{AT}/picture.svg")
    assert picture.content_type == "image/svg+xml" and b"<script" not in picture.data
    assert picture.headers["Cache-Control"] == "no-store"
    set_up(client)
    assert client.get(f"{AT}/picture.svg").status_code == 404


def test_wrong_first_code_turns_nothing_on(desk: Desk) -> None:
    client = desk.signed_in()
    post(client, AT)
    assert post(client, f"{AT}/confirm", code="000000").status_code == 403
    assert log_in(desk.client(), CHEN).location == "/"


def test_removing_it_needs_the_password(desk: Desk) -> None:
    client = desk.signed_in()
    set_up(client)
    assert post(client, f"{AT}/remove", password="wrong password").status_code == 403
    assert post(client, f"{AT}/remove", password=PASSWORD).status_code == 303
    assert log_in(desk.client(), CHEN).location == "/"


def test_new_recovery_codes_need_the_password_and_end_the_old(desk: Desk) -> None:
    client = desk.signed_in()
    _, old = set_up(client)
    assert post(client, f"{AT}/codes").status_code == 403
    fresh = post(client, f"{AT}/codes", password=PASSWORD)
    assert len(re.findall(r"<li>([a-z2-7-]{27})</li>", fresh.text)) == 10
    other = desk.client()
    log_in(other, CHEN)
    assert with_code(other, old[0]).status_code == 401


def test_session_that_is_no_longer_fresh_needs_the_password_to_begin(
    desk: Desk, still: time_machine.Coordinates
) -> None:
    client = desk.signed_in()
    still.shift(timedelta(minutes=11))
    assert post(client, AT).status_code == 403
    assert post(client, AT, password=PASSWORD).status_code == 303


def test_where_it_is_required_nothing_else_opens_before_it_is_set_up(strict: Desk) -> None:
    client = strict.signed_in()
    number = desks.open_ticket(strict)
    for path in ("/", f"/tickets/{number}", "/me", "/review", "/admin/engineers"):
        assert client.get(path).location == AT, path
    token = form_token(client.get(AT))
    answer = client.post(
        f"/tickets/{number}/write", data={"csrf_token": token, "audience": "note", "text": "x"}
    )
    assert answer.location == AT
    set_up(client)
    assert client.get("/").status_code == 200


def test_where_it_is_required_setting_it_up_is_one_way_with_leaving(strict: Desk) -> None:
    client = strict.signed_in()
    page = client.get(AT)
    assert "Set up a second factor first" in page.text
    assert client.post("/logout", data={"csrf_token": form_token(page)}).location == "/login"


def test_removing_it_where_it_is_required_closes_the_desk_again(strict: Desk) -> None:
    client = strict.signed_in()
    set_up(client)
    post(client, f"{AT}/remove", password=PASSWORD)
    assert client.get("/").location == AT


def test_session_says_whether_a_second_factor_was_shown(desk: Desk) -> None:
    client = desk.signed_in()
    with desk.reading() as rows:
        assert [each.proved for each in rows.query(WebSession)] == [False]
    set_up(client)
    with desk.reading() as rows:
        assert [each.proved for each in rows.query(WebSession)] == [True]


def test_code_is_in_no_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    _, codes = set_up(desk.signed_in())
    client = desk.client()
    log_in(client, CHEN)
    with_code(client, "123456")
    with_code(client, codes[0])
    assert "123456" not in caplog.text and codes[0] not in caplog.text and CHEN not in caplog.text


@pytest.mark.parametrize(("environment", "required"), [("production", True), ("development", False)])
def test_production_requires_it_unless_it_is_set_otherwise(
    tmp_path: Path, environment: str, required: bool
) -> None:
    assert desks.settings(tmp_path, environment=environment).two_factor_required is required
    assert not desks.settings(tmp_path, environment=environment, two_factor="optional").two_factor_required
