"""Tokens for mailboxes, from a provider of the tests' own, and signing in with them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateway import imap_oauth, secrets
from gateway.imap_oauth import Client, Refused
from gateway.imap_tokens import PURPOSE, NoSecret, Purse
from gateway.store.models import MailSource
from tests.databases import MONDAY, SECRET, Desk
from tests.imap_desk import Mailroom, a_source


class Provider:
    """A token endpoint: answers in order what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object]] = []
        self.asked: list[dict[str, str]] = []
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append({name: values[0] for name, values in parse_qs(form).items()})
                status, told = provider.answers.pop(0)
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


def client(provider: Provider, secret: str = "") -> Client:
    return Client(
        "our-client", secret, f"{provider.url}/token", f"{provider.url}/device", "mail offline_access"
    )


def test_refresh_token_brings_tokens(provider: Provider) -> None:
    provider.answers = [(200, {"access_token": "A2", "expires_in": 3600, "refresh_token": "R2"})]
    got = imap_oauth.refresh(client(provider), "R1", MONDAY)
    assert (got.access_token, got.refresh_token, got.until) == ("A2", "R2", MONDAY + timedelta(hours=1))
    assert provider.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "R1",
            "client_id": "our-client",
            "scope": "mail offline_access",
        }
    ]


def test_client_speaks_for_itself_with_its_secret(provider: Provider) -> None:
    provider.answers = [(200, {"access_token": "A1", "expires_in": "3600"})]
    imap_oauth.own_token(client(provider, "a secret"), MONDAY)
    assert (provider.asked[0]["grant_type"], provider.asked[0]["client_secret"]) == (
        "client_credentials",
        "a secret",
    )


def test_service_account_signs_an_assertion_for_the_user(provider: Provider) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    provider.answers = [(200, {"access_token": "A1", "expires_in": 3600})]
    imap_oauth.own_token(client(provider, pem.decode()), MONDAY, user="support@desk.example")
    head, claims, signature = provider.asked[0]["assertion"].split(".")

    def opened(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    key.public_key().verify(
        opened(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    told = json.loads(opened(claims))
    assert (told["sub"], told["iss"], told["exp"] - told["iat"]) == (
        "support@desk.example",
        "our-client",
        3600,
    )


def test_device_flow_waits_for_the_person(provider: Provider) -> None:
    provider.answers = [
        (
            200,
            {
                "device_code": "D",
                "user_code": "ABCD-EFGH",
                "verification_uri": "https://login.example/device",
                "interval": 1,
            },
        ),
        (400, {"error": "authorization_pending"}),
        (200, {"access_token": "A1", "expires_in": 60, "refresh_token": "R1"}),
    ]
    of = client(provider)
    device = imap_oauth.ask_device(of)
    assert (device.user_code, device.verification_uri) == ("ABCD-EFGH", "https://login.example/device")
    assert imap_oauth.poll_device(of, device, MONDAY) is None
    got = imap_oauth.poll_device(of, device, MONDAY)
    assert got is not None and got.refresh_token == "R1"


@pytest.mark.parametrize(
    ("status", "told", "final"),
    [
        (400, {"error": "invalid_grant", "error_description": "secret details"}, True),
        (503, b"<html>busy</html>", False),
        (200, b"not json", False),
        (200, {"access_token": "a\r\nb"}, False),
        (200, {"token": "x"}, False),
        (200, b"[" * 100_000, False),
        (302, b"", False),
    ],
)
def test_refusals_are_told_without_secrets(
    provider: Provider, status: int, told: object, final: bool
) -> None:
    provider.answers = [(status, told)]
    with pytest.raises(Refused) as refused:
        imap_oauth.refresh(client(provider), "R1", MONDAY)
    assert refused.value.final is final
    assert "secret" not in str(refused.value) and "R1" not in str(refused.value)


def test_secrets_go_to_https_only() -> None:
    with pytest.raises(Refused):
        imap_oauth.refresh(Client("c", "s", "http://login.example/token", "", ""), "R1", MONDAY)


@pytest.mark.parametrize(
    ("name", "own", "url", "scope"),
    [
        ("microsoft", False, "https://login.microsoftonline.com/our-tenant/oauth2/v2.0/token",
         "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access"),
        ("microsoft", True, "https://login.microsoftonline.com/our-tenant/oauth2/v2.0/token",
         "https://outlook.office365.com/.default"),
        ("google", False, "https://oauth2.googleapis.com/token", "https://mail.google.com/"),
    ],
)  # fmt: skip
def test_known_providers_need_no_addresses(name: str, own: bool, url: str, scope: str) -> None:
    of = imap_oauth.client(name, tenant="our-tenant", client_id="c", secret="", own=own)
    assert (of.token_url, of.scope) == (url, scope)


# Tokens of a mailbox.


def signing_in(desk: Desk, provider: Provider, **changes: object) -> tuple[Mailroom, Purse]:
    sealed = secrets.seal(SECRET, PURPOSE, "R1")
    told: dict[str, object] = {"sign_in": "refresh", "client_id": "c", "token_url": f"{provider.url}/token", "secret": "",
                               "refresh_token": sealed}  # fmt: skip
    room = Mailroom(desk, a_source("support", desk.clock(), **(told | changes)))
    return room, Purse(desk.services.transaction, desk.services.reading, SECRET, desk.clock)


def test_token_is_used_until_shortly_before_its_end_then_exchanged(desk: Desk, provider: Provider) -> None:
    room, purse = signing_in(desk, provider)
    provider.answers = [
        (200, {"access_token": f"A{n}", "expires_in": 3600, "refresh_token": f"R{n + 1}"}) for n in (1, 2)
    ]
    got = [purse.token(room.id)[0]]
    desk.clock.pass_(minutes=54)
    got.append(purse.token(room.id)[0])
    desk.clock.pass_(minutes=2)
    got.append(purse.token(room.id)[0])
    assert (got, [each["refresh_token"] for each in provider.asked]) == (["A1", "A1", "A2"], ["R1", "R2"])


def test_tokens_rest_sealed(desk: Desk, provider: Provider) -> None:
    room, purse = signing_in(desk, provider)
    provider.answers = [(200, {"access_token": "ACCESS-1", "expires_in": 3600, "refresh_token": "REFRESH-2"})]
    purse.token(room.id)
    row: MailSource = room.row()
    assert "ACCESS-1" not in row.access_token and "REFRESH-2" not in row.refresh_token
    assert secrets.unseal(SECRET, PURPOSE, row.refresh_token) == "REFRESH-2"


def test_mailbox_that_nobody_authorized_says_what_to_do(desk: Desk, provider: Provider) -> None:
    room, purse = signing_in(desk, provider, sign_in="device", refresh_token="")
    with pytest.raises(NoSecret, match="helpdesk mailbox authorize support"):
        purse.token(room.id)


def test_secrets_of_another_key_say_what_to_do(desk: Desk, provider: Provider) -> None:
    room, _ = signing_in(desk, provider)
    purse = Purse(desk.services.transaction, desk.services.reading, "another key", desk.clock)
    with pytest.raises(NoSecret, match="HELPDESK_SECRET_KEY"):
        purse.token(room.id)
