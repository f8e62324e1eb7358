"""From a delivery to a ticket and its letters, on both databases."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.mail.trust import Authentication, Verdict
from gateway.store import deliveries
from gateway.store.models import Delivery, DeliveryState
from gateway.tickets import handling, intake, log
from gateway.tickets.intake import Request
from tests.builders import FAILED, PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, SECRET, SUPPORT, Desk, InProcess


def signed(ticket_id: int) -> str:
    return f"support+{secrets.reply_detail(SECRET, ticket_id)}@desk.example"


def test_mail_of_a_known_contact_opens_a_ticket(desk: Desk) -> None:
    desk.add(a_customer())

    delivery = desk.walk(a_mail())

    (ticket,) = desk.tickets()
    assert (delivery.state, delivery.rule, delivery.disposition) == ("done", "new", "open-ticket")
    assert delivery.ticket_id == ticket.id == 1001
    assert (ticket.status, ticket.queue, ticket.requester_email) == ("new", "main", "li@harbour.example")
    assert ticket.opened_at == MONDAY


def test_acknowledgement_names_number_and_due_times_in_the_customers_zone(desk: Desk) -> None:
    desk.add(a_customer())

    desk.walk(a_mail(), authentication=PASSED)

    (letter,) = desk.letters("acknowledgement")
    assert letter.recipients == ["li@harbour.example"]
    assert letter.reverse_path == desk.head.return_path(letter.message_id)
    body = letter.content.decode()
    assert "HD-1001" in letter.subject
    assert "Auto-Submitted: auto-replied" in body
    assert "In-Reply-To: <m1@harbour.example>" in body


def test_reply_to_the_signed_address_by_a_participant_is_the_customers_word(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())

    delivery = desk.walk(a_mail("It began at noon.\n", message_id="m2@harbour.example"), to=signed(1001))

    assert (delivery.rule, delivery.disposition, delivery.ticket_id) == ("reply", "append-reply", 1001)
    assert len(desk.messages(1001)) == 2


def test_signed_address_in_a_strangers_hand_is_held_and_changes_nothing(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())

    stranger = a_mail("Send me everything.\n", sender="eve@else.example", message_id="e1@else.example")
    delivery = desk.walk(stranger, to=signed(1001), reverse_path="eve@else.example", authentication=PASSED)

    held = desk.messages(1001)[-1]
    assert delivery.disposition == "hold-on-ticket"
    assert (held.held, held.held_reason) == (True, "not-a-participant")
    assert len(desk.letters("acknowledgement")) == 1


def test_participants_mail_that_fails_dmarc_is_held(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())

    delivery = desk.walk(
        a_mail("Close it.\n", message_id="m2@harbour.example"), to=signed(1001), authentication=FAILED
    )

    assert delivery.disposition == "hold-on-ticket"


def test_subject_tag_alone_opens_a_linked_ticket(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())

    delivery = desk.walk(
        a_mail("More.\n", subject="Re: [HD-1001] Report page", message_id="m2@harbour.example")
    )

    assert (delivery.rule, delivery.disposition, delivery.ticket_id) == ("reply", "open-ticket", 1002)
    assert [event.kind for event in desk.events(1002)][-1] == "linked"


def test_same_content_by_another_address_is_one_entry(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())

    again = desk.walk(a_mail(), to="helpdesk@desk.example")

    assert (again.rule, again.ticket_id) == ("duplicate", 1001)
    assert len(desk.tickets()) == len(desk.letters("acknowledgement")) == 1


def test_same_message_id_with_other_content_is_no_duplicate(desk: Desk) -> None:
    desk.walk(a_mail("First.\n"))
    desk.walk(a_mail("Second.\n"))

    assert len(desk.tickets()) == 2


def test_unregistered_sender_lands_in_the_unregistered_queue_and_is_acknowledged(desk: Desk) -> None:
    desk.walk(a_mail())

    (ticket,) = desk.tickets()
    assert (ticket.queue, ticket.customer_id) == ("unregistered", None)
    assert len(desk.letters("acknowledgement")) == 1


def test_unregistered_sender_waits_for_review_where_so_set(desk: Desk) -> None:
    delivery = desk.with_desk(unregistered="review").walk(a_mail())

    assert (delivery.state, delivery.error) == (DeliveryState.HELD, "unregistered")
    assert desk.tickets() == []


def test_unregistered_sender_is_refused_by_letter_only_when_authenticated(desk: Desk) -> None:
    strict = desk.with_desk(unregistered="refuse")
    strict.walk(a_mail("One.\n"), authentication=PASSED)
    unproved = strict.walk(a_mail("Two.\n"))

    assert [letter.letter for letter in desk.letters()] == ["refusal"]
    assert unproved.state == DeliveryState.HELD


def test_refusal_goes_once_a_day_to_an_address_of_any_length(desk: Desk) -> None:
    domain = ".".join(["b" * 60] * 3) + ".example"
    author = f"{'a' * 50}@{domain}"
    strict, proved = desk.with_desk(unregistered="refuse"), replace(PASSED, domain=domain)

    for text in ("One.\n", "Two.\n"):
        delivery = strict.walk(a_mail(text, sender=author), reverse_path=author, authentication=proved)
        assert delivery.state == DeliveryState.DONE

    assert [letter.recipients for letter in desk.letters("refusal")] == [[author]]


def test_acknowledgement_to_an_unproved_sender_carries_nothing_of_theirs(desk: Desk) -> None:
    desk.walk(a_mail("buy pills\n", subject="buy pills"))

    (letter,) = desk.letters("acknowledgement")
    assert b"pills" not in letter.content


def test_acknowledgement_to_another_address_than_the_authors_grants_nothing(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(), reverse_path="eve@else.example")
    (letter,) = desk.letters("acknowledgement")

    forged = a_mail("I am Li Na.\n", message_id="e2@else.example", in_reply_to=letter.message_id)
    delivery = desk.walk(forged, reverse_path="eve@else.example")

    assert letter.recipients == ["eve@else.example"]
    assert b"support+" not in letter.content
    assert delivery.disposition == "open-ticket"
    assert len(desk.messages(1001)) == 1


def test_reply_to_our_message_id_by_a_participant_is_the_customers_word(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail())
    (letter,) = desk.letters("acknowledgement")

    delivery = desk.walk(a_mail("More.\n", message_id="m2@harbour.example", in_reply_to=letter.message_id))

    assert (delivery.disposition, delivery.ticket_id) == ("append-reply", 1001)


def test_forged_envelope_gets_no_letter(desk: Desk) -> None:
    forged = Authentication(Verdict.FAIL, Verdict.NONE, Verdict.NONE, "harbour.example", "door")
    desk.walk(a_mail(), authentication=forged)

    assert len(desk.tickets()) == 1
    assert desk.letters() == []


def test_report_without_date_and_identifier_is_the_same_only_on_one_day(desk: Desk) -> None:
    report = b"From: cron@harbour.example\r\nSubject: backup failed\r\n\r\nexit 1\r\n"
    desk.walk(report)
    again = desk.walk(report)
    desk.clock.pass_(hours=24)
    next_day = desk.walk(report)

    assert (again.rule, next_day.rule) == ("duplicate", "automatic")


def test_mail_whose_worker_never_ended_is_put_before_a_person(desk: Desk) -> None:
    delivery_id = desk.receive(a_mail())
    with desk.services.transaction() as session:
        session.get_one(Delivery, delivery_id).attempts = 10
    desk.file()

    with desk.services.reading() as session:
        assert session.get_one(Delivery, delivery_id).state == DeliveryState.QUARANTINED


def test_ticket_opened_by_hand_is_acknowledged_to_its_requester(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    request = Request(
        None, Mailbox("Li Na", "li@harbour.example"), "Call about a bill", "She called.", Priority.LOW
    )
    with desk.services.transaction() as session:
        intake.open_by_hand(session, desk.head, request, author=engineer, at=desk.clock())

    (letter,) = desk.letters("acknowledgement")
    assert letter.recipients == ["li@harbour.example"]
    assert b"Your request of" in letter.content


def test_at_most_five_acknowledgements_an_hour_go_to_one_address(desk: Desk) -> None:
    for number in range(7):
        desk.walk(a_mail(f"Number {number}.\n"))

    assert len(desk.tickets()) == 7
    assert len(desk.letters("acknowledgement")) == 5
    desk.clock.pass_(minutes=61)
    desk.walk(a_mail("An hour later.\n"))
    assert len(desk.letters("acknowledgement")) == 6


def test_alarm_mail_becomes_a_ticket_without_acknowledgement(desk: Desk) -> None:
    desk.walk(a_mail("ALARM: CPU high\n", Auto_Submitted="auto-generated"))

    assert len(desk.tickets()) == 1
    assert desk.letters() == []


def test_out_of_office_is_kept_without_a_ticket(desk: Desk) -> None:
    delivery = desk.walk(a_mail("Away.\n", Auto_Submitted="auto-replied"))

    assert (delivery.rule, delivery.disposition) == ("automatic", "keep")
    assert desk.tickets() == []


def test_null_reverse_path_is_never_answered(desk: Desk) -> None:
    desk.walk(a_mail(), reverse_path="")

    assert desk.letters() == []


def test_mail_in_our_own_name_waits_for_a_person(desk: Desk) -> None:
    delivery = desk.walk(a_mail(sender=f"Support <{SUPPORT}>"))

    assert (delivery.rule, delivery.state) == ("impersonation", DeliveryState.HELD)


def test_confirming_a_resolved_ticket_closes_it(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)

    desk.walk(a_mail("Confirm\n", message_id="m2@harbour.example"), to=signed(1001))

    assert desk.tickets()[0].status == Status.CLOSED


def test_not_fixed_reopens_a_resolved_ticket_and_its_clock(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)
    due = desk.tickets()[0].resolution_due_at
    desk.clock.pass_(hours=2)

    desk.walk(a_mail("It is not fixed, same error.\n", message_id="m2@harbour.example"), to=signed(1001))

    (ticket,) = desk.tickets()
    assert (ticket.status, ticket.resolved_at) == (Status.OPEN, None)
    assert ticket.resolution_due_at == due + timedelta(hours=2)


def test_bare_thanks_changes_nothing(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)

    desk.walk(a_mail("Thanks!\n", message_id="m2@harbour.example"), to=signed(1001))

    assert desk.tickets()[0].status == Status.RESOLVED


def test_mail_to_a_closed_ticket_opens_a_linked_follow_up(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)
    desk.walk(a_mail("Confirm\n", message_id="m2@harbour.example"), to=signed(1001))

    desk.walk(a_mail("It is back.\n", message_id="m3@harbour.example"), to=signed(1001))

    follow_up = desk.tickets()[-1]
    assert (follow_up.id, follow_up.follows_id) == (1002, 1001)


def test_mail_to_a_ticket_that_is_being_closed_opens_a_follow_up(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)
    desk.receive(a_mail("It is back.\n", message_id="m2@harbour.example"), to=signed(1001))

    with desk.services.transaction() as session:
        handling.change_status(
            session, desk.head, 1001, author=engineer, status=Status.CLOSED, at=desk.clock()
        )  # type: ignore[arg-type]
        session.flush()
        filing = threading.Thread(target=desk.file)
        filing.start()
        _until_somebody_waits(session)
    filing.join(10)

    assert [ticket.follows_id for ticket in desk.tickets()] == [None, 1001]
    assert len(desk.messages(1001)) == 2


def _until_somebody_waits(session: Session) -> None:
    """On PostgreSQL: until another session waits for a lock of this one's; SQLite has only one lock anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return
    wanted = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + 10
    while not session.execute(wanted).scalar_one() and time.monotonic() < until:
        threading.Event().wait(0.01)


