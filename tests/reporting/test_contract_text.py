"""What a written contract says: every figure from the terms, the same in both languages, nothing left out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pytest

from gateway.domain.terms import BANDS, LADDER, Audience, Band, Confirmation, Priority, Rung, Terms
from gateway.reporting import contract
from gateway.reporting.contract_facts import Facts, Promised, Reports
from gateway.reporting.contract_people import Account, Person
from tests.reporting.contract_samples import LANGUAGES, PROVIDER, facts, text, with_target, with_terms

GOLDEN = Path(__file__).parent / "contract"
MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", contract.PARTS)
def test_contract_reads_as_its_golden_file(part: str, language: str) -> None:
    golden = GOLDEN / f"{part}.{language}.txt"
    assert text(facts(), language, part) == golden.read_text(encoding="utf-8")


def _progress(level: Priority) -> Facts:
    return with_terms(progress=MappingProxyType(dict(Terms().progress) | {level: 37 * MINUTES}))


def _promised(**changes: object) -> Facts:
    return facts(promised=replace(Promised(), **changes))  # type: ignore[arg-type]


def _reports(**changes: object) -> Facts:
    return facts(reports=replace(facts().reports, **changes))  # type: ignore[arg-type]


def _provider(**changes: object) -> Facts:
    return facts(provider=replace(PROVIDER, **changes))  # type: ignore[arg-type]


BAND = Band(Fraction(9725, 10_000), Fraction(0))
CHANGED = {
    **{
        f"first response, {level}": (with_target(level, first_response=37 * MINUTES), "37 minutes", "37 分钟")
        for level in Priority
    },
    **{
        f"resolution, {level}": (with_target(level, resolution=97 * 60 * MINUTES), "97 hours", "97 小时")
        for level in Priority
    },
    **{f"progress, {level}": (_progress(level), "37 minutes", "37 分钟") for level in Priority},
    "half a minute": (
        with_target(Priority.CRITICAL, first_response=8.5 * MINUTES), "8 minutes 30 seconds", "8 分钟 30 秒",
    ),
    "ladder": (with_terms(ladder=(Rung(62, (Audience.CUSTOMER,)), *LADDER[3:])), "62 %", "62 %"),
    "reminder": (
        with_terms(confirmation=Confirmation(29 * 60 * MINUTES, 72 * 60 * MINUTES)), "29 hours", "29 小时",
    ),
    "closing": (
        with_terms(confirmation=Confirmation(24 * 60 * MINUTES, 97 * 60 * MINUTES)), "97 hours", "97 小时",
    ),
    "maintenance": (with_terms(maintenance_notice=97 * 60 * MINUTES), "97 hours", "97 小时"),
    "band": (with_terms(bands=(BAND, *BANDS[1:])), "≥ 97.25 %", "≥ 97.25 %"),
    "band's other end": (with_terms(bands=(BAND, *BANDS[1:])), "and < 97.25 %", "且 < 97.25 %"),
    "discount": (with_terms(bands=(*BANDS[:3], Band(Fraction(0), Fraction(175, 1000)))), "17.5 %", "17.5 %"),
    "availability": (_promised(availability=Fraction(99_95, 10_000)), "99.95 %", "99.95 %"),
    "reading of AWS": (_promised(aws_read_within=17 * MINUTES), "17 minutes", "17 分钟"),
    "passing on": (_promised(pass_on_after=17 * MINUTES), "17 minutes", "17 分钟"),
    "rota": (_promised(rota_ahead=timedelta(days=17)), "17 days", "17 天"),
    "reminder of maintenance": (_promised(maintenance_reminder=17 * MINUTES), "17 minutes", "17 分钟"),
    "dispute": (_promised(dispute_reminder=17 * MINUTES), "17 minutes", "17 分钟"),
    "fixing of months": (_promised(frozen_hour=7), "at 07:00", "07:00 固定"),
    "daily report": (_reports(daily_hour=17), "17:00", "17:00"),
    "weekly report": (_reports(morning_hour=7), "Mondays at 07:00", "每周一 07:00"),
    "monthly report": (_reports(monthly_day=4), "day 4 at 09:00", "每月 4 日 09:00"),
    "day of freezing": (_reports(monthly_day=4), "fixed on day 4", "于次月 4 日"),
    "latest day of a report": (_reports(latest_day=7), "by day 7", "每月 7 日前"),
    "working days": (_reports(country="SG"), "Singapore", "新加坡"),
    "recipient": (
        _reports(recipients=(Person("", "boss@qinghe.example"),)), "boss@qinghe.example, in Chinese",
        "boss@qinghe.example，中文",
    ),
    "fee": (facts(fee=Fraction(12_345)), "CNY 12,345.00", "CNY 12,345.00"),
    "currency": (facts(currency="JPY"), "JPY 38,000 a month", "JPY 38,000。"),
    "zone": (facts(zone="Asia/Singapore"), "Singapore time (UTC+8)", "新加坡时间（UTC+8）"),
    "beginning": (facts(starts_on=date(2026, 2, 3)), "from 3 February 2026", "自 2026 年 2 月 3 日"),
    "end": (facts(ends_on=date(2026, 6, 30)), "to 30 June 2026", "至 2026 年 6 月 30 日"),
    "term": (facts(ends_on=date(2026, 6, 30)), "a term of 6 months", "期限为 6 个月"),
    "number": (facts(number="NQ-9"), "NQ-9", "NQ-9"),
    "version": (facts(version=3, replaces=2), "3, replacing version 2", "第 3 版，取代第 2 版"),
    "customer": (facts(customer="Harbourline"), "Harbourline", "Harbourline"),
    "provider": (_provider(name="Other Cloud"), "Other Cloud", "Other Cloud"),
    "address": (_provider(address="help@other.example"), "help@other.example", "help@other.example"),
    "phone": (_provider(phone="+65 5550 0199"), "+65 5550 0199", "+65 5550 0199"),
    "web": (_provider(web="https://x.example"), "https://x.example/status", "https://x.example/status"),
    "prefix": (_provider(prefix="NQC"), "beginning with NQC-", "以 NQC- 开头"),
    "contact": (facts(contacts=(Person("Mo", "mo@qinghe.example", "company"),)), "Mo: Mail", "Mo：邮箱"),
    "lead": (facts(leads=(Person("Ada", "ada@desk.example", "lead"),)), "Name: Ada", "姓名：Ada"),
    "management": (facts(management=(Person("Ada", "a@desk.example"),)), "Name: Ada", "姓名：Ada"),
    "account": (
        facts(accounts=(Account("444455556666", "", "sandbox"),)), "444455556666: Name: —; Environment: sandbox",
        "444455556666：名称：—；环境：沙箱",
    ),
    "shift": (
        facts(shifts=(replace(facts().shifts[0], weekdays=(5, 6), starts="09:00"),)),
        "Saturday, Sunday 09:00 to 20:00", "周六、周日 09:00 至 20:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_figure_changes_both_texts(name: str) -> None:
    changed, *said = CHANGED[name]
    for language, words in zip(LANGUAGES, said, strict=True):
        assert words not in text(facts(), language)
        assert words in text(changed, language)


@pytest.mark.parametrize("name", ["zone", "beginning", "end"])
def test_facts_that_change_leave_nothing_of_the_old_ones(name: str) -> None:
    old = {"zone": ("Beijing", "北京"), "beginning": ("1 January", "1 月 1 日"), "end": ("2027", "2027")}[
        name
    ]
    changed = CHANGED[name][0]
    if name == "beginning":
        changed = replace(changed, effective_on=changed.starts_on)
    if name == "zone":
        changed = replace(changed, shifts=())
    for language, words in zip(LANGUAGES, old, strict=True):
        assert words not in text(changed, language)


HEADINGS = ("2.1", "2.2", "2.3", "2.4", "2.5", "3.1", "3.2", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2")
PARAGRAPHS = ("2.3.1", "2.3.2", "2.3.3", "2.4.1", "2.4.2")
_ALLOWED = re.compile(
    r"^#{2,3} (?:[ABC]\.)?[0-9.]+ |^\*\*(?:2\.[34]\.[0-9]) |^## Clause [0-9]+ |\b[ABC]\.[0-9]+\b"
    r"|clauses? [0-9](?: and [0-9])?|7×24|24×7",
    re.MULTILINE,
)
_CHINESE_FIGURE = re.compile(r"[一二三四五六七八九十百千两半]+\s*(?:秒|分钟|小时|天|日|周|个月|年|%|百分)")
_ENGLISH_FIGURE = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|sixty)[ -]"
    r"(?:\w+ )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|%|per cent)\b"
)


@pytest.mark.parametrize("path", sorted(contract.TEMPLATES.glob("*/*.txt")), ids=lambda path: path.name)
def test_no_figure_stands_in_a_template(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    literal = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", source, flags=re.DOTALL)
    quoted = " ".join(re.findall(r'"([^"]*)"', " ".join(re.findall(r"\{[{%].*?[%}]\}", source, re.DOTALL))))
    assert re.findall(r"[0-9０-９]+", _ALLOWED.sub("", literal)) == []
    assert re.findall(r"[0-9０-９]+", quoted) == []
    assert _CHINESE_FIGURE.findall(literal) == []
    assert _ENGLISH_FIGURE.findall(literal) in ([], ["one hundred per cent"])


@pytest.mark.parametrize("part", [*contract.PARTS, "targets", "bands"])
def test_both_languages_use_the_same_facts(part: str) -> None:
    used = [
        set(
            re.findall(
                r"\b[ftpr]\.[a-z_.]+", (contract.TEMPLATES / language / f"{part}.txt").read_text("utf-8")
            )
        )
        for language in LANGUAGES
    ]
    assert used[0] == used[1]


@pytest.mark.parametrize("part", contract.PARTS)
def test_both_languages_have_the_same_blocks(part: str) -> None:
    kinds = []
    for language in LANGUAGES:
        said = contract.documents(facts(language=language), language)[part]
        kinds.append([(block.kind, len(block.rows), len(block.pairs)) for block in said.blocks])
    assert kinds[0] == kinds[1]


def test_clauses_are_numbered_as_in_the_agreement_that_customers_know() -> None:
    chinese, english = text(facts(), "zh", "agreement"), text(facts(), "en", "agreement")
    clauses = [f"第{each}条 " for each in "一二三四五六七八九十"]
    places = [chinese.index(each) for each in clauses]
    assert places == sorted(places)
    places = [english.index(f"\nClause {each} ") for each in range(1, 11)]
    assert places == sorted(places)
    for told in (chinese, english):
        places = [told.index(f"\n{each} ") for each in (*HEADINGS, *PARAGRAPHS)]
        assert sorted(places[: len(HEADINGS)]) == places[: len(HEADINGS)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_people_can_fill_in_is_left_blank(language: str) -> None:
    told = text(facts(), language, "agreement")
    arbitration = {
        "en": "to ________________________ (arb",
        "zh": "提交 ________________________（仲裁机构）",
    }
    assert arbitration[language] in told
    assert told.count(contract.BLANK) == 2 + 3 + 1 + 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_mean_nothing_in_the_markup(language: str) -> None:
    name = "# A **B** | [c](https://evil.example) #| d"
    said = contract.documents(facts(customer=name, contacts=(Person(name, "a@b.example", "own"),)), language)
    told = text(facts(customer=name), language, "agreement")
    assert name in told
    signing = said["agreement"].blocks[-1]
    assert (signing.kind, {len(row) for row in signing.rows}) == ("table", {3})
    assert [block.kind for block in said["agreement"].blocks].count("heading") == 1


def test_the_other_language_says_that_it_is_a_translation() -> None:
    assert "the Chinese one prevails" in text(facts(language="zh"), "en")
    assert "以英文文本为准" in text(facts(language="en"), "zh")
    assert "prevails" not in text(facts(language="en"), "en")
    assert "为准；两种文本" not in text(facts(language="zh"), "zh")
    assert "译本" not in text(facts(language="zh"), "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ladder_without_the_customer_promises_them_no_notice(language: str) -> None:
    told = text(with_terms(ladder=LADDER[:2]), language)
    for words in ("about to expire", "即将到期"):
        assert words not in told


def test_a_single_band_applies_to_any_attainment() -> None:
    made = with_terms(bands=(Band(Fraction(0), Fraction(1, 20)),))
    assert "any: Discount on the service fee: 5 %" in text(made, "en")
    assert "任何达成率：服务费用折扣：5 %" in text(made, "zh")


def test_reports_that_are_not_sent_are_named_as_such() -> None:
    made = facts(reports=Reports(daily=False, monthly=False))
    assert "these are not sent: daily reports, monthly reports." in text(made, "en")
    assert "双方约定不提供：每日报告、每月报告。" in text(made, "zh")
    assert "Daily report (" not in text(made, "en")


def test_a_contract_without_an_end_leaves_it_blank() -> None:
    assert "It ends on ____" in text(facts(ends_on=None), "en")
    assert "截止日期为 ____" in text(facts(ends_on=None), "zh")


def test_a_later_version_says_from_when_it_applies() -> None:
    made = facts(version=2, replaces=1, effective_on=date(2026, 7, 1))
    assert "The terms of this version apply from 1 July 2026 on, never retroactively" in text(made, "en")
    assert "本版条款自 2026 年 7 月 1 日起适用，不溯及既往" in text(made, "zh")
    assert "retroactively; earlier" not in text(facts(), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_desk_without_people_or_phone_leaves_blanks_for_them(language: str) -> None:
    made = facts(
        provider=replace(PROVIDER, phone=""), contacts=(), leads=(), management=(), shifts=(), accounts=(),
        reports=Reports(),
    )  # fmt: skip
    told = text(made, language, "annex-b", "annex-c")
    assert told.count(contract.BLANK) == 2 + 2 + 4 + 2 + 2
    assert "None" not in told
    assert "5550" not in told
