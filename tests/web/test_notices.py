"""Notices on pages: drafted, previewed with every recipient, announced by a lead, followed letter by letter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.store.models import AwsAccount, Contact, Customer, MailReport, Notice, Outbox, Suppression
from tests.web.desk import Desk, form_token

LEAD = "lin.yue@northquay.example"


def face(**ahead: float) -> str:
    """A time in UTC as a form's field holds it."""
    return (clock.now() + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M")


def fields(**changes: str) -> dict[str, str]:
    return {
        "kind": "maintenance", "title_en": "Servers move", "title_zh": "服务器迁移", "text_en": "One restart.",
        "text_zh": "重启一次。", "starts": face(days=5), "ends": face(days=5, hours=4), "zone": "UTC",
    } | changes  # fmt: skip


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    token = form_token(client.get("/notices/new"))
    return client.post(path, data={"csrf_token": token, **data})


def drafted(client: FlaskClient, **changes: str) -> str:
    answer = post(client, "/notices/new", **fields(**changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.fixture
def lead(desk: Desk) -> FlaskClient:
    return desk.signed_in(LEAD)


def letters(desk: Desk) -> list[Outbox]:
    with desk.reading() as rows:
        return rows.query(Outbox).order_by(Outbox.id).all()


def test_draft_shows_both_letters_and_every_recipient_and_sends_nothing(
    desk: Desk, lead: FlaskClient
) -> None:
    page = lead.get(drafted(lead)).text
    assert "1 letter would go" in page
    assert "Li Na &lt;li.na@harbourline.example&gt;" in page
    assert "Planned maintenance: Servers move" in page and "计划维护：服务器迁移" in page
    assert letters(desk) == []


def test_announcing_puts_the_letters_and_shows_each_with_its_state(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead)
    assert post(lead, f"{path}/announce").status_code == 303
    page = lead.get(path).text
    assert "li.na@harbourline.example" in page and "Waiting" in page
    assert [row.letter for row in letters(desk)] == ["maintenance"]


def test_second_click_announces_nothing_again(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead)
    post(lead, f"{path}/announce")
    again = post(lead, f"{path}/announce")
    assert again.status_code == 409
    assert "this notice was announced already" in again.text
    assert len(letters(desk)) == 1


def test_engineer_sees_the_draft_but_cannot_announce(desk: Desk) -> None:
    client = desk.signed_in()
    path = drafted(client)
    assert f"{path}/announce" not in client.get(path).text
    assert post(client, f"{path}/announce").status_code == 403
    assert letters(desk) == []


def test_too_late_names_the_customer_and_keeps_what_was_written(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead, starts=face(hours=20), ends=face(hours=22))
    assert "comes too late for: Harbourline Logistics" in lead.get(path).text
    refused = post(lead, f"{path}/announce")
    assert refused.status_code == 409
    assert "too late for Harbourline Logistics" in refused.text
    assert post(lead, f"{path}/announce", emergency="Two disks fail.").status_code == 303
    assert "excludes nothing" in lead.get(path).text


def test_form_keeps_its_words_where_they_do_not_fit(desk: Desk, lead: FlaskClient) -> None:
    answer = post(lead, "/notices/new", **fields(zone="Mars/Olympus", tags="=x"))
    assert answer.status_code == 409
    assert 'value="Servers move"' in answer.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"zone": "Mars/Olympus"}, "there is no such time zone"),
        ({"starts": "soon"}, "that is no date and time"),
        ({"accounts": "12345"}, "an AWS account has 12 digits"),
        ({"customers": "999"}, "there is no such customer"),
        ({"title_en": " ", "title_zh": ""}, "needs a title"),
        (
            {"starts": "2027-03-28T02:30", "ends": "2027-03-28T05:00", "zone": "Europe/Berlin"},
            "skip this time",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    desk: Desk, lead: FlaskClient, changes: dict[str, str], why: str
) -> None:
    answer = post(lead, "/notices/new", **fields(**changes))
    assert answer.status_code == 409
    assert why in answer.text


def test_draft_is_edited_until_it_is_announced(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead, services="RDS, EC2")
    assert 'value="EC2, RDS"' in lead.get(f"{path}/edit").text
    assert post(lead, f"{path}/edit", **fields(title_en="Racks move")).status_code == 303
    assert "Racks move" in lead.get(path).text
    post(lead, f"{path}/announce")
    assert post(lead, f"{path}/edit", **fields()).status_code == 409


def test_window_is_changed_and_called_off_on_its_page(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead)
    post(lead, f"{path}/announce")
    later = {"starts": face(days=6), "ends": face(days=6, hours=4), "zone": "UTC"}
    assert post(lead, f"{path}/change", **later, words="The part comes later.").status_code == 303
    assert post(lead, f"{path}/call-off", words="No part at all.").status_code == 303
    page = lead.get(path).text
    assert "The part comes later." in page and "No part at all." in page
    assert [row.letter for row in letters(desk)] == [
        "maintenance",
        "maintenance-changed",
        "maintenance-changed",
    ]


def test_advisory_is_chosen_by_service(desk: Desk, lead: FlaskClient) -> None:
    with desk.changing() as rows:
        customer = rows.query(Customer).one()
        customer.accounts.append(AwsAccount(account_id="111122223333", services=["EC2"]))
    path = drafted(lead, kind="advisory", severity="critical", services="RDS")
    assert "Nobody is concerned." in lead.get(path).text
    post(lead, f"{path}/edit", **fields(kind="advisory", severity="critical", services="ec2"))
    assert "111122223333" in lead.get(path).text
    post(lead, f"{path}/announce")
    assert [row.letter for row in letters(desk)] == ["advisory"]


def test_list_counts_the_letters_that_were_accepted(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead)
    post(lead, f"{path}/announce")
    assert "0 / 1" in lead.get("/notices").text
    with desk.changing() as rows:
        row = rows.query(Outbox).one()
        row.state, row.sent_at = "sent", clock.now()
    assert "1 / 1" in lead.get("/notices").text


def test_pages_speak_chinese(desk: Desk) -> None:
    client = desk.signed_in(LEAD, language="zh")
    path = drafted(client)
    for page in ("/notices", "/notices/new", "/notices/new?kind=advisory", path, f"{path}/edit"):
        text = client.get(page).text
        for word in (
            "Notice",
            "Announce",
            "Begins",
            "Customer",
            "Title",
            "Save",
            "Draft",
            "Edit",
            "Kind",
            "Who",
        ):
            assert f">{word}" not in text, (page, word)


@pytest.mark.parametrize("path", ["/notices/999", "/notices/999/edit"])
def test_unknown_notice_is_not_found(desk: Desk, lead: FlaskClient, path: str) -> None:
    assert lead.get(path).status_code == 404


def test_letter_of_an_unknown_notice_is_not_found(desk: Desk, lead: FlaskClient) -> None:
    assert post(lead, "/notices/999/announce").status_code == 404


def test_what_somebody_wrote_is_shown_and_never_run(desk: Desk, lead: FlaskClient) -> None:
    path = drafted(lead, title_en="<script>alert(1)</script>", text_en="<b>x</b>", tags="env=<i>")
    page = lead.get(path).text
    assert "<script>alert" not in page and "<b>x" not in page and "<i>" not in page
    with desk.reading() as rows:
        assert rows.query(Notice).one().titles["en"] == "<script>alert(1)</script>"


def test_preview_marks_whoever_gets_nothing_and_does_not_count_them(desk: Desk) -> None:
    client = desk.signed_in(LEAD)
    where = drafted(client)
    assert "1 letter would go" in client.get(where).text
    with desk.changing() as rows:
        report = MailReport(
            address="li.na@harbourline.example", action="failed", proof="return-path", at=clock.now()
        )
        rows.add(report)
        rows.flush()
        rows.add(Suppression(address=report.address, reason="hard", report_id=report.id, since=clock.now()))
    page = client.get(where).text
    assert "0 letters would go" in page
    assert "suppressed: gets nothing" in page


def test_preview_draws_the_letters_as_a_chosen_customer_reads_them(desk: Desk) -> None:
    with desk.changing() as rows:
        other = Customer(reference="ruiheng", name="瑞衡汽配", language="zh", time_zone="Asia/Shanghai")
        other.contacts.append(Contact(email="wang@ruiheng.example", name="王军"))
        rows.add(other)
        rows.flush()
        key = other.id
    client = desk.signed_in(LEAD)
    where = drafted(client)
    assert "As Harbourline Logistics would read it" in client.get(where).text
    page = client.get(f"{where}?customer={key}").text
    assert "As 瑞衡汽配 would read it" in page
    assert client.get(f"{where}?customer=x").status_code == 200
