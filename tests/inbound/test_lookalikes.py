"""Who could be taken for whom is said; tricks with our addresses and with copies give nobody anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import secrets
from gateway.mail import lookalike
from gateway.mail.trust import Authentication, Verdict
from gateway.store.models import Participant
from gateway.tickets import handling
from tests.builders import FAILED, PASSED, a_customer, a_mail, an_engineer
from tests.databases import SECRET, Desk

SAAS = Authentication(Verdict.PASS, Verdict.PASS, Verdict.PASS, "saas.example", "door")


def signed(ticket_id: int = 1001) -> str:
    return f"support+{secrets.reply_detail(SECRET, ticket_id)}@desk.example"


def marks(desk: Desk, sender: str, **how: object) -> list[str]:
    """The marks of a mail from this sender, as its message bears them."""
    address = sender.rpartition("<")[2].rstrip(">")
    delivery = desk.walk(
        a_mail(sender=sender, message_id="q1@else.example"), reverse_path=address.encode("idna").decode()
        if address.isascii() else "x@else.example", **how,
    )  # fmt: skip
    assert delivery.ticket_id is not None
    (message,) = desk.messages(delivery.ticket_id)
    assert message.authentication.get("marks") == delivery.authentication.get("marks")
    return list(message.authentication.get("marks", []))


@pytest.mark.parametrize(
    ("sender", "mark"),
    [
        ("Chen Wei <chen.wei@mailbox.example>", "name-of-engineer:Chen Wei"),
        ("Сhеn Wеі <cw@mailbox.example>", "name-of-engineer:Chen Wei"),
        ("Li Na <li.na@mailbox.example>", "name-of-contact:Li Na"),
        ("Lі Nа <ln@mailbox.example>", "name-of-contact:Li Na"),
        ("Li <li@harb0ur.example>", "domain-resembles:harbour.example"),
        ("Li <li@harbor.example>", "domain-resembles:harbour.example"),
        ("Li <li@xn--hrbour-3nf.example>", "domain-resembles:harbour.example"),
        ("Desk <it@dcsk.example>", "domain-resembles:desk.example"),
        ("li@harbour.example <eve@mailbox.example>", "name-is-address:"),
    ],
)
def test_sender_who_could_be_taken_for_another_is_marked(desk: Desk, sender: str, mark: str) -> None:
    desk.add(a_customer(), an_engineer())
    assert mark in marks(desk, sender)


@pytest.mark.parametrize(
    "sender",
    ["Li Na <li@harbour.example>", "Zhao Min <zhao@harbour.example>", "Anna Ek <anna@mailbox.example>",
     "陈伟强 <cwq@mailbox.example>"],
)  # fmt: skip
def test_ordinary_sender_is_not_marked(desk: Desk, sender: str) -> None:
    desk.add(a_customer(), an_engineer(), an_engineer("陈伟", email="chenwei@desk.example"))
    assert marks(desk, sender) == []


def test_mark_gives_and_takes_no_right(desk: Desk) -> None:
    desk.add(a_customer(), an_engineer())
    delivery = desk.walk(
        a_mail(sender="Chen Wei <chen@mailbox.example>"), reverse_path="chen@mailbox.example"
    )
    assert (delivery.rule, delivery.disposition) == ("new", "open-ticket")


def test_mail_that_waits_for_a_person_bears_its_marks(desk: Desk) -> None:
    desk.add(a_customer())
    strict = desk.with_desk(unregistered="review")
    delivery = strict.walk(
        a_mail(sender="Li Na <li@harbor.example>"), reverse_path="li@harbor.example", authentication=FAILED
    )
    assert delivery.state == "held"
    assert delivery.authentication["marks"] == [
        "name-of-contact:Li Na",
        "domain-resembles:harbour.example",
    ]


# Tricks.


def people(desk: Desk, ticket_id: int = 1001) -> set[str]:
    with desk.services.reading() as session:
        rows = session.query(Participant).filter_by(ticket_id=ticket_id)
        return {row.email for row in rows}


def test_account_mail_to_our_signed_address_reaches_nobody_outside(desk: Desk) -> None:
    """Somebody gave the ticket's address to a service as their own; its code must not come back to them."""
    desk.add(a_customer(), an_engineer())
    desk.walk(a_mail(), authentication=PASSED)
    before = len(desk.letters())
    for number, fields in enumerate(({}, {"Auto_Submitted": "auto-generated"})):
        code = a_mail("Your code is 481 516.\n", subject="Confirm your account", sender="SaaS <no-reply@saas.example>",
                      to=signed(), message_id=f"code{number}@saas.example", **fields)  # fmt: skip
        desk.walk(code, to=signed(), reverse_path="no-reply@saas.example", authentication=SAAS)
    assert len(desk.letters()) == before
    assert people(desk) == {"li@harbour.example"}