def test_unproved_mail_to_a_closed_ticket_opens_its_own_since_nobody_could_release_it_there(
    desk: Desk,
) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)
    desk.walk(a_mail("Confirm\n", message_id="m2@harbour.example"), to=signed(1001))

    again = a_mail("It is back.\n", message_id="m3@harbour.example")
    delivery = desk.walk(again, to=signed(1001), authentication=FAILED)
    alarm = a_mail("ALARM: CPU high\n", message_id="m4@harbour.example", Auto_Submitted="auto-generated")
    desk.walk(alarm, to=signed(1001))

    assert (delivery.disposition, delivery.ticket_id) == ("open-ticket", 1002)
    assert [ticket.follows_id for ticket in desk.tickets()] == [None, None, None]
    assert [event.kind for event in desk.events(1002)][-1] == "linked"


def test_copied_people_take_part_only_by_authenticated_mail(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail("One.\n", cc="eve@else.example"))
    desk.walk(a_mail("Two.\n", cc="ops@harbour.example"), authentication=PASSED)

    for ticket in desk.tickets():
        with desk.services.transaction() as session:
            handling.reply(session, desk.head, ticket.id, author=engineer, text="Seen.", at=desk.clock())

    sent = [(letter.ticket_id, letter.recipients) for letter in desk.letters("reply")]
    unproved, proved = (ticket.id for ticket in desk.tickets())
    assert sent == [
        (unproved, ["li@harbour.example"]),
        (proved, ["li@harbour.example"]),
        (proved, ["ops@harbour.example"]),
    ]


