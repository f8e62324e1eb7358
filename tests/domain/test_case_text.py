"""Texts to AWS in parts that fit, marked so that they are known again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import case_text

MARK = "HD-1042/w77.1.k3f9a"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)
ROOMS = st.integers(40, 200)


@given(TEXTS, ROOMS)
def test_parts_together_are_the_text(text: str, room: int) -> None:
    assert "".join(case_text.split(text, room)) == text


@given(TEXTS, ROOMS)
def test_every_part_fits(text: str, room: int) -> None:
    assert all(case_text.units(each) <= room for each in case_text.split(text, room))


@given(st.integers(0, 400), ROOMS)
def test_no_part_begins_within_a_character_of_several_code_points(number: int, room: int) -> None:
    pieces = case_text.split("👩\u200d💻e\u0301" * number, room)
    assert not any(each.startswith(("\u200d", "\u0301", "💻")) for each in pieces)


@given(st.text(max_size=50_000))
def test_marked_part_never_exceeds_what_aws_takes(text: str) -> None:
    pieces = case_text.split(text)
    longest = case_text.marker("HELPDESK-PREFIX-123456789012", 9_999_999_999, 20, "k3f9a")
    told = [case_text.marked(each, longest, 20, 20) for each in pieces]
    assert all(0 < case_text.units(each) <= case_text.LIMIT for each in told)


def test_text_is_cut_between_paragraphs_where_there_are_any() -> None:
    paragraph = "Line one of it.\nLine two of it."
    text = "\n\n".join([paragraph] * 4)
    assert case_text.split(text, 80) == [f"{paragraph}\n\n{paragraph}\n\n", f"{paragraph}\n\n{paragraph}"]


def test_text_without_paragraphs_is_cut_between_sentences() -> None:
    assert case_text.split("数据库已停机。" * 10, 42) == ["数据库已停机。" * 6, "数据库已停机。" * 4]


def test_text_without_any_end_is_cut_where_it_must_be() -> None:
    assert case_text.split("x" * 100, 60) == ["x" * 60, "x" * 40]


def test_part_is_numbered_and_ends_with_its_marker() -> None:
    assert case_text.marked("Please look.\n", MARK, 2, 3) == f"(2/3)\n\nPlease look.\n\nRef: {MARK}"


@given(TEXTS)
def test_marker_is_read_back_from_whatever_it_ends(text: str) -> None:
    assert case_text.marker_of(case_text.marked(text, MARK)) == MARK


@pytest.mark.parametrize(
    "body",
    [f"Ref: {MARK}\n\nThis is quoted above.", f"> Ref: {MARK}", "Ref: HD-1042", "", "Ref: a/w1.1.ABCDE"],
)
def test_marker_that_does_not_end_a_body_is_none_of_its_own(body: str) -> None:
    assert case_text.marker_of(body) is None


def test_quoted_marker_says_that_aws_has_the_write() -> None:
    assert case_text.carries(f"You wrote:\nRef: {MARK}\nand we answer.", MARK)
    assert not case_text.carries(f"Ref: {MARK}", MARK.replace("w77", "w7"))


@given(TEXTS)
def test_subject_is_one_line_that_fits_and_ends_with_the_number(words: str) -> None:
    said = case_text.subject(words, "HD-1042")
    assert said.endswith("[HD-1042]") and "\n" not in said
    assert case_text.units(said) <= case_text.MOST_SUBJECT


def test_subject_that_has_the_number_keeps_one() -> None:
    assert case_text.subject("Down [HD-1042]", "HD-1042") == "Down [HD-1042]"
