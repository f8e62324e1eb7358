import re
from pathlib import Path

import pytest

from tests.web import desk as desks
from tests.web.desk import Desk, form_token

PRIVATE = ("/", "/tickets/1001", "/tickets/new", "/review", "/outbox", "/messages/1/original", "/messages/1/html",
           "/messages/1/view", "/messages/1/text", "/attachments/x", "/deliveries/1/original", "/outbox/1", "/outbox/1/original",
           "/aws", "/aws/health", "/aws/health/1", "/customers/1/cost", "/tickets/1001/aws-case")  # fmt: skip


def posts(desk: Desk, *, alone: bool = False) -> list[str]:
    """Every page that takes a form, made from the route table; `alone` those that cannot be looked at."""
    rules = list(desk.app.url_map.iter_rules())
    shown = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    found = []
    for rule in rules:
        page = "POST" in (rule.methods or ()) and not rule.endpoint.startswith(("api.", "links."))
        if page and not (alone and rule.rule in shown):
            found.append(
                re.sub(r"<(\w+:)?\w+>", lambda part: "1001" if part[1] == "int:" else "x", rule.rule)
            )
    return found


@pytest.mark.parametrize("path", PRIVATE)
def test_private_pages_want_a_login(desk: Desk, path: str) -> None:
    answer = desk.client().get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")


def test_posts_want_the_forms_token(desk: Desk) -> None:
    client = desk.signed_in()
    wanted = posts(desk)
    assert {
        "/tickets/1001/write",
        "/tickets/1001/aws-case",
        "/aws/health/1001/note",
        "/notices/1001/announce",
        "/rota/overrides",
        "/login",
    } <= set(wanted)
    answers = {path: client.post(path, data={"text": "x"}).status_code for path in wanted}
    assert set(answers.values()) == {400}, answers


def test_no_get_changes_anything(desk: Desk) -> None:
    client = desk.signed_in()
    answers = {path: client.get(path).status_code for path in posts(desk, alone=True)}
    assert set(answers.values()) == {405}, answers


@pytest.mark.parametrize(
    "path", ["/", "/login", "/nowhere", "/healthz", "/api/v1/tickets", "/static/desk.css"]
)
def test_every_answer_carries_the_headers(desk: Desk, path: str) -> None:
    headers = desk.client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_need_no_inline_script_or_style(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(desk, number, held=True)
    client = desk.signed_in()
    for path in ("/", f"/tickets/{number}", "/review", "/outbox", "/tickets/new", "/me", "/me/second-factor"):
        page = client.get(path).text
        assert re.findall(r"<script(?![^>]* src=\"/static/)", page) == [], path
        assert " style=" not in page and "<style" not in page, path
        assert " onclick" not in page, path


def test_private_pages_are_never_stored(desk: Desk) -> None:
    assert desk.signed_in().get("/").headers["Cache-Control"] == "no-store"


def test_cookies_are_bound_to_https_where_it_is_served(tmp_path: Path) -> None:
    desk = desks.open_desk(tmp_path, base_url="https://desk.northquay.example")
    client = desk.client()
    page = client.get("/login", base_url="https://desk.northquay.example")
    data = {"csrf_token": form_token(page), "email": "chen.wei@northquay.example", "password": desks.PASSWORD}
    answer = client.post("/login", data=data, base_url="https://desk.northquay.example")
    cookies = answer.headers.getlist("Set-Cookie")
    session = next(each for each in cookies if each.startswith("__Host-desk="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_host_header_is_never_used_for_links(desk: Desk) -> None:
    answer = desk.client().get("/", headers={"Host": "evil.example"})
    assert "evil" not in answer.location + answer.text
    spec = desk.client().get("/api/v1/openapi.json", headers={"Host": "evil.example"})
    assert "evil" not in spec.text


def test_what_a_customer_wrote_is_escaped_everywhere(desk: Desk) -> None:
    nasty = "<script>alert(1)</script>"
    number = desks.open_ticket(desk, f"{nasty} subject", text=f"{nasty} text")
    desks.add_mail(
        desk, number, text=nasty, new=nasty, files=((f"{nasty}.txt", "text/html", b"x", ""),), held=True
    )
    client = desk.signed_in()
    for path in ("/", f"/tickets/{number}", "/review", f"/?q={nasty}"):
        assert nasty not in client.get(path).text, path


def test_faults_show_no_inside(desk: Desk) -> None:
    desk.services.engine.dispose()
    (desk.services.settings.data_dir / "helpdesk.db").unlink()
    client = desk.client()
    client.set_cookie("desk", "x")
    answer = client.get("/")
    assert answer.status_code == 500
    assert "sqlite" not in answer.text.lower() and "Traceback" not in answer.text


def test_client_behind_a_local_proxy_is_the_one_the_proxy_saw(desk: Desk) -> None:
    with desk.app.test_request_context(
        headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    ):
        from web import visit

        assert visit.client() == "203.0.113.9"


def test_forwarded_address_of_a_stranger_is_ignored(desk: Desk) -> None:
    with desk.app.test_request_context(
        headers={"X-Forwarded-For": "6.6.6.6"}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    ):
        from web import visit

        assert visit.client() == "203.0.113.9"


def test_nul_in_a_form_costs_no_fault(either_desk: Desk) -> None:
    assert desks.log_in(either_desk.client(), "a\x00b@northquay.example").status_code == 401
    number = desks.open_ticket(either_desk)
    client = either_desk.signed_in()
    token = form_token(client.get(f"/tickets/{number}"))
    answer = client.post(
        f"/tickets/{number}/write", data={"csrf_token": token, "audience": "note", "text": "a\x00b"}
    )
    assert answer.status_code == 303
    assert client.get("/?q=%00").status_code == 200
    assert client.get("/attachments/%00").status_code == 404
