"""Reports on customers' and engineers' pages: who sees which, the stored figures in every form, money for managers."""

from __future__ import annotations

import csv
import io
import threading
from datetime import UTC, date, timedelta

import pytest

from gateway import clock, i18n
from gateway.domain import periods
from gateway.domain.agreed_dates import month_at
from gateway.domain.periods import Kind
from gateway.reporting import producing
from gateway.store.models import Engineer, Role
from tests.web import desk as desks
from tests.web import reported
from tests.web.desk import Desk
from tests.web.reported import CREDIT, FEE
from tests.web.visitors import BOSS, LI_NA, RIVAL, ZHAO, visitor, with_people
from web.report_press import Press


def as_manager(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="lin.yue@northquay.example").one().role = Role.MANAGER


def test_customers_reports_are_listed_by_period_the_newest_first(desk: Desk) -> None:
    with_people(desk)
    reported.produced(desk, reported.short(Kind.DAILY, date(2026, 10, 9)), reported.report(),
                      reported.short(Kind.WEEKLY, date(2026, 10, 11)))  # fmt: skip
    page = visitor(desk, BOSS).get("/my/reports").text
    found = [page.index(said) for said in ("October 2026", "Week 41, 2026-10-05 to 2026-10-11", "2026-10-09")]
    assert found == sorted(found)


def test_list_is_narrowed_to_a_kind(desk: Desk) -> None:
    with_people(desk)
    reported.produced(desk, reported.report(), reported.short(Kind.DAILY, date(2026, 10, 9)))
    page = visitor(desk, BOSS).get("/my/reports?kind=daily").text
    assert ("2026-10-09" in page, "October 2026" in page) == (True, False)


def test_long_list_goes_on_where_the_page_ended(desk: Desk) -> None:
    with_people(desk)
    days = [date(2026, 8, day) for day in range(1, 29)] + [date(2026, 9, day) for day in range(1, 29)]
    reported.produced(desk, *(reported.short(Kind.DAILY, day) for day in days))
    client = visitor(desk, BOSS)
    first = client.get("/my/reports").text
    assert ("2026-09-28" in first, "2026-08-07" in first, "2026-08-06" in first) == (True, True, False)
    path = first.rpartition('href="/my/reports?kind=&amp;before=')[2].partition('"')[0]
    second = client.get(f"/my/reports?before={path}").text
    assert ("2026-08-06" in second, "2026-08-01" in second, "2026-08-07" in second) == (True, True, False)


def test_list_says_that_nothing_was_produced_yet(desk: Desk) -> None:
    with_people(desk)
    assert "No report has been produced yet." in visitor(desk, BOSS).get("/my/reports").text


def test_report_whose_figures_are_not_gathered_is_shown_to_nobody(desk: Desk) -> None:
    with_people(desk)
    row = reported.stored(reported.report())
    row.figures = None
    with desk.changing() as rows:
        rows.add(row)
        rows.flush()
        number = row.id
    client = visitor(desk, BOSS)
    assert "October 2026" not in client.get("/my/reports").text
    assert client.get(f"/my/reports/{number}").status_code == 404


@pytest.mark.parametrize("ending", ["", ".pdf", ".csv"])
def test_report_of_another_company_answers_as_an_absent_one(desk: Desk, ending: str) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    client = visitor(desk, RIVAL)
    there, nowhere = (client.get(f"/my/reports/{each}{ending}") for each in (number, 4711))
    assert (there.status_code, nowhere.status_code) == (404, 404)


@pytest.mark.parametrize("path", ["/my/reports", "/my/reports/1", "/my/reports/1.pdf", "/my/reports/1.csv"])
def test_whoever_sees_own_tickets_only_sees_no_reports(desk: Desk, path: str) -> None:
    with_people(desk)
    reported.produced(desk, reported.report())
    assert visitor(desk, LI_NA).get(path).status_code == 404


def test_navigation_offers_reports_to_whoever_may_see_them(desk: Desk) -> None:
    with_people(desk)
    offered = [
        'href="/my/reports"' in visitor(desk, who).get("/my/profile").text for who in (LI_NA, ZHAO, BOSS)
    ]
    assert offered == [False, True, True]


