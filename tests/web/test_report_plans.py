"""What is agreed about a contract's reports: shown to engineers, changed by managers, entered in the audit log."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.store.models import Appointment, AuditEntry, Contact, Engineer, Reach, ReportPlan, Role
from tests.web import reported
from tests.web.desk import Desk, form_token

PATH = "/admin/customers/1/report-plan"


@pytest.fixture
def manager(desk: Desk) -> FlaskClient:
    """A manager's browser, on a desk where Harbourline has a contract."""
    return signed_manager(desk)


def signed_manager(desk: Desk) -> FlaskClient:
    reported.signed(desk)
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="lin.yue@northquay.example").one().role = Role.MANAGER
    return desk.signed_in("lin.yue@northquay.example")


def save(client: FlaskClient, **fields: str) -> TestResponse:
    token = form_token(client.get(PATH))
    form = {"csrf_token": token, "contract": reported.NUMBER, "monthly_day": "2", "holidays": ""} | fields
    return client.post(PATH, data=form, follow_redirects=True)


def plan(desk: Desk) -> ReportPlan:
    with desk.reading() as rows:
        return rows.query(ReportPlan).filter_by(contract_number=reported.NUMBER).one()


def test_form_shows_what_goes_without_saying(manager: FlaskClient) -> None:
    page = manager.get(PATH).text
    assert page.count(" checked") == 3
    assert '<option value="2" selected>2</option>' in page
    assert "zone says: China" in page
    assert "this customer has no contact who is a manager" in page


def test_form_names_the_managers_who_get_them_otherwise(desk: Desk, manager: FlaskClient) -> None:
    with desk.changing() as rows:
        rows.query(Contact).one().role = Reach.MANAGER
    assert "managers get them: li.na@harbourline.example." in manager.get(PATH).text


def test_manager_agrees_otherwise(either_desk: Desk) -> None:
    client = signed_manager(either_desk)
    answer = save(client, weekly="on", monthly="on", monthly_day="5", holidays="SG",
                  recipients="boss@harbourline.example zh\r\n\r\ncfo@harbourline.example")  # fmt: skip
    assert "Saved. It holds from the next report on." in answer.text
    found = plan(either_desk)
    assert (found.daily, found.weekly, found.monthly, found.monthly_day, found.holidays) == (
        False,
        True,
        True,
        5,
        "SG",
    )
    assert found.recipients == [
        {"email": "boss@harbourline.example", "language": "zh"},
        {"email": "cfo@harbourline.example", "language": ""},
    ]
    for said in (
        "Weekly, Monthly",
        "monthly on day 5",
        "boss@harbourline.example, cfo@harbourline.example",
        "Singapore",
    ):
        assert said in answer.text, said


def test_change_is_in_the_audit_log_without_addresses(desk: Desk, manager: FlaskClient) -> None:
    save(
        manager, daily="on", weekly="on", monthly="on", monthly_day="3", recipients="boss@harbourline.example"
    )
    with desk.reading() as rows:
        entry = rows.query(AuditEntry).filter_by(act="reports.planned").one()
    assert (entry.about, entry.actor.startswith("engineer:")) == ("customer:1", True)
    assert entry.data == {"contract": reported.NUMBER, "monthly_day": 3, "recipients": 1}


def test_saving_what_is_agreed_already_changes_nothing(desk: Desk, manager: FlaskClient) -> None:
    assert "Nothing was changed." in save(manager, daily="on", weekly="on", monthly="on").text
    with desk.reading() as rows:
        assert rows.query(AuditEntry).filter_by(act="reports.planned").count() == 0


def test_reports_are_looked_at_anew_after_a_change(desk: Desk, manager: FlaskClient) -> None:
    save(manager, daily="on", weekly="on", monthly="on", monthly_day="3")
    with desk.reading() as rows:
        found = {row.what for row in rows.query(Appointment).filter_by(key=reported.NUMBER)}
    assert found == {"reports", "credits"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("recipients", "boss@harbourline.example\nnobody", "that is no mail address: nobody"),
        ("recipients", "boss@harbourline.example fr", "a recipient reads English or Chinese"),
        (
            "recipients",
            "\n".join(f"a{number}@harbourline.example" for number in range(51)),
            "at most 50 recipients",
        ),
        ("monthly_day", "6", "a monthly report is sent on one of the first five days"),
        ("monthly_day", "x", "a monthly report is sent on one of the first five days"),
        ("holidays", "XX", "there is no calendar of this country"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_form_kept(
    desk: Desk, manager: FlaskClient, field: str, value: str, said: str
) -> None:
    answer = save(manager, weekly="on", **{field: value})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert answer.text.count(" checked") == 1
    if field == "recipients":
        assert value in answer.text.replace("\r\n", "\n")
    with desk.reading() as rows:
        assert rows.query(ReportPlan).filter(ReportPlan.recipients != []).count() == 0


@pytest.mark.parametrize("path", [f"{PATH}?contract=NONE", "/admin/customers/99/report-plan"])
def test_plan_of_no_contract_is_not_found(manager: FlaskClient, path: str) -> None:
    assert manager.get(path).status_code == 404


def test_form_that_names_no_contract_is_about_the_newest_and_refused_empty(manager: FlaskClient) -> None:
    answer = manager.post(PATH, data={"csrf_token": form_token(manager.get(PATH))})
    assert (answer.status_code, "a monthly report is sent on one of the first five days" in answer.text) == (
        422,
        True,
    )


def test_plan_of_a_customer_without_contract_is_not_found(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="lin.yue@northquay.example").one().role = Role.MANAGER
    assert desk.signed_in("lin.yue@northquay.example").get(PATH).status_code == 404


def test_engineer_sees_the_plan_and_is_refused_to_change_it(desk: Desk) -> None:
    reported.signed(desk)
    client = desk.signed_in()
    page = client.get("/admin/customers/1").text
    assert ("Daily, Weekly, Monthly" in page, "Change the reports" in page) == (True, False)
    assert client.get(PATH).status_code == 403


def test_plan_is_chinese_for_chinese_readers(desk: Desk, manager: FlaskClient) -> None:
    manager.set_cookie("lang", "zh")
    page = manager.get(PATH).text
    for said in ("Daily", "Monthly", "Holidays", "Recipients", "Save", "China"):
        assert f">{said}" not in page, said
    assert "中国" in page
