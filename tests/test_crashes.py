"""A process is killed between any two steps of the walk: nothing is lost, no ticket and no acknowledgement doubles."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.mail.reader import read_frame
from gateway.store.models import Attachment, Delivery, DeliveryState, Engineer, Outbox, Ticket
from gateway.tickets import handling, log
from gateway.transport import Reply
from tests.builders import a_customer, an_engineer
from tests.databases import MONDAY, Desk
from tests.installation import Installation, Load, installed, kills, until
from tests.killing import Walk

SLICE = timedelta(seconds=5)
LARGE = bytes(range(256)) * 500

STEPS = [
    f"{when} {step}"
    for step in (
        "blob write 1",  # the raw mail, before the door's commit
        "door commit 1",
        "inbound commit 1",  # claimed
        "read 1",
        "blob write 2",  # the attachment, before the ticket's commit
        "inbound commit 2",  # ticket, acknowledgement
        "outbound commit 1",  # claimed
        "offer 1",
        "outbound commit 2",  # begun
        "transfer 1",
        "outbound commit 3",  # how it ended
    )
    for when in ("before", "after")
]
UNHEARD = {"after outbound commit 2", "before transfer 1", "after transfer 1", "before outbound commit 3"}
"""Killed here nobody knows whether the next server has the mail: the row says that it is being sent."""


def the_mail() -> bytes:
    mail = EmailMessage()
    mail["From"] = "Li Na <li@harbour.example>"
    mail["To"] = "support@desk.example"
    mail["Subject"] = "Report page slow"
    mail["Date"] = "Mon, 02 Mar 2026 01:00:00 +0000"
    mail["Message-ID"] = "<m1@harbour.example>"
    mail.set_content("The report page is slow today.\n")
    mail.add_attachment(LARGE, maintype="application", subtype="octet-stream", filename="trace.bin")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def test_table_names_every_step_of_the_walk(desk: Desk) -> None:
    desk.add(a_customer())
    walk = Walk(desk)
    walk.send(the_mail())
    walk.run()
    empty_claims = {"inbound commit 3", "outbound commit 4"}
    seen = [step for step in walk.steps.seen if step.partition(" ")[2] not in empty_claims]
    assert [step for step in dict.fromkeys(seen) if not step.endswith((" 4", " 5"))] == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_any_step_leaves_one_ticket_and_one_acknowledgement_at_most(desk: Desk, step: str) -> None:
    desk.add(a_customer())
    walk = Walk(desk, step)

    walk.send(the_mail())
    walk.run()

    assert walk.steps.killed
    (ticket,) = desk.tickets()
    (message,) = desk.messages(ticket.id)
    assert message.text.strip() == "The report page is slow today."
    assert log.broken_link(desk.events(ticket.id)) is None
    assert attachments(desk) == [LARGE]
    assert set(delivery_states(desk)) == {DeliveryState.DONE}
    (letter,) = desk.letters()
    if step in UNHEARD:
        assert len(walk.server.taken) <= 1
        assert letter.state == "uncertain"
    else:
        assert len(walk.server.taken) == 1
        assert letter.state == "sent"


@pytest.mark.parametrize(
    "step", [step for step in STEPS if "out" in step or "offer" in step or "transfer" in step]
)
def test_kill_at_any_step_sends_an_engineers_reply_at_least_once(desk: Desk, step: str) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    Walk(desk).send(the_mail())
    Walk(desk).run()
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Restarted.", at=desk.clock())
    walk = Walk(desk, step)

    walk.run()

    assert walk.steps.killed
    (letter,) = desk.letters("reply")
    assert letter.state == "sent"
    assert set(walk.server.taken) == {letter.content}
    assert len(walk.server.taken) <= (2 if step in UNHEARD else 1)
    assert letter.maybe_twice == (step in UNHEARD)


COMMITS = [step for step in STEPS if "commit" in step]
LOST = sa.exc.OperationalError("COMMIT", None, Exception("the connection to the server was lost"))


@pytest.mark.parametrize("step", COMMITS)
def test_commit_whose_answer_is_lost_doubles_no_ticket_and_no_letter(desk: Desk, step: str) -> None:
    desk.add(a_customer())
    walk = Walk(desk, step, LOST)

    walk.send(the_mail())
    walk.run()

    assert walk.steps.killed
    (ticket,) = desk.tickets()
    assert [event.kind for event in desk.events(ticket.id)] == ["opened"]
    assert set(delivery_states(desk)) == {DeliveryState.DONE}
    (letter,) = desk.letters()
    assert len(walk.server.taken) <= 1
    assert letter.state == ("uncertain" if step == "after outbound commit 2" else "sent")


@pytest.mark.parametrize("when", ["before", "after"])
def test_refusal_whose_noting_is_answered_by_nobody_is_noted_once(desk: Desk, when: str) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    Walk(desk).send(the_mail())
    Walk(desk).run()
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Restarted.", at=desk.clock())
    walk = Walk(desk, f"{when} outbound commit 2", LOST)
    walk.server.answer = Reply(550, "no")

    walk.run()

    assert walk.steps.killed
    assert [event.kind for event in desk.events(1001)].count("reply-refused") == 1
    assert desk.letters("reply")[0].state == "failed"


def test_fault_after_the_commit_takes_nothing_back(desk: Desk) -> None:
    desk.add(a_customer())
    desk.receive(the_mail())
    with desk.services.transaction() as session:
        session.execute(sa.update(Delivery).values(attempts=2))
    walk = Walk(desk, "after inbound commit 2", sa.exc.InterfaceError("COMMIT", None, Exception("closed")))
    walk.run()
    assert walk.steps.killed
    assert (len(desk.tickets()), delivery_states(desk)) == (1, [DeliveryState.DONE])


def test_mail_sent_again_after_a_lost_250_is_kept_as_a_duplicate(desk: Desk) -> None:
    desk.add(a_customer())
    walk = Walk(desk, "after door commit 1")
    walk.send(the_mail())
    walk.run()
    assert len(delivery_states(desk)) == 2
    assert [letter.letter for letter in desk.letters()] == ["acknowledgement"]


class Sleeper:
    """A reader that sleeps through its process's lease over the first mail, while `meanwhile` happens."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.slept = desk, False

    def call(self, payload: bytes) -> bytes:
        if not self.slept:
            self.slept = True
            with self.desk.services.transaction() as session:
                session.execute(sa.update(Delivery).values(lease_until=MONDAY))
            self.desk.file()
        return read_frame(payload)


