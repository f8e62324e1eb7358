"""What mails the customer waits some seconds, may be taken back, and is done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.appointments import Appointments
from gateway.domain.lifecycle import InvalidTransition, Status
from gateway.domain.terms import Priority
from gateway.mail.message import Attachment
from gateway.store.models import ActState, Appointment, Engineer, PendingAct
from gateway.store.models import Attachment as File
from gateway.tickets import Refused, handling, pending
from gateway.tickets.pending import Act
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import Desk

TEN = timedelta(seconds=10)
REPLY = Act("write", {"text": "We look into it.", "then": ""})
RESOLVE = Act("write", {"text": "It is fixed.", "then": "resolve"})


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def chen(desk: Desk) -> Engineer:
    """Somebody at work on ticket 1001."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail(), authentication=PASSED)
    return made


def ask(desk: Desk, author: Engineer, act: Act = REPLY, *, since: int = 0) -> int:
    with desk.services.transaction() as session:
        row = pending.ask(
            session, desk.head, 1001, act, author=author, wait=TEN, at=desk.clock(), since=since
        )
        return row.id


def undo(desk: Desk, author: Engineer, act_id: int) -> PendingAct | None:
    with desk.services.transaction() as session:
        return pending.undo(session, 1001, act_id, author=author)


def keeper(desk: Desk, transaction: Callable[..., object] | None = None, owner: str = "one") -> Appointments:
    kept = {pending.APPOINTMENT: partial(pending.keep, blobs=desk.services.blobs)}
    return Appointments(transaction or desk.services.transaction, desk.head, owner, desk.clock, kept)  # type: ignore[arg-type]


def keep(desk: Desk) -> None:
    keeper(desk).drain(desk.clock() + timedelta(seconds=5))


def rows(desk: Desk, of: type = PendingAct) -> list:  # type: ignore[type-arg]
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(of).order_by(of.id)))


def replies(desk: Desk) -> list[str]:
    return [each.text for each in desk.messages(1001) if each.direction == "outbound"]


def kinds(desk: Desk) -> list[str]:
    return [each.kind for each in desk.events(1001)]


def test_nothing_of_a_waiting_reply_is_on_the_ticket(desk: Desk, chen: Engineer) -> None:
    before = kinds(desk)
    ask(desk, chen)
    desk.clock.pass_(seconds=9)
    keep(desk)
    assert (replies(desk), desk.letters("reply"), kinds(desk)) == ([], [], before)
    assert desk.tickets()[0].first_response_at is None


def test_reply_leaves_when_its_time_has_come_and_counts_from_then(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen)
    due = desk.clock.pass_(seconds=10)
    keep(desk)
    assert replies(desk) == ["We look into it."]
    assert desk.tickets()[0].first_response_at == due
    assert (rows(desk), rows(desk, Appointment)) == ([], [])


def test_reply_taken_back_never_happened(desk: Desk, chen: Engineer) -> None:
    before = kinds(desk)
    taken = undo(desk, chen, ask(desk, chen))
    desk.clock.pass_(minutes=1)
    keep(desk)
    assert taken is not None
    assert taken.form == {"text": "We look into it.", "then": ""}
    assert (replies(desk), kinds(desk), rows(desk), rows(desk, Appointment)) == ([], before, [], [])


def test_reply_that_left_is_not_taken_back(desk: Desk, chen: Engineer) -> None:
    act = ask(desk, chen)
    desk.clock.pass_(seconds=10)
    keep(desk)
    assert undo(desk, chen, act) is None
    assert len(replies(desk)) == 1


def test_nobody_takes_back_what_another_wrote(desk: Desk, chen: Engineer) -> None:
    guo = an_engineer("Guo Ping")
    desk.add(guo)
    act = ask(desk, chen)
    assert undo(desk, guo, act) is None
    assert [each.id for each in rows(desk)] == [act]


def test_form_sent_twice_is_one_act(desk: Desk, chen: Engineer) -> None:
    assert ask(desk, chen) == ask(desk, chen)
    assert len(rows(desk)) == len(rows(desk, Appointment)) == 1


def test_same_words_on_a_newer_page_are_another_act(desk: Desk, chen: Engineer) -> None:
    assert ask(desk, chen, since=1) != ask(desk, chen, since=2)


def test_act_that_would_be_refused_is_refused_at_once(desk: Desk, chen: Engineer) -> None:
    with pytest.raises(Refused, match="resolving needs a text"):
        ask(desk, chen, Act("status", {"status": "resolved", "text": ""}))
    assert (rows(desk), rows(desk, Appointment)) == ([], [])


def test_trial_of_an_act_leaves_neither_letter_nor_entry(desk: Desk, chen: Engineer) -> None:
    before = kinds(desk)
    ask(desk, chen, Act("priority", {"priority": "critical", "text": "All shops."}))
    assert (kinds(desk), desk.letters("priority"), desk.tickets()[0].priority) == (
        before,
        [],
        Priority.MEDIUM,
    )


@pytest.mark.parametrize(
    ("act", "letter"),
    [
        (Act("status", {"status": "waiting-aws", "text": "AWS works on it."}), "status"),
        (Act("priority", {"priority": "high", "text": "Two shops."}), "priority"),
        (Act("mark", {"as": "withdrawn", "text": "Not needed."}), "status"),
    ],
)
def test_each_act_writes_its_letter_when_due(desk: Desk, chen: Engineer, act: Act, letter: str) -> None:
    ask(desk, chen, act)
    assert desk.letters(letter) == []
    desk.clock.pass_(seconds=10)
    keep(desk)
    assert len(desk.letters(letter)) == 1


