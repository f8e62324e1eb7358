"""What people decide on mail that waits: let in, attached, kept out, dismissed, and whose it is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway import review
from gateway.domain.lifecycle import Status
from gateway.operations import blocking
from gateway.store.models import (
    BlockedSender,
    Delivery,
    DeliveryState,
    Engineer,
    Glance,
    Message,
    Participant,
)
from gateway.store.queries import listing
from gateway.tickets import NotFound, Refused, handling
from tests.builders import FAILED, PASSED, a_customer, a_mail, an_engineer
from tests.databases import SUPPORT, Desk

STRANGER = "Wang Jun <wang@spare-parts.example>"


@pytest.fixture
def engineer(desk: Desk) -> Engineer:
    """Somebody at work on ticket 1001, which is new."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail())
    return made


def a_strangers(desk: Desk, text: str = "Our database is down.\n", **fields: str) -> Delivery:
    """A stranger's mail, which waits for a person."""
    raw = a_mail(
        text, sender=STRANGER, subject="Help", message_id=f"{len(text)}@spare-parts.example", **fields
    )
    return desk.with_desk(unregistered="review").walk(raw, reverse_path="wang@spare-parts.example")


def block(desk: Desk, pattern: str, engineer: Engineer) -> tuple[int, int]:
    with desk.services.transaction() as session:
        return blocking.block(session, pattern, author=engineer, reason="advertising",
                              own_addresses=desk.services.settings.own_addresses, at=desk.clock())  # fmt: skip


def row(desk: Desk, delivery_id: int) -> Delivery:
    with desk.services.reading() as session:
        return session.get_one(Delivery, delivery_id)


def test_waiting_mail_shows_its_first_lines_and_its_author(desk: Desk, engineer: Engineer) -> None:
    held = a_strangers(desk)
    with desk.services.reading() as session:
        seen = session.get_one(Glance, held.id)
    assert (seen.author, seen.text, seen.files) == (STRANGER, "Our database is down.", [])
    assert seen.written_to == SUPPORT


def test_accepted_mail_opens_its_own_ticket(desk: Desk, engineer: Engineer) -> None:
    held = a_strangers(desk)
    with desk.services.transaction() as session:
        review.replay(session, held.id, author=engineer, at=desk.clock())
    desk.with_desk(unregistered="review").file()
    assert row(desk, held.id).ticket_id == 1002


def test_mail_judged_again_without_being_let_in_waits_again(desk: Desk, engineer: Engineer) -> None:
    held = a_strangers(desk)
    with desk.services.transaction() as session:
        review.replay(session, held.id, author=engineer, admit=False, at=desk.clock())
    desk.with_desk(unregistered="review").file()
    assert row(desk, held.id).state == DeliveryState.HELD


def test_attached_mail_is_the_customers_word_and_makes_its_author_no_participant(
    desk: Desk, engineer: Engineer
) -> None:
    held = a_strangers(desk)
    with desk.services.transaction() as session:
        review.attach(session, desk.head, held.id, 1001, author=engineer, at=desk.clock())
    desk.with_desk(unregistered="review").file()
    assert (row(desk, held.id).ticket_id, row(desk, held.id).rule) == (1001, "attached")
    said = desk.messages(1001)[-1]
    assert (said.new_text.strip(), said.held, said.authenticated) == ("Our database is down.", False, False)
    with desk.services.reading() as session:
        assert session.get(Participant, (1001, "wang@spare-parts.example")) is None
    linked = [each for each in desk.events(1001) if each.kind == "linked"]
    assert [(each.actor, each.data["what"]) for each in linked] == [(f"engineer:{engineer.id}", "mail")]


def test_attached_mail_with_proof_makes_its_author_a_participant(desk: Desk, engineer: Engineer) -> None:
    proved = PASSED.__class__(PASSED.spf, PASSED.dkim, PASSED.dmarc, "spare-parts.example", "door")
    raw = a_mail("Ours too.\n", sender=STRANGER, message_id="p@spare-parts.example")
    held = desk.with_desk(unregistered="review").walk(
        raw, reverse_path="wang@spare-parts.example", authentication=proved
    )
    with desk.services.transaction() as session:
        review.attach(session, desk.head, held.id, 1001, author=engineer, at=desk.clock())
    desk.file()
    with desk.services.reading() as session:
        assert session.get(Participant, (1001, "wang@spare-parts.example")) is not None


def test_mail_is_attached_to_no_closed_and_to_no_missing_ticket(desk: Desk, engineer: Engineer) -> None:
    held = a_strangers(desk)
    with desk.services.transaction() as session:
        handling.change_status(session, desk.head, 1001, author=engineer, status=Status.CLOSED, text="over",
                               at=desk.clock())  # fmt: skip
    for number, why in (
        (1001, "a closed ticket is final"),
        (4711, "no such ticket"),
        (2**80, "no such ticket"),
    ):
        with desk.services.transaction() as session, pytest.raises(Refused, match=why):
            review.attach(session, desk.head, held.id, number, author=engineer, at=desk.clock())
    assert row(desk, held.id).state == DeliveryState.HELD


