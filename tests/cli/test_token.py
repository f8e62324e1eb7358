"""`helpdesk token`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway import clock
from gateway.cli import token
from gateway.operations import access
from gateway.store.models import Role
from tests.builders import an_engineer
from tests.cli.conftest import Call
from tests.databases import Desk


@pytest.fixture
def lead(desk: Desk) -> Desk:
    desk.add(an_engineer("Chen Wei", role="lead"))
    return desk


def bearer(desk: Desk, secret: str, **later: float) -> Any:
    with desk.services.reading() as session:
        return access.bearer(session, secret.strip(), clock.now() + timedelta(**later))


def make(call: Call, role: str = "engineer", *more: str) -> str:
    return call(token.command, "create", "--email", "Chen@desk.example", "--role", role, *more).stdout


def test_token_speaks_for_its_engineer_in_its_role(call: Call, lead: Desk) -> None:
    found, engineer = bearer(lead, make(call))
    assert (engineer.email, found.role) == ("chen@desk.example", Role.ENGINEER)


def test_only_the_token_is_on_standard_output(call: Call, lead: Desk) -> None:
    assert len(make(call).split()) == 1


def test_role_above_the_engineers_own_is_refused(call: Call, lead: Desk) -> None:
    result = call(token.command, "create", "--email", "chen@desk.example", "--role", "manager")
    assert result.exit_code == 1
    assert "cannot have a token for manager" in result.stderr


def test_nobody_known_gets_no_token(call: Call, lead: Desk) -> None:
    result = call(token.command, "create", "--email", "x@desk.example", "--role", "engineer")
    assert result.stderr == "Error: No engineer who works here has the address x@desk.example.\n"


def test_token_ends_after_its_days(call: Call, lead: Desk) -> None:
    made = make(call, "lead", "--days", "2")
    assert bearer(lead, made, days=1) is not None
    assert bearer(lead, made, days=3) is None


def test_list_shows_whose_but_never_the_token(call: Call, lead: Desk) -> None:
    made = make(call).strip()
    listed = call(token.command, "list").stdout
    assert listed.startswith("1  chen@desk.example  engineer  made ")
    assert listed.endswith("without end, never used\n")
    assert made not in listed


def test_revoked_token_speaks_for_nobody(call: Call, lead: Desk) -> None:
    made = make(call)
    assert call(token.command, "revoke", "1").stdout == "token 1 ended\n"
    assert bearer(lead, made) is None


def test_unknown_token_cannot_be_revoked(call: Call, lead: Desk) -> None:
    assert call(token.command, "revoke", "7").stderr == "Error: There is no token 7.\n"
