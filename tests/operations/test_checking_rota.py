"""`helpdesk check` tells whether somebody is on call at every minute of the next 14 days (P2)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gateway.operations import checking_rota, importing
from tests.builders import an_engineer
from tests.databases import MONDAY, Desk
from tests.rotas import a_shift, a_team, an_absence

COMPANY = Path(__file__).resolve().parents[2] / "templates" / "demo" / "company.yaml"


def found(desk: Desk) -> str | None:
    with desk.services.reading() as session:
        return checking_rota.gaps(session, MONDAY)


def test_desk_without_a_rota_has_no_gaps_to_tell(desk: Desk) -> None:
    assert found(desk) is None


def test_gaps_are_told_with_their_times(desk: Desk) -> None:
    chen = an_engineer()
    desk.add(chen)
    desk.add(a_shift(a_team(desk, "cloud", [chen]), [chen]))
    assert found(desk) == ""
    start = MONDAY + timedelta(days=1)
    desk.add(an_absence(chen, start, start + timedelta(hours=4)))
    assert found(desk) == "nobody is on call within 14 days (1): 2026-03-03 01:00 to 2026-03-03 05:00 UTC"


def test_sample_company_has_somebody_on_call_at_every_minute(desk: Desk) -> None:
    importing.import_sample(desk.services, COMPANY, "correct horse battery", at=MONDAY)
    assert found(desk) == ""
