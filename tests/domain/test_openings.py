"""Where matches of a pattern may open."""

import re

import pytest

from gateway.domain import openings
from gateway.domain.phrases import Vocabulary
from gateway.domain.vocabulary import CHINESE, ENGLISH


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("down", "down"),
        ("(?:is|are) out", "are out"),
        ("(?<!not )dead", "dead"),
        ("[0-9]{1,3}%", "5%"),
        (r"\w+-prod", "my-prod"),
        ("(?:a|bc)?d", "d"),
        (".{0,4}失败", "x失败"),
        ("x", "x"),
        (r"\?", "?"),
    ],
)
def test_openings_cover_what_the_pattern_matches(pattern: str, text: str) -> None:
    assert re.match(pattern, text)
    pair = (text + openings.ANY)[:2]
    covers = {pair, pair[0] + openings.ANY, openings.ANY + pair[1], openings.ANY * 2}
    assert covers & openings.of(pattern)


def test_a_literal_opens_with_its_own_letters_only() -> None:
    assert openings.of("outage") == {"ou"}


@pytest.mark.parametrize(
    "text",
    [
        "all customers are down. nobody can log in",
        "生产环境全部挂了，所有用户都登不上",
        "?! 100% 502 \x00 🙂",
    ],
)
def test_scan_finds_each_signal_in_order_and_without_overlap(text: str) -> None:
    found = Vocabulary(ENGLISH, CHINESE).scan(text)
    for first, then in zip(found, found[1:], strict=False):
        assert first.signal != then.signal or first.end <= then.start
