"""One POST elsewhere: where it may go, how long it may last, what it carries."""

from __future__ import annotations

import ipaddress
import socket
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from gateway.operations.webhook_wire import BadUrl, Wire, check, headers, permitted, signature
from tests import sink
from tests.hook_server import Hook, hook_server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOCAL = Wire(private=True, development=True, seconds=2)


def called(hook: Hook, wire: Wire = LOCAL, url: str = "") -> object:
    return wire.post(url or hook.url, b"{}", headers(SECRET, "msg_1", 1, b"{}"))


def test_signature_is_that_of_the_published_example() -> None:
    body = b'{"test": 2432232314}'
    key = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert signature(SECRET, key, 1614265330, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "0.1.2.3",
     "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "::7f00:1", "198.18.0.1", "240.0.0.1"],
)  # fmt: skip
def test_addresses_of_our_own_networks_are_not_called(address: str) -> None:
    assert not permitted(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_called(address: str) -> None:
    assert permitted(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fd12::1", "::ffff:10.0.0.1"])
def test_own_networks_are_called_where_a_setting_allows(address: str) -> None:
    assert permitted(ipaddress.ip_address(address), private=True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "::ffff:169.254.169.254", "224.0.0.1"],
)
def test_metadata_services_are_never_called(address: str) -> None:
    assert not permitted(ipaddress.ip_address(address), private=True)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://hooks.example/a", "not-https"), ("ftp://hooks.example", "not-https"), ("file:///etc/passwd", "unreadable"),
     ("https://", "unreadable"), ("https://user:word@hooks.example/", "names-a-user"), ("https://hooks.example:99999/", "unreadable"),
     ("https://hooks.example/a b", "unreadable"), ("https://hooks.example/\r\nX: y", "unreadable"), ("", "unreadable"),
     ("https://häuser.example/", "unreadable"), ("https://[::1", "unreadable"), (f"https://hooks.example/{'a' * 2000}", "unreadable"),
     ("https://hooks.example\\@evil.example/", "unreadable"), ("http://127.0.0.1/", "not-https")],
)  # fmt: skip
def test_unfit_addresses_are_refused(url: str, code: str) -> None:
    with pytest.raises(BadUrl, match=code):
        check(url, development=False)


def test_http_goes_to_this_machine_in_development() -> None:
    assert check("http://localhost:9000/x", development=True).port == 9000
    with pytest.raises(BadUrl):
        check("http://10.0.0.1/", development=True)


def test_call_carries_what_the_specification_asks() -> None:
    with hook_server() as hook:
        assert called(hook).status == 204  # type: ignore[attr-defined]
        [(told, body)] = hook.calls
    assert (body, told["webhook-id"], told["webhook-timestamp"]) == (b"{}", "msg_1", "1")
    assert told["webhook-signature"] == signature(SECRET, "msg_1", 1, b"{}")
    assert told["content-type"] == "application/json"


def test_own_network_is_refused_before_anything_is_sent() -> None:
    with hook_server() as hook:
        answer = called(hook, Wire(development=True, private=False))
        assert answer.error == "forbidden-address"  # type: ignore[attr-defined]
        assert hook.calls == []


def test_name_that_leads_inside_is_refused() -> None:
    wire = Wire(resolve=lambda host, port: ["10.0.0.7", "169.254.169.254"])
    assert wire.post("https://hooks.example/", b"{}", {}).error == "forbidden-address"


def test_connection_goes_to_the_address_that_was_judged() -> None:
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with hook_server() as hook:
        answer = called(
            hook,
            Wire(private=True, development=True, resolve=rebinding),
            hook.url.replace("127.0.0.1", "localhost"),
        )
        assert (answer.status, asked) == (204, ["localhost"])  # type: ignore[attr-defined]
        assert hook.calls[0][0]["host"].startswith("localhost:")


def test_redirect_is_not_followed() -> None:
    with hook_server() as hook:
        hook.answer, hook.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data/"}
        answer = called(hook)
        assert (answer.status, answer.error, len(hook.calls)) == (302, "redirect", 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("status", "error"), [(200, ""), (500, "status"), (404, "status"), (410, "gone")])
def test_status_decides(status: int, error: str) -> None:
    with hook_server() as hook:
        hook.answer = status
        assert called(hook).error == error  # type: ignore[attr-defined]


def test_server_may_ask_for_time() -> None:
    with hook_server() as hook:
        hook.answer, hook.headers = 503, {"Retry-After": "120"}
        assert called(hook).wait_seconds == 120  # type: ignore[attr-defined]


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(30)


def trickling(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(200):
        handler.wfile.write(b"X-Slow: y\r\n")
        handler.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize("answer", [silent, trickling])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_slow_server_is_left_after_the_limit(answer: object) -> None:
    with hook_server() as hook:
        hook.answer = answer  # type: ignore[assignment]
        began = time.monotonic()
        assert called(hook, Wire(private=True, development=True, seconds=0.5)).error == "timeout"  # type: ignore[attr-defined]
        assert time.monotonic() - began < 10


def test_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert LOCAL.post(url, b"{}", {}).error == "unreachable"


def test_unknown_name_is_unresolved() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    assert Wire(resolve=nothing).post("https://nowhere.example/", b"{}", {}).error == "unresolved"


def test_certificate_is_checked_by_name_and_issuer(tmp_path: Path) -> None:
    made = sink.certificate(tmp_path, "127.0.0.1")
    with hook_server(made) as hook:
        assert called(hook).error == "tls"  # type: ignore[attr-defined]
        known = Wire(private=True, trusted=str(made[1]), seconds=5)
        assert called(hook, known).status == 204  # type: ignore[attr-defined]
        other = Wire(private=True, trusted=str(made[1]), resolve=lambda host, port: ["127.0.0.1"])
        assert called(hook, other, hook.url.replace("127.0.0.1", "hooks.example")).error == "tls"  # type: ignore[attr-defined]
        assert len(hook.calls) == 1


def test_garbage_for_an_answer_is_no_success() -> None:
    def garbage(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-x\r\n\r\n")
        handler.close_connection = True

    with hook_server() as hook:
        hook.answer = garbage
        assert called(hook).error == "unreachable"  # type: ignore[attr-defined]
