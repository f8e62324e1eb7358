"""The admins' page of engineers and tokens, and what a read-only engineer may do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.domain import weak_passwords
from gateway.store.models import ApiToken, Engineer, Role, ShiftOverride
from tests.web import desk as desks
from tests.web.desk import Desk, form_token, log_in
from web import rights

CHEN, LIN = "chen.wei@northquay.example", "lin.yue@northquay.example"
AT = "/admin/engineers"


def give(desk: Desk, email: str, role: Role) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=email).one().role = role


def post(client: FlaskClient, path: str, page: str = AT, **data: object) -> TestResponse:
    return client.post(path, data={"csrf_token": form_token(client.get(page)), **data})


@pytest.fixture
def admin(desk: Desk) -> FlaskClient:
    give(desk, LIN, Role.ADMIN)
    return desk.signed_in(LIN)


@pytest.fixture
def reader(desk: Desk) -> Iterator[FlaskClient]:
    give(desk, CHEN, Role.READER)
    yield desk.signed_in()


def test_page_is_for_admins(desk: Desk) -> None:
    for role in (Role.READER, Role.ENGINEER, Role.LEAD, Role.MANAGER):
        give(desk, CHEN, role)
        assert desk.signed_in().get(AT).status_code == 403, role
    give(desk, CHEN, Role.ADMIN)
    assert desk.signed_in().get(AT).status_code == 200


def test_changed_role_counts_at_once(desk: Desk, admin: FlaskClient) -> None:
    chen = desk.signed_in()
    assert post(admin, f"{AT}/{desk.engineer().id}", role="manager", active="on").status_code == 303
    assert desk.engineer().role == Role.MANAGER
    assert chen.get("/").status_code == 302


def test_engineer_who_left_cannot_log_in(desk: Desk, admin: FlaskClient) -> None:
    post(admin, f"{AT}/{desk.engineer().id}", role="engineer")
    assert log_in(desk.client(), CHEN).status_code == 401


def test_admin_does_not_lock_themselves_out(desk: Desk, admin: FlaskClient) -> None:
    post(admin, f"{AT}/{desk.engineer(LIN).id}", role="read-only")
    assert "nobody changes their own role" in admin.get(AT).text
    assert desk.engineer(LIN).role == Role.ADMIN


def test_unknown_role_or_engineer_is_no_change(desk: Desk, admin: FlaskClient) -> None:
    assert post(admin, f"{AT}/{desk.engineer().id}", role="emperor").status_code == 400
    post(admin, f"{AT}/999", role="lead", active="on")
    assert "there is no such engineer" in admin.get(AT).text


def test_token_is_shown_once_and_speaks_for_its_engineer(desk: Desk, admin: FlaskClient) -> None:
    data = {"engineer": desk.engineer().id, "role": "read-only", "days": "30", "name": "Weekly figures"}
    page = post(admin, f"{AT}/tokens", **data)
    found = re.search(r'id="token">([a-z2-7]{40,})<', page.text)
    assert found
    assert found[1] not in admin.get(AT).text and "Weekly figures" in admin.get(AT).text
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert desk.client().get("/api/v1/tickets", headers=headers).status_code == 200
    with desk.reading() as rows:
        token = rows.query(ApiToken).one()
        assert token.ends_at is not None and (token.ends_at - token.created_at).days == 30
    assert post(admin, f"{AT}/tokens/{token.id}/revoke").status_code == 303
    assert desk.client().get("/api/v1/tickets", headers=headers).status_code == 401


def test_token_above_its_engineer_is_refused(desk: Desk, admin: FlaskClient) -> None:
    answer = post(admin, f"{AT}/tokens", engineer=desk.engineer().id, role="admin", days="")
    assert answer.status_code == 409
    assert "a token may do no more than its engineer" in answer.text


def test_reader_reads_every_page(desk: Desk, reader: FlaskClient) -> None:
    number = desks.open_ticket(desk)
    for path in ("/", f"/tickets/{number}", "/review", "/outbox", "/rota", "/notices", "/aws", "/me"):
        assert reader.get(path).status_code == 200, path


def test_reader_changes_nothing_but_what_is_their_own(desk: Desk, reader: FlaskClient) -> None:
    own = {"auth", "me", "factor", "second", "openid"}
    token = form_token(reader.get("/me"))
    seen = 0
    for rule in desk.app.url_map.iter_rules():
        part = rule.endpoint.partition(".")[0]
        if "POST" not in (rule.methods or ()) or part in own | {"api", "links"} or "visit" in part:
            continue
        if part in ("door", "status") or rule.rule.startswith(("/enter", "/my/", "/dashboard")):
            continue
        path = re.sub(r"<(\w+:)?\w+>", lambda found: "1001" if found[1] == "int:" else "x", rule.rule)
        assert reader.post(path, data={"csrf_token": token}).status_code == 403, rule.rule
        seen += 1
    assert seen > 40


def test_readers_token_reads_and_does_not_write(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    headers = {"Authorization": f"Bearer {desk.token(Role.READER)}"}
    client = desk.client()
    assert client.get(f"/api/v1/tickets/{number}", headers=headers).status_code == 200
    answer = client.post(f"/api/v1/tickets/{number}/note", headers=headers, json={"text": "x"})
    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")


def test_ticket_is_never_given_to_a_reader(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    give(desk, LIN, Role.READER)
    lin = desk.engineer(LIN).id
    client = desk.signed_in()
    page = f"/tickets/{number}"
    assert f'<option value="{lin}"' not in client.get(page).text
    answer = post(client, f"{page}/assign", page, assignee=lin)
    assert answer.status_code == 409
    assert desks.ticket(desk, number).assignee_id != lin


def test_reader_is_never_put_on_call(desk: Desk) -> None:
    give(desk, CHEN, Role.READER)
    client = desk.signed_in(LIN)
    start, end = (desks.long_ago(-hours).isoformat() for hours in (1, 2))
    post(client, "/rota/overrides", "/me", engineer=desk.engineer().id, **{"from": start, "to": end})
    with desk.reading() as rows:
        assert rows.query(ShiftOverride).count() == 0


def test_rota_is_changed_by_leads(desk: Desk) -> None:
    client = desk.signed_in()
    assert post(client, "/rota/absences", "/me", engineer=desk.engineer().id).status_code == 403


def test_every_right_names_a_route(desk: Desk) -> None:
    known = {rule.endpoint for rule in desk.app.url_map.iter_rules()}
    assert set(rights.RIGHTS) - known == set()


def test_roles_stand_in_order() -> None:
    assert [role.rank for role in (Role.READER, Role.ENGINEER, Role.LEAD, Role.MANAGER, Role.ADMIN)] == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_three_thousand_common_passwords_of_twelve_characters_are_refused() -> None:
    stems = (
        "password",
        "qwerty",
        "welcome",
        "dragon",
        "football",
        "sunshine",
        "iloveyou",
        "admin",
        "woaini",
        "summer",
    )
    ends = [f"{year}{mark}" for year in range(1950, 2027) for mark in ("", "!", "!!", "#1", "@123")]
    made = {f"{stem}{end}" for stem in stems for end in ends} | {f"{a}{b}" for a in stems for b in stems}
    tried = {each for each in made | {each.title() for each in made} if len(each) >= 12}
    assert len(tried) >= 3000
    assert [each for each in tried if not weak_passwords.common(each)] == []


@pytest.mark.parametrize(
    "path", ["/admin/engineers/{}", "/admin/engineers/tokens/{}/revoke", "/notices/{}/announce"]
)
def test_number_that_no_row_can_have_is_found_nowhere(admin: FlaskClient, path: str) -> None:
    assert post(admin, path.format(2**63), role="lead").status_code == 404
