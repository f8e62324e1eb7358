"""The written contract as files: pages of the PDF, the typeface in it, pages of HTML."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pypdf
import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway.reporting import contract, contract_files
from tests.reporting.contract_samples import LANGUAGES, facts, text

SIGNING = {"en": ("Signatures", "Seal", "Legal representative"), "zh": ("签署", "盖章", "法定代表人")}
ANNEXES = {"en": ("Annex A: ", "Annex B: ", "Annex C: "), "zh": ("附件 A：", "附件 B：", "附件 C：")}


@cache
def pages(language: str) -> list[str]:
    """What each page of the PDF says, in one line."""
    made = contract_files.pdf_of(facts(), language)
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def squeezed(told: str) -> str:
    return "".join(told.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_annexes_begin_on_pages_of_their_own(language: str) -> None:
    begun = [squeezed(page.partition("青禾教育 ")[2]) for page in pages(language)]
    found = [
        [place for place, page in enumerate(begun) if page.startswith(squeezed(annex))]
        for annex in ANNEXES[language]
    ]
    assert [len(each) for each in found] == [1, 1, 1]
    assert sorted(found) == found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_signed_stands_on_one_page(language: str) -> None:
    heading, *rows = SIGNING[language]
    holding = [squeezed(page) for page in pages(language) if squeezed(rows[-1]) in squeezed(page)]
    assert len(holding) == 1
    assert all(squeezed(each) in holding[0] for each in (heading, *rows))
    assert holding[0].count(contract.BLANK) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_says_everything_that_the_text_says(language: str) -> None:
    whole = squeezed("".join(pages(language)))
    lines = [
        line for line in text(facts(), language, "annex-a", "annex-b").splitlines() if line.startswith("- ")
    ]
    short = [squeezed(line[2:]) for line in lines if len(line) < 60]
    assert len(short) > 5
    assert [each for each in short if each not in whole] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_names_the_contract_and_its_number(language: str) -> None:
    count = len(pages(language))
    for place, page in enumerate(pages(language), start=1):
        assert squeezed(contract.header(facts(), language)) in squeezed(page)
        said = f"Page {place} of {count}" if language == "en" else f"第 {place} 页，共 {count} 页"
        assert squeezed(said) in squeezed(page)


def test_pdf_embeds_its_typeface() -> None:
    read = pypdf.PdfReader(io.BytesIO(contract_files.pdf_of(facts(), "zh")))
    for page in read.pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert "NotoSansSC" in below["/BaseFont"]
            assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"].get_object())


def test_the_same_contract_gives_the_same_bytes() -> None:
    assert contract_files.files(facts(), "zh") == contract_files.files(facts(), "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_part_is_a_page_of_html_that_needs_nothing_else(language: str) -> None:
    made = contract_files.files(facts(), language, forms=("html",))
    assert sorted(made) == [f"NQ-2026-021-v1-{language}-{part}.html" for part in sorted(contract.PARTS)]
    for content in made.values():
        page = LexborHTMLParser(content.decode())
        assert page.css("link, script, img") == []
        assert len(page.css("h1")) == 1
        assert page.css_first("html").attributes["lang"] == ("zh-Hans" if language == "zh" else "en")


def test_values_are_text_in_html() -> None:
    made = contract_files.files(facts(customer="<script>alert(1)</script>"), "en", forms=("html",))
    agreement = made["NQ-2026-021-v1-en-agreement.html"].decode()
    assert "<script" not in agreement
    assert "&lt;script&gt;" in agreement


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("NQ/2026 014", "NQ-2026-014-v1-en"),
        ("../../etc/passwd", "etc-passwd-v1-en"),
        ("..", "contract-v1-en"),
        ("合同一", "合同一-v1-en"),
    ],
)
def test_files_have_names_that_lead_nowhere_else(number: str, name: str) -> None:
    assert contract_files.name_of(replace(facts(), number=number), "en") == name
