"""Documents as PDF: what a reader, a printer and a screen reader get of them."""

from __future__ import annotations

import io
import re
import resource
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import typst

from gateway.mail.markup import Block, blocks, inert
from gateway.reporting import charts, pdf, typeface, widths
from gateway.reporting.wording import Document
from tests.reporting.months import a_month

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
CHINESE = """# 2026 年 10 月服务月报

**达成率 95.31 %，按合同第 4.2 条抵扣 5 %。**64 件工单已判定。

平均首次响应：1 小时 52 分
平均解决：16 小时 3 分

## 违约明细

#| 工单 | 目标 | 超时 >
#| HD-4611 订单库主实例切换后写入失败 | 解决 4 小时 | 12 分钟

***

本报告依合同第 3.2 条提供。
"""
ENGLISH = """# Service report for October 2026

**Attainment was 95.31 %.** It’s decided by [the clocks](https://desk.example/t/4611/sla).

* first point
* second point

### Advice

*. Rehearse the failover
"""


def made(body: str | Iterable[Block], language: str = "en", **more: Any) -> bytes:
    parts = tuple(blocks(body) if isinstance(body, str) else body)
    document = Document("Service report", "", language, parts)
    svgs = more.pop("svgs", {})
    given = {
        "header": "Harbourline · NQ-2026-014 · 2026-10",
        "language": language,
        "at": AT,
        "author": "Northquay",
    }
    return pdf.pdf(document, svgs, **(given | more))


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def text(content: bytes) -> str:
    """All text as a reader copies it, its line breaks as blanks."""
    return " ".join("\n".join(page.extract_text() for page in read(content).pages).split())


def fonts(content: bytes) -> Iterator[Any]:
    for page in read(content).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found = font.get_object()
            for each in found.get("/DescendantFonts", [found]):
                yield each.get_object()


def addresses(content: bytes) -> list[str]:
    found = (note.get_object() for page in read(content).pages for note in page.get("/Annots", []))
    return [str(note["/A"]["/URI"]) for note in found if "/A" in note]


def ink(content: bytes) -> list[int]:
    """How many pixels of each page are not white, drawn small."""
    drawn = (page.render(scale=0.5, grayscale=True) for page in pypdfium2.PdfDocument(content))
    return [sum(each < 200 for each in bytes(bitmap.buffer)) for bitmap in drawn]


def a_table(rows: int) -> str:
    lines = [f"#| HD-{number} Queue grows | {number} min" for number in range(1, rows + 1)]
    return "\n".join(["#| Ticket number | Late >", *lines])


@pytest.mark.parametrize(
    ("body", "language", "sentence"),
    [(CHINESE, "zh", "按合同第 4.2 条抵扣 5 %"), (ENGLISH, "en", "Rehearse the failover")],
)
def test_pages_are_not_blank_and_their_text_can_be_copied(body: str, language: str, sentence: str) -> None:
    content = made(body, language)
    assert sentence.replace(" ", "") in text(content).replace(" ", "")
    assert all(dark > 500 for dark in ink(content))


def test_every_font_is_embedded() -> None:
    found = list(fonts(made(CHINESE, "zh"))) + list(fonts(made(ENGLISH)))
    assert found
    for font in found:
        assert "NotoSansSC" in str(font["/BaseFont"])
        assert font["/FontDescriptor"].keys() & {"/FontFile", "/FontFile2", "/FontFile3"}


def test_a_long_table_repeats_its_head_on_every_page_and_loses_no_row() -> None:
    content = made(a_table(400))
    pages = [page.extract_text() for page in read(content).pages]
    assert len(pages) > 5
    assert all(page.count("Ticket number") == 1 for page in pages)
    assert [int(found) for page in pages for found in re.findall(r"HD-(\d+) Queue", page)] == list(
        range(1, 401)
    )
    assert all(dark > 500 for dark in ink(content))


def test_a_row_stays_on_one_page() -> None:
    long = " ".join(["word"] * 60)
    rows = "\n".join(f"#| first{number} {long} last{number} | 1" for number in range(40))
    pages = [page.extract_text() for page in read(made(f"#| Subject | Count >\n{rows}")).pages]
    assert len(pages) > 2
    for page in pages:
        assert re.findall(r"first(\d+)", page) == re.findall(r"last(\d+)", page)


def test_a_cell_longer_than_a_page_runs_on_and_loses_nothing() -> None:
    said = text(made("#| Subject | Count >\n#| " + " ".join(f"w{number}" for number in range(3000)) + " | 1"))
    assert {"w0", "w1500", "w2999"} <= set(said.split())