def test_mail_attached_just_before_its_ticket_closed_opens_a_follow_up(
    desk: Desk, engineer: Engineer
) -> None:
    held = a_strangers(desk)
    with desk.services.transaction() as session:
        review.attach(session, desk.head, held.id, 1001, author=engineer, at=desk.clock())
        handling.change_status(session, desk.head, 1001, author=engineer, status=Status.CLOSED, text="over",
                               at=desk.clock())  # fmt: skip
    desk.file()
    assert [each.follows_id for each in desk.tickets() if each.id == 1002] == [1001]


@pytest.mark.parametrize("pattern", ["Wang@Spare-Parts.example", "@spare-parts.example"])
def test_blocked_sender_is_kept_out_from_now_on_and_what_waits_goes_along(
    desk: Desk, engineer: Engineer, pattern: str
) -> None:
    before = a_strangers(desk)
    assert block(desk, pattern, engineer)[1] == 1
    after = a_strangers(desk, "Buy our wonderful parts.\n")
    assert [row(desk, each.id).state for each in (before, after)] == [DeliveryState.BLOCKED] * 2
    with desk.services.reading() as session:
        assert listing.count_held(session) == 0
        assert session.get_one(Glance, after.id).text == "Buy our wonderful parts."


def test_blocked_mail_can_still_be_let_in(desk: Desk, engineer: Engineer) -> None:
    block(desk, "wang@spare-parts.example", engineer)
    kept = a_strangers(desk)
    with desk.services.transaction() as session:
        review.replay(session, kept.id, author=engineer, at=desk.clock())
    desk.file()
    assert row(desk, kept.id).ticket_id == 1002


def test_ended_block_lets_the_next_mail_wait_again(desk: Desk, engineer: Engineer) -> None:
    key, _ = block(desk, "@spare-parts.example", engineer)
    for _ in range(2):
        with desk.services.transaction() as session:
            assert blocking.lift(session, key, author=engineer, at=desk.clock()) == "@spare-parts.example"
    assert a_strangers(desk).state == DeliveryState.HELD
    block(desk, "@spare-parts.example", engineer)
    with desk.services.reading() as session:
        assert len(session.scalars(sa.select(BlockedSender)).all()) == 2


@pytest.mark.parametrize(("pattern", "why"), [
    ("li@harbour.example", "registered customers are not blocked"), ("@harbour.example", "registered customers are not blocked"),
    (SUPPORT, "our own people are not blocked"), ("@desk.example", "our own people are not blocked"),
    ("chen@desk.example", "our own people are not blocked"), ("nobody", "no mail address"), ("@", "no mail address"),
    ("@com", "no mail address"), ("a b@x.example", "no mail address"), ("", "no mail address"),
])  # fmt: skip
def test_block_that_would_hide_what_is_ours_is_refused(
    desk: Desk, engineer: Engineer, pattern: str, why: str
) -> None:
    with desk.services.transaction() as session, pytest.raises(Refused, match=why):
        blocking.block(
            session, pattern, author=engineer, reason="x", own_addresses={SUPPORT}, at=desk.clock()
        )


def test_sender_is_blocked_once(desk: Desk, engineer: Engineer) -> None:
    block(desk, "@spare-parts.example", engineer)
    with pytest.raises(Refused, match="blocked already"):
        block(desk, "@spare-parts.example", engineer)


def test_registered_stranger_writes_as_a_contact(desk: Desk, engineer: Engineer) -> None:
    held = a_strangers(desk)
    with desk.services.transaction() as session:
        made = blocking.register(session, 1, email="Wang@spare-parts.example", name="Wang Jun")
        review.replay(session, held.id, author=engineer, at=desk.clock())
    desk.with_desk(unregistered="review").file()
    assert made.email == "wang@spare-parts.example"
    assert [each.customer_id for each in desk.tickets() if each.id == 1002] == [1]


@pytest.mark.parametrize("email", ["li@harbour.example", "chen@desk.example"])
def test_address_of_somebody_is_registered_once(desk: Desk, engineer: Engineer, email: str) -> None:
    with desk.services.transaction() as session, pytest.raises(Refused, match="registered already"):
        blocking.register(session, 1, email=email, name="")


def test_customer_nobody_knows_gets_no_contact(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session, pytest.raises(NotFound):
        blocking.register(session, 4711, email="a@b.example", name="")


def test_dismissed_message_waits_no_more_and_stays_without_effect(desk: Desk, engineer: Engineer) -> None:
    from tests.test_review import signed

    desk.walk(a_mail("Close it.\n", sender="Eve <eve@elsewhere.example>", message_id="e@elsewhere.example"),
              to=signed(), reverse_path="eve@elsewhere.example", authentication=FAILED)  # fmt: skip
    held = desk.messages(1001)[-1]
    with desk.services.transaction() as session:
        review.dismiss(session, desk.head, held.id, author=engineer, at=desk.clock())
        assert listing.count_held(session) == 0
    with desk.services.reading() as session:
        assert session.get_one(Message, held.id).held
    with desk.services.transaction() as session, pytest.raises(Refused, match="not held"):
        review.dismiss(session, desk.head, held.id, author=engineer, at=desk.clock())
