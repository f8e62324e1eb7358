"""`helpdesk report`: any past period again with the same figures, in every form; what is due is posted once."""

from __future__ import annotations

import io
import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine

from gateway.cli import report
from gateway.store import reports
from gateway.store.models import Contact, CreditMonth, Outbox, StoredReport, Ticket
from tests.cli.conftest import Call
from tests.credits.desk import NUMBER, Books, utc
from tests.databases import Desk

MANAGER = "boss@harbour.example"


@pytest.fixture
def books(desk: Desk) -> Books:
    """A contract from January 2026 on, in Singapore, with one ticket that nobody answered in March."""
    made = Books(desk)
    made.open("2026-03-20T05:00")
    return made


def stored(desk: Desk) -> list[StoredReport]:
    with desk.services.reading() as rows:
        found = rows.query(StoredReport).order_by(StoredReport.id).all()
        rows.expunge_all()
    return found


def with_manager(desk: Desk, books: Books) -> None:
    with desk.services.transaction() as rows:
        customer_id = rows.query(Ticket.customer_id).limit(1).scalar()
        rows.add(Contact(customer_id=customer_id, email=MANAGER, name="Boss", role="manager"))


@time_machine.travel("2026-04-10T00:00:00Z")
def test_month_is_printed_as_the_text_of_its_letter(call: Call, desk: Desk, books: Books) -> None:
    result = call(report.command, "monthly", NUMBER, "2026-03")
    assert (result.exit_code, result.stderr) == (0, "")
    for said in (NUMBER, "March 2026", "0.00 %", "SGD 1,500.00", "\n-- \n"):
        assert said in result.stdout, said


@time_machine.travel("2026-04-10T00:00:00Z")
def test_month_is_stored_once_and_its_credit_frozen(call: Call, desk: Desk, books: Books) -> None:
    first = call(report.command, "monthly", NUMBER, "2026-03", "--format", "json")
    second = call(report.command, "monthly", NUMBER, "2026-03", "--format", "json")
    assert first.stdout == second.stdout
    assert [(row.kind, row.contract_number, str(row.last_on)) for row in stored(desk)] == [
        ("monthly", NUMBER, "2026-03-31")
    ]
    with desk.services.reading() as rows:
        assert rows.query(CreditMonth).filter_by(contract_number=NUMBER).count() == 3


def test_figures_stay_whatever_happens_afterwards(call: Call, desk: Desk, books: Books) -> None:
    with time_machine.travel("2026-04-10T00:00:00Z"):
        first = call(report.command, "monthly", NUMBER, "2026-03", "--format", "json").stdout
    with desk.services.transaction() as rows:
        rows.query(Ticket).update({"subject": "Renamed", "discounted": "spam"})
    with time_machine.travel("2026-06-10T00:00:00Z"):
        assert call(report.command, "monthly", NUMBER, "2026-03", "--format", "json").stdout == first


@time_machine.travel("2026-04-10T00:00:00Z")
def test_without_a_period_it_is_the_newest_that_was_due(call: Call, desk: Desk, books: Books) -> None:
    for kind, period in (("monthly", "2026-03-31"), ("weekly", "2026-04-05"), ("daily", "2026-04-09")):
        assert call(report.command, kind, NUMBER, "--format", "json").exit_code == 0
        assert str(stored(desk)[-1].last_on) == period, kind


@time_machine.travel("2026-03-25T00:00:00Z")
def test_running_month_is_preliminary_and_not_stored(call: Call, desk: Desk, books: Books) -> None:
    result = call(report.command, "monthly", NUMBER, "2026-03")
    assert (result.exit_code, "March 2026" in result.stdout) == (0, True)
    assert result.stderr == (
        "preliminary: the report of 2026-03 is due 2026-04-02 01:00 UTC; nothing was stored\n"
    )
    assert stored(desk) == []


@time_machine.travel("2026-03-25T00:00:00Z")
def test_preliminary_report_is_not_sent(call: Call, desk: Desk, books: Books) -> None:
    result = call(report.command, "monthly", NUMBER, "2026-03", "--send")
    assert (result.exit_code, "A preliminary report is not sent." in result.stderr) == (1, True)
    assert result.stdout == ""


FAULTS = (
    (("monthly", NUMBER, "2026-13"), 2, "'2026-13' is no month, as 2026-05 is one."),
    (("weekly", NUMBER, "2026-10"), 2, "'2026-10' is no period, as 2026-W41 is one."),
    (("daily", NUMBER, "today"), 2, "'today' is no period, as 2026-10-12 is one."),
    (("monthly", NUMBER, "2026-03", "--format", "xlsx"), 2, "'xlsx' is not one of"),
    (("monthly",), 2, "Missing argument 'CONTRACT'"),
    (("monthly", "  ", "2026-03"), 2, "Which contract?"),
    (("monthly", "NONE", "2026-03"), 1, "There is no contract NONE."),
    (("list", "NONE"), 1, "There is no contract NONE."),
    (("monthly", NUMBER, "2025-12"), 1, "The contract does not cover 2025-12."),
    (("weekly", NUMBER, "2026-W30"), 1, "2026-W30 has not begun."),
)


@time_machine.travel("2026-04-10T00:00:00Z")
def test_what_cannot_be_told_is_said_plainly(call: Call, desk: Desk, books: Books) -> None:
    for arguments, status, said in FAULTS:
        result = call(report.command, *arguments)
        assert (result.exit_code, said in result.stderr) == (status, True), (arguments, result.stderr)
        assert result.stdout == ""