@pytest.mark.parametrize("filling", range(44, 62, 3))
def test_a_heading_stands_on_the_page_of_what_follows_it(filling: int) -> None:
    body = "\n\n".join(["filler"] * filling) + "\n\n## The heading\n\n" + a_table(3)
    pages = [page.extract_text() for page in read(made(body)).pages]
    heading = next(place for place, page in enumerate(pages) if "The heading" in page)
    assert "HD-1 Queue" in pages[heading]


def test_pages_are_numbered_and_say_whose_report_it_is() -> None:
    pages = [page.extract_text() for page in read(made(a_table(120))).pages]
    total = len(pages)
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {total}" in page
        assert "Harbourline" in page
    chinese = made(a_table(120), "zh")
    assert f"第1页，共{total}页" in text(chinese).replace(" ", "")


def test_figures_stand_right() -> None:
    page = pypdfium2.PdfDocument(made("#| Name | Sum >\n#| a | 1\n#| b | 1000000"))[0]
    said = page.get_textpage()
    ends = {}
    for place in range(said.count_rects()):
        left, bottom, right, top = said.get_rect(place)
        ends[said.get_text_bounded(left, bottom, right, top).strip()] = right
    assert ends["1"] == pytest.approx(ends["1000000"], abs=2)
    assert ends["Sum"] == pytest.approx(ends["1000000"], abs=2)


def test_links_lead_where_they_say() -> None:
    content = made(
        "See [the clocks](https://desk.example/t/1/sla).\n\n[Open the report](https://desk.example/r/1)"
    )
    assert addresses(content) == ["https://desk.example/t/1/sla", "https://desk.example/r/1"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "/relative"]
)
def test_other_schemes_are_words_without_a_link(address: str) -> None:
    content = made(f"See [the clocks]({address}).")
    assert addresses(content) == []
    assert "the clocks" in text(content)


HOSTILE = '#read("/etc/passwd") *x* $sum$ \\ @ref <label> `raw` // no #import "@preview/a:1.0.0"'


@pytest.mark.parametrize("kind", ["heading", "paragraph", "quiet", "footer", "smallest"])
def test_what_values_say_is_never_evaluated(kind: Any) -> None:
    said = text(made([Block("heading", "Title"), Block(kind, inert(HOSTILE))]))
    assert HOSTILE.replace(" ", "") in said.replace(" ", "")
    assert "root:" not in said


def test_hostile_words_in_tables_facts_lists_and_around_the_page_stay_words() -> None:
    value = inert(HOSTILE)
    content = made(
        [
            Block("table", rows=((value, "b"), ("a", value))),
            Block("facts", pairs=((value, value), ("a", "b"))),
            Block("list", rows=((value,),)),
            Block("buttons", pairs=((value, "https://desk.example/"),)),
        ],
        header=HOSTILE,
        author=HOSTILE,
    )
    assert text(content).replace(" ", "").count('#read("/etc/passwd")') == 8
    assert str(read(content).metadata["/Author"]) == HOSTILE  # type: ignore[index]


@pytest.mark.parametrize(
    "value",
    ["a" * 3000, "数" * 3000, "\u202eabc", "\x00\x07", "👩‍🚒 한국어 العربية", "\ufdd0\ufffe", "", "\n\n"],
)
def test_any_value_makes_a_document(value: str) -> None:
    body = [Block("paragraph", inert(value)), Block("table", rows=(("A", inert(value)), (inert(value), "1")))]
    assert ink(made(body))[0] > 0


def test_an_empty_document_and_an_empty_table_make_a_page() -> None:
    assert len(read(made([])).pages) == 1
    assert "Only a head" in text(made([Block("table", rows=(("Only a head",),))]))


def test_what_the_typeface_lacks_is_a_box() -> None:
    assert typeface.printable("fire 🚒 is out, 한국 é Ж か") == "fire □ is out, □□ é Ж か"
    assert typeface.printable("a\u200b\ufe0fb\nc") == "ab\nc"
    assert "fire □" in text(made(f"# {inert('fire 🚒')}"))


def test_the_file_says_its_title_language_author_and_date() -> None:
    reader = read(made(CHINESE, "zh"))
    assert reader.metadata is not None
    assert reader.metadata.title == "Service report"
    assert reader.metadata.author == "Northquay"
    assert reader.metadata.creation_date == AT
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("zh")
    assert str(read(made(ENGLISH)).trailer["/Root"]["/Lang"]).startswith("en")


