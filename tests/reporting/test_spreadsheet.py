"""A report's figures as CSV: what a spreadsheet, a script and a hostile subject make of them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.domain.periods import Kind
from gateway.reporting import cells, spreadsheet
from gateway.reporting.figures import Correction, Excluded, Report, TicketLine, Times
from gateway.reporting.management_figures import CustomerLine, EngineerLine, Gap, Management
from tests.reporting.months import ABOUT, BREACH, CREDIT, DAYS, HEAT, LEVELS, a_month, a_provider_month

Lines = list[list[str]]


def lines(told: Report | Management) -> Lines:
    return list(csv.reader(io.StringIO(spreadsheet.csv(told).decode("utf-8-sig"), newline="")))


def section(told: Report | Management, name: str) -> list[dict[str, str]]:
    """The rows of a section, by the English words of their heads."""
    found = [line for line in lines(told) if line and line[0].startswith(f"{name} /")]
    heads = [head.split(" / ")[0] for head in found[0]]
    return [dict(zip(heads, line, strict=True)) for line in found[1:]]


def facts(told: Report | Management, name: str) -> dict[str, str]:
    found = [line for line in lines(told) if line and line[0].startswith(f"{name} /")]
    return {line[1].split(" / ")[0]: line[2] for line in found}


def test_the_file_begins_with_its_mark_and_its_lines_end_as_spreadsheets_write_them() -> None:
    content = spreadsheet.csv(a_month())
    assert content.startswith(b"\xef\xbb\xbfReport / ")
    assert content.count(b"\n") == content.count(b"\r\n") > 100


def test_it_says_whose_figures_they_are_and_when_they_were_taken() -> None:
    about = facts(a_month(), "Report")
    assert about["Customer"] == "Harbourline Logistics"
    assert about["Period"] == "2026-10"
    assert about["From"] == "2026-10-01 00:00:00"
    assert about["Before"] == "2026-11-01 00:00:00"
    assert about["Figures as of"] == "2026-11-02 09:00:00"


def test_every_priority_has_its_figures_as_numbers() -> None:
    level = replace(
        LEVELS[1], first_met=12, first_late=2, resolution_met=13, resolution_late=1,
        first_response=Times(14, timedelta(minutes=18, seconds=15), timedelta(minutes=15), timedelta(minutes=38)),
    )  # fmt: skip
    row = section(a_month(levels=(level,)), "Levels")[0]
    assert row["Priority"] == "High / 高"
    assert (row["Decided"], row["Kept"], row["Attainment (%)"]) == ("14", "13", "92.85")
    assert (row["First response met"], row["First response late"], row["Resolution late"]) == ("12", "2", "1")
    assert row["First response, mean (min)"] == "18.25"
    assert row["Resolution, mean (min)"] == ""


def test_totals_are_reckoned_as_the_report_reckons_them() -> None:
    totals = facts(a_month(), "Figures")
    assert (totals["Decided"], totals["Kept"], totals["Attainment (%)"]) == ("64", "61", "95.31")
    assert totals["First response, median (min)"] == "48.00"
    assert totals["Platform available (%)"] == "99.97"


def test_sums_are_in_the_main_unit() -> None:
    row = section(a_month(), "Credit")[0]
    assert (row["Fee"], row["Discount (%)"], row["Credit"], row["Currency"]) == (
        "86000.00",
        "5.00",
        "4300.00",
        "CNY",
    )
    yen = replace(CREDIT, currency="JPY", exponent=0, fee="1000001/3", amount=16667)
    row = section(a_month(credit=yen), "Credit")[0]
    assert (row["Fee"], row["Credit"]) == ("333334", "16667")


def test_a_correction_may_be_a_negative_number_and_stays_one() -> None:
    told = a_month(corrections=(Correction(date(2026, 9, 1), 7, "kept", "violated", "agreed", -125),))
    row = section(told, "Corrections")[0]
    assert row["Difference"] == "-1.25"
    assert row["Was"] == "kept / 达标"


def test_without_money_no_sum_is_told() -> None:
    told = a_month(credit=None, cost=None)
    text = spreadsheet.csv(told).decode()
    assert "86000" not in text
    assert "CNY" not in text
    assert {row["Credit"] for row in section(told, "Months")} == {""}


def test_each_day_and_each_hour_is_there() -> None:
    days = section(a_month(), "Days")
    assert [int(row["Open at the end"]) for row in days] == [each.open_at_end for each in DAYS]
    hours = section(a_month(), "Opened by weekday and hour")
    assert [[int(row[f"{hour:02d}"]) for hour in range(24)] for row in hours] == [list(row) for row in HEAT]


def test_breaches_say_what_was_promised_and_by_how_much_it_was_missed() -> None:
    row = section(a_month(), "Breaches")[0]
    assert (row["Ticket"], row["Target"], row["Promised (min)"]) == ("4611", "resolution / 解决", "240.00")
    assert (row["Due"], row["Met"], row["Late (min)"]) == (
        "2026-10-12 07:20:00",
        "2026-10-12 07:32:00",
        "12.00",
    )


def test_time_that_lasts_has_no_end() -> None:
    open_ended = Excluded(1, "x", "aws", BREACH.due_at, None, timedelta(hours=1))
    row = section(a_month(excluded=(open_ended,)), "Excluded time")[0]
    assert (row["Reason"], row["Until"]) == ("AWS platform fault / AWS 平台故障", "")


@pytest.mark.parametrize(
    "subject",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        '=HYPERLINK("http://bad.example")',
    ],
)
def test_no_subject_name_or_reference_begins_a_formula(subject: str) -> None:
    subject = f"{subject} hostile"
    told = a_month(
        breaches=(replace(BREACH, subject=subject),),
        open=(TicketLine(1, subject, "high", "open", BREACH.due_at, assignee=subject),),
        about=replace(ABOUT, customer=subject),
    )
    written = [cell for line in lines(told) for cell in line if "hostile" in cell]
    assert len(written) == 4
    assert all(cell.startswith("'") for cell in written)


def test_an_account_number_keeps_its_leading_zeros() -> None:
    assert section(a_month(), "AWS cases")[0]["Account"] == "0123-4567-8901"


def test_quotes_commas_and_line_breaks_stay_in_their_cell() -> None:
    told = a_month(breaches=(replace(BREACH, subject='say "hi",\nthen\x00 go'),))
    assert section(told, "Breaches")[0]["Subject"] == 'say "hi",\nthen go'


def test_an_empty_report_has_its_head_and_no_empty_section() -> None:
    empty = Report(replace(ABOUT, kind=Kind.DAILY))
    names = {line[0] for line in lines(empty) if line}
    assert names == {"Report / 报告", "Figures / 要点"}


def test_what_was_left_out_is_said() -> None:
    assert section(a_month(left_out={"handled": 7}), "Left out") == [
        {"Left out": "Left out / 未列出", "List": "handled", "Lines": "7"}
    ]


def test_management_has_customers_engineers_and_gaps() -> None:
    told = replace(
        a_provider_month(),
        customers=(CustomerLine(1, "=Harbour", "NQ-1", 9, 2, 61, 64, 3, "CNY", 2, "1/20", 430000, False),),
        engineers=(EngineerLine(1, "陈伟", 3, 5, 6, 7, 1, timedelta(hours=40)),),
        gaps_past=(Gap("primary", ABOUT.since, ABOUT.until),),
        held_mail=4,
    )
    customer = section(told, "Customers")[0]
    assert (customer["Customer"], customer["Attainment (%)"], customer["Credit at risk"]) == (
        "'=Harbour",
        "95.31",
        "4300.00",
    )
    assert section(told, "Engineers")[0]["On call (min)"] == "2400.00"
    assert section(told, "Gaps in the rota")[0]["Rota"] == "primary"
    assert section(told, "Not decided")[0]["Held mail"] == "4"


def test_numbers_are_never_led_by_an_apostrophe() -> None:
    assert cells.text([[-3, -1.5, 0, "-3"]]) == "-3,-1.5,0,'-3\r\n"
