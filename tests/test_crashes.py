"""A process is killed between any two steps of the walk: nothing is lost, no ticket and no acknowledgement doubles."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from gateway.store.models import Attachment, Delivery, DeliveryState
from gateway.tickets import handling, log
from tests.builders import a_customer, an_engineer
from tests.databases import Desk
from tests.killing import Walk

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


def test_mail_sent_again_after_a_lost_250_is_kept_as_a_duplicate(desk: Desk) -> None:
    desk.add(a_customer())
    walk = Walk(desk, "after door commit 1")
    walk.send(the_mail())
    walk.run()
    assert len(delivery_states(desk)) == 2
    assert [letter.letter for letter in desk.letters()] == ["acknowledgement"]


def attachments(desk: Desk) -> list[bytes]:
    with desk.services.reading() as session:
        return [desk.services.blobs.get(session, row.blob_key) for row in session.query(Attachment)]


def delivery_states(desk: Desk) -> list[str]:
    with desk.services.reading() as session:
        return [row.state for row in session.query(Delivery)]
