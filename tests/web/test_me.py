"""An engineer's own page: profile, password, sessions."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store.models import AuditEntry, Engineer, WebSession
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk, form_token, log_in

CHEN = "chen.wei@northquay.example"
NEW = "tern ladle obtuse"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(path, data={"csrf_token": form_token(client.get("/me")), **data})


def change(
    client: FlaskClient, new: str, *, current: str = PASSWORD, again: str | None = None
) -> TestResponse:
    return post(client, "/me/password", current=current, new=new, again=new if again is None else again)


def profile(**changes: str) -> dict[str, str]:
    return {"name": "Chen Wei", "language": "en", "zone": "Asia/Shanghai", "shortcuts": "on"} | changes


def handles(page: str) -> list[str]:
    return re.findall(r'action="/me/sessions/([a-z0-9]{20})/end"', page)


def test_profile_is_saved_and_read_in_the_new_language(desk: Desk) -> None:
    client = desk.signed_in()
    answer = post(client, "/me", **profile(name="  陈  伟 ", language="zh"))
    assert (answer.status_code, answer.location) == (303, "/me")
    page = client.get("/me").text
    assert 'lang="zh-Hans"' in page and "个人资料" in page and "已保存。" in page
    row = desk.engineer()
    assert (row.name, row.language, row.time_zone) == ("陈 伟", "zh", "Asia/Shanghai")


def test_keys_can_be_switched_off(desk: Desk) -> None:
    client = desk.signed_in()
    assert '<body data-shortcuts="on">' in client.get("/").text
    wanted = profile()
    del wanted["shortcuts"]
    post(client, "/me", **wanted)
    assert '<body data-shortcuts="off">' in client.get("/").text


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "x" * 201}, {"name": "a\x1bb"}, {"zone": "Mars/Olympus"}]
)
def test_profile_that_makes_no_sense_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    assert post(desk.signed_in(), "/me", **profile(**wrong)).status_code == 422
    assert desk.engineer().name == "Chen Wei"


def test_form_changes_neither_role_nor_address(desk: Desk) -> None:
    post(desk.signed_in(), "/me", **profile(role="admin", email="evil@evil.example", active=""))
    row = desk.engineer()
    assert (row.role, row.active) == ("engineer", True)


def test_new_password_ends_the_other_sessions_and_renames_this_one(desk: Desk) -> None:
    client, other = desk.signed_in(), desk.signed_in()
    before = client.get_cookie("desk")
    assert change(client, NEW).status_code == 303
    after = client.get_cookie("desk")
    assert before is not None and after is not None and before.value != after.value
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert log_in(desk.client(), CHEN).status_code == 401
    assert log_in(desk.client(), CHEN, NEW).status_code == 303


def test_password_changes_only_with_the_current_one(desk: Desk) -> None:
    client = desk.signed_in()
    assert change(client, NEW, current="wrong password").status_code == 403
    assert change(client, NEW, current="").status_code == 403
    assert log_in(desk.client(), CHEN).status_code == 303


def test_current_password_is_rate_limited_like_a_login(desk: Desk) -> None:
    client = desk.signed_in()
    for _ in range(5):
        change(client, NEW, current="wrong password")
    assert "Too many tries." in change(client, NEW).text
    assert log_in(desk.client(), CHEN, NEW).status_code == 429


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "12 to 256 characters"),
        ("x" * 257, "12 to 256 characters"),
        ("Password2026!", "tried first"),
        ("P@ssw0rdP@ssw0rd", "tried first"),
        ("qwertyuiop123", "tried first"),
        ("northquay-cloud-7", "made of a name"),
        ("chen.wei.2026!", "made of a name"),
    ],
)
def test_password_that_others_guess_is_refused(desk: Desk, password: str, why: str) -> None:
    answer = change(desk.signed_in(), password)
    assert answer.status_code == 422
    assert why in answer.text


def test_two_new_passwords_must_be_the_same(desk: Desk) -> None:
    assert change(desk.signed_in(), NEW, again="tern ladle obscure").status_code == 422


def test_password_may_be_pasted_long_and_in_any_script(desk: Desk) -> None:
    client = desk.signed_in()
    assert change(client, "今天天气很好 我们一起去公园散步吧").status_code == 303


def test_sessions_are_listed_with_browser_and_client(desk: Desk) -> None:
    client = desk.client()
    log_in(client, CHEN)
    client.get("/")
    other = desk.app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = FIREFOX
    log_in(other, CHEN)
    page = client.get("/me").text
    assert "Firefox 128, Linux" in page and "127.0.0.1" in page
    assert page.count("this one") == 1 and len(handles(page)) == 1


def test_one_session_can_be_ended(desk: Desk) -> None:
    client, other = desk.signed_in(), desk.signed_in()
    (handle,) = handles(client.get("/me").text)
    assert post(client, f"/me/sessions/{handle}/end").status_code == 303
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_all_other_sessions_can_be_ended_at_once(desk: Desk) -> None:
    client, others = desk.signed_in(), [desk.signed_in() for _ in range(3)]
    assert post(client, "/me/sessions/end-others").status_code == 303
    assert [each.get("/").status_code for each in others] == [302] * 3
    assert client.get("/").status_code == 200


def test_session_of_somebody_else_is_not_there(desk: Desk) -> None:
    client, lin = desk.signed_in(), desk.signed_in("lin.yue@northquay.example")
    desk.signed_in("lin.yue@northquay.example")
    (handle,) = handles(lin.get("/me").text)
    assert post(client, f"/me/sessions/{handle}/end").status_code == 404
    assert post(client, "/me/sessions/invented/end").status_code == 404


def test_page_shows_no_token(desk: Desk) -> None:
    client = desk.signed_in()
    cookie = client.get_cookie("desk")
    page = client.get("/me").text
    with desk.reading() as rows:
        digest = rows.query(WebSession).one().token_digest
    assert cookie is not None and cookie.value not in page and digest not in page


def test_idle_limit_is_a_setting(tmp_path: Path) -> None:
    desk = desks.open_desk(tmp_path, session_idle_minutes=5)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = desk.signed_in()
        traveller.shift(timedelta(minutes=4))
        assert client.get("/").status_code == 200
        traveller.shift(timedelta(minutes=5, seconds=1))
        assert client.get("/").status_code == 302
    desk.services.engine.dispose()


def test_cookies_are_bound_to_the_host_where_https_is_served(tmp_path: Path) -> None:
    desk = desks.open_desk(tmp_path, base_url="https://desk.example")
    client = desk.client()
    page = client.get("/login", base_url="https://desk.example")
    data = {"csrf_token": form_token(page), "email": CHEN, "password": PASSWORD}
    answer = client.post("/login", data=data, base_url="https://desk.example")
    made = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("__Host-desk=")]
    assert len(made) == 1
    assert all(part in made[0] for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in made[0]
    desk.services.engine.dispose()


def test_logins_and_failures_are_noted_without_address_or_password(desk: Desk) -> None:
    log_in(desk.client(), CHEN, "wrong password")
    log_in(desk.client(), CHEN)
    with desk.reading() as rows:
        entries = rows.query(AuditEntry).order_by(AuditEntry.id).all()
        chen = f"engineer:{desk.engineer().id}"
        assert [(each.act, each.actor, each.about) for each in entries] == [
            ("login.failed", "", chen),
            ("login", chen, chen),
        ]
        assert all("wrong" not in str(each.data) and CHEN not in str(each.data) for each in entries)


def test_engineer_without_a_password_sets_one_within_ten_minutes_of_a_login(desk: Desk) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        client = desk.signed_in()
        with desk.changing() as rows:
            rows.query(Engineer).filter_by(email=CHEN).one().password_hash = ""
        traveller.shift(timedelta(minutes=11))
        assert change(client, NEW, current="").status_code == 403
        traveller.shift(-timedelta(minutes=5))
        assert change(client, NEW, current="").status_code == 303
