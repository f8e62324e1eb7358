"""Logging in at an OpenID provider: a real one on a socket, honest and spoilt in every way that matters."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from gateway.store.models import AuditEntry, Engineer, EngineerIdentity, Role, WebSession
from tests.web import desk as desks
from tests.web import openid_provider
from tests.web.desk import Desk, form_token, log_in
from tests.web.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider

CHEN, LIN = "chen.wei@northquay.example", "lin.yue@northquay.example"


@pytest.fixture(scope="module")
def socket_of_a_provider() -> Iterator[Provider]:
    with openid_provider.serving() as made:
        yield made


@pytest.fixture
def provider(socket_of_a_provider: Provider) -> Provider:
    made = socket_of_a_provider
    made.person()
    made.algorithm, made.signed_by_another, made.issuer, made.denies = "RS256", False, "", False
    made.metadata.clear()
    return made


def open_desk(folder: Path, issuer: str, **more: object) -> Desk:
    return desks.open_desk(
        folder, oidc_issuer=issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET, **more
    )


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> Iterator[Desk]:
    made = open_desk(tmp_path, provider.address)
    yield made
    made.services.engine.dispose()


def begun(client: FlaskClient, wanted: str = "/") -> str:
    """The provider's address that the login page leads to."""
    token = form_token(client.get("/login"))
    page = client.post("/login/openid", data={"csrf_token": token, "next": wanted})
    assert page.status_code == 200, page.text
    return page.headers["Refresh"].partition("url=")[2]


def back(there: str) -> str:
    """Where the provider sends the browser back to, as a path of ours."""
    answer = requests.get(there, allow_redirects=False, timeout=10)
    found = urlsplit(answer.headers["Location"])
    return f"{found.path}?{found.query}"


def sign_in(client: FlaskClient, wanted: str = "/") -> TestResponse:
    return client.get(back(begun(client, wanted)))


def sessions(desk: Desk) -> int:
    with desk.reading() as rows:
        return rows.query(WebSession).count()


def test_person_with_a_proved_address_is_let_in(desk: Desk) -> None:
    client = desk.client()
    answer = sign_in(client, "/outbox")
    assert (answer.status_code, answer.location) == (303, "/outbox")
    assert client.get("/me").status_code == 200


def test_request_carries_challenge_state_and_nonce(desk: Desk, provider: Provider) -> None:
    asked = parse_qs(urlsplit(begun(desk.client())).query)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 22 and len(asked["nonce"][0]) >= 20
    assert asked["redirect_uri"] == [desk.services.settings.web_base + "/login/openid/back"]


def test_only_a_press_of_the_button_begins_a_login(desk: Desk) -> None:
    assert desk.client().get("/login/openid").status_code == 405
    assert desk.client().post("/login/openid").status_code == 400


def test_first_login_binds_the_identity_and_later_ones_need_no_address(
    desk: Desk, provider: Provider
) -> None:
    assert sign_in(desk.client()).status_code == 303
    provider.person(email="renamed@elsewhere.example", email_verified=False)
    assert sign_in(desk.client()).status_code == 303
    with desk.reading() as rows:
        row = rows.query(EngineerIdentity).one()
        assert (row.issuer, row.subject, row.engineer_id) == (
            provider.address,
            "person-7",
            desk.engineer().id,
        )


def test_same_address_under_another_subject_is_refused(desk: Desk, provider: Provider) -> None:
    sign_in(desk.client())
    provider.person(sub="person-8")
    answer = sign_in(desk.client())
    assert answer.status_code == 403
    assert "belongs to another account" in answer.text


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_address_that_the_provider_has_not_proved_is_refused(
    desk: Desk, provider: Provider, verified: object
) -> None:
    provider.person(email_verified=verified)
    answer = sign_in(desk.client())
    assert answer.status_code == 403
    assert "does not say that it has checked your mail address" in answer.text
    assert sessions(desk) == 0


def test_person_whom_nobody_knows_here_is_refused_and_noted(desk: Desk, provider: Provider) -> None:
    provider.person(email="who.knows@northquay.example")
    answer = sign_in(desk.client())
    assert answer.status_code == 403
    assert "no engineer here has your mail address" in answer.text
    with desk.reading() as rows:
        entry = rows.query(AuditEntry).filter_by(act="login.refused").one()
        assert entry.data == {"why": "unknown"}