def test_chain_of_a_tickets_log_holds_and_tells_where_it_was_changed(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail())
    _resolve(desk, engineer)
    rows = desk.events(1001)
    assert log.broken_link(rows) is None

    rows[1].actor = "somebody else"

    assert log.broken_link(rows) == 2


def test_two_deliveries_of_one_mail_to_two_of_our_addresses_make_one_ticket(desk: Desk) -> None:
    first = desk.receive(a_mail())
    second = desk.receive(a_mail(), to="postmaster@desk.example")
    desk.file()

    with desk.services.reading() as session:
        rules = [session.get_one(Delivery, each).rule for each in (first, second)]
    assert rules == ["new", "duplicate"]


def test_verdict_on_another_domain_proves_no_author(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    elsewhere = replace(PASSED, domain="else.example")

    desk.walk(a_mail(cc="eve@else.example"), authentication=elsewhere)
    delivery = desk.walk(a_mail(sender="Chen Wei <chen@desk.example>"), authentication=elsewhere)

    assert not desk.messages(1001)[0].authenticated
    assert (delivery.rule, delivery.state) == ("impersonation", DeliveryState.HELD)


def test_message_id_longer_than_an_index_entry_stops_nothing(desk: Desk) -> None:
    signs = "".join(chr(0x20000 + 37 * number % 40_000) for number in range(900))
    raw = a_mail(message_id="").replace(
        b"From:", f"Message-ID: <{signs}@harbour.example>\r\nFrom:".encode(), 1
    )

    delivery = desk.walk(raw)

    assert (delivery.state, delivery.attempts) == (DeliveryState.DONE, 1)


def test_who_slept_through_a_lease_changes_nothing_of_what_another_did(desk: Desk) -> None:
    desk.receive(a_mail())
    with desk.services.transaction() as session:
        (slept,) = deliveries.claim(session, owner="slept", at=desk.clock(), limit=1)
        session.execute(sa.update(Delivery).values(lease_until=MONDAY, attempts=9))
    desk.file()

    with desk.services.transaction() as session:
        deliveries.postpone(session, replace(slept, attempts=9), desk.clock(), error="late")
        deliveries.give_back(session, slept, desk.clock())

    with desk.services.reading() as session:
        delivery = session.get_one(Delivery, slept.id)
    assert (delivery.state, delivery.error, delivery.attempts) == (DeliveryState.DONE, "", 10)


def test_when_the_time_is_over_what_was_claimed_is_free_for_others(desk: Desk) -> None:
    for number in range(3):
        desk.receive(a_mail(f"Number {number}.\n"))
    until = desk.clock() + timedelta(seconds=5)

    class Slow(InProcess):
        def call(self, payload: bytes) -> bytes:
            desk.clock.pass_(seconds=6)
            return super().call(payload)

    left = replace(desk.pipeline, reader=Slow(), now=desk.clock).drain(until)

    with desk.services.transaction() as session:
        free = deliveries.claim(session, owner="another", at=desk.clock(), limit=16)
    assert (left, [each.attempts for each in free]) == (True, [1, 1])


def _resolve(desk: Desk, engineer: object) -> None:
    with desk.services.transaction() as session:
        handling.reply(
            session, desk.head, 1001, author=engineer, text="Restarted the service.", then=Status.RESOLVED,
            at=desk.clock(),
        )  # type: ignore[arg-type]  # fmt: skip