def test_escalation_waits_too(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen, Act("escalate", {"text": "No progress."}))
    assert "escalation-asked" not in kinds(desk)
    desk.clock.pass_(seconds=10)
    keep(desk)
    assert "escalation-asked" in kinds(desk)


def test_reply_to_a_ticket_closed_meanwhile_is_kept_with_the_reason(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen)
    with desk.services.transaction() as session:
        handling.mark(session, desk.head, 1001, author=chen, as_="spam", reason="Spam.", at=desk.clock())
    desk.clock.pass_(seconds=10)
    keep(desk)
    (row,) = rows(desk)
    assert (row.state, row.reason, row.form["text"]) == (
        ActState.REFUSED,
        {"status": "closed"},
        "We look into it.",
    )
    assert (replies(desk), rows(desk, Appointment)) == ([], [])


def test_resolution_is_kept_where_the_customer_wrote_meanwhile(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen, RESOLVE)
    desk.walk(a_mail("It is worse now.\n", subject="Re: [HD-1001] slow"), authentication=PASSED)
    desk.clock.pass_(seconds=10)
    keep(desk)
    (row,) = rows(desk)
    assert row.reason["words"] == pending.CUSTOMER_WROTE
    assert desk.tickets()[0].status != Status.RESOLVED


def test_plain_reply_leaves_though_the_customer_wrote_meanwhile(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen)
    desk.walk(a_mail("It is worse now.\n", subject="Re: [HD-1001] slow"), authentication=PASSED)
    desk.clock.pass_(seconds=10)
    keep(desk)
    assert replies(desk) == ["We look into it."]


def refused(desk: Desk, chen: Engineer) -> int:
    """A resolution that the customer's mail crossed."""
    act = ask(desk, chen, RESOLVE)
    desk.walk(a_mail("It is worse now.\n", subject="Re: [HD-1001] slow"), authentication=PASSED)
    desk.clock.pass_(seconds=10)
    keep(desk)
    return act


def again(desk: Desk, chen: Engineer, act: int) -> bool:
    with desk.services.transaction() as session:
        return pending.again(session, desk.head, desk.services.blobs, (1001, act), author=chen, wait=TEN,
                             at=desk.clock())  # fmt: skip


def test_refused_act_is_asked_for_again(desk: Desk, chen: Engineer) -> None:
    assert again(desk, chen, refused(desk, chen))
    desk.clock.pass_(seconds=10)
    keep(desk)
    assert (desk.tickets()[0].status, rows(desk)) == (Status.RESOLVED, [])


def test_refused_act_that_is_refused_again_stays(desk: Desk, chen: Engineer) -> None:
    act = refused(desk, chen)
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, 1001, author=chen, status=Status.CLOSED, text="Phone.",
                               at=desk.clock())  # fmt: skip
    with pytest.raises(InvalidTransition):
        again(desk, chen, act)
    assert [each.state for each in rows(desk)] == [ActState.REFUSED]


def test_file_of_a_reply_leaves_with_it(desk: Desk, chen: Engineer) -> None:
    with desk.services.transaction() as session:
        key = desk.services.blobs.put(session, b"trace", desk.clock())
    file = Attachment(filename="trace.log", content_type="text/plain", content=b"trace", sha256=key)
    ask(desk, chen, Act("write", {"text": "See the file.", "then": ""}, (file,)))
    desk.clock.pass_(seconds=10)
    keep(desk)
    assert [(each.filename, each.blob_key) for each in rows(desk, File)] == [("trace.log", key)]


@contextmanager
def killed_before_commit(desk: Desk, when: list[bool]) -> Iterator[Session]:
    """A transaction whose process is killed between the work and the commit, from the second one on."""
    with desk.services.transaction() as session:
        yield session
        if when.pop(0):
            raise Killed


def test_reply_is_sent_once_where_its_process_is_killed_before_the_commit(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen)
    desk.clock.pass_(seconds=10)
    with pytest.raises(Killed):
        keeper(desk, partial(killed_before_commit, desk, [False, True])).drain(desk.clock() + TEN)
    assert (replies(desk), len(rows(desk))) == ([], 1)
    expire_leases(desk)
    keeper(desk, owner="two").drain(desk.clock() + TEN)
    keeper(desk, owner="three").drain(desk.clock() + TEN)
    assert (replies(desk), rows(desk)) == (["We look into it."], [])
    assert len(desk.letters("reply")) == 1


def test_process_that_slept_through_its_lease_sends_nothing(desk: Desk, chen: Engineer) -> None:
    ask(desk, chen)
    desk.clock.pass_(seconds=10)
    woken: list[str] = []

    @contextmanager
    def slow() -> Iterator[Session]:
        with desk.services.transaction() as session:
            yield session
        if not woken:  # claimed; while it sleeps another process takes the row and sends
            woken.append("slept")
            expire_leases(desk)
            keep(desk)

    keeper(desk, slow, owner="sleeper").drain(desk.clock() + TEN)
    assert (replies(desk), len(desk.letters("reply"))) == (["We look into it."], 1)


def expire_leases(desk: Desk) -> None:
    with desk.services.transaction() as session:
        session.execute(sa.update(Appointment).values(lease_until=desk.clock() - timedelta(days=9000)))
