"""What waits for a person: quarantined and held mail, held messages, failed and uncertain letters."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway import review, secrets
from gateway.domain.lifecycle import Status
from gateway.store.models import Delivery, DeliveryState, Engineer, Message, Outbox, TicketEvent
from gateway.tickets import NotFound, Refused, handling
from tests.builders import FAILED, PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, SECRET, SUPPORT, Desk
from tests.letters import drain, forget_leases, smtp
from tests.sink import DROP, Sink


@pytest.fixture
def engineer(desk: Desk) -> Engineer:
    """Somebody at work on ticket 1001, which is new."""
    made = an_engineer()
    desk.add(a_customer(), made)
    desk.walk(a_mail())
    return made


def signed() -> str:
    return f"support+{secrets.reply_detail(SECRET, 1001)}@desk.example"


def replay(desk: Desk, delivery_id: int, engineer: Engineer) -> Delivery:
    with desk.services.transaction() as session:
        review.replay(session, delivery_id, author=engineer, at=desk.clock())
    desk.file()
    with desk.services.reading() as session:
        return session.get_one(Delivery, delivery_id)


def held(desk: Desk, text: str = "Please close it.\n") -> Message:
    """A mail to the signed address by a participant who fails DMARC."""
    desk.walk(a_mail(text, message_id="m2@harbour.example"), to=signed(), authentication=FAILED)
    return desk.messages(1001)[-1]


def release(desk: Desk, message: Message, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        review.release(session, desk.head, message.id, author=engineer, at=desk.clock())


# Deliveries.


def test_mail_held_for_its_sender_is_let_in_when_a_person_says_so(desk: Desk, engineer: Engineer) -> None:
    strict = desk.with_desk(unregistered="review")
    waiting = strict.walk(a_mail("Hello.\n", sender="eve@else.example"), reverse_path="eve@else.example")
    assert waiting.state == DeliveryState.HELD
    desk.clock.pass_(hours=5)
    done = replay(strict, waiting.id, engineer)
    assert (done.state, done.ticket_id) == ("done", 1002)
    assert desk.tickets()[-1].opened_at == MONDAY


def test_impersonation_let_in_by_a_person_becomes_a_ticket(desk: Desk, engineer: Engineer) -> None:
    waiting = desk.walk(a_mail("Pay this bill.\n", sender=f"Support <{SUPPORT}>"))
    assert waiting.state == DeliveryState.HELD
    assert replay(desk, waiting.id, engineer).disposition == "open-ticket"


def test_mail_judged_again_twice_opens_one_ticket(desk: Desk, engineer: Engineer) -> None:
    waiting = desk.walk(a_mail("Pay this bill.\n", sender=f"Support <{SUPPORT}>"))
    replay(desk, waiting.id, engineer)
    with pytest.raises(Refused):
        replay(desk, waiting.id, engineer)
    assert len(desk.tickets()) == 2


def test_copy_of_a_held_mail_is_a_duplicate(desk: Desk, engineer: Engineer) -> None:
    mail = a_mail("Pay this bill.\n", sender=f"Support <{SUPPORT}>")
    waiting, copy = desk.walk(mail), desk.walk(mail)
    assert (waiting.state, copy.rule) == (DeliveryState.HELD, "duplicate")
    replay(desk, waiting.id, engineer)
    assert len(desk.tickets()) == 2


def test_filed_or_unknown_mail_cannot_be_judged_again(desk: Desk, engineer: Engineer) -> None:
    with pytest.raises(Refused):
        replay(desk, 1, engineer)
    with pytest.raises(NotFound):
        replay(desk, 999, engineer)


# Held messages.


def test_held_message_changes_nothing_until_it_is_released(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Which page?",
                       then=Status.WAITING_CUSTOMER, at=desk.clock())  # fmt: skip
    message = held(desk, "The sales page.\n")
    assert (message.held, desk.tickets()[0].status) == (True, "waiting-customer")
    release(desk, message, engineer)
    assert (desk.messages(1001)[-1].held, desk.tickets()[0].status) == (False, "open")


def test_released_message_is_logged_with_who_let_it_stand(desk: Desk, engineer: Engineer) -> None:
    release(desk, held(desk), engineer)
    event = [event for event in desk.events(1001) if event.kind == "customer-message"][-1]
    assert (event.actor, event.data["released"]) == (f"engineer:{engineer.id}", True)


def test_message_is_released_once(desk: Desk, engineer: Engineer) -> None:
    message = held(desk)
    release(desk, message, engineer)
    with pytest.raises(Refused):
        release(desk, message, engineer)


def test_message_on_a_closed_ticket_is_not_released(desk: Desk, engineer: Engineer) -> None:
    message = held(desk)
    with desk.services.transaction() as session:
        handling.change_status(
            session, desk.head, 1001, author=engineer, status=Status.CLOSED, text="Settled.", at=desk.clock()
        )
    with pytest.raises(Refused, match="final"):
        release(desk, message, engineer)


def resolve(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Restarted.", then=Status.RESOLVED,
                       at=desk.clock())  # fmt: skip


def last_move(desk: Desk) -> TicketEvent:
    return [event for event in desk.events(1001) if event.kind == "status"][-1]


@pytest.mark.parametrize(
    ("text", "status"),
    [("Confirmed, it works now.", "closed"), ("It is still slow.", "open"), ("Thanks!", "resolved")],
)
def test_released_answer_to_a_resolution_does_what_it_says(
    desk: Desk, engineer: Engineer, text: str, status: str
) -> None:
    resolve(desk, engineer)
    desk.clock.pass_(hours=1)
    release(desk, held(desk, f"{text}\n"), engineer)
    assert desk.tickets()[0].status == status


def test_confirmation_held_since_before_the_resolution_closes_no_earlier_than_it(
    desk: Desk, engineer: Engineer
) -> None:
    message = held(desk, "Confirmed, it works now.\n")
    resolved_at = desk.clock.pass_(hours=1)
    resolve(desk, engineer)
    desk.clock.pass_(hours=1)
    release(desk, message, engineer)
    ticket = desk.tickets()[0]
    assert (ticket.status, ticket.resolved_at, ticket.closed_at) == ("closed", resolved_at, resolved_at)
    assert (last_move(desk).at, last_move(desk).data["cause"]) == (resolved_at, "confirmed")


def test_confirmation_accepted_before_the_resolution_and_filed_after_it_closes_no_earlier(
    desk: Desk, engineer: Engineer
) -> None:
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="We restart it.", at=desk.clock())
    answered = desk.letters("reply")[-1].message_id
    desk.receive(
        a_mail("Works now, thanks.\n", message_id="m3@harbour.example", in_reply_to=answered),
        authentication=PASSED,
    )
    resolved_at = desk.clock.pass_(seconds=30)
    resolve(desk, engineer)
    desk.clock.pass_(seconds=30)
    desk.file()
    ticket = desk.tickets()[0]
    assert (ticket.status, ticket.resolved_at, ticket.closed_at) == ("closed", resolved_at, resolved_at)


def test_unknown_message_is_not_found(desk: Desk, engineer: Engineer) -> None:
    with pytest.raises(NotFound), desk.services.transaction() as session:
        review.release(session, desk.head, 999, author=engineer, at=desk.clock())


# Letters.


def answer(desk: Desk, engineer: Engineer) -> Outbox:
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Seen.", at=desk.clock())
    return desk.letters("reply")[0]


def retry(desk: Desk, letter: Outbox, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        review.retry(session, desk.head, letter.id, author=engineer, at=desk.clock())


def test_failed_letter_is_sent_again_with_the_same_bytes(desk: Desk, engineer: Engineer) -> None:
    with Sink() as sink:
        letter = answer(desk, engineer)
        sink.always["rcpt"] = "550 5.1.1 unknown"
        drain(desk, smtp(sink.port))
        sink.always.clear()
        desk.clock.pass_(days=8)
        retry(desk, letter, engineer)
        drain(desk, smtp(sink.port))
        taken = [mail for mail in sink.taken if mail.message_id == letter.message_id]
    again = desk.letters("reply")[0]
    assert (again.state, again.maybe_twice) == ("sent", False)
    assert [mail.content for mail in taken] == [letter.content]


def test_uncertain_letter_sent_again_owns_up_to_it(desk: Desk, engineer: Engineer) -> None:
    with Sink() as sink:
        sink.always["dot"] = DROP
        drain(desk, smtp(sink.port))
        (letter,) = desk.letters("acknowledgement")
        assert letter.state == "uncertain"
        sink.always.clear()
        retry(desk, letter, engineer)
        drain(desk, smtp(sink.port))
        (again,) = desk.letters("acknowledgement")
        assert (again.state, again.maybe_twice) == ("sent", True)
        assert len({mail.content for mail in sink.heard}) == 1


def test_letter_tried_again_has_five_days_and_the_whole_ladder_anew(desk: Desk, engineer: Engineer) -> None:
    with Sink() as sink:
        letter = answer(desk, engineer)
        sink.always["rcpt"] = "550 5.1.1 unknown"
        drain(desk, smtp(sink.port))
        sink.always["rcpt"] = "450 4.2.0 full"
        desk.clock.pass_(days=8)
        retry(desk, letter, engineer)
        drain(desk, smtp(sink.port))
    again = desk.letters("reply")[0]
    assert (again.state, again.next_attempt_at) == ("pending", desk.clock.at + timedelta(minutes=5))


def test_letter_given_up_asks_for_nobody_any_more(desk: Desk, engineer: Engineer) -> None:
    letter = answer(desk, engineer)
    fail(desk, letter)
    with desk.services.transaction() as session:
        review.give_up(session, letter.id, author=engineer, at=desk.clock())
    desk.clock.pass_(days=1)
    forget_leases(desk)
    drain(desk, None)
    again = desk.letters("reply")[0]
    assert (again.state, "Chen Wei" in again.last_reply) == ("cancelled", True)


def test_letter_under_way_sent_or_unknown_waits_for_nobodys_decision(desk: Desk, engineer: Engineer) -> None:
    letter = answer(desk, engineer)
    for state in ("pending", "sending", "sent", "cancelled", "kept"):
        with desk.services.transaction() as session:
            session.execute(sa.update(Outbox).values(state=state))
        with pytest.raises(Refused):
            retry(desk, letter, engineer)
        with pytest.raises(Refused), desk.services.transaction() as session:
            review.give_up(session, letter.id, author=engineer, at=desk.clock())
    letter.id = 999
    with pytest.raises(NotFound):
        retry(desk, letter, engineer)


def fail(desk: Desk, letter: Outbox) -> None:
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).where(Outbox.id == letter.id).values(state="failed"))


def test_authenticated_stranger_stays_held_on_the_ticket_until_released(
    desk: Desk, engineer: Engineer
) -> None:
    stranger = a_mail("Send me everything.\n", sender="eve@else.example", message_id="e1@else.example")
    desk.walk(stranger, to=signed(), reverse_path="eve@else.example", authentication=PASSED)
    (message,) = [each for each in desk.messages(1001) if each.held]
    release(desk, message, engineer)
    answer(desk, engineer)
    assert desk.letters("reply")[0].recipients == ["li@harbour.example"]