@time_machine.travel("2026-04-10T00:00:00Z")
def test_every_form_is_written_into_a_folder_under_its_own_name(
    call: Call, desk: Desk, books: Books, tmp_path: Path
) -> None:
    folder = f"{tmp_path / 'reports'}/"
    for form in ("text", "html", "pdf", "csv", "json", "eml"):
        result = call(report.command, "monthly", NUMBER, "2026-03", "--format", form, "--output", folder)
        assert (result.exit_code, result.stdout) == (0, ""), (form, result.stderr)
    name = f"{NUMBER}-monthly-2026-03"
    files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    assert sorted(files) == [f"{name}.{ending}" for ending in ("csv", "eml", "html", "json", "pdf", "txt")]
    assert files[f"{name}.pdf"].startswith(b"%PDF-")
    assert files[f"{name}.csv"].startswith(b"\xef\xbb\xbf")
    assert files[f"{name}.html"].lower().startswith(b"<!doctype html>")
    assert json.loads(files[f"{name}.json"])["about"]["number"] == NUMBER
    mail = message_from_bytes(files[f"{name}.eml"], policy=policy.default)
    assert "March 2026" in str(mail["Subject"])
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html", "image/png"}


@time_machine.travel("2026-04-10T00:00:00Z")
def test_file_that_cannot_be_written_is_an_error(
    call: Call, desk: Desk, books: Books, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    result = call(report.command, "monthly", NUMBER, "2026-03", "--output", tmp_path / "file" / "report.txt")
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)


@time_machine.travel("2026-04-10T00:00:00Z")
def test_other_language_is_told_on_request(call: Call, desk: Desk, books: Books) -> None:
    told = call(report.command, "monthly", NUMBER, "2026-03", "--language", "zh").stdout
    assert "2026 年 3 月服务月报" in told
    assert "March" not in told


@time_machine.travel("2026-04-10T00:00:00Z")
def test_managements_report_needs_no_contract(call: Call, desk: Desk, books: Books) -> None:
    result = call(report.command, "management", "2026-03")
    assert (result.exit_code, NUMBER in result.stdout, "March 2026" in result.stdout) == (0, True, True)
    assert [(row.kind, row.contract_number) for row in stored(desk)] == [("management", "")]


@time_machine.travel("2026-04-10T00:00:00Z")
def test_stored_reports_are_listed(call: Call, desk: Desk, books: Books) -> None:
    assert call(report.command, "list").stderr == "No report is stored yet.\n"
    call(report.command, "weekly", NUMBER, "2026-W13")
    call(report.command, "management", "2026-02")
    first, second = stored(desk)
    assert call(report.command, "list").stdout == (
        f"{first.id}  {NUMBER}  weekly  2026-W13  produced 2026-04-10 00:00 UTC  not posted\n"
        f"{second.id}  (management)  management  2026-02  produced 2026-04-10 00:00 UTC  not posted\n"
    )
    assert "management" not in call(report.command, "list", NUMBER).stdout


@time_machine.travel("2026-04-10T00:00:00Z")
def test_report_is_sent_to_each_recipient_once(call: Call, desk: Desk, books: Books) -> None:
    with_manager(desk, books)
    first = call(report.command, "monthly", NUMBER, "2026-03", "--send")
    second = call(report.command, "monthly", NUMBER, "2026-03", "--send")
    assert (first.exit_code, f"posted to {MANAGER}" in first.stderr) == (0, True), first.stderr
    assert (second.exit_code, f"was posted to {MANAGER} before" in second.stderr) == (0, True)
    with desk.services.reading() as rows:
        letters = rows.query(Outbox).filter(Outbox.letter == "report-monthly").all()
        assert [row.recipients for row in letters] == [[MANAGER]]


@time_machine.travel("2026-04-10T00:00:00Z")
def test_report_that_nobody_gets_is_not_called_sent(call: Call, desk: Desk, books: Books) -> None:
    result = call(report.command, "monthly", NUMBER, "2026-03", "--send")
    assert (result.exit_code, "Nobody gets it" in result.stderr) == (1, True)


@time_machine.travel("2026-04-10T00:00:00Z")
def test_what_is_due_is_posted_once_and_its_progress_told(call: Call, desk: Desk, books: Books) -> None:
    with_manager(desk, books)
    with desk.services.transaction() as rows:
        reports.begin(rows, NUMBER, utc("2026-04-01T00:00"))
    first = call(report.command, "due")
    told = [
        line for line in first.stderr.splitlines() if not line.startswith("{")
    ]  # the log says that Redis is away
    assert (first.exit_code, told[0], told[-1]) == (0, "3 due", "3 of 3 posted")
    with desk.services.reading() as rows:
        letters = [row.letter for row in rows.query(Outbox).filter(Outbox.letter.startswith("report-"))]
    assert sorted(letters) == ["report-daily", "report-monthly", "report-weekly"]
    assert call(report.command, "due").stderr == "Nothing is due.\n"


def test_pdf_goes_to_standard_output_where_it_is_no_terminal(call: Call, desk: Desk, books: Books) -> None:
    with time_machine.travel("2026-04-10T00:00:00Z"):
        result = call(report.command, "weekly", NUMBER, "2026-W13", "--format", "pdf")
    pypdf = pytest.importorskip("pypdf", reason="pypdf is a development library")
    assert len(pypdf.PdfReader(io.BytesIO(result.stdout_bytes)).pages) >= 1