def test_process_that_slept_through_its_lease_files_nothing_twice(desk: Desk) -> None:
    desk.add(a_customer())
    desk.receive(the_mail())
    sleeper = replace(desk.pipeline, reader=Sleeper(desk), owner="sleeper", now=desk.clock)
    sleeper.drain(desk.clock.at + SLICE)
    assert (len(desk.tickets()), len(desk.letters()), delivery_states(desk)) == (1, 1, [DeliveryState.DONE])


def test_process_that_fails_after_it_slept_takes_nothing_back(desk: Desk) -> None:
    desk.add(a_customer())
    desk.receive(the_mail())
    with desk.services.transaction() as session:
        session.execute(sa.update(Delivery).values(attempts=2))
    reader = Sleeper(desk)

    class Failing:
        def call(self, payload: bytes) -> bytes:
            reader.call(payload)
            raise RuntimeError("after waking")

    failing = replace(desk.pipeline, reader=Failing(), owner="sleeper", now=desk.clock)
    failing.drain(desk.clock.at + SLICE)
    assert (len(desk.tickets()), delivery_states(desk)) == (1, [DeliveryState.DONE])


# Real processes, really killed.

MAILS = 150
REPLIES = 20
KILLED = ("smtp", "imap", "mail", "out", "clock", "redis")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stormed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stormed]:
    """What a storm of SIGKILLs over 150 mails and 20 replies left, and how long the rest took."""
    with installed(request.param, request, tmp_path_factory.mktemp("storm")) as installation:
        load = Load(installation, MAILS, pause=0.1)
        with load:
            for name in kills(2, KILLED, 18):
                until(lambda name=name: installation.signal(name), 10, installation)
                reply_to_some(installation)
                threading.Event().wait(0.4)
            installation.kill_all()
            installation.start()
        took = until(lambda: not installation.unfiled(), 60, installation)
        reply_to_some(installation, most=REPLIES)
        until(lambda: not installation.unsent(), 60, installation)
        yield Stormed(installation, load, took)


