"""What is new, edited, or our own coming back, as pure answers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.aws.cases import echoes, matching
from gateway.aws.cases.echoes import Sent
from gateway.aws.cases.matching import Known
from gateway.domain.support_case import Case, Communication, digest
from gateway.store.models import Author

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
AWS, JANE = "Amazon Web Services", "AdminRole (Role) <jane@harbour.example>"
OURS = "HelpdeskGateway (Role) <root@harbour.example>"
MARK = "HD-7/w12.1.k3f5a"
BODY = f"Please look at i-0abc.\n\nRef: {MARK}"


def said(body: str, milliseconds: int = 0, by: str = AWS) -> Communication:
    return Communication(AT + timedelta(milliseconds=milliseconds), by, body)


class Shelf:
    """Stored communications, changed by what a match answers."""

    def __init__(self) -> None:
        self.rows: list[Known] = []
        self.told = 0

    def take(self, read: list[Communication]) -> None:
        matched = matching.match(read, self.rows)
        for row_id, now in matched.edited:
            self.rows = [
                Known(row.id, row.at, row.submitted_by, row.occurrence, digest(now.body), now.body)
                if row.id == row_id
                else row
                for row in self.rows
            ]
        for fresh in matched.new:
            one = fresh.said
            self.told += 1
            self.rows.append(
                Known(self.told, one.at, one.submitted_by, fresh.occurrence, digest(one.body), one.body)
            )

    def bodies(self) -> Counter[tuple[datetime, str, str]]:
        return Counter((row.at, row.submitted_by, row.body) for row in self.rows)


def a_case(recent: list[Communication], *, more: bool) -> Case:
    return Case("case-1", "17", "Subject", "opened", "s", "c", "low", "en", JANE, AT, tuple(recent), more)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 2), st.sampled_from([AWS, JANE]), st.sampled_from("abc")),
        st.tuples(st.just("edit"), st.integers(0, 30), st.just(""), st.sampled_from("abcd")),
        st.tuples(st.just("look"), st.just(0), st.just(""), st.just("")),
        st.tuples(st.just("read"), st.just(0), st.just(""), st.just("")),
    ),
    max_size=40,
)


@given(STEPS)
def test_any_history_is_told_once_each_and_stored_as_it_stands(
    steps: list[tuple[str, int, str, str]],
) -> None:
    there: list[Communication] = []
    shelf, clock = Shelf(), 0
    for what, number, by, body in steps:
        if what == "say":
            clock += number
            there.append(said(body, clock, by))
        elif what == "edit" and there:
            place = number % len(there)
            there[place] = Communication(there[place].at, there[place].submitted_by, body)
        elif what == "look":
            recent, more = there[-5:], len(there) > 5
            reached = matching.reaches(a_case(recent, more=more), shelf.rows)
            shelf.take(recent if reached else there)
            assert shelf.told == len(there)
        else:
            shelf.take(there)
    shelf.take(there)
    assert shelf.told == len(there)
    assert shelf.bodies() == Counter((each.at, each.submitted_by, each.body) for each in there)
    assert len({(row.at, row.submitted_by, row.occurrence) for row in shelf.rows}) == len(there)


def test_redacted_text_belongs_to_what_it_was_even_beside_a_new_one_of_the_same_instant() -> None:
    shelf = Shelf()
    shelf.take([said("The key is abcdefgh, take care.")])
    read = [said("The key is abcdefgg, no, that one."), said("The key is [REDACTED_BY_AWS], take care.")]
    matched = matching.match(read, shelf.rows)
    assert [now.body for _, now in matched.edited] == ["The key is [REDACTED_BY_AWS], take care."]
    assert [fresh.said.body for fresh in matched.new] == ["The key is abcdefgg, no, that one."]


def test_listing_that_does_not_overlap_what_is_stored_does_not_reach_it() -> None:
    shelf = Shelf()
    shelf.take([said("one")])
    recent = [said(str(number), number) for number in range(2, 7)]
    assert not matching.reaches(a_case(recent, more=True), shelf.rows)
    assert matching.reaches(a_case([said("one"), *recent[:4]], more=True), shelf.rows)


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("Amazon Web Services", Author.AWS),
        ("Amazon Web Services, Inc.", Author.AWS),
        ("", Author.AWS),
        ("亚马逊云科技", Author.AWS),
        ("西云数据", Author.AWS),
        (OURS, Author.US),
        ("HelpdeskGateway (Role)", Author.US),
        ("HelpdeskGatewayTwo (Role) <a@b.example>", Author.CONSOLE),
        (JANE, Author.CONSOLE),
        ("jane@harbour.example", Author.CONSOLE),
        ("Amazon Web Services (Role) <jane@harbour.example>", Author.CONSOLE),
        ("Operations (Role)", Author.CONSOLE),
    ],
)
def test_author_is_read_from_the_name_aws_shows(name: str, author: Author) -> None:
    assert matching.author_of(name, "HelpdeskGateway") is author


# Echoes.


def sent(body: str = BODY, minutes: float = 0, marker: str = MARK) -> Sent:
    return Sent(12, marker, body, "unknown", 5, AT + timedelta(minutes=minutes))


def test_what_we_wrote_is_known_by_its_marker() -> None:
    assert echoes.echo(said("Something else.\n\nRef: " + MARK, by=OURS), Author.US, [sent()]) == sent()


def test_marker_that_aws_quotes_makes_no_echo() -> None:
    quoting = said(f"You wrote:\n> Please look\n\nRef: {MARK}", by=AWS)
    assert echoes.echo(quoting, Author.AWS, [sent()]) is None


def test_what_we_wrote_under_a_name_nobody_knows_is_known_by_its_whole_text() -> None:
    assert echoes.echo(said(BODY.replace("\n", "\r\n"), by="西云数据"), Author.AWS, [sent()]) == sent()


def test_what_our_role_wrote_is_known_by_its_words_where_the_marker_was_taken_out() -> None:
    body = "Please  look at i-0abc.\n\nRef: [REDACTED_BY_AWS]"
    assert echoes.echo(said(body, by=OURS), Author.US, [sent(minutes=29)]) == sent(minutes=29)
    assert echoes.echo(said(body, by=OURS), Author.US, [sent(minutes=31)]) is None


def test_same_words_from_the_console_are_no_echo() -> None:
    assert (
        echoes.echo(said("Please look at i-0abc.", by=JANE), Author.CONSOLE, [sent("Please look at i-0abc.")])
        is None
    )


@pytest.mark.parametrize(
    ("read", "written", "same"),
    [
        ("a &lt;b&gt; c", "a <b>\nc", True),
        ("key [REDACTED_BY_AWS] end", "key 0123456789 end", True),
        ("[REDACTED] and [REDACTED]", "one and two", True),
        ("card [REDACTED_BY_AWS]-1111", "card 4111 1111 1111 1111", True),
        ("[REDACTED]", "anything", False),
        ("one two", "one two three", False),
        ("start [REDACTED] end", "start the end of another", False),
        ("", "", False),
    ],
)
def test_texts_are_alike_but_for_space_entities_and_what_aws_took_out(
    read: str, written: str, same: bool
) -> None:
    assert echoes.alike(read, written) is same


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_text_is_alike_what_it_was_before_something_was_taken_out(
    text: str, one: int, other: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    kept = "".join((text[:start] + text[end:]).split())
    if kept and "[" not in text and "&" not in text and not text[end:].startswith("-"):
        assert echoes.alike(text[:start] + "[REDACTED_BY_AWS]" + text[end:], text)


def test_hostile_text_full_of_marks_is_compared_quickly() -> None:
    assert not echoes.alike("[REDACTED]a" * 700, "a" * 8000 + "b")
