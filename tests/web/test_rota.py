"""The rota's page and API: who is on call, where nobody is, and what people change for once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway import clock, duties
from gateway.store import appointments
from gateway.store.models import Absence, Engineer, ShiftOverride, ShiftRule, Team
from tests.rotas import ALL_WEEK
from tests.web import desk as desks
from tests.web.desk import Desk, form_token

CHEN, LIN = "chen.wei@northquay.example", "lin.yue@northquay.example"


def add_rota(desk: Desk, *, hours: tuple[str, str] = ("00:00", "00:00")) -> None:
    """Chen round the clock, or at some hours, of Singapore."""
    with desk.changing() as rows:
        team = Team(name="cloud")
        rows.add(team)
        rows.flush()
        engineer = rows.scalars(sa.select(Engineer).where(Engineer.email == CHEN)).one()
        rows.add(
            ShiftRule(team_id=team.id, name="day", position=0, weekdays=ALL_WEEK, starts=hours[0], ends=hours[1],
                      time_zone="Asia/Singapore", first_on=(clock.now() - timedelta(days=30)).date(), last_on=None,
                      rotates="weekly", engineers=[engineer.id], calendar="", on_holidays="works")
        )  # fmt: skip


def local(desk: Desk, hours: int) -> str:
    """A moment from now as a form sends it: in the reader's own zone."""
    zone = desk.engineer().time_zone
    from gateway import i18n

    return (clock.now() + timedelta(hours=hours)).astimezone(i18n.time_zone(zone)).strftime("%Y-%m-%dT%H:%M")


def send(desk: Desk, path: str, **data: object) -> str:
    """Send a form of the page and follow; the page as text."""
    client = desk.signed_in(LIN)
    token = form_token(client.get("/rota"))
    answer = client.post(path, data={"csrf_token": token, **data})
    assert (answer.status_code, answer.location) == (303, "/rota")
    return client.get("/rota").text


def test_without_a_rota_the_page_says_what_that_means(desk: Desk) -> None:
    page = desk.signed_in().get("/rota").text
    assert "There is no rota yet." in page
    assert 'role="alert"' not in page


def test_page_shows_who_is_on_call_now_and_two_weeks(desk: Desk) -> None:
    add_rota(desk)
    page = desk.signed_in().get("/rota").text
    assert "On call now" in page
    assert "Chen Wei" in page
    assert page.count('<table class="rota">') == 2
    assert "No one on call" not in page


def test_gaps_are_an_alert_with_who_is_free(desk: Desk) -> None:
    add_rota(desk, hours=("08:00", "20:00"))
    page = desk.signed_in(LIN).get("/rota").text
    assert "gaps in the next 14 days." in page
    assert 'class="gap"' in page
    assert "Put on call" in page


def test_chinese_page_holds_chinese_words(desk: Desk) -> None:
    add_rota(desk, hours=("08:00", "20:00"))
    page = desk.signed_in(language="zh").get("/rota").text
    assert "无人值班" in page
    assert "当前值班" in page
    for word in ("No one", "On call", "Override", "Swap", "Absence", "Today"):
        assert f">{word}" not in page


def test_override_is_added_in_the_readers_zone_and_watched(desk: Desk) -> None:
    add_rota(desk, hours=("08:00", "20:00"))
    who, start = desk.engineer(LIN), clock.now() + timedelta(hours=5)
    page = send(desk, "/rota/overrides", engineer=who.id, instead_of=0, **{"from": local(desk, 5), "to": local(desk, 9)},
                reason="fair")  # fmt: skip
    assert "Override added." in page
    with desk.reading() as rows:
        row = rows.scalars(sa.select(ShiftOverride)).one()
        watched = appointments.due_at(rows, duties.WATCH, "")
    assert (row.engineer_id, row.instead_of_id, row.reason) == (who.id, None, "fair")
    assert abs(row.starts_at - start) < timedelta(minutes=2)
    assert watched is not None


def test_gap_is_filled_with_one_button(desk: Desk) -> None:
    add_rota(desk)
    with desk.changing() as rows:
        start = clock.now() + timedelta(days=2)
        rows.add(
            Absence(
                engineer_id=desk.engineer().id, starts_at=start, ends_at=start + timedelta(hours=4), reason=""
            )
        )
    client = desk.signed_in()
    before = client.get("/rota")
    assert "1 gap in the next 14 days." in before.text
    send(desk, "/rota/overrides", engineer=desk.engineer(LIN).id, **{"from": start.isoformat(),
         "to": (start + timedelta(hours=4)).isoformat()})  # fmt: skip
    assert "in the next 14 days." not in client.get("/rota").text


