"""`helpdesk check` as typed."""

from __future__ import annotations

import json

import pytest

from gateway.cli import check
from tests.cli.conftest import Call

SECRET = "geheim-geheim-geheim-geheim-geheim-geheim"


def test_check_of_a_sound_installation_exits_0(call_on_sqlite: Call) -> None:
    result = call_on_sqlite(check.command, secret_key=SECRET, support_address="help@desk.example")
    assert result.exit_code == 0
    assert "ok: commits are flushed to disk\n" in result.stdout
    assert "wrong" not in result.stdout


def test_something_wrong_exits_1_and_says_what_to_do(call: Call) -> None:
    result = call(check.command, time_zone="Mars/Base")
    assert result.exit_code == 1
    assert "wrong: HELPDESK_TIME_ZONE is no time zone: set it to a name like Asia/Shanghai\n" in result.stdout


def test_settings_are_shown_without_secrets(call: Call) -> None:
    result = call(check.command, secret_key=SECRET, relay_url="smtp://user:geheim@127.0.0.1:1")
    assert "HELPDESK_RELAY_URL=smtp://user:****@127.0.0.1:1\n" in result.stdout
    assert "HELPDESK_SECRET_KEY=****\n" in result.stdout
    assert "geheim" not in result.output


def test_json_holds_settings_and_checks(call: Call) -> None:
    told = json.loads(call(check.command, "--json", secret_key=SECRET).stdout)
    assert told["settings"]["HELPDESK_SECRET_KEY"] == "****"
    assert {"level", "what", "advice"} == set(told["checks"][0])


def test_setting_that_cannot_be_read_is_named_without_its_value(call: Call) -> None:
    result = call(check.command, session_hours="geheim")
    assert result.exit_code == 1
    assert "wrong: HELPDESK_SESSION_HOURS: " in result.stdout
    assert "geheim" not in result.output


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", ""),
        ("smtp://relay.example:25", "smtp://relay.example:25"),
        ("redis://:geheim@h:1/0", "redis://:****@h:1/0"),
        ("postgresql+psycopg://u:ge@heim@h/d", "postgresql+psycopg://u:****@h/d"),
        ("smtps://u:ge/heim@h", "****"),
        ("smtps://u:ge#heim@h", "****"),
        ("postgresql+psycopg:///d?user=u&password=geheim&sslmode=require",
         "postgresql+psycopg:///d?user=u&password=****&sslmode=require"),
        ("redis://h/0?password=geheim#x", "redis://h/0?password=****#x"),
        ("geheim", "****"),
        ("http://[", "****"),
        ("sqlite:////data/a@b.db", "sqlite:////data/a@b.db"),
    ],
)  # fmt: skip
def test_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert check.masked_url(url) == shown
