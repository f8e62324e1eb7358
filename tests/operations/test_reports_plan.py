"""Who gets a contract's reports, as an import file says it; and what the check finds of it."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from gateway import credits
from gateway.operations import checking_reports, exporting, importing
from gateway.operations.estate_writing import Summary
from gateway.operations.yaml_tree import Unreadable
from gateway.store import appointments, reports
from gateway.store.models import Contact, Contract, ReportPlan
from tests.databases import MONDAY, Desk

FILE = """\
customers:
  - reference: acme
    name: Acme
    time_zone: Asia/Shanghai
    language: zh
    contacts:
      - {email: li@acme.example, name: Li}
    contracts:
      - number: A-1
        starts_on: 2026-01-01
"""
REPORTS = """\
        reports:
          recipients:
            - boss@acme.example
            - {email: ops@acme.example, language: en}
          weekly: no
          monthly_day: 4
          holidays: DE-BY
"""


def imported(desk: Desk, text: str, at: datetime = MONDAY) -> Summary:
    with desk.services.transaction() as session:
        return importing.apply(session, importing.read(text.encode()), {}, at=at)


def plan(desk: Desk) -> ReportPlan:
    with desk.services.reading() as session:
        return reports.plan_of(session, "A-1")


def test_contract_that_says_nothing_has_every_report_from_its_import_on(desk: Desk) -> None:
    imported(desk, FILE)
    found = plan(desk)
    assert (found.daily, found.weekly, found.monthly, found.monthly_day, found.holidays) == (
        True,
        True,
        True,
        2,
        "",
    )
    assert (found.recipients, found.begins_at) == ([], MONDAY)


def test_reports_are_as_the_file_says(desk: Desk) -> None:
    imported(desk, FILE + REPORTS)
    found = plan(desk)
    assert found.recipients == [{"email": "boss@acme.example", "language": ""},
                                {"email": "ops@acme.example", "language": "en"}]  # fmt: skip
    assert (found.daily, found.weekly, found.monthly_day, found.holidays) == (True, False, 4, "DE-BY")


def test_changed_recipients_are_a_change_and_no_new_version(desk: Desk) -> None:
    imported(desk, FILE)
    done = imported(desk, FILE + REPORTS)
    assert "changed contract A-1: reports" in done.lines
    with desk.services.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Contract)) == 1


def test_what_is_absent_stays(desk: Desk) -> None:
    imported(desk, FILE + REPORTS)
    done = imported(desk, FILE)
    assert (done.nothing, plan(desk).monthly_day) == (True, 4)


def test_exported_file_imports_without_a_change(desk: Desk) -> None:
    imported(desk, FILE + REPORTS)
    with desk.services.reading() as session:
        text = exporting.export(session)
    assert "boss@acme.example" in text
    assert imported(desk, text).nothing


def test_default_is_not_exported(desk: Desk) -> None:
    imported(desk, FILE)
    with desk.services.reading() as session:
        assert "reports" not in exporting.export(session)


def test_day_of_the_monthly_report_moves_the_freezing_of_the_credit(desk: Desk) -> None:
    imported(desk, FILE)
    imported(desk, FILE + "        reports: {monthly_day: 1}\n")
    with desk.services.reading() as session:
        due_at = appointments.due_at(session, credits.APPOINTMENT, "A-1")
    assert due_at == datetime.fromisoformat("2026-02-01T01:00+00:00")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("monthly_day: 6", "none of the days on which a monthly report may be sent"),
        ("monthly_day: 0", "none of the days on which a monthly report may be sent"),
        ("holidays: XX", "there is no calendar of"),
        ("holidays: DE-XX", "there is no calendar of"),
        ("recipients: [nobody]", "nobody"),
        ("recipients: [a@acme.example, a@acme.example]", "stands twice"),
        ("recipients: [{language: en}]", "needs the field email"),
        ("quarterly: yes", "quarterly"),
    ],
)
def test_fault_is_told_with_its_line(desk: Desk, line: str, told: str) -> None:
    with pytest.raises(Unreadable) as fault:
        imported(desk, f"{FILE}        reports: {{{line}}}\n")
    assert [(each.line, told in each.text) for each in fault.value.faults] == [(11, True)]


# What the check finds.


def found(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.services.reading() as session:
        return checking_reports.findings(session, MONDAY)


def test_contract_whose_reports_nobody_gets_is_named(desk: Desk) -> None:
    imported(desk, FILE)
    assert [told[:2] for told in found(desk)] == [("warn", "contracts whose reports nobody gets (1): A-1")]


def test_manager_among_the_contacts_is_somebody(desk: Desk) -> None:
    imported(desk, FILE)
    with desk.services.transaction() as session:
        session.execute(sa.update(Contact).values(role="manager"))
    assert [level for level, _, _ in found(desk)] == ["ok"]


def test_named_recipient_is_somebody(desk: Desk) -> None:
    imported(desk, FILE + REPORTS)
    assert [level for level, _, _ in found(desk)] == ["ok"]


def test_contract_that_wants_no_reports_misses_nobody(desk: Desk) -> None:
    imported(desk, FILE + "        reports: {daily: no, weekly: no, monthly: no}\n")
    assert [level for level, _, _ in found(desk)] == ["ok"]


def test_ended_contract_misses_nobody(desk: Desk) -> None:
    imported(desk, FILE + "        ends_on: 2026-02-28\n")
    assert [level for level, _, _ in found(desk)] == ["ok"]
