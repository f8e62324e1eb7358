"""Mail that came back, on the ticket and in the outbox, and addresses that get no automatic mail."""

from datetime import timedelta

import pytest

from gateway import clock
from gateway.domain.lifecycle import EventKind
from gateway.mail.message import Bounce
from gateway.store.models import Outbox, Proof, Suppression
from gateway.tickets import log, returns, suppressing
from gateway.tickets.suppressing import Told
from tests.web import desk as desks
from tests.web.desk import Desk, form_token
from tests.web.test_review import add_delivery

LI = "li.na@harbourline.example"


def report(desk: Desk, number: int, *, action: str = "failed", status: str = "5.1.1") -> None:
    """A report that the ticket's acknowledgement did not reach Li Na, at that letter's own return path."""
    with desk.changing() as rows:
        letter = rows.query(Outbox).filter_by(ticket_id=number, letter="acknowledgement").one()
        letter.state = "sent"
        bounce = Bounce(LI, status, action, "550 no such user here")
        head = desk.services.letterhead
        returns.record_bounce(rows, head, bounce, path=letter.reverse_path, at=clock.now())


def test_letter_that_came_back_says_so_on_its_ticket(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    report(desk, number)
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert f"Came back from {LI}: there is no such mailbox (5.1.1)" in page
    assert "550 no such user here" in page
    page = desk.signed_in(language="zh").get(f"/tickets/{number}").text
    assert f"{LI} 退信：邮箱不存在 (5.1.1)" in page


def test_delayed_letter_says_so_on_its_ticket_and_suppresses_nothing(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    report(desk, number, action="delayed", status="4.4.1")
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert f"Delayed on its way to {LI}: their server does not answer (4.4.1)" in page
    assert "No automatic mail goes there" not in page


def test_suppressed_address_is_warned_of_before_a_reply_and_can_be_lifted_there(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    report(desk, number)
    client = desk.signed_in()
    page = client.get(f"/tickets/{number}")
    assert "No automatic mail goes there" in page.text
    assert "A reply is tried all the same." in page.text
    with desk.reading() as rows:
        row = rows.query(Suppression).one()
    assert row.until is not None
    assert timedelta(days=29) < row.until - clock.now() < timedelta(days=31)
    told = {"csrf_token": form_token(page), "next": f"/tickets/{number}"}
    answer = client.post(f"/suppressions/{row.id}/lift", data=told)
    assert (answer.status_code, answer.location) == (303, f"/tickets/{number}")
    page = client.get(f"/tickets/{number}").text
    assert f"Automatic mail goes to {LI} again." in page
    assert "No automatic mail goes there" not in page


def test_outbox_lists_suppressed_addresses_with_reason_and_end(desk: Desk) -> None:
    report(desk, desks.open_ticket(desk))
    page = desk.signed_in().get("/outbox").text
    assert "Suppressed addresses" in page
    assert "mail to it came back for good" in page
    assert "Suppressed addresses" not in desk.signed_in().get("/outbox?state=sent").text


def test_outbox_lists_reports_that_fit_no_letter(desk: Desk) -> None:
    delivery = add_delivery(desk, "done", rule="bounce")
    with desk.changing() as rows:
        told = Told(Bounce("eve@else.example", "5.1.1", "failed", ""), Proof.NONE, None, delivery)
        suppressing.note(rows, desk.services.letterhead, told, at=clock.now())
    page = desk.signed_in().get("/outbox").text
    assert "Reports that fit no letter of ours" in page
    assert "Came back from eve@else.example" in page
    assert f"/deliveries/{delivery}/original" in page


def test_withheld_letter_says_why_on_its_ticket(desk: Desk) -> None:
    first = desks.open_ticket(desk)
    report(desk, first)
    second = desks.open_ticket(desk, "Another matter")
    page = desk.signed_in().get(f"/tickets/{second}").text
    assert "Not sent: suppressed, because mail to this address came back for good" in page
    with desk.reading() as rows:
        letter = rows.query(Outbox).filter_by(ticket_id=second, letter="acknowledgement").one()
    assert (letter.state, letter.recipients) == ("cancelled", [])


@pytest.mark.parametrize("number", [0, 77, 2**63])
def test_lifting_what_is_not_there_is_not_found(desk: Desk, number: int) -> None:
    client = desk.signed_in()
    told = {"csrf_token": form_token(client.get("/outbox"))}
    assert client.post(f"/suppressions/{number}/lift", data=told).status_code == 404


def test_ticket_whose_acknowledgement_was_withheld_says_so_in_both_languages(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    with desk.changing() as rows:
        entry = log.Entry(EventKind.UNACKNOWLEDGED, clock.now(), "system", {"message": 1})
        log.append(rows, number, [entry], recorded_at=clock.now())
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "Acknowledgement withheld: too many mails from this sender." in page
    page = desk.signed_in(language="zh").get(f"/tickets/{number}").text
    assert "该发件人来信过多，未发送受理通知。" in page


def test_letter_that_is_kept_here_says_so_once_and_in_the_readers_language(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    with desk.changing() as rows:
        for letter in rows.query(Outbox):
            letter.state, letter.last_reply = "kept", "kept here: no relay is configured"
    page = desk.signed_in(language="zh").get(f"/tickets/{number}").text
    assert "未设置中继" in page
    assert "no relay is configured" not in page