def test_code_of_a_service_is_not_in_later_letters_of_the_ticket(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    code = a_mail(
        "Your code is 481 516.\n", sender="SaaS <no-reply@saas.example>", message_id="code@saas.example"
    )
    desk.walk(code, to=signed(), reverse_path="no-reply@saas.example", authentication=SAAS)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="We look at it.", at=desk.clock())
    assert not any(
        b"481 516" in letter.content or b"code@saas" in letter.content for letter in desk.letters()
    )


def test_stranger_copied_in_by_unproved_mail_gets_nothing(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail("The password is in the vault.\n"), authentication=PASSED)
    forged = a_mail("Adding Eve.\n", to=signed(), cc="eve@else.example", message_id="f1@harbour.example")
    desk.walk(forged, to=signed(), authentication=FAILED)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Noted.", at=desk.clock())
    assert people(desk) == {"li@harbour.example"}
    assert not any("eve@else.example" in letter.recipients for letter in desk.letters())


def test_stranger_copied_in_by_unproved_new_mail_takes_no_part(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(cc="eve@else.example"), authentication=FAILED)
    assert people(desk) == {"li@harbour.example"}


def test_person_copied_in_by_proved_mail_gets_no_history(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail("The old account is 4711.\n"), authentication=PASSED)
    added = a_mail(
        "Adding our auditor.\n", to=signed(), cc="audit@else.example", message_id="f1@harbour.example"
    )
    desk.walk(added, to=signed(), authentication=PASSED)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="Noted.", at=desk.clock())
    theirs = [letter for letter in desk.letters() if "audit@else.example" in letter.recipients]
    assert len(theirs) == 1
    assert b"4711" not in theirs[0].content


def test_copied_stranger_who_answers_is_held_and_sees_nothing(desk: Desk) -> None:
    desk.add(a_customer())
    desk.walk(a_mail(cc="eve@else.example"), authentication=FAILED)
    before = len(desk.letters())
    question = a_mail("What was said so far?\n", sender="eve@else.example", message_id="e1@else.example")
    proved = Authentication(Verdict.PASS, Verdict.PASS, Verdict.PASS, "else.example", "door")
    delivery = desk.walk(question, to=signed(), reverse_path="eve@else.example", authentication=proved)
    assert (delivery.disposition, len(desk.letters())) == ("hold-on-ticket", before)


# Names and domains as they are seen.


@given(st.text(max_size=400))
def test_any_name_is_seen_as_something(name: str) -> None:
    seen = lookalike.as_seen(name)
    assert lookalike.as_seen(seen) == seen or len(name) > 300


@given(st.text(alphabet="abcdefghij.-", min_size=8, max_size=40), st.data())
def test_domain_resembles_itself_with_a_letter_changed_added_or_left_out(
    domain: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(domain) - 1))
    for other in (
        domain[:at] + "z" + domain[at + 1 :],
        domain[:at] + "z" + domain[at:],
        domain[:at] + domain[at + 1 :],
    ):
        assert lookalike.resembles(other, domain)
    assert not lookalike.resembles(domain, domain)


def test_short_domains_are_not_compared_by_letters() -> None:
    assert not lookalike.resembles("ab.io", "ac.io")
