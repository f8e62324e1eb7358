"""Charts say the figures they were given, as pictures that carry nothing else."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gateway.reporting import charts, palette, pictures
from gateway.reporting.charts import attainment, backlog, heat, response, trend, volume
from gateway.reporting.figures import Day, Level, MonthPoint, Report
from tests.reporting.months import (
    ABOUT,
    CREDIT,
    DAYS,
    HEAT,
    LEVELS,
    SHARES,
    TREND,
    a_month,
    a_provider_month,
)

SVG = "{http://www.w3.org/2000/svg}"
STYLES = Path(__file__).resolve().parents[2] / "web" / "static" / "desk.css"
BOTH_LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
EVERY_CHART = pytest.mark.parametrize("name", charts.NAMES)


def said(picture: str | None) -> list[str]:
    """The texts of a picture in order."""
    assert picture is not None
    root = ElementTree.fromstring(picture)
    return [each.text or "" for each in root.iter() if each.tag.removeprefix(SVG) == "text"]


def elements(picture: str | None, name: str) -> list[ElementTree.Element]:
    assert picture is not None
    return [each for each in ElementTree.fromstring(picture).iter() if each.tag.removeprefix(SVG) == name]


def first_pixel(png: bytes) -> bytes:
    """Red, green and blue of the first pixel. Source: PNG, where its own line's filter leaves it as it is."""
    place, packed = 8, b""
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] == b"IDAT":
            packed += png[place + 8 : place + 8 + length]
        place += length + 12
    return zlib.decompress(packed)[1:4]


def test_attainment_prints_every_priority_and_the_whole_rounded_down() -> None:
    texts = said(attainment.svg(a_month(), "en", "classes"))
    assert [text for text in texts if "." in text] == ["75.00 %", "92.85 %", "96.29 %", "100.00 %", "95.31 %"]
    assert [text for text in texts if "/" in text] == ["3 / 4", "13 / 14", "26 / 27", "19 / 19", "61 / 64"]


def test_attainment_names_the_bounds_of_the_contract() -> None:
    agreed = replace(CREDIT, bands=(("999/1000", "0"), ("9/10", "1/10"), ("0", "1/5")))
    texts = said(attainment.svg(a_month(credit=agreed), "en", "classes"))
    assert {"99.9 %", "90 %"} <= set(texts)
    assert "95 %" not in texts


def test_attainment_places_a_low_share_left_of_the_bounds_and_a_high_one_between_them() -> None:
    picture = attainment.svg(
        a_month(levels=(Level("critical", 4, 3), Level("low", 100, 97))), "en", "classes"
    )
    lines = [
        float(each.get("d", "").split()[0][1:])
        for each in elements(picture, "path")
        if each.get("class") == "mark dash"
    ]
    triangle = next(each for each in elements(picture, "path") if each.get("class") == "k-bad")
    squares = [
        float(each.get("x", "")) + 6 for each in elements(picture, "rect") if each.get("class") == "k4"
    ]
    ninety, ninety_five, ninety_nine = sorted(lines)
    assert float(triangle.get("d", "")[1:].split()[0]) + 8 < ninety
    assert ninety_five < squares[0] < ninety_nine


def test_a_priority_without_decided_tickets_has_no_mark_and_no_share() -> None:
    picture = attainment.svg(a_month(levels=(Level("critical"), Level("low", 3, 3))), "en", "classes")
    assert said(picture).count("100.00 %") == 2
    assert "–" in said(picture)
    assert len(elements(picture, "circle")) == 2


@pytest.mark.parametrize(
    ("kept", "decided", "look", "tag"),
    [(99, 100, "k-ok", "circle"), (9899, 10000, "k4", "rect"), (95, 100, "k4", "rect"),
     (9499, 10000, "k-warn", "path"), (90, 100, "k-warn", "path"), (8999, 10000, "k-bad", "path")],
)  # fmt: skip
def test_each_step_of_the_credit_has_a_mark_of_its_own_shape(
    kept: int, decided: int, look: str, tag: str
) -> None:
    picture = attainment.svg(a_month(levels=(Level("high", decided, kept),)), "en", "classes")
    assert len([each for each in elements(picture, tag) if each.get("class") == look]) == 2


def test_response_prints_all_eleven_counts_and_names_what_was_late() -> None:
    texts = said(response.svg(a_month(), "en", "classes"))
    assert [int(text) for text in texts if text.isdecimal()] == list(SHARES)
    assert "late" in texts