def test_dashboard_leads_to_the_newest_reports(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    page = visitor(desk, ZHAO).get("/dashboard").text
    assert f'href="/my/reports/{number}"' in page


def test_page_shows_the_stored_figures_to_a_manager(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    page = visitor(desk, BOSS).get(f"/my/reports/{number}").text
    for said in ("95.31", "October 2026", reported.NUMBER, "RDS 主实例切换后写入失败", CREDIT, FEE):
        assert said in page, said


def test_page_says_no_money_to_whoever_manages_no_contract(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    page = visitor(desk, ZHAO).get(f"/my/reports/{number}").text
    assert "95.31" in page
    for said in ("USD", "86,000", "4,300", "1,240", "430.00"):
        assert said not in page, said


def test_csv_says_no_money_to_whoever_manages_no_contract(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    theirs, whole = (visitor(desk, who).get(f"/my/reports/{number}.csv").text for who in (ZHAO, BOSS))
    assert "USD" in whole
    for said in ("USD", "8600000", "86000", "430000", "4300", "1240"):
        assert said not in theirs, said


def test_page_is_chinese_for_chinese_readers(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    page = visitor(desk, BOSS, language="zh").get(f"/my/reports/{number}").text
    assert "2026年10月" in page.replace(" ", "")
    for said in (">Priority", ">Breach", ">Attainment", "Service credit"):
        assert said not in page, said


def test_csv_is_a_download_that_a_spreadsheet_opens(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    answer = visitor(desk, BOSS).get(f"/my/reports/{number}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="NQ-2026-014-monthly-2026-10.csv"'
    )
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))) > 10


def test_pdf_is_a_download_with_the_same_figures(desk: Desk) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is a development library")
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    answer = visitor(desk, BOSS).get(f"/my/reports/{number}.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="NQ-2026-014-monthly-2026-10.pdf"'
    )
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "95.31" in text
    assert CREDIT in text


def test_pdf_says_no_money_to_whoever_manages_no_contract(desk: Desk) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is a development library")
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    visitor(desk, BOSS).get(f"/my/reports/{number}.pdf")  # which is kept for them and for nobody else
    answer = visitor(desk, ZHAO).get(f"/my/reports/{number}.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert ("95.31" in text, "USD" in text) == (True, False)


def test_engineers_read_a_customers_report_with_its_sums(desk: Desk) -> None:
    [number] = reported.produced(desk, reported.report())
    client = desk.signed_in()
    assert f'href="/customers/1/reports/{number}"' in client.get("/customers/1/reports").text
    page = client.get(f"/customers/1/reports/{number}").text
    assert (CREDIT in page, "95.31" in page) == (True, True)


def test_report_is_not_found_under_another_customers_address(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    assert desk.signed_in().get(f"/customers/2/reports/{number}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/customers/99/reports", "/customers/99/reports/1", "/customers/1/reports/99"]
)
def test_reports_of_nobody_are_not_found(desk: Desk, path: str) -> None:
    assert desk.signed_in().get(path).status_code == 404


def test_managements_report_is_for_managers(desk: Desk) -> None:
    [number] = reported.produced(desk, reported.management())
    paths = ("/reports", f"/reports/{number}", f"/reports/{number}.pdf", f"/reports/{number}.csv")
    assert [desk.signed_in().get(path).status_code for path in paths] == [403, 403, 403, 403]
    as_manager(desk)
    client = desk.signed_in("lin.yue@northquay.example")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 200]
    assert "Harbourline Logistics" in client.get(f"/reports/{number}").text


def test_managements_report_is_no_customers_report(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.management())
    assert visitor(desk, BOSS).get(f"/my/reports/{number}").status_code == 404
    as_manager(desk)
    client = desk.signed_in("lin.yue@northquay.example")
    assert client.get(f"/customers/1/reports/{number}").status_code == 404


def test_customers_report_is_not_one_of_managements(desk: Desk) -> None:
    as_manager(desk)
    [number] = reported.produced(desk, reported.report())
    assert desk.signed_in("lin.yue@northquay.example").get(f"/reports/{number}").status_code == 404


def test_list_and_report_are_the_same_on_both_databases(either_desk: Desk) -> None:
    with_people(either_desk)
    first, second = reported.produced(
        either_desk, reported.report(), reported.short(Kind.DAILY, date(2026, 10, 31))
    )
    client = visitor(either_desk, BOSS)
    page = client.get("/my/reports").text
    assert page.index(f"/my/reports/{second}") < page.index(f"/my/reports/{first}")
    assert CREDIT in client.get(f"/my/reports/{first}").text


def test_dashboard_and_report_say_the_same_of_a_month(either_desk: Desk) -> None:
    desk, month = either_desk, month_at(clock.now(), UTC).previous
    reported.signed(desk, zone="UTC", language="en")
    for day in (3, 5, 9):
        desks.open_ticket(desk, "Nobody answered", at=month.begins(UTC) + timedelta(days=day))
    with_people(desk)
    period, due = periods.month_of(month.first), month.ends(UTC) + timedelta(days=6)
    with desk.changing() as rows:
        row = producing.produce(rows, desk.services.letterhead, reported.NUMBER, period, at=due)
        number, told = row.id, producing.report_of(row)
    client = visitor(desk, BOSS)
    dashboard, page = client.get("/dashboard").text, client.get(f"/my/reports/{number}").text
    assert (told.kept, told.decided) == (0, 3)
    assert "3 decided, 3 violated" in dashboard
    credit = i18n.money(told.credit.amount if told.credit else 0, "USD", 2)
    assert credit == "USD 12,900.00"
    for said in ("0.00 %", credit, "USD 86,000.00"):
        assert (said in dashboard, said in page) == (True, True), said


def test_late_pdf_is_refused_with_the_time_to_try_again(desk: Desk) -> None:
    with_people(desk)
    [number] = reported.produced(desk, reported.report())
    crowded = Press(at_once=1, patience_seconds=0.01)
    desk.app.extensions["press"] = crowded
    begun, enough = threading.Event(), threading.Event()
    beside = threading.Thread(
        target=crowded.drawn, args=("other", lambda: (begun.set(), enough.wait(10), b"")[2])
    )
    beside.start()
    try:
        assert begun.wait(10)
        answer = visitor(desk, BOSS).get(f"/my/reports/{number}.pdf")
    finally:
        enough.set()
        beside.join(10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "Try again in a few seconds." in answer.text
