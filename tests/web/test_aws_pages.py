"""Pages about accounts, Health events and cost advice, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.store.models import (
    AwsCase,
    AwsStream,
    CostKind,
    CostLine,
    CostRound,
    CostSource,
    Customer,
    Direction,
    Ticket,
)
from gateway.tickets import proposals
from tests.web import beside_aws as aws
from tests.web import desk as desks
from tests.web.desk import Desk, form_token

PAGES = (
    "/aws",
    "/aws/health",
    "/aws/health/1",
    "/customers/1/cost",
    "/tickets/1001",
    "/tickets/1001/aws-case",
    "/",
    "/review",
)


@pytest.fixture
def number(either_desk: Desk) -> int:
    aws.add_account(either_desk)
    return desks.open_ticket(either_desk)


@pytest.fixture
def client(either_desk: Desk) -> FlaskClient:
    return either_desk.signed_in()


def post(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    token = form_token(client.get("/tickets/new"))
    return client.post(path, data={"csrf_token": token, **fields})


def fill(desk: Desk, number: int) -> None:
    """Everything there may be on one ticket and beside it."""
    case = aws.add_case(desk, number, status="pending-customer-action", awaits_us_since=clock.now() - timedelta(hours=2),
                        severity_wanted="critical", severity="urgent")  # fmt: skip
    aws.add_said(desk, number, case, "We see no light.")
    aws.add_write(desk, number, case=case, state="asked")
    aws.add_write(desk, number, state="failed", fault="ValidationException", marker="HD-1/w2.1.abcde")
    aws.add_event(desk, number, entities=700)
    aws.add_case(desk, None, case_id="case-111122223333-muen-2026-fedcba", display_id="176999999")
    aws.add_account(desk, "444455556666", state="no-plan", state_code="SubscriptionRequiredException")
    aws.add_account(desk, "777788889999", role_arn="", state="unchecked", partition="aws-cn")
    add_advice(desk)
    with desk.changing() as rows:
        rows.get_one(Ticket, number).planned_at = clock.now() + timedelta(days=9)
        proposals.propose(
            rows, desk.services.letterhead, number, cause="aws-health-closed", reference="1", at=clock.now()
        )


def add_advice(desk: Desk) -> None:
    with desk.changing() as rows:
        customer = rows.query(Customer.id).scalar()
        made = CostRound(
            customer_id=customer, month_on=date(2026, 10, 1), started_at=clock.now(), done=[aws.ACCOUNT]
        )
        rows.add(made)
        rows.flush()
        lines = (
            (CostSource.HUB, CostKind.TOTAL, "", None, {"discount": "before", "count": 2}),
            (CostSource.HUB, CostKind.RECOMMENDATION, "Rightsize", "i-0123456789abcdef0", {"current": "m5.xlarge", "recommended": "m7g.large"}),
            (CostSource.EXPLORER, CostKind.SPEND, "2026-10", None, {"amount": "1234.5"}),
            (CostSource.OPTIMIZER, CostKind.INSTRUCTION, "not-enrolled", None, {}),
        )  # fmt: skip
        for source, kind, code, resource, data in lines:
            worth = Decimal("120.5") if kind in (CostKind.TOTAL, CostKind.RECOMMENDATION) else None
            rows.add(CostLine(round_id=made.id, account_id=aws.ACCOUNT, source=source, kind=kind, code=code,
                              resource=resource or "", savings=worth, currency="USD", data=data))  # fmt: skip


# Every page in both languages.


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_are_drawn_full_in_both_languages(either_desk: Desk, number: int, language: str) -> None:
    fill(either_desk, number)
    client = either_desk.signed_in(language=language)
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count("<script") == answer.text.count("<script src="), path
        assert " style=" not in answer.text, path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_are_drawn_empty_in_both_languages(either_desk: Desk, language: str) -> None:
    desks.open_ticket(either_desk)
    client = either_desk.signed_in(language=language)
    for path in PAGES:
        assert client.get(path).status_code == (404 if path == "/aws/health/1" else 200), path


def test_chinese_pages_hold_no_english_words(desk: Desk) -> None:
    aws.add_account(desk)
    fill(desk, desks.open_ticket(desk))
    client = desk.signed_in(language="zh")
    for path in PAGES:
        page = client.get(path).text
        for word in (
            "Severity",
            "Release",
            "Resolve",
            "Check",
            "Account",
            "Send",
            "Relay",
            "Adopt",
            "since",
            "What",
        ):
            assert f">{word}" not in page, (path, word)


def test_what_aws_says_is_escaped_everywhere(desk: Desk) -> None:
    nasty = "<script>alert(1)</script>"
    aws.add_account(desk, name=nasty, state_code=nasty, state="role-broken")
    number = desks.open_ticket(desk)
    case = aws.add_case(desk, number, subject=nasty, status=nasty[:40], severity=nasty[:20])
    aws.add_said(desk, number, case, nasty)
    aws.add_write(desk, number, state="failed", fault=nasty)
    aws.add_case(desk, None, case_id=f"case-{nasty}", subject=nasty)
    aws.add_event(desk, number, description=nasty, service=nasty, type_code=nasty, arn=nasty)
    client = desk.signed_in()
    for path in PAGES:
        assert nasty not in client.get(path).text, path


# Accounts.


def test_account_says_how_it_stands_and_what_to_do(either_desk: Desk, client: FlaskClient) -> None:
    aws.add_account(either_desk, state="role-broken", state_code="AccessDenied")
    page = client.get("/aws").text
    assert "Role does not work" in page and "AccessDenied" in page
    assert "helpdesk aws policy" in page


def test_account_is_checked_at_once(either_desk: Desk, client: FlaskClient, number: int) -> None:
    assert post(client, f"/aws/accounts/{aws.ACCOUNT}/check").status_code == 303
    with either_desk.reading() as rows:
        assert rows.query(AwsStream.due_at).filter_by(what="probe").scalar() <= clock.now()
    assert post(client, "/aws/accounts/999999999999/check").status_code == 404


def test_case_on_no_ticket_is_adopted_by_number(either_desk: Desk, client: FlaskClient, number: int) -> None:
    case = aws.add_case(either_desk, None)
    assert "1 open case on no ticket" in client.get("/aws").text
    post(client, f"/aws/cases/{case}/adopt", ticket="HD-1001")
    with either_desk.reading() as rows:
        assert rows.get_one(AwsCase, case).ticket_id == number
    assert post(client, "/aws/cases/99/adopt", ticket="1001").status_code == 404


def test_case_is_not_adopted_by_what_is_no_ticket(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    case = aws.add_case(either_desk, None)
    post(client, f"/aws/cases/{case}/adopt", ticket="soon")
    assert "that is no ticket" in client.get("/aws").text


# Health.


def test_many_resources_are_folded_the_impaired_first(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    event = aws.add_event(either_desk, number, entities=700)
    page = client.get(f"/aws/health/{event}").text
    assert page.index("Impaired 466") < page.index("Done 234")
    assert "460 more" in page
    assert page.count("i-00000") <= 700


def test_event_on_its_ticket_tells_impact_and_advice(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    aws.add_event(either_desk, number)
    page = client.get(f"/tickets/{number}").text
    assert "AWS Health: EC2 operational issue (ap-southeast-1)" in page
    assert "1 account is affected" in page
    assert "Look at your own monitoring" in page
    assert aws.SAID in page


def test_event_names_the_incidents_that_overlap(either_desk: Desk, client: FlaskClient, number: int) -> None:
    other = desks.open_ticket(either_desk, "Checkout fails", at=desks.long_ago(1))
    with either_desk.changing() as rows:
        row = rows.get_one(Ticket, other)
        row.kind, row.aws_region, row.aws_services = "incident", "ap-southeast-1", ["ec2"]
    aws.add_event(either_desk, number)
    page = client.get(f"/tickets/{number}").text
    assert "Open at the same time, perhaps about the same" in page
    assert f'<a href="/tickets/{other}">' in page
    assert "AWS Health, perhaps about the same" in client.get(f"/tickets/{other}").text
    assert "AWS Health, perhaps about the same" not in page


def test_events_are_filtered(either_desk: Desk, client: FlaskClient, number: int) -> None:
    aws.add_event(either_desk, number)
    for query in ("status=open", "customer=1", "service=EC2", "status=open&customer=1&service=EC2"):
        assert "AWS Health: EC2" in client.get(f"/aws/health?{query}").text, query
    for query in ("status=closed", "customer=99", "service=RDS"):
        assert "No event matches these filters." in client.get(f"/aws/health?{query}").text, query
    for query in ("status=x", "customer=x", "cursor=x"):
        assert client.get(f"/aws/health?{query}").status_code == 400, query


def test_event_is_found_by_its_arn(either_desk: Desk, client: FlaskClient, number: int) -> None:
    event = aws.add_event(either_desk, number)
    answer = client.get("/aws/health", query_string={"arn": aws.ARN})
    assert (answer.status_code, answer.location) == (302, f"/aws/health/{event}")
    assert client.get("/aws/health?arn=nothing").status_code == 404


def test_note_goes_to_every_ticket_of_an_event_once(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    event = aws.add_event(either_desk, number)
    for _ in range(2):
        answer = post(client, f"/aws/health/{event}/note", text="We watch it.", audience="note", act="once")
        assert answer.status_code == 303
    assert [row.text for row in desks.messages(either_desk, number, Direction.NOTE)] == ["We watch it."]
    assert desks.letters(either_desk, number) == []


def test_mail_goes_to_every_customer_of_an_event(either_desk: Desk, client: FlaskClient, number: int) -> None:
    event = aws.add_event(either_desk, number)
    post(client, f"/aws/health/{event}/note", text="AWS works on it.", audience="reply", act="once")
    assert [row.text for row in desks.messages(either_desk, number, Direction.OUTBOUND)] == [
        "AWS works on it."
    ]
    assert "Mail goes to 1 customer." in client.get(f"/aws/health/{event}").text


def test_closed_ticket_is_left_out_in_words(either_desk: Desk, client: FlaskClient, number: int) -> None:
    event = aws.add_event(either_desk, number)
    with either_desk.changing() as rows:
        rows.get_one(Ticket, number).status = Status.CLOSED
    post(client, f"/aws/health/{event}/note", text="Too late.", audience="note", act="once")
    assert "Left out, closed or with nobody to write to: HD-1001." in client.get(f"/aws/health/{event}").text


def test_empty_note_is_refused_and_event_without_ticket_takes_none(
    either_desk: Desk, client: FlaskClient, number: int
) -> None:
    event = aws.add_event(either_desk)
    assert post(client, f"/aws/health/{event}/note", text=" ", audience="note").status_code == 409
    answer = post(client, f"/aws/health/{event}/note", text="Kept words.", audience="note")
    assert answer.status_code == 409
    assert post(client, "/aws/health/99/note", text="x", audience="note").status_code == 404
    assert post(client, f"/aws/health/{event}/note", text="x", audience="all").status_code == 400


# Cost.


def test_cost_advice_is_told_by_source(either_desk: Desk, client: FlaskClient, number: int) -> None:
    add_advice(either_desk)
    page = client.get("/customers/1/cost").text
    assert "USD 120.50" in page and "USD 1,234.50" in page
    assert "m5.xlarge → m7g.large" in page
    assert "Compute Optimizer is not switched on." in page
    assert client.get("/customers/1/cost?month=2026-09").status_code == 200
    assert client.get("/customers/1/cost?month=soon").status_code == 400
    assert client.get("/customers/99/cost").status_code == 404
