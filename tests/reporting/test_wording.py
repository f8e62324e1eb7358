"""Reports in words: what each says, in both languages, and that values stay values."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from jinja2 import meta

from gateway.domain.counting import Reason
from gateway.domain.credits import Outcome
from gateway.domain.improvement import FIGURES, Rule
from gateway.domain.themes import Symptom
from gateway.mail.markup import plain, to_text
from gateway.reporting import wording
from gateway.reporting.figures import Advice, Credit, Level, Report, Theme
from gateway.reporting.management_figures import Management
from gateway.reporting.wording import Document, Links
from gateway.store.models import Verdict
from tests.reporting import values
from tests.reporting.values import BANDS, EMPTY_MONTH, MONTH

GOLDEN = Path(__file__).parent / "letters"
LANGUAGES = ("en", "zh")
REPORTS: dict[str, Report | Management] = {
    "monthly": values.MONTH,
    "monthly-empty": values.EMPTY_MONTH,
    "weekly": values.WEEK,
    "daily": values.DAY,
    "management": values.MANAGEMENT,
}
LINKS = Links.for_customers("https://desk.example", "HD", "https://desk.example/my/reports/3")
INSIDE = Links.for_engineers("https://desk.example", "HD", "https://desk.example/reports/4")


def told(report: Report | Management, language: str = "en") -> Document:
    if isinstance(report, Management):
        return wording.management_document(report, language, links=INSIDE)
    return wording.document(report, language, links=LINKS)


def text(report: Report | Management, language: str = "en") -> str:
    return to_text(told(report, language).blocks, "：" if language == "zh" else ": ")


def attained(kept: int, decided: int, discount: str, amount: int) -> Report:
    """A month of so many tickets."""
    return replace(
        MONTH,
        levels=(Level("low", decided, kept),),
        credit=Credit("CNY", 2, "8600000", discount, amount, BANDS, date(2026, 11, 1)),
        trend=(),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_report_reads_as_its_golden_file(name: str, language: str) -> None:
    document = told(REPORTS[name], language)
    said = f"{document.title}\n{document.preview}\n\n{text(REPORTS[name], language)}"
    golden = GOLDEN / f"{name}.{language}.txt"
    assert said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_stored_figures_give_the_same_words(name: str, language: str) -> None:
    report = REPORTS[name]
    again = msgspec.json.decode(msgspec.json.encode(report), type=type(report))
    assert told(again, language) == told(report, language)


@pytest.mark.parametrize(
    ("kept", "decided", "said", "discount", "amount"),
    [
        (99, 100, "99.00 %", "0", 0),
        (9899, 10000, "98.99 %", "1/20", 430_000),
        (98999, 100_000, "98.99 %", "1/20", 430_000),
        (95, 100, "95.00 %", "1/20", 430_000),
        (9499, 10000, "94.99 %", "1/10", 860_000),
        (90, 100, "90.00 %", "1/10", 860_000),
        (8999, 10000, "89.99 %", "3/20", 1_290_000),
        (0, 1, "0.00 %", "3/20", 1_290_000),
        (7, 7, "100.00 %", "0", 0),
    ],
)
def test_month_at_a_boundary_opens_with_its_credit(
    kept: int, decided: int, said: str, discount: str, amount: int
) -> None:
    credits = {"0": "no credit is due", "1/20": "5 %, CNY 4,300.00", "1/10": "10 %, CNY 8,600.00"}
    first = text(attained(kept, decided, discount, amount)).split("\n\n")[3]
    assert first.startswith(f"Attainment is {said}")
    assert credits.get(discount, "15 %, CNY 12,900.00") in first


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (99, "达成率不低于 99 %，依约不抵扣。"),
        (95, "达成率在 95 % 与 99 % 之间，依约抵扣 5 %。"),
        (89, "达成率低于 90 %，依约抵扣 15 %。"),
    ],
)
def test_month_says_why_it_has_its_credit(kept: int, said: str) -> None:
    discount = {99: "0", 95: "1/20", 89: "3/20"}[kept]
    assert said in text(attained(kept, 100, discount, 430_000 if kept < 99 else 0), "zh")


def test_empty_month_is_one_sentence_and_a_full_hundred_with_its_reason() -> None:
    assert (
        "There were no tickets this month, so attainment counts as 100.00 % and no credit is due. "
        "A ticket is decided when it is breached or closed; where none is, the contract counts 100 %."
    ) in text(EMPTY_MONTH)


def test_month_with_open_tickets_and_none_decided_is_not_called_empty() -> None:
    report = replace(EMPTY_MONTH, volumes=values.VOLUMES)
    assert "本月没有判定的工单，达成率依约按 100.00 % 计" in text(report, "zh")


def test_reader_without_money_reads_of_none() -> None:
    shown = replace(MONTH, credit=None, cost=None, advice=MONTH.advice[:3], corrections=MONTH.corrections)
    for language in LANGUAGES:
        said = told(shown, language).title + text(shown, language)
        assert not any(word in said for word in ("CNY", "USD", "credit", "抵扣", "服务费"))


def test_prorated_fee_is_said_to_be_rounded() -> None:
    assert "CNY 18,428.57 (contract NQ-2026-014, prorated by day, rounded here)" in text(EMPTY_MONTH)


def test_credit_of_an_ended_contract_is_paid_out() -> None:
    assert MONTH.credit is not None
    report = replace(MONTH, credit=replace(MONTH.credit, due_on=None))
    assert "paid out, as the contract has ended" in text(report)
    assert "合同已结束，直接支付" in text(report, "zh")


def test_lines_left_out_are_counted() -> None:
    assert "1,200 more breaches are not listed." in text(replace(MONTH, left_out={"breaches": 1200}))


@pytest.mark.parametrize(
    "hostile",
    [
        "| a | b",
        "#| A | B",
        "**bold** [Win](https://evil.example)",
        "***",
        "* item",
        "#! trend picture",
        "{{ 7 * 7 }} {% raw %}",
        "\u202egnp.exe",
        "x" * 300,
        "line\r\nbreak\u2028and\x00nul",
        "# top: yes",
        "\ufdd0\ufddf noncharacters",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_subject_changes_no_block(language: str, hostile: str) -> None:
    def with_subject(subject: str) -> Document:
        return told(
            replace(
                MONTH,
                about=replace(MONTH.about, customer=subject),
                breaches=(replace(MONTH.breaches[0], subject=subject),),
                excluded=(replace(MONTH.excluded[0], subject=subject, reference=subject, by=subject),),
                cases=(replace(MONTH.cases[0], subject=subject, account=subject, severity=subject),),
                health=(replace(MONTH.health[0], service=subject, region=subject),),
            ),
            language,
        )

    calm, wild = with_subject("calm"), with_subject(hostile)
    assert [each.kind for each in wild.blocks] == [each.kind for each in calm.blocks]
    assert [[len(row) for row in each.rows] for each in wild.blocks] == [
        [len(row) for row in each.rows] for each in calm.blocks
    ]
    assert "evil.example)" not in str([each for block in wild.blocks for each in block.rows])


def test_hostile_subject_reads_as_it_was_written() -> None:
    breach = replace(MONTH.breaches[0], subject="a | **b** [c](https://d.example)")
    assert "a | **b** [c](https://d.example)" in text(replace(MONTH, breaches=(breach,)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("reasons", Reason),
        ("symptoms", Symptom),
        ("outcomes", Outcome),
        ("verdicts", Verdict),
        ("mending", set(Rule) - {Rule.BREACHES_OF_ONE_TARGET}),
    ],
)
def test_every_code_has_a_word(language: str, table: str, codes: set[str]) -> None:
    said = wording.environment().get_template(f"{language}/words.txt").module
    assert {str(code) for code in codes} == set(getattr(said, table))


def test_both_languages_have_words_for_the_same_codes() -> None:
    english, chinese = (
        vars(wording.environment().get_template(f"{language}/words.txt").module) for language in LANGUAGES
    )
    tables = [name for name, table in english.items() if isinstance(table, dict)]
    assert len(tables) >= 9
    assert {name: set(english[name]) for name in tables} == {name: set(chinese[name]) for name in tables}


SAMPLES = {
    "months": 3, "shares": ["1", "63/65", "61/64"], "share": "3/7", "promised": "999/1000", "count": 6, "of": 14,
    "down": 41, "from_hour": 22, "until_hour": 8, "target": "first-response", "priority": "high", "service": "rds",
    "symptom": "failover", "before": 8, "after": 14, "tickets": 9, "waited": 90_000, "counted": 60_000,
    "source": "compute-optimizer", "savings": "120.5000", "currency": "USD",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", Rule)
def test_advice_is_a_sentence_with_the_figures_it_rests_on(rule: Rule, language: str) -> None:
    figures = {name: SAMPLES[name] for name in FIGURES[rule]}
    if rule is Rule.ATTAINMENT_FALLING:
        figures["months"] = ["2026-08", "2026-09", "2026-10"]
    [block] = [
        each
        for each in told(replace(MONTH, advice=(Advice(rule, figures),)), language).blocks
        if each.kind == "numbered"
    ]
    said = plain(block.rows[0][0])
    heading, _, ground = said.partition("\n")
    assert heading.startswith("**") and not heading.startswith(f"**{rule}")
    assert ground.startswith("Why: " if language == "en" else "依据：")
    assert ", ".join(f"{name} {value}" for name, value in figures.items()) not in ground
    if "count" in figures:
        assert "6" in ground
    if "share" in figures:
        assert "42.85 %" in ground


def test_advice_of_a_rule_without_words_still_shows_its_figures() -> None:
    said = text(replace(MONTH, advice=(Advice("brand-new", {"count": 3}),)))
    assert "1. brand-new\nWhy: count 3." in said


def test_theme_of_a_service_of_the_contract_is_named() -> None:
    theme = Theme("cost-optimisation", "question", 2)
    assert "成本优化" in text(replace(MONTH, themes=(theme,)), "zh")


def test_chinese_and_latin_stand_apart() -> None:
    said = "".join(text(report, "zh") for report in REPORTS.values())
    touching = re.findall(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%][\u4e00-\u9fff]", said)
    assert touching == []


def test_links_of_customers_and_engineers_lead_to_their_own_pages() -> None:
    assert LINKS.sheet(7) == "https://desk.example/my/tickets/7#clocks-h"
    assert INSIDE.sheet(7) == "https://desk.example/tickets/7/sla"
    assert (LINKS.ticket(7), LINKS.number(7)) == ("https://desk.example/my/tickets/7", "HD-7")


def test_both_languages_have_the_same_templates_asking_for_the_same_words() -> None:
    environment = wording.environment()
    found: dict[str, dict[str, set[str]]] = {}
    for language in LANGUAGES:
        for path in sorted((wording.TEMPLATES / language).rglob("*.txt")):
            asked = meta.find_undeclared_variables(environment.parse(path.read_text(encoding="utf-8")))
            found.setdefault(language, {})[str(path.relative_to(wording.TEMPLATES / language))] = asked
    assert len(found["en"]) >= 18
    assert found["en"] == found["zh"]