def test_swap_stands_on_the_page_once_and_is_removed_whole(desk: Desk) -> None:
    add_rota(desk)
    chen, lin = desk.engineer(), desk.engineer(LIN)
    page = send(desk, "/rota/swaps", engineer=chen.id, **{"from": local(desk, 24), "to": local(desk, 30), "with": lin.id,
                "with_from": local(desk, 48), "with_to": local(desk, 54)})  # fmt: skip
    assert "Swap added." in page
    with desk.reading() as rows:
        first, second = rows.scalars(sa.select(ShiftOverride).order_by(ShiftOverride.id)).all()
    assert (first.engineer_id, first.instead_of_id, second.engineer_id, second.instead_of_id) == (
        lin.id, chen.id, chen.id, lin.id,
    )  # fmt: skip
    assert "Removed." in send(desk, f"/rota/overrides/{first.id}/remove")
    with desk.reading() as rows:
        assert rows.scalars(sa.select(ShiftOverride)).all() == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"from": "", "to": ""}, "a time is missing"),
        ({"from": "2019-01-01T00:00", "to": "2019-01-02T00:00"}, "this time is over"),
        ({"from": "2619-01-01T00:00", "to": "2619-01-02T00:00"}, "this is too far away or too long"),
        ({"from": "2619-01-03T00:00", "to": "2619-01-02T00:00"}, "the end must be later than the beginning"),
    ],
)
def test_unfit_override_is_refused_in_words(desk: Desk, data: dict[str, str], said: str) -> None:
    page = send(desk, "/rota/overrides", engineer=desk.engineer().id, instead_of=0, **data)
    assert said in page
    with desk.reading() as rows:
        assert rows.scalars(sa.select(ShiftOverride)).all() == []


def test_nobody_stands_in_for_themselves(desk: Desk) -> None:
    me = desk.engineer().id
    page = send(
        desk, "/rota/overrides", engineer=me, instead_of=me, **{"from": local(desk, 1), "to": local(desk, 2)}
    )
    assert "nobody stands in for themselves" in page


def test_what_somebody_else_removed_is_not_there(desk: Desk) -> None:
    client = desk.signed_in(LIN)
    token = form_token(client.get("/rota"))
    for path in ("/rota/overrides/7/remove", "/rota/absences/7/remove"):
        assert client.post(path, data={"csrf_token": token}).status_code == 404


def test_change_without_the_forms_token_is_refused(desk: Desk) -> None:
    assert desk.signed_in().post("/rota/absences", data={"engineer": 1}).status_code == 400


@pytest.mark.parametrize("asked", ["soon", "9999-12-31", "0001-01-01"])
def test_week_nobody_can_ask_for_is_refused(desk: Desk, asked: str) -> None:
    assert desk.signed_in().get(f"/rota?from={asked}").status_code == 400


def test_stranger_is_sent_to_the_login(desk: Desk) -> None:
    assert "/login" in desk.client().get("/rota").location


def test_api_tells_who_is_on_call_and_the_gaps(either_desk: Desk) -> None:
    add_rota(either_desk, hours=("08:00", "20:00"))
    client = either_desk.client()
    head = {"Authorization": f"Bearer {either_desk.token()}"}
    found = client.get("/api/v1/rota?start=2031-01-06T00:00:00Z&end=2031-01-07T00:00:00Z", headers=head).json
    assert found["configured"] is True
    assert [
        (each["name"], each["start"], each["end"], each["team"], each["shift"]) for each in found["shifts"]
    ] == [("Chen Wei", "2031-01-06T00:00:00Z", "2031-01-06T12:00:00Z", "cloud", "day")]
    assert found["gaps"] == [{"start": "2031-01-06T12:00:00Z", "end": "2031-01-07T00:00:00Z"}]
    assert len(found["now"]) + len(found["next"]) >= 1


def test_api_without_a_rota_tells_no_gaps(desk: Desk) -> None:
    found = desk.client().get("/api/v1/rota", headers={"Authorization": f"Bearer {desk.token()}"}).json
    assert (found["configured"], found["now"], found["shifts"], found["gaps"]) == (False, [], [], [])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("start=2026-01-01T00:00:00Z&end=2026-12-01T00:00:00Z", 409),
        ("start=2026-01-02T00:00:00Z&end=2026-01-01T00:00:00Z", 409),
        ("start=1249-01-01T00:00:00Z", 409),
        ("start=2026-01-01", 422),
        ("days=3", 422),
    ],
)
def test_api_refuses_what_makes_no_sense(desk: Desk, query: str, code: int) -> None:
    answer = desk.client().get(f"/api/v1/rota?{query}", headers={"Authorization": f"Bearer {desk.token()}"})
    assert answer.status_code == code


def test_ticket_page_tells_why_its_engineer_was_chosen(desk: Desk) -> None:
    add_rota(desk)
    number = desks.open_ticket(desk)
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "Assigned to Chen Wei. (on call: cloud day" in page