def test_response_bars_stand_to_each_other_as_their_counts() -> None:
    bars = elements(response.svg(a_month(), "en", "classes"), "rect")
    heights = [float(each.get("height", "")) for each in bars]
    assert heights[1] == max(heights)
    assert heights[0] / heights[1] == pytest.approx(14 / 17, abs=0.01)
    assert heights[9] == 0
    assert [each.get("class") for each in bars] == ["k4"] * 10 + ["k-bad"]


def test_trend_prints_each_month_and_what_the_bounds_cost() -> None:
    texts = said(trend.svg(a_month(), "en", "classes"))
    assert [text for text in texts if re.fullmatch(r"\d+\.\d\d", text)] == [
        "98.38", "100.00", "97.10", "98.30", "96.87", "95.31",
    ]  # fmt: skip
    assert {"no credit", "5 % credit", "10 % credit", "15 % credit"} <= set(texts)
    assert texts.count("not frozen") == 1


def test_trend_of_a_bad_month_keeps_its_points_on_the_sheet() -> None:
    worse = (*TREND[:5], MonthPoint(date(2026, 10, 1), 0, 5, None, None, 0, True))
    picture = trend.svg(a_month(trend=worse), "en", "classes")
    places = [float(each.get("cy", "")) for each in elements(picture, "circle")]
    assert max(places) == 190
    assert min(places) == 30
    figure = next(each for each in elements(picture, "text") if each.text == "0.00")
    assert float(figure.get("y", "")) < 190


def test_a_month_of_the_trend_without_tickets_counts_as_whole() -> None:
    empty = (*TREND[:5], MonthPoint(date(2026, 10, 1), 0, 0, None, None, 0, True))
    texts = said(trend.svg(a_month(trend=empty), "en", "classes"))
    assert texts.count("100.00") == 2
    assert "0 / 0" in texts


def test_volume_prints_every_count_and_the_sums() -> None:
    texts = said(volume.svg(a_month(), "en", "classes"))
    counts = [int(text) for text in texts if text.isdecimal()]
    assert counts == [4, 15, 29, 20, 68, 5, 14, 27, 19, 65, 6, 13, 25, 18, 62, 7, 3, 8, 1, 19]


def test_backlog_prints_what_is_open_opened_and_closed_on_each_day() -> None:
    texts = said(backlog.svg(a_month(), "en", "classes"))
    counts = [int(text) for text in texts if text.isdecimal()]
    assert counts[:31] == [each.open_at_end for each in DAYS]
    flow = [count for each in DAYS for count in (each.opened, each.closed) if count]
    assert counts[31 : 31 + len(flow)] == flow
    assert counts[31 + len(flow) :] == list(range(1, 32))


def test_backlog_of_a_year_prints_its_extremes_only() -> None:
    days = tuple(
        Day(date.fromordinal(date(2026, 1, 1).toordinal() + place), 1, 1, 100 + place) for place in range(365)
    )
    texts = said(backlog.svg(a_month(days=days), "en", "colours"))
    assert {"100", "464"} <= set(texts)
    assert len(texts) < 60


def test_heat_prints_every_count_above_nothing() -> None:
    texts = said(heat.svg(a_month(), "en", "classes"))
    hours = [f"{hour:02d}" for hour in range(0, 24, 2)]
    counts = [int(text) for text in texts if text.isdecimal() and text not in hours]
    assert counts == [count for row in HEAT for count in row if count]


def test_figures_on_the_two_darkest_shades_are_light_and_on_others_dark() -> None:
    picture = heat.svg(a_month(), "en", "classes")
    looks = {
        each.text: each.get("class")
        for each in elements(picture, "text")
        if each.text and len(each.text) == 1
    }
    assert looks == {
        "1": "ink",
        "2": "ink",
        "3": "ink",
        "4": "ink",
        "5": "hi",
        "6": "hi",
        "7": "hi",
        "8": "hi",
    }


@EVERY_CHART
@BOTH_LANGUAGES
@pytest.mark.parametrize("paint", ["classes", "colours"])
def test_pictures_are_well_formed_say_their_words_and_refer_to_nothing(
    name: str, language: str, paint: str
) -> None:
    picture = charts.svg(name, a_month(), language, paint=paint)  # type: ignore[arg-type]
    assert picture is not None
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == charts.words(name, a_month(), language)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {"svg", "text", "rect", "circle", "path"}
    assert not re.search(r"href|url\(|style=|on\w+=|<script|data:", picture)


@EVERY_CHART
@pytest.mark.parametrize("paint", ["classes", "colours"])
def test_nothing_is_drawn_outside_the_sheet(name: str, paint: str) -> None:
    picture = charts.svg(name, a_month(), "en", paint=paint)  # type: ignore[arg-type]
    _, _, width, height = map(float, ElementTree.fromstring(picture or "").get("viewBox", "").split())
    for each in elements(picture, "text"):
        assert 0 <= float(each.get("x", "")) <= width
        assert 8 <= float(each.get("y", "")) <= height
    for each in elements(picture, "rect"):
        assert float(each.get("x", "0")) + float(each.get("width", "0")) <= width + 0.1


