"""Whose address counts behind proxies, also over real sockets."""

import subprocess
import sys
import urllib.error
import urllib.request
from ipaddress import ip_network
from pathlib import Path

import pytest

from gateway.settings import faults
from gateway.store.models import LoginFailure
from tests.web import desk as desks
from tests.web.test_server import ROOT, body_of, free_port
from web import proxies, visit

OURS = [ip_network("127.0.0.0/8"), ip_network("::1"), ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
PROGRAM = """
import sys
from pathlib import Path
from gateway import services
from gateway.store import migrations
from tests.web.desk import settings
from web import server
made = settings(Path(sys.argv[1]), trusted_proxies=sys.argv[3], base_url=sys.argv[4])
migrations.upgrade(services.build(made).engine)
server.run(lambda: services.build(made), sys.argv[2])
"""


@pytest.mark.parametrize(("peer", "forwarded", "found"), [
    ("203.0.113.9", "", "203.0.113.9"),
    ("203.0.113.9", "6.6.6.6", "203.0.113.9"),
    ("127.0.0.1", "", "127.0.0.1"),
    ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
    ("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3, 10.9.9.9", "203.0.113.9"),
    ("127.0.0.1", "10.1.2.3, 10.9.9.9", "10.1.2.3"),
    ("127.0.0.1", "6.6.6.6, 203.0.113.9:4711", "203.0.113.9"),
    ("127.0.0.1", "[2001:db9::5]:443", "2001:db9::5"),
    ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
    ("2001:db8::1", "203.0.113.9", "203.0.113.9"),
    ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),
    ("127.0.0.1", "6.6.6.6, unknown, 10.1.2.3", "10.1.2.3"),
    ("127.0.0.1", "6.6.6.6,", "127.0.0.1"),
    ("", "203.0.113.9", "203.0.113.9"),
    ("127.0.0.1", "6.6.6.6," * 9 + "10.0.0.1," * 40 + "10.0.0.2", "10.0.0.1"),
])  # fmt: skip
def test_right_most_address_that_is_no_proxy_of_ours_counts(peer: str, forwarded: str, found: str) -> None:
    assert proxies.client(peer, forwarded, OURS) == found


@pytest.mark.parametrize(("peer", "told", "found"), [
    ("127.0.0.1", "https", "https"), ("127.0.0.1", "https, http", "http"), ("203.0.113.9", "http", ""),
    ("127.0.0.1", "gopher", ""), ("127.0.0.1", "", ""),
])  # fmt: skip
def test_scheme_counts_as_the_next_proxy_says(peer: str, told: str, found: str) -> None:
    assert proxies.scheme(peer, told, OURS) == found


@pytest.mark.parametrize(("listed", "wrong"), [
    ("127.0.0.1,::1", False), ("10.0.0.0/8, 192.0.2.7", False), ("", False), ("10.0.0.5/8", False),
    ("proxy.example", True), ("10.0.0.0/64", True), ("*", True),
])  # fmt: skip
def test_list_of_proxies_that_is_none_forbids_the_start(tmp_path: Path, listed: str, wrong: bool) -> None:
    found = faults(desks.settings(tmp_path, trusted_proxies=listed))
    assert ("HELPDESK_TRUSTED_PROXIES must be addresses or networks, separated by commas." in found) == wrong


def test_loopback_alone_is_trusted_unless_set(tmp_path: Path) -> None:
    assert [str(each) for each in desks.settings(tmp_path).proxies] == ["127.0.0.1/32", "::1/128"]


@pytest.fixture
def https_desk(tmp_path: Path) -> desks.Desk:
    return desks.open_desk(tmp_path, base_url="https://desk.example")


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/login?next=/review", 308), ("POST", "/login", 403), ("GET", "/api/v1/tickets", 403), ("GET", "/healthz", 200),
])  # fmt: skip
def test_visitor_without_https_is_sent_there(
    https_desk: desks.Desk, method: str, path: str, status: int
) -> None:
    answer = https_desk.client().open(path, method=method, headers={"X-Forwarded-Proto": "http"})
    assert answer.status_code == status
    if status == 308:
        assert answer.location == "https://desk.example/login?next=/review"


def test_word_of_a_stranger_about_https_counts_for_nothing(https_desk: desks.Desk) -> None:
    told = {"X-Forwarded-Proto": "http"}
    answer = https_desk.client().get("/login", headers=told, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 200


def log_in(listen: str, **headers: str) -> int:
    """A failed login over a real socket; without a token of a form it is refused before."""
    request = urllib.request.Request(f"http://{listen}/login", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        token = page.read().decode().partition('name="csrf_token" value="')[2].partition('"')[0]
    body = f"csrf_token={token}&email=nobody@northquay.example&password=wrong".encode()
    tried = urllib.request.Request(f"http://{listen}/login", data=body, headers={**headers, "Cookie": cookie})
    try:
        with urllib.request.urlopen(tried, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.parametrize(("trusted", "forwarded", "client"), [
    ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
    ("127.0.0.1,192.0.2.0/24", "6.6.6.6, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
    ("192.0.2.0/24", "6.6.6.6, 203.0.113.9", "127.0.0.1"),
])  # fmt: skip
def test_login_that_failed_is_counted_for_whom_our_proxy_names(
    tmp_path: Path, trusted: str, forwarded: str, client: str
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path), listen, trusted, ""], cwd=ROOT)
    try:
        assert "Sign in" in body_of(f"http://{listen}/login")
        assert log_in(listen, **{"X-Forwarded-For": forwarded}) == 401
    finally:
        process.kill()
        process.wait()
    made = desks.services.build(desks.settings(tmp_path))
    with made.reading() as rows:
        assert [row.client for row in rows.query(LoginFailure)] == [client]
    made.engine.dispose()


def test_client_of_a_request_is_cut_to_what_a_row_holds(tmp_path: Path) -> None:
    desk = desks.open_desk(tmp_path)
    with desk.app.test_request_context(environ_base={"REMOTE_ADDR": "x" * 300}):
        assert len(visit.client()) == 64
