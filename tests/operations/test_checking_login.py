"""What `helpdesk check` says of the ways to log in."""

from __future__ import annotations

import socket
from pathlib import Path

from gateway.operations import checking_login
from gateway.settings import Settings
from tests.web import openid_provider


def told(**settings: object) -> list[tuple[str, str]]:
    made = Settings(_env_file=None, data_dir=Path("unused"), oidc_client_id="the-desk", **settings)
    return [(level, what) for level, what, _ in checking_login.answers(made)]


def test_provider_that_answers_as_it_is_named_is_fine() -> None:
    with openid_provider.serving() as provider:
        assert told(oidc_issuer=provider.address) == [
            ("ok", f"the OpenID provider answers: {provider.address}")
        ]


def test_provider_that_calls_itself_otherwise_is_wrong() -> None:
    with openid_provider.serving() as provider:
        provider.issuer = "https://id.example"
        assert [level for level, _ in told(oidc_issuer=provider.address)] == ["wrong"]


def test_provider_that_is_away_is_wrong() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        found = told(oidc_issuer=f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert found == [("wrong", "the OpenID provider does not answer: ConnectionError")]


def test_production_without_a_second_factor_is_a_warning() -> None:
    assert told(environment="production", two_factor="optional") == [
        ("warn", "engineers may log in without a second factor")
    ]
    assert told(environment="production") == []
    assert told() == []
