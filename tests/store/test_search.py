"""What stands in a ticket is found, on both databases alike, and whatever is typed does no harm."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain import tokens
from gateway.store import leases, search
from gateway.store.models import (
    Attachment,
    AwsAccount,
    AwsCase,
    Customer,
    Direction,
    Message,
    SearchDue,
    Ticket,
)
from gateway.store.queries import listing
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk

BOTH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def found(desk: Desk, typed: str, **filters: object) -> list[int]:
    wanted = listing.TicketFilter(status=listing.ALL, words=typed, **filters)  # type: ignore[arg-type]
    with desk.services.reading() as session:
        return [ticket.id for ticket in listing.tickets(session, wanted).rows]


def as_customer(desk: Desk, typed: str) -> list[int]:
    with desk.services.reading() as session:
        chosen = search.narrowed(session, sa.select(Ticket.id), tokens.asked_for(typed), shown_only=True)
        return list(session.scalars(chosen.order_by(Ticket.id)))


def say(desk: Desk, text: str, *, direction: Direction = Direction.INBOUND, held: bool = False, ticket_id: int = 1001) -> None:  # fmt: skip
    desk.add(
        Message(ticket_id=ticket_id, direction=direction, at=MONDAY, text=text, new_text=text, held=held)
    )


@pytest.fixture
def harbour(desk: Desk) -> Desk:
    """A desk with one ticket, told of in Chinese and English."""
    desk.add(a_customer(), an_engineer())
    desk.walk(a_mail("华东机房的数据库迁移失败，\n请尽快处理。Instance i-0abc12 in account 111122223333.\n",
                     subject="EC2实例无法启动"), authentication=PASSED)  # fmt: skip
    desk.index()
    return desk


@pytest.mark.parametrize("typed", [
    "迁移", "实例", "数据库", "数据库迁移失败", "请", "机房", "处理", "EC2实例", "ec2", "Ｅｃ２", "i-0abc12", "0abc12",
    "111122223333", "account 迁移", '"数据库 迁移"', "“数据库迁移”", "hd-1001", "HD-1001", "1001", "inst*", "INSTANCE", "li@harbour.example",
    "harbour.example", "Li Na", "from:li@harbour.example", "from:harbour.example", 'from:"Li Na"', "from:harb*", "from:li 迁移",
    '"account 111122223333"', "account!!", "失败 — 处理",
])  # fmt: skip
def test_what_stands_in_a_ticket_is_found(harbour: Desk, typed: str) -> None:
    assert found(harbour, typed) == [1001]


@pytest.mark.parametrize("typed", [
    "移迁", "资料", "遷移", "数库", "迁移 nowhere", '"迁移数据"', '"111122223333 account"', "nowhere", "acc", "from:nobody", "from:chen",
    "from:迁移", "%", "*", '"', "from:", "AND", "NOT",
])  # fmt: skip
def test_what_does_not_stand_in_a_ticket_is_not_found(harbour: Desk, typed: str) -> None:
    assert found(harbour, typed) == []


def test_traditional_characters_are_found_as_written(harbour: Desk) -> None:
    say(harbour, "資料庫遷移")
    harbour.index()
    assert (found(harbour, "遷移"), found(harbour, "資料")) == ([1001], [1001])


def test_word_broken_by_the_end_of_a_line_is_found(harbour: Desk) -> None:
    say(harbour, "昨天晚上的负载均\n衡器报错")
    harbour.index()
    assert found(harbour, "负载均衡器") == [1001]


def test_newest_stands_first_and_pages_follow_without_gap(harbour: Desk) -> None:
    for number in range(4):
        harbour.walk(
            a_mail("The harbour crane.\n", subject=f"Crane {number}", message_id=f"c{number}@harbour.example")
        )
    harbour.index()
    wanted = listing.TicketFilter(words="crane")
    with harbour.services.reading() as session:
        first = listing.tickets(session, wanted, limit=3)
        second = listing.tickets(session, wanted, limit=3, cursor=first.cursor)
        count = listing.count_tickets(session, wanted)
    assert [row.id for row in first.rows] == [1005, 1004, 1003]
    assert ([row.id for row in second.rows], second.cursor, count) == ([1002], "", 4)


def test_filters_hold_for_what_is_searched(harbour: Desk) -> None:
    assert found(harbour, "迁移", customer_id=1) == [1001]
    assert found(harbour, "迁移", customer_id=2) == []


@pytest.mark.parametrize(("direction", "held"), [(Direction.NOTE, False), (Direction.INBOUND, True), (Direction.FROM_AWS, False)])  # fmt: skip
def test_what_is_for_engineers_alone_is_found_by_engineers_alone(
    harbour: Desk, direction: Direction, held: bool
) -> None:
    say(harbour, "suspicious 可疑", direction=direction, held=held)
    harbour.index()
    assert (found(harbour, "suspicious"), found(harbour, "可疑")) == ([1001], [1001])
    assert (as_customer(harbour, "suspicious"), as_customer(harbour, "可疑")) == ([], [])
    assert as_customer(harbour, "迁移 inst* from:li") == [1001]


def test_message_that_is_no_longer_held_is_found_by_customers(harbour: Desk) -> None:
    say(harbour, "released", held=True)
    harbour.index()
    with harbour.services.transaction() as session:
        session.execute(sa.update(Message).where(Message.held).values(held=False))
    harbour.index()
    assert as_customer(harbour, "released") == [1001]


def test_erased_message_is_not_found(harbour: Desk) -> None:
    say(harbour, "confidential")
    harbour.index()
    with harbour.services.transaction() as session:
        session.execute(sa.update(Message).where(Message.text == "confidential").values(text="", new_text=""))
    harbour.index()
    assert (found(harbour, "confidential"), found(harbour, "迁移")) == ([], [1001])


def test_names_of_files_are_found(harbour: Desk) -> None:
    say(harbour, "See the file.")
    with harbour.services.transaction() as session:
        newest = session.scalars(sa.select(Message.id).order_by(Message.id.desc()).limit(1)).one()
    harbour.index()
    harbour.add(Attachment(token="t", message_id=newest, filename="账单_2026.pdf", content_type="application/pdf",
                           size_bytes=1, blob_key="k"))  # fmt: skip
    harbour.index()
    assert (found(harbour, "账单"), as_customer(harbour, "账单_2026.pdf")) == ([1001], [1001])


def test_case_is_found_by_its_number_by_engineers_alone(harbour: Desk) -> None:
    harbour.add(AwsAccount(account_id="111122223333", customer_id=1, name="production"))
    harbour.add(AwsCase(account_id="111122223333", case_id="case-111122223333-muen-2026-4f1e", display_id="17012345678",
                        ticket_id=1001, origin="us", opened_at=MONDAY, seen_at=MONDAY))  # fmt: skip
    harbour.index()
    assert found(harbour, "17012345678") == found(harbour, "case-111122223333-muen-2026-4f1e") == [1001]
    assert as_customer(harbour, "17012345678") == []


def test_forgotten_ticket_is_out_of_the_index_at_once(harbour: Desk) -> None:
    with harbour.services.transaction() as session:
        search.forget(session, [1001])
        search.compact(session)
    assert found(harbour, "迁移") == []


def test_changed_subject_is_found(harbour: Desk) -> None:
    with harbour.services.transaction() as session:
        session.get_one(Ticket, 1001).subject = "Crane stuck"
    harbour.index()
    assert (found(harbour, "stuck"), found(harbour, "启动")) == ([1001], [1001])  # the mail still says so


def test_whoever_lost_the_right_to_write_the_index_leaves_it_and_the_marks_alone(harbour: Desk) -> None:
    say(harbour, "later")
    leases.hold(harbour.services.sessions, "search-index", "somebody else", 60)
    harbour.services.indexing.drain(MONDAY.replace(year=2090))
    with harbour.services.reading() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(SearchDue)).scalar_one() > 0
    assert found(harbour, "later") == []


def test_words_beyond_what_a_database_can_number_are_left_out_and_the_rest_is_found(harbour: Desk) -> None:
    say(harbour, "again " * 20_000 + "late")
    say(harbour, "词" * 30_000)
    say(harbour, " ".join(f"{number:x}{'ü' * 60}" for number in range(20_000)))
    harbour.index()
    assert (found(harbour, "again"), found(harbour, "词词"), found(harbour, "迁移")) == (
        [1001],
        [1001],
        [1001],
    )


@BOTH
@given(text=st.text(max_size=200), number=st.integers(0, 50))
def test_whatever_word_stands_in_a_message_is_found(harbour: Desk, text: str, number: int) -> None:
    say(harbour, text := text.replace("\x00", "").encode(errors="ignore").decode())
    harbour.index()
    words = [each for each in tokens.fold(text).split() if any(tokens.words(each)) and '"' not in each]
    if not words:
        return
    word = words[number % len(words)].removeprefix("from:").rstrip("*")
    if any(tokens.words(word)):
        assert found(harbour, word) == [1001]
        assert found(harbour, f'"{word}"') == [1001]


@BOTH
@given(typed=st.text(st.one_of(st.characters(), st.sampled_from("\"'*:()^-+{}\\&|!<>@._ 迁移")), max_size=60))
def test_nothing_typed_does_harm(harbour: Desk, typed: str) -> None:
    found(harbour, typed)
    as_customer(harbour, typed)


@pytest.mark.parametrize(
    "typed",
    ["迁移' OR 1=1", '"迁移" OR x', "NEAR(迁移 x)", "shown:迁移 - x", "迁移' & 'x", "迁移\\' x", "x:*A"],
)
def test_operators_of_the_databases_are_words_like_any_other(harbour: Desk, typed: str) -> None:
    assert found(harbour, typed) == []


def test_tickets_from_before_the_index_are_found_once_the_slow_queue_had_its_turn(harbour: Desk) -> None:
    with harbour.services.transaction() as session:
        search.forget(session, [1001])
        search.mark(session, [1001])
        assert session.execute(sa.select(sa.func.count()).select_from(Customer)).scalar_one() == 1
    harbour.index()
    assert found(harbour, "迁移") == [1001]
