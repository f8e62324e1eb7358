"""`helpdesk probe`: one round from outside, told in words or JSON, and entered where asked."""

from __future__ import annotations

import json

import sqlalchemy as sa

from gateway.cli import probe
from gateway.store.models import AvailabilityStretch
from tests.cli.conftest import Call
from tests.databases import Desk

CLOSED = ("--smtp", "127.0.0.1:1", "--url", "http://127.0.0.1:1")


def test_probe_of_what_does_not_answer_says_what_is_down_and_ends_with_1(call: Call, desk: Desk) -> None:
    ended = call(probe.command, *CLOSED)
    told = ended.stdout
    assert ended.exit_code == 1
    assert "mail-in   down: ConnectionRefusedError" in told
    assert "workers   unmeasured" in told
    assert "web       down" in told


def test_probe_is_told_as_one_json_object(call: Call, desk: Desk) -> None:
    states = json.loads(call(probe.command, "--json", *CLOSED).stdout)["states"]
    assert (states["platform"], states["mail-out"]) == ("down", "unmeasured")


def test_probe_is_entered_where_asked(call: Call, desk: Desk) -> None:
    call(probe.command, *CLOSED)
    with desk.services.reading() as session:
        assert session.scalars(sa.select(AvailabilityStretch)).all() == []
    call(probe.command, "--record", *CLOSED)
    with desk.services.reading() as session:
        found = {row.component: row.up for row in session.scalars(sa.select(AvailabilityStretch))}
    assert found == {"mail-in": False, "platform": False, "web": False}