class Stormed:
    """An installation after the storm."""

    def __init__(self, installation: Installation, load: Load, took: float) -> None:
        self.load, self.took = load, took
        self.heard = list(installation.sink.heard)
        with installation.services.reading() as session:
            self.tickets = session.scalars(sa.select(Ticket).order_by(Ticket.id)).all()
            self.letters = session.scalars(sa.select(Outbox).order_by(Outbox.id)).all()
            self.deliveries = session.scalars(sa.select(Delivery)).all()

    def of(self, letter: str) -> list[Outbox]:
        return [each for each in self.letters if each.letter == letter]


@pytest.mark.timeout(300)
def test_storm_of_kills_loses_no_mail_and_doubles_no_ticket(stormed: Stormed) -> None:
    assert stormed.load.given_up == []
    subjects = Counter(ticket.subject for ticket in stormed.tickets)
    assert subjects == {f"Request {number}": 1 for number in range(MAILS)}
    assert {delivery.state for delivery in stormed.deliveries} == {DeliveryState.DONE}


def test_storm_of_kills_refuses_nothing_for_good(stormed: Stormed) -> None:
    assert not [answer for answer in stormed.load.answers if answer >= 500]


def test_storm_of_kills_doubles_no_acknowledgement(stormed: Stormed) -> None:
    acknowledgements = stormed.of("acknowledgement")
    assert len(acknowledgements) == len({each.ticket_id for each in acknowledgements}) == MAILS
    heard = Counter(mail.message_id for mail in stormed.heard)
    assert max(heard[each.message_id] for each in acknowledgements) == 1
    lost = [each for each in acknowledgements if not heard[each.message_id]]
    assert {each.state for each in lost} <= {"uncertain"}
    assert {each.state for each in acknowledgements} <= {"sent", "uncertain"}


def test_storm_of_kills_loses_no_reply_and_owns_up_to_those_sent_twice(stormed: Stormed) -> None:
    replies = stormed.of("reply")
    assert len(replies) == REPLIES
    assert {each.state for each in replies} == {"sent"}
    for each in replies:
        contents = [mail.content for mail in stormed.heard if mail.message_id == each.message_id]
        assert set(contents) == {each.content}
        assert len(contents) == 1 or each.maybe_twice


def test_everything_is_filed_soon_after_the_last_kill(stormed: Stormed) -> None:
    assert stormed.took <= 30


def reply_to_some(installation: Installation, most: int = 3) -> None:
    """Answer the newest tickets as an engineer, until there are so many replies as wanted."""
    with installation.services.transaction() as session:
        engineer = session.scalars(sa.select(Engineer)).one()
        answered = set(session.scalars(sa.select(Outbox.ticket_id).where(Outbox.letter == "reply")))
        left = sa.select(Ticket.id).where(Ticket.id.not_in(answered)).order_by(Ticket.id.desc())
        for number in session.scalars(left.limit(min(most, REPLIES - len(answered)))).all():
            handling.reply(
                session,
                installation.services.letterhead,
                number,
                author=engineer,
                text="Seen.",
                at=clock.now(),
            )


def attachments(desk: Desk) -> list[bytes]:
    with desk.services.reading() as session:
        return [desk.services.blobs.get(session, row.blob_key) for row in session.query(Attachment)]


def delivery_states(desk: Desk) -> list[str]:
    with desk.services.reading() as session:
        return [row.state for row in session.query(Delivery)]
