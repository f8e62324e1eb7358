"""Reports as letters, pages and files."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway.mail.compose import Outgoing, compose
from gateway.mail.letter_html import UnsafeLink
from gateway.mail.markup import Block, blocks
from gateway.mail.message import Mailbox
from gateway.reporting import letters, page_html
from gateway.reporting.figures import Report
from gateway.reporting.wording import Document
from tests.reporting.test_wording import LANGUAGES, LINKS, REPORTS, told
from tests.reporting.values import MONTH
from tests.web import chromium

PNG = b"\x89PNG\r\n\x1a\n picture"
PICTURES = {
    name: PNG + name.encode() for name in ("attainment", "response", "trend", "volume", "backlog", "heat")
}
GMAIL_CUTS_AT = 102_000
CASES = [(name, language) for name in REPORTS for language in LANGUAGES]


def crowded(subject: str) -> Report:
    """A month of which every list is as long as it may be."""
    return replace(
        MONTH,
        about=replace(MONTH.about, customer=subject[:80]),
        breaches=tuple(
            replace(MONTH.breaches[0], ticket_id=100_000 + each, subject=subject) for each in range(500)
        ),
        excluded=tuple(
            replace(MONTH.excluded[1], ticket_id=200_000 + each, subject=subject) for each in range(500)
        ),
        health=MONTH.health * 250,
        cases=tuple(replace(MONTH.cases[0], subject=subject) for _ in range(500)),
        corrections=MONTH.corrections * 250,
        left_out={"breaches": 99_000},
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium.browsing() as made:
        yield made


@pytest.mark.parametrize(("name", "language"), CASES)
def test_html_says_all_that_the_text_says(name: str, language: str) -> None:
    letter = letters.letter(told(REPORTS[name], language), {}).letter
    tree = LexborHTMLParser(letter.html)
    assert tree.body is not None
    for hidden in tree.css("div[style*='display:none']"):
        hidden.decompose()
    shown = "".join(tree.body.text().split())
    for line in letter.text.splitlines():
        for word in line.removeprefix("-- ").split():
            if "http" not in word and word not in "-–" and not word.rstrip(".").isdigit():
                for part in word.replace("；", "：").split("："):
                    assert part.rstrip(":;") in shown


def test_each_picture_stands_in_the_mail_once_and_is_named_by_the_html() -> None:
    made = letters.letter(told(MONTH), PICTURES)
    sources = [img.attributes["src"] for img in LexborHTMLParser(made.letter.html).css("img")]
    assert sources == [f"cid:{picture.cid}" for picture in made.inline]
    assert [picture.filename for picture in made.inline] == [f"{name}.png" for name in PICTURES]


def test_every_picture_has_words_for_whoever_does_not_see_it() -> None:
    made = letters.letter(told(MONTH, "zh"), PICTURES)
    for img in LexborHTMLParser(made.letter.html).css("img"):
        assert len(img.attributes["alt"] or "") > 10


def test_picture_that_could_not_be_drawn_is_told_by_its_words() -> None:
    made = letters.letter(told(MONTH), {})
    assert made.inline == ()
    assert "<img" not in made.letter.html
    assert "Attainment by priority: Critical" in made.letter.html


def test_picture_no_block_names_is_not_sent() -> None:
    assert letters.letter(told(REPORTS["daily"]), PICTURES).inline == ()


def test_same_report_gives_the_same_mail() -> None:
    def mail() -> bytes:
        made = letters.letter(told(MONTH), PICTURES)
        return compose(
            Outgoing(
                from_=Mailbox("", "support@northquay.example"),
                to=(Mailbox("", "li.na@harbour.example"),),
                subject=made.letter.subject,
                text=made.letter.text,
                html=made.letter.html,
                message_id="q3Zr@northquay.example",
                date=datetime(2026, 11, 2, 1, tzinfo=UTC),
                inline=tuple(made.inline),
            )
        )

    assert mail() == mail()
    back = email.message_from_bytes(mail(), policy=policy.default)
    named = {part["Content-ID"].strip("<>") for part in back.walk() if part["Content-ID"]}
    html = back.get_body(("html",))
    assert html is not None
    assert named == {each.split('"')[0] for each in html.get_content().split("cid:")[1:]}


def test_letter_needs_nothing_from_elsewhere() -> None:
    made = letters.letter(told(MONTH), PICTURES)
    tree = LexborHTMLParser(made.letter.html)
    assert tree.css("script, link, iframe, object, form, svg, base") == []
    assert all((img.attributes["src"] or "").startswith("cid:") for img in tree.css("img"))
    assert "url(" not in made.letter.html


@pytest.mark.parametrize("subject", ["x" * 300, "订单库主实例切换后写入失败" * 23, "<b>&\"'" * 50])
def test_longest_letter_is_not_cut_by_gmail(subject: str) -> None:
    made = letters.letter(told(crowded(subject), "zh"), PICTURES)
    assert len(made.letter.html.encode()) < GMAIL_CUTS_AT


def test_long_table_is_shortened_in_the_letter_and_says_so() -> None:
    report = replace(MONTH, breaches=crowded("disk full").breaches, left_out={})
    letter = letters.letter(told(report), {}).letter
    assert letter.text.count("disk full: Target missed") == 20
    assert "480 more rows stand in the report's page and files." in letter.text


def test_page_holds_every_row() -> None:
    page = page_html.html(told(crowded("disk full")).blocks, {})
    assert page.count("disk full</th>") == 500 + 500 + 500


def test_unsafe_link_is_a_fault_in_every_form() -> None:
    document = Document("t", "", "en", tuple(blocks("[Open](javascript:alert)\n\nText [a](data:x) here")))
    for block in document.blocks:
        with pytest.raises(UnsafeLink):
            page_html.html([block], {})
        with pytest.raises(UnsafeLink):
            letters.letter(replace(document, blocks=(block,)), {})


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "| a | b", "*x* ${title}"]
)
def test_hostile_subject_is_text_in_page_and_file(hostile: str) -> None:
    report = replace(
        MONTH,
        about=replace(MONTH.about, customer=hostile, provider=hostile),
        breaches=(replace(MONTH.breaches[0], subject=hostile),),
    )
    document = told(report)
    for html in (page_html.html(document.blocks, {}), page_html.whole(document)):
        tree = LexborHTMLParser(html)
        assert tree.css("script, img, iframe") == []
        assert hostile in (tree.text() or "")


def test_page_carries_no_style_of_its_own() -> None:
    page = page_html.html(told(MONTH).blocks, {"trend": '<svg class="chart"></svg>'})
    assert "style=" not in page and "<style" not in page and "<script" not in page
    assert page.count("<svg") == 1


def test_sections_of_a_page_are_cards_with_their_heads() -> None:
    tree = LexborHTMLParser(page_html.html(told(MONTH).blocks, {}))
    assert len(tree.css("h1")) == 1
    sections = tree.css("section.card")
    assert len(sections) == len([each for each in told(MONTH).blocks if each.kind == "subheading"])
    assert all(section.css_first("header > h2") is not None for section in sections)
    assert tree.css("section section") == []


def test_figures_stand_right_aligned_on_the_page() -> None:
    page = page_html.html([Block("table", rows=(("A", "B"), ("x", "1")), right=frozenset({1}))], {})
    assert '<th scope="col" class="num">B</th>' in page
    assert '<th scope="row">x</th><td class="num">1</td>' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_file_needs_nothing_beside_it(language: str) -> None:
    html = page_html.whole(told(MONTH, language), {"trend": "<svg></svg>"})
    tree = LexborHTMLParser(html)
    assert tree.css("link, script, img") == []
    assert html.startswith(f'<!doctype html>\n<html lang="{"zh-Hans" if language == "zh" else "en"}">')
    assert "@media print" in html and "$" not in html


@pytest.mark.parametrize("width", [320, 700])
@pytest.mark.parametrize(("name", "language"), CASES)
def test_letter_and_file_fit_the_screen(browser: Any, name: str, language: str, width: int) -> None:
    document = told(REPORTS[name], language)
    page = browser.new_page(viewport={"width": width, "height": 800})
    for html in (letters.letter(document, {}).letter.html, page_html.whole(document)):
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("subject", ["x" * 300, "W" * 27, "订单库主实例切换后写入失败" * 23])
def test_long_words_do_not_widen_a_letter(browser: Any, subject: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.set_content(letters.letter(told(crowded(subject)), {}).letter.html)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()


def test_dark_letter_has_light_words_in_every_cell(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 800}, color_scheme="dark")
    page.set_content(letters.letter(told(MONTH), {}).letter.html)
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('td,th,p,li,h1,h2')]"
        ".filter(e => e.innerText.trim()).map(e => getComputedStyle(e).color))]"
    )
    assert all(int(each.removeprefix("rgb(").split(",")[0]) > 120 for each in colours)
    page.close()


def test_figures_of_a_column_end_on_one_line(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 800})
    page.set_content(letters.letter(told(MONTH), {}).letter.html)
    ends = page.evaluate(
        "[...document.querySelectorAll('table.gr')][0].querySelectorAll('tbody td:last-child').length"
        " && [...document.querySelectorAll('table.gr')[0].querySelectorAll('tbody td:last-child')].map(cell =>"
        " { const r = document.createRange(); r.selectNodeContents(cell);"
        " return Math.round(r.getBoundingClientRect().right) })"
    )
    assert len(ends) == 5 and len(set(ends)) == 1
    page.close()


def test_links_lead_to_the_report_the_tickets_and_their_evidence() -> None:
    tree = LexborHTMLParser(letters.letter(told(MONTH), {}).letter.html)
    addresses = {link.attributes["href"] for link in tree.css("a")}
    assert {LINKS.page, LINKS.ticket(4611), LINKS.sheet(4611), LINKS.ticket(4602)} <= addresses
