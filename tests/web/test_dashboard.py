"""The customers' dashboard: what each role sees of their own company, and nothing of anybody else's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from gateway import clock, credits, i18n
from gateway.domain import agreed_dates
from gateway.domain.availability import MINUTE, Component, minute_of
from gateway.domain.terms import Priority
from gateway.store.models import (
    AvailabilityStretch,
    AwsAccount,
    AwsCase,
    Contract,
    Customer,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    Notice,
    NoticeIssue,
    NoticeLetter,
    Ticket,
)
from tests.web import visitors
from tests.web.desk import Desk
from tests.web.visitors import BOSS, LI_NA, RIVAL, ZHAO, opened, visitor

NUMBER = "NQ-2025-001"
SEEN = (BOSS, ZHAO, LI_NA)


@pytest.fixture
def house(either_desk: Desk) -> Iterator[Desk]:
    made = visitors.with_people(either_desk)
    with made.changing() as rows:
        for customer in rows.query(Customer):
            number = NUMBER if customer.reference == "harbourline" else "NQ-2025-RIVAL"
            customer.contracts = [
                Contract(number=number, version=1, starts_on=date(2025, 1, 1), time_zone="Asia/Singapore", language="en",
                         currency="SGD", monthly_fee=10_000, terms={})
            ]  # fmt: skip
    yield made


def page(desk: Desk, email: str = BOSS, language: str = "en", path: str = "/dashboard") -> str:
    answer = visitor(desk, email, language).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def change(desk: Desk, number: int, **values: object) -> None:
    with desk.changing() as rows:
        row = rows.get_one(Ticket, number)
        for name, value in values.items():
            setattr(row, name, value)


def month_instant(back: int = 0) -> datetime:
    """An instant in this month of the contract, or in one before; never after now."""
    zone = i18n.time_zone("Asia/Singapore")
    month = agreed_dates.month_at(clock.now(), zone)
    for _ in range(back):
        month = month.previous
    return month.begins(zone) + timedelta(seconds=1)


def decided(
    desk: Desk, at: datetime, *, late: bool, priority: Priority = Priority.HIGH, subject: str = "decided"
) -> int:
    number = opened(desk, subject, priority=priority)
    due = at if late else at + timedelta(days=40)
    change(desk, number, status="closed", opened_at=at - timedelta(hours=9), first_response_due_at=at - timedelta(hours=8),
           first_response_at=at - timedelta(hours=9), resolution_due_at=due, next_due_at=due,
           resolved_at=at + timedelta(hours=1) if late else at, closed_at=at + timedelta(hours=1) if late else at)  # fmt: skip
    return number


def foreign_facts(desk: Desk) -> None:
    """One of everything for the other company, each with the word canary."""
    now = clock.now()
    number = opened(desk, "canary ticket", email=RIVAL)
    with desk.changing() as rows:
        rival = rows.query(Customer).filter_by(reference="seabright").one().id
        rows.add(AwsAccount(account_id="444455556666", customer_id=rival, name="canary account", role_arn="arn:aws:iam::444455556666:role/x", state="denied"))  # fmt: skip
        rows.flush()
        rows.add(AwsCase(account_id="444455556666", case_id="case-canary", display_id="canary-case", ticket_id=number,
                         subject="canary case", status="opened", origin="here", opened_at=now, seen_at=now))  # fmt: skip
        event = HealthEvent(arn="arn:aws:health:::event/canary", partition="aws", service="CANARY", type_code="AWS_CANARY_ISSUE", category="issue",
                            scope="ACCOUNT_SPECIFIC", status="open", region="eu-canary-1", zone="", starts_at=now, updated_at=now, first_seen_at=now, seen_at=now,
                            description="canary")  # fmt: skip
        rows.add(event)
        rows.flush()
        rows.add(
            HealthImpact(
                event_id=event.id,
                account_id="444455556666",
                entities=[["canary-volume", "IMPAIRED"]],
                since=now,
            )
        )
        rows.add(HealthTicket(event_id=event.id, customer_id=rival, ticket_id=number, state="open"))
        notice = Notice(kind="maintenance", state="announced", titles={"en": "canary window"}, texts={"en": "canary"}, scope={"customers": [rival]},
                        starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=4), created_at=now, changed_at=now)  # fmt: skip
        issue = NoticeIssue(
            step="announced", sequence=1, at=now, starts_at=notice.starts_at, ends_at=notice.ends_at
        )
        issue.letters = [
            NoticeLetter(customer_id=rival, email=RIVAL, language="en", zone="UTC", notice_seconds=0)
        ]
        notice.issues = [issue]
        rows.add(notice)


def test_open_tickets_stand_there_with_state_time_left_and_what_may_be_done(house: Desk) -> None:
    number = opened(house, "VPN down")
    shown = page(house)
    assert "VPN down" in shown and "New" in shown and "left" in shown
    assert f'action="/my/tickets/{number}/escalate"' in shown


def test_ticket_that_waits_for_the_customer_is_said_first(house: Desk) -> None:
    waits, solved = opened(house, "VPN down"), opened(house, "Mail slow")
    change(house, waits, status="waiting-customer")
    change(house, solved, status="resolved", resolved_at=clock.now())
    shown = page(house)
    assert "2 tickets wait for you" in shown
    assert f"answer HD-{waits}" in shown and f"confirm HD-{solved}" in shown
    assert f'action="/my/tickets/{solved}/confirm"' in shown


def test_confirm_on_the_dashboard_closes_the_ticket(house: Desk) -> None:
    number = opened(house, "Mail slow")
    change(house, number, status="resolved", resolved_at=clock.now())
    client = visitor(house, LI_NA)
    from tests.web.desk import form_token

    answer = client.post(
        f"/my/tickets/{number}/confirm", data={"csrf_token": form_token(client.get("/dashboard"))}
    )
    assert answer.status_code == 303
    assert "Mail slow" not in client.get("/dashboard").text


def test_figures_are_those_of_the_statement(house: Desk) -> None:
    at = month_instant()
    decided(house, at, late=False)
    decided(house, at, late=True)
    with house.reading() as rows:
        line = credits.statement(rows, NUMBER, at=clock.now()).months[0]
    assert (line.now.attainment.kept, line.now.attainment.decided) == (1, 2)
    shown = page(house)
    assert "50.00 %" in shown and "2 decided, 1 violated" in shown
    assert "SGD 10,000.00 × 15.00 % = SGD 1,500.00" in shown


def test_figures_of_a_frozen_month_are_those_it_was_frozen_with(house: Desk) -> None:
    at = month_instant(back=1)
    number = decided(house, at, late=True)
    zone = i18n.time_zone("Asia/Singapore")
    month = agreed_dates.month_at(at, zone)
    with house.changing() as rows:
        credits.freeze(rows, house.services.letterhead, NUMBER, month, at=clock.now())
    change(house, number, discounted="spam")
    shown = page(house, ZHAO)
    assert "1 decided, 1 violated" in shown and "0.00 %" in shown and "Frozen" in shown


def test_own_contact_sees_own_tickets_and_no_figure_of_the_company(house: Desk) -> None:
    opened(house, "mine", email=LI_NA)
    opened(house, "a colleague's", email=BOSS)
    decided(house, month_instant(), late=True)
    shown = page(house, LI_NA)
    assert "mine" in shown and "a colleague" not in shown
    assert (
        "SLA attainment" not in shown
        and "SGD" not in shown
        and NUMBER not in shown
        and "figures.csv" not in shown
    )


def test_company_contact_sees_attainment_and_no_sum(house: Desk) -> None:
    decided(house, month_instant(), late=True)
    shown = page(house, ZHAO)
    assert "SLA attainment" in shown
    assert "SGD" not in shown and NUMBER not in shown and "15%" not in shown


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard?part=live"])
@pytest.mark.parametrize("email", SEEN)
def test_nothing_of_another_company_is_shown(house: Desk, path: str, email: str) -> None:
    foreign_facts(house)
    assert "canary" in page(house, RIVAL, path=path).lower()
    shown = page(house, email, path=path).lower()
    assert "canary" not in shown and "nq-2025-rival" not in shown and "seabright" not in shown


@pytest.mark.parametrize(("email", "status"), [(BOSS, 200), (ZHAO, 200), (LI_NA, 404)])
def test_figures_are_downloaded_by_whoever_sees_the_company(house: Desk, email: str, status: int) -> None:
    assert visitor(house, email).get("/dashboard/figures.csv").status_code == status


def test_frozen_month_is_downloaded_by_its_managers_alone(house: Desk) -> None:
    at = month_instant(back=1)
    decided(house, at, late=True, subject='=HYPERLINK("http://evil.example","x")')
    with house.changing() as rows:
        month = agreed_dates.month_at(at, i18n.time_zone("Asia/Singapore"))
        frozen = credits.freeze(rows, house.services.letterhead, NUMBER, month, at=clock.now())
        assert frozen is not None
        path = f"/dashboard/months/{frozen.id}.csv"
    answers = {email: visitor(house, email).get(path) for email in (BOSS, ZHAO, LI_NA, RIVAL)}
    assert [each.status_code for each in answers.values()] == [200, 404, 404, 404]
    assert answers[RIVAL].text == visitor(house, RIVAL).get("/dashboard/months/999999.csv").text
    lines = list(csv.reader(io.StringIO(answers[BOSS].get_data(as_text=True).lstrip("\ufeff"))))
    assert ["2025-01"] not in lines
    assert any(cell.startswith("'=HYPERLINK") for line in lines for cell in line)
    assert answers[BOSS].headers["Content-Disposition"].startswith("attachment")


def test_csv_holds_a_line_for_each_priority_and_the_whole(house: Desk) -> None:
    at = month_instant()
    decided(house, at, late=False, priority=Priority.LOW)
    decided(house, at, late=True, priority=Priority.HIGH)
    told = visitor(house, BOSS).get("/dashboard/figures.csv")
    assert told.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(told.get_data(as_text=True).lstrip("\ufeff"))))
    this = str(agreed_dates.month_at(at, i18n.time_zone("Asia/Singapore")))
    found = [(each["Priority"], each["Decided"], each["Kept"]) for each in lines if each["Month"] == this]
    assert found == [("High", "1", "0"), ("Low", "1", "1"), ("All", "2", "1")]


def test_dashboard_reads_in_chinese(house: Desk) -> None:
    opened(house, "VPN down")
    shown = page(house, BOSS, "zh")
    for words in ("概览", "当前工单", "升级", "SLA 达成率", "系统健康", "AWS 事件、维护与公告", "刷新"):
        assert words in shown, words
    for words in (">Overview", "Current tickets", ">Escalate", "System health", "Promised", "As of"):
        assert words not in shown, words


def test_live_part_is_the_part_alone_and_asks_for_itself_anew(house: Desk) -> None:
    shown = page(house, path="/dashboard?part=live")
    assert "<html" not in shown and 'id="live-part"' in shown
    assert 'hx-get="/dashboard?part=live"' in shown and "every 30s" in shown and "As of" in shown


def test_live_part_of_an_ended_visit_leads_to_the_door(house: Desk) -> None:
    answer = house.client().get("/dashboard?part=live", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/enter?next=/dashboard")


def test_stranger_is_led_to_the_door_and_an_engineers_login_opens_nothing(house: Desk) -> None:
    for client in (house.client(), house.signed_in()):
        answer = client.get("/dashboard")
        assert (answer.status_code, answer.location) == (302, "/enter?next=/dashboard")


def test_health_shows_the_platform_and_accounts_that_cannot_be_read(house: Desk) -> None:
    now = minute_of(clock.now())
    with house.changing() as rows:
        mine = rows.query(Customer).filter_by(reference="harbourline").one().id
        rows.add(AwsAccount(account_id="111122223333", customer_id=mine, name="prod", role_arn="arn:aws:iam::111122223333:role/x", state="denied"))  # fmt: skip
        for component in Component:
            rows.add(AvailabilityStretch(component=component, since=now - 9 * MINUTE, until=now, up=component is not Component.MAIL_OUT))  # fmt: skip
    shown = page(house)
    assert "1 cannot be read" in shown and "Account 111122223333" in shown
    assert "Down" in shown and "Working" in shown


def test_customer_without_a_contract_sees_figures_of_the_default_terms(house: Desk) -> None:
    with house.changing() as rows:
        rows.query(Contract).delete()
    decided(house, month_instant(), late=False)
    assert "1 decided, 0 violated" in page(house)