def test_the_file_is_tagged_and_claims_accessible_and_archivable() -> None:
    root = read(made(CHINESE, "zh")).trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in root
    described = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert "<pdfaid:part>2</pdfaid:part>" in described
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in described


def test_the_same_document_is_the_same_file() -> None:
    assert made(CHINESE, "zh") == made(CHINESE, "zh")


def test_charts_are_drawn_as_lines_and_letters_with_words_for_who_does_not_see_them() -> None:
    month = a_month()
    pictures = charts.drawn(month, "en", paint="colours")
    body = "\n\n".join(f"#! {name} {inert(charts.words(name, month, 'en'))}" for name in charts.NAMES)
    content = made(body, svgs=pictures)
    said = text(content)
    for figure in ("95.31 %", "61 / 64", "0–10", "98.38", "5 % credit", "Mon"):
        assert figure in said
    assert not any(page.images for page in read(content).pages)
    assert b"Attainment by priority" in content or "Attainment by priority" in _alternatives(content)


def _alternatives(content: bytes) -> str:
    reader = read(content)
    found = (
        reader.get_object(number) for number in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1)
    )
    return " ".join(str(each["/Alt"]) for each in found if isinstance(each, dict) and "/Alt" in each)


def test_a_picture_that_is_not_there_is_told_by_its_words() -> None:
    assert "Attainment: 95 %" in text(made("#! attainment Attainment: 95 %"))


def linking(address: str) -> str:
    picture = f'<image href="{address}" width="9" height="9"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{picture}</svg>'


@pytest.mark.parametrize("address", ["/etc/passwd", "../../etc/passwd", "document.typ"])
def test_a_picture_cannot_read_a_file(address: str) -> None:
    with pytest.raises(typst.TypstError, match="failed to load linked image|not found"):
        made("#! p words", svgs={"p": linking(address)})


def test_a_page_that_breaks_a_rule_of_accessibility_is_drawn_all_the_same() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 20"><text x="9" y="9">🚒</text></svg>'
    content = made("Words\n\n#! p words", svgs={"p": svg})
    assert "Words" in text(content)
    assert "pdfuaid" not in read(content).trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_a_document_may_begin_with_a_small_heading_and_a_picture_may_have_no_words() -> None:
    svg = charts.drawn(a_month(), "en", paint="colours")["heat"]
    content = made("### Small\n\n## Middle\n\n# Large\n\n### Small again\n\n#! heat", svgs={"heat": svg})
    assert "<pdfuaid:part>1" in read(content).trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_templates_hold_no_word_of_their_own() -> None:
    for name in ("document.typ", "pictures.typ"):
        source = (Path(pdf.__file__).resolve().parents[2] / "templates" / "report" / name).read_text()
        assert "eval(" not in source
        assert not re.search(r"[\u4e00-\u9fff]", source)


def test_narrow_columns_keep_their_words_together_and_the_widest_gives() -> None:
    found = widths.of([["Ticket", "Due", "Late"], ["subject " * 12, "10-12 07:20", "12 min"]], {2})
    assert sum(found) == pytest.approx(widths.PAGE, abs=0.3)
    assert found[1] > 6
    assert found[0] > 3 * found[1]


def test_columns_share_a_page_however_many_there_are() -> None:
    found = widths.of([["word" * 10] * 12, ["1"] * 12], set(range(12)))
    assert len(found) == 12
    assert min(found) > 0


def test_columns_of_figures_are_evenly_wide_where_there_is_room() -> None:
    found = widths.of([["Priority", "Opened", "Open at the end"], ["High", "4", "3"]], {1, 2})
    assert found[1] == found[2]


def test_empty_headings_and_titles_do_not_cost_the_claim_of_accessibility() -> None:
    document = Document(
        " ", "", "en", (Block("heading", " "), Block("paragraph", "Words"), Block("smallest"))
    )
    content = pdf.pdf(document, {}, header="", language="en", at=AT)
    assert "<pdfuaid:part>1" in read(content).trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_what_closes_a_document_stands_last_wherever_it_was_said() -> None:
    said = text(made([Block("footer", "The end"), Block("facts", pairs=(("Key", "value"), ("a", "b")))]))
    assert said.index("value") < said.index("The end")


def test_document_after_document_takes_no_more_memory() -> None:
    def drawn(times: int) -> int:
        for number in range(times):
            made(a_table(150).replace("Queue grows", f"Queue {number} grows"))
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    before = drawn(3)
    assert drawn(9) - before < 40
