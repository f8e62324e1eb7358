"""`helpdesk engineer`."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from gateway import clock, secrets
from gateway.cli import engineer
from gateway.operations import access, access_factors
from gateway.store.models import AuditEntry, Engineer, SecondFactor, WebSession
from tests.builders import an_engineer
from tests.cli.conftest import Call
from tests.databases import SECRET, Desk

CHEN = "chen@desk.example"


def signed_in(desk: Desk) -> int:
    """Chen with a second factor that is being set up, and a session."""
    chen = an_engineer()
    desk.add(chen)
    with desk.services.transaction() as session:
        access_factors.begin(session, SECRET, chen.id, clock.now())
        access.open_session(session, engineer_id=chen.id, lifetime=timedelta(hours=1), at=clock.now())
    return chen.id


def test_lost_second_factor_is_taken_away_and_its_owner_signed_out(call: Call, desk: Desk) -> None:
    chen = signed_in(desk)
    assert call(engineer.command, "reset-factor", CHEN).exit_code == 0
    with desk.services.reading() as session:
        assert session.get(SecondFactor, chen) is None
        assert session.scalars(sa.select(WebSession)).all() == []
        assert [(row.actor, row.act) for row in session.scalars(sa.select(AuditEntry))] == [
            ("cli", "factor.reset")
        ]


def test_sessions_end_and_are_counted(call: Call, desk: Desk) -> None:
    signed_in(desk)
    assert call(engineer.command, "sign-out", CHEN).stdout == "1 sessions ended\n"


def test_password_is_given_and_a_guessable_one_refused(call: Call, desk: Desk) -> None:
    chen = signed_in(desk)
    assert call(engineer.command, "password", CHEN, "--password", "tern ladle obtuse").exit_code == 0
    refused = call(engineer.command, "password", CHEN, "--password", "Password2026!")
    assert refused.exit_code == 1 and "tried first" in refused.output
    with desk.services.reading() as session:
        stored = session.get_one(Engineer, chen).password_hash
    assert secrets.verify_password(stored, "tern ladle obtuse")


def test_list_names_everybody_and_no_secret(call: Call, desk: Desk) -> None:
    signed_in(desk)
    assert call(engineer.command, "list").stdout == f"{CHEN}  engineer, no second factor, 1 sessions\n"


def test_unknown_engineer_is_a_plain_sentence(call: Call, desk: Desk) -> None:
    refused = call(engineer.command, "sign-out", "nobody@desk.example")
    assert refused.exit_code == 1 and "No engineer who works here" in refused.output
