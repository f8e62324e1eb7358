"""A customer's reports over the API: listed page by page, each with its stored figures."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.domain.periods import Kind
from tests.web import reported
from tests.web.desk import Desk
from tests.web.test_api import Api


@pytest.fixture
def api(either_desk: Desk) -> Api:
    reported.produced(either_desk, reported.report(), reported.short(Kind.WEEKLY, date(2026, 10, 11)),
                      reported.short(Kind.DAILY, date(2026, 10, 9)), reported.management())  # fmt: skip
    return Api(either_desk)


def test_reports_are_listed_by_period_the_newest_first(api: Api) -> None:
    told = api.get("customers/harbourline/reports").get_json()
    assert told["customer"]["reference"] == "harbourline"
    assert [each["period"] for each in told["reports"]] == ["2026-10", "2026-W41", "2026-10-09"]
    assert told["cursor"] == ""


def test_row_tells_what_it_covers_and_where_its_figures_are(api: Api) -> None:
    row = api.get("customers/1/reports?kind=monthly").get_json()["reports"][0]
    number = row["id"]
    assert {name: row[name] for name in ("kind", "contract", "first_on", "last_on", "posted_at")} == {
        "kind": "monthly", "contract": reported.NUMBER, "first_on": "2026-10-01", "last_on": "2026-10-31", "posted_at": None,
    }  # fmt: skip
    assert row["figures"].endswith(f"/api/v1/customers/1/reports/{number}")
    assert row["page"].endswith(f"/customers/1/reports/{number}")


def test_pages_of_the_list_follow_each_other(api: Api) -> None:
    first = api.get("customers/1/reports?limit=2").get_json()
    second = api.get(f"customers/1/reports?limit=2&cursor={first['cursor']}").get_json()
    assert [each["period"] for each in second["reports"]] == ["2026-10-09"]
    assert second["cursor"] == ""


def test_figures_are_those_that_were_stored(api: Api) -> None:
    number = api.get("customers/1/reports?kind=monthly").get_json()["reports"][0]["id"]
    told = api.get(f"customers/1/reports/{number}").get_json()["told"]
    assert told["about"]["number"] == reported.NUMBER
    assert [level["kept"] for level in told["levels"]] == [1, 13, 29, 18]
    assert told["credit"]["amount"] == 430_000


def test_managements_report_is_no_customers(api: Api) -> None:
    listed = [each["id"] for each in api.get("customers/1/reports").get_json()["reports"]]
    other = next(number for number in range(1, 9) if number not in listed)
    assert api.get(f"customers/1/reports/{other}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("customers/nobody/reports", 404),
        ("customers/1/reports/4711", 404),
        ("customers/1/reports?kind=management", 422),
        ("customers/1/reports?cursor=x", 422),
        ("customers/1/reports?limit=0", 422),
    ],
)
def test_what_there_is_not_is_a_problem(api: Api, path: str, status: int) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