@EVERY_CHART
def test_chinese_pictures_hold_no_english_word(name: str) -> None:
    words = " ".join(said(charts.svg(name, a_month(), "zh", paint="classes")))
    assert re.findall(r"[A-Za-z]{2,}", words) == []


@EVERY_CHART
def test_a_report_without_data_has_no_picture_and_no_words(name: str) -> None:
    empty = Report(ABOUT, levels=(Level("critical"),), heat=((0,) * 24,) * 7, response_shares=(0,) * 11)
    assert charts.svg(name, empty, "en", paint="classes") is None
    assert charts.words(name, empty, "en") == ""
    assert charts.drawn(empty, "en", paint="colours") == {}


def test_managements_report_has_volume_backlog_and_hours() -> None:
    assert list(charts.drawn(a_provider_month(), "zh", paint="colours")) == ["volume", "backlog", "heat"]


def test_hostile_words_stay_words() -> None:
    bad = a_month(levels=(replace(LEVELS[0], priority='"><script>alert(1)</script>&'),))
    for paint in ("classes", "colours"):
        picture = charts.svg("attainment", bad, "en", paint=paint)  # type: ignore[arg-type]
        assert '"><script>alert(1)</script>&' in said(picture)
        assert "<script" not in (picture or "")


def test_an_unknown_chart_is_an_error() -> None:
    with pytest.raises(KeyError):
        charts.svg("pie", a_month(), "en", paint="classes")


def test_the_palette_is_the_style_sheets_light_theme() -> None:
    tokens = dict(re.findall(r"--([a-z]+\d?):var\(--L,(#[0-9a-f]{3,6})\)", STYLES.read_text()))
    assert {name: tokens[name] for name in palette.LIGHT} == dict(palette.LIGHT)


def test_every_class_of_a_chart_is_in_the_style_sheet_with_the_same_colour() -> None:
    styles = STYLES.read_text()
    for name, painted in palette.CLASSES.items():
        rules = "".join(re.findall(rf"(?:\.chart )?\.{name}\{{([^}}]*)\}}", styles))
        assert rules, name
        for attribute in ("fill", "stroke"):
            colour = painted.get(attribute, "none")
            if colour != "none":
                token = re.search(rf"{attribute}:var\(--(\w+)\)", rules)
                assert token, (name, attribute)
                assert palette.LIGHT[token[1]] == colour


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("token", ["g4", "g5", "ok", "high", "crit", "edge", "ink"])
def test_marks_can_be_told_from_the_ground(token: str) -> None:
    assert contrast(palette.LIGHT[token], palette.LIGHT["bg"]) >= 3


@pytest.mark.parametrize(
    ("words", "ground"),
    [("ink", "g1"), ("ink", "g2"), ("ink", "g3"), ("on", "g4"), ("on", "g5"), ("ink2", "bg")],
)
def test_figures_can_be_read_on_their_ground(words: str, ground: str) -> None:
    assert contrast(palette.LIGHT[words], palette.LIGHT[ground]) >= 4.5


def test_the_busiest_month_prints_no_figure_across_another() -> None:
    days = tuple(
        Day(date(2026, 10, place), 3000 + place, 3200 - place, 900 + place) for place in range(1, 32)
    )
    texts = said(backlog.svg(a_month(days=days), "en", "colours"))
    assert {"3031", "3199", "931"} <= set(texts)
    assert "3001" not in texts


@EVERY_CHART
def test_pages_paint_with_classes_of_the_palette_only(name: str) -> None:
    picture = charts.svg(name, a_month(), "en", paint="classes") or ""
    used = {each for group in re.findall(r'class="([^"]*)"', picture) for each in group.split()}
    assert used <= {*palette.CLASSES, "chart"}
    assert not re.search(r'(?:fill|stroke)="', picture)


def test_pictures_for_mail_are_as_wide_as_asked_and_on_white_ground() -> None:
    made = pictures.png(charts.drawn(a_month(), "zh", paint="colours"), 1200)
    assert list(made) == list(charts.NAMES)
    for name, content in made.items():
        assert content[:8] == b"\x89PNG\r\n\x1a\n", name
        assert int.from_bytes(content[16:20], "big") == 1200, name
        assert first_pixel(content) == b"\xff\xff\xff", name
        assert len(content) < 120_000, name


def test_no_charts_make_no_pictures() -> None:
    assert pictures.png({}, 1200) == {}