def test_engineer_who_left_is_refused(desk: Desk) -> None:
    sign_in(desk.client())
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=CHEN).one().active = False
    answer = sign_in(desk.client())
    assert answer.status_code == 403
    assert "account here is closed" in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000, "iat": 1_699_999_000},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_token_with_a_wrong_claim_lets_nobody_in(
    desk: Desk, provider: Provider, claims: dict[str, object]
) -> None:
    provider.person(**claims)
    answer = sign_in(desk.client())
    assert answer.status_code == 401
    assert "is not valid" in answer.text
    assert sessions(desk) == 0


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_token_without_an_asymmetric_signature_lets_nobody_in(
    desk: Desk, provider: Provider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    assert sign_in(desk.client()).status_code == 401
    assert sessions(desk) == 0


def test_token_signed_with_another_key_lets_nobody_in(desk: Desk, provider: Provider) -> None:
    provider.signed_by_another = True
    assert sign_in(desk.client()).status_code == 401


def test_new_key_of_the_provider_is_fetched_when_it_is_first_met(desk: Desk, provider: Provider) -> None:
    assert sign_in(desk.client()).status_code == 303
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    try:
        assert sign_in(desk.client()).status_code == 303
    finally:
        provider.key = old


def test_answer_is_worth_one_look(desk: Desk) -> None:
    client = desk.client()
    path = back(begun(client))
    assert client.get(path).status_code == 303
    client.delete_cookie("desk")
    assert client.get(path).status_code == 401


def test_answer_to_another_browser_is_refused(desk: Desk) -> None:
    path = back(begun(desk.client()))
    assert desk.client().get(path).status_code == 401
    assert sessions(desk) == 0


def test_answer_with_an_invented_state_is_refused(desk: Desk) -> None:
    client = desk.client()
    begun(client)
    assert client.get("/login/openid/back?code=x&state=invented").status_code == 401
    assert client.get("/login/openid/back").status_code == 401


def test_person_the_provider_turns_away_is_told_so(desk: Desk, provider: Provider) -> None:
    provider.denies = True
    answer = sign_in(desk.client())
    assert answer.status_code == 401
    assert "has not let you in" in answer.text


def test_provider_that_calls_itself_otherwise_is_not_ours(desk: Desk, provider: Provider) -> None:
    provider.issuer = "https://evil.example"
    client = desk.client()
    token = form_token(client.get("/login"))
    assert client.post("/login/openid", data={"csrf_token": token}).status_code == 503


def test_provider_that_is_away_is_named_as_the_reason(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        desk = open_desk(tmp_path, f"http://127.0.0.1:{taken.getsockname()[1]}")
        client = desk.client()
        token = form_token(client.get("/login"))
        answer = client.post("/login/openid", data={"csrf_token": token})
    assert answer.status_code == 503
    assert "Your provider does not answer." in answer.text
    desk.services.engine.dispose()


def test_password_login_can_be_switched_off(tmp_path: Path, provider: Provider) -> None:
    desk = open_desk(tmp_path, provider.address, password_login=False)
    client = desk.client()
    page = client.get("/login")
    assert 'name="password"' not in page.text and "OpenID provider" in page.text
    data = {"csrf_token": form_token(page), "email": CHEN, "password": desks.PASSWORD}
    assert client.post("/login", data=data).status_code == 403
    assert sign_in(client).status_code == 303
    desk.services.engine.dispose()


def test_without_a_provider_there_is_no_such_button(tmp_path: Path) -> None:
    desk = desks.open_desk(tmp_path)
    page = desk.client().get("/login")
    assert "OpenID" not in page.text
    answer = desk.client().get("/login/openid/back?code=x&state=y")
    assert answer.status_code == 404
    desk.services.engine.dispose()


@pytest.mark.parametrize(
    ("claims", "settings", "wanted"),
    [
        ({"amr": ["pwd", "mfa"]}, {}, "/"),
        ({}, {"oidc_trust_mfa": True}, "/"),
        ({"amr": ["pwd"]}, {}, "/me/second-factor"),
        ({}, {}, "/me/second-factor"),
    ],
)
def test_second_factor_is_the_providers_where_it_says_so_and_else_ours(
    tmp_path: Path, provider: Provider, claims: dict[str, object], settings: dict[str, object], wanted: str
) -> None:
    desk = open_desk(tmp_path, provider.address, two_factor="required", **settings)
    provider.person(**claims)
    client = desk.client()
    assert sign_in(client).status_code == 303
    answer = client.get("/")
    assert (answer.location or "/") == wanted
    desk.services.engine.dispose()


def test_role_of_here_counts_and_not_what_the_token_claims(desk: Desk, provider: Provider) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=CHEN).one().role = Role.READER
    provider.person(role="admin", groups=["admin"])
    client = desk.client()
    sign_in(client)
    assert client.get("/admin/engineers").status_code == 403


def test_log_holds_neither_code_nor_address(
    desk: Desk, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    provider.person(email="who.knows@northquay.example")
    sign_in(desk.client())
    log_in(desk.client(), LIN)
    said = " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("web", "gateway"))
    )
    assert "login" in said
    assert "who.knows" not in said and "code-" not in said and CLIENT_SECRET not in said and LIN not in said
