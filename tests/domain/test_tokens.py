"""What a text is found by, and what is asked for by what is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import tokens
from gateway.domain.tokens import Field, Phrase, asked_for


def field(*texts: str, most: int = 100, most_bytes: int = 10_000) -> Field:
    made = Field(most, most_bytes)
    for text in texts:
        made.say(text, 50)
    return made


def test_words_of_scripts_without_blanks_are_pairs_and_single_characters() -> None:
    made = field("数据库EC2")
    assert made.stream == ["数据", "据库", "ec2", tokens.FILLER]
    assert list(made.extra) == ["数", "据", "库"]


def test_japanese_korean_and_thai_are_pairs_too() -> None:
    assert field("サーバ").stream[:2] == ["サー", "ーバ"]
    assert field("데이터").stream[:2] == ["데이", "이터"]
    assert field("ระบบ").stream[0] == "ระ"


@pytest.mark.parametrize(("typed", "phrases"), [
    ("ＨＤ－1042", [("hd", "1042")]), ("a b", [("a",), ("b",)]), ('"a b"', [("a", "b")]), ("a a", [("a",)]), ("", []), ("…", []),
    ("数据库", [("数据", "据库")]), ("ab云", [("ab",), ("云",)]), ("云ab", [("云",), ("ab",)]), ('a "b c', [("a",), ("b", "c")]),
    ("from:Li@Harbour.example", [("@li@harbour.example",)]), ("FROM：“Li Na”", [("@li",), ("@na",)]), ("from:陈", [("@陈",)]),
    ("from: a", [("a",)]), ("x" * 80, [("x" * 64,)]),
])  # fmt: skip
def test_what_is_typed_asks_for(typed: str, phrases: list[tuple[str, ...]]) -> None:
    assert [each.tokens for each in asked_for(typed)] == phrases


@pytest.mark.parametrize(("typed", "begins"), [("in*", True), ("i*", False), ("in", False), ("数据*", False), ('"a in"*', True),
                                               ("from:li*", True), ("i-0abc*", True)])  # fmt: skip
def test_only_beginnings_of_two_characters_and_more_are_beginnings(typed: str, begins: bool) -> None:
    assert asked_for(typed)[-1].prefix is begins


def test_what_is_asked_for_is_bounded() -> None:
    assert len(asked_for(" ".join(map(str, range(500))))) == 12
    assert asked_for('"' + "a " * 500 + '"') == (Phrase(("a",) * 32),)


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert field("a b", "c").stream == ["a", "b", tokens.FILLER, "c", tokens.FILLER]


def test_token_said_too_often_keeps_its_place_without_being_kept() -> None:
    made = Field(2000, 10_000)
    made.say("a " * 300, 1000)
    assert (made.stream.count("a"), made.stream.count(tokens.FILLER)) == (tokens.MOST_REPEATS, 51)


def test_field_stays_within_its_bounds() -> None:
    assert len(field(*["a b c d"] * 50).stream) <= 100 + 1
    assert sum(len(each) for each in field("x" * 40 + " " + "y" * 40, most_bytes=50).stream) == 42


@given(st.text(max_size=300))
def test_no_token_holds_what_a_query_could_be_made_of(text: str) -> None:
    made = field(text)
    made.sign(text, text)
    said = {*made.stream, *made.extra, *(token for each in asked_for(text) for token in each.tokens)}
    assert not [each for each in said if set(each) & set("'\"\\*:()&|!<>{}^ \x00\n") or not each]
