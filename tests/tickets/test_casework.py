"""What engineers do to AWS Support cases, as rows that say what is to be written (P6)."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from gateway.domain.lifecycle import EventKind
from gateway.domain.terms import Priority
from gateway.mail.trust import UNCHECKED
from gateway.store.models import (
    Attachment,
    AwsAccount,
    AwsCase,
    AwsWrite,
    Direction,
    Engineer,
    Message,
    Ticket,
)
from gateway.tickets import NotFound, Refused, case_drafts, case_settling, casework, handling
from gateway.tickets.case_drafts import CaseDraft
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import Desk

ACCOUNT = "111122223333"
SERVICE = ("amazon-elastic-compute-cloud-linux", "general-guidance")
DRAFT = CaseDraft(
    ACCOUNT, *SERVICE, "critical", "en", "Instances unreachable", "All instances are unreachable."
)


@pytest.fixture
def engineer(desk: Desk) -> Engineer:
    """Somebody at work on ticket 1001 of a customer with one account."""
    made, customer = an_engineer(), a_customer()
    customer.accounts = [an_account()]
    desk.add(customer, made)
    desk.walk(a_mail("Instances in ap-southeast-1 are down.\n"), authentication=PASSED)
    return made


def an_account(**changes: object) -> AwsAccount:
    made = AwsAccount(
        account_id=ACCOUNT, name="Harbour production", role_arn=f"arn:aws:iam::{ACCOUNT}:role/HelpdeskGateway",
        state="ok", severities=["low", "normal", "high", "urgent"],
    )  # fmt: skip
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def a_case(desk: Desk, **changes: object) -> int:
    """A case that stands on ticket 1001."""
    made = AwsCase(
        account_id=ACCOUNT, case_id=f"case-{ACCOUNT}-exen-2026-0a", display_id="170000000001", ticket_id=1001,
        subject="Instances unreachable [HD-1001]", status="unassigned", severity="urgent", severity_wanted="critical",
        language="en", origin="gateway", opened_at=desk.clock(), seen_at=desk.clock(),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(made, name, value)
    desk.add(made)
    return made.id


def writes(desk: Desk) -> list[AwsWrite]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(AwsWrite).order_by(AwsWrite.id)))


def do(desk: Desk, verb: object, *given: object, **how: object) -> object:
    """One verb in a transaction of its own."""
    with desk.services.transaction() as session:
        return verb(session, desk.head, *given, **how, at=desk.clock())  # type: ignore[operator]


def test_case_waits_for_the_undo_time_with_a_marker_on_its_last_line(desk: Desk, engineer: Engineer) -> None:
    do(desk, casework.open_case, 1001, author=engineer, draft=DRAFT)
    (write,) = writes(desk)
    assert write.due_at == desk.clock() + desk.head.undo
    assert write.payload["subject"] == "Instances unreachable [HD-1001]"
    assert write.payload["body"].endswith(f"\n\nRef: {write.marker}")
    assert write.marker.startswith(f"HD-1001/w{write.id}.1.")


def test_severity_falls_to_what_the_account_may_use_and_both_are_kept(desk: Desk, engineer: Engineer) -> None:
    do(desk, casework.open_case, 1001, author=engineer, draft=DRAFT)
    assert (writes(desk)[0].payload["severity"], writes(desk)[0].payload["wanted"]) == ("urgent", "critical")


def test_long_text_becomes_numbered_parts_of_one_message(desk: Desk, engineer: Engineer) -> None:
    text = "\n\n".join(f"Paragraph {number} {'x' * 900}" for number in range(20))
    do(desk, casework.answer_case, 1001, author=engineer, case=a_case(desk), text=text)
    made = writes(desk)
    assert [(each.part, each.parts) for each in made] == [(1, 3), (2, 3), (3, 3)]
    assert len({each.message_id for each in made}) == 1
    assert all(len(each.payload["body"]) <= 8000 for each in made)
    assert made[1].payload["body"].startswith("(2/3)\n\n")


def test_words_of_engineers_to_aws_stand_on_the_ticket_and_its_log(desk: Desk, engineer: Engineer) -> None:
    case = a_case(desk)
    write = do(desk, casework.answer_case, 1001, author=engineer, case=case, text="Any news?")
    message = desk.messages(1001)[-1]
    assert (message.direction, message.text) == (Direction.TO_AWS, "Any news?")
    last = desk.events(1001)[-1]
    assert last.kind == EventKind.AWS_MESSAGE
    assert last.data == {"what": "asked", "write": write, "case": case, "message": message.id}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"partner_led": True}, "partner"),
        ({"state": "no-plan"}, "support plan"),
        ({"state": "role-broken"}, "role"),
        ({"role_arn": ""}, "no role"),
    ],
)
def test_account_that_takes_no_such_case_refuses_it(
    desk: Desk, engineer: Engineer, change: dict[str, object], says: str
) -> None:
    with desk.services.transaction() as session:
        session.execute(sa.update(AwsAccount).values(**change))
    draft = CaseDraft(
        ACCOUNT, *SERVICE, "low", "en", "Invoice", "Please explain.", issue_type="customer-service"
    )
    with pytest.raises(Refused, match=says):
        do(desk, casework.open_case, 1001, author=engineer, draft=draft)


def test_account_of_another_customer_is_refused(desk: Desk, engineer: Engineer) -> None:
    other = a_customer(reference="north", name="North")
    other.domains, other.contacts = [], []
    other.contracts = []
    other.accounts = [an_account(account_id="444455556666")]
    desk.add(other)
    draft = CaseDraft("444455556666", *SERVICE, "low", "en", "Hello", "Hello")
    with pytest.raises(Refused, match="no account of this customer"):
        do(desk, casework.open_case, 1001, author=engineer, draft=draft)


def test_released_message_goes_once_and_without_what_it_quotes(desk: Desk, engineer: Engineer) -> None:
    case = a_case(desk)
    desk.walk(
        a_mail(
            "Still down in both zones.\n\nOn Mon, 2 Mar 2026 at 09:00, Desk <support@desk.example> wrote:\n> Hello\n",
            message_id="m2@harbour.example", to=desk.head.reply_address(1001),
        ),
        authentication=PASSED, to=desk.head.reply_address(1001),
    )  # fmt: skip
    message = desk.messages(1001)[-1]
    do(desk, casework.release, 1001, author=engineer, message_id=message.id, case=case)
    assert writes(desk)[0].payload["body"].split("\n\nRef: ")[0] == "Still down in both zones."
    with pytest.raises(Refused, match="AWS has this message"):
        do(desk, casework.release, 1001, author=engineer, message_id=message.id, case=case)


def test_held_message_is_never_released(desk: Desk, engineer: Engineer) -> None:
    case = a_case(desk)
    with desk.services.transaction() as session:
        session.execute(sa.update(Message).values(held=True))
    with pytest.raises(Refused, match="what a customer wrote"):
        do(desk, casework.release, 1001, author=engineer, message_id=desk.messages(1001)[0].id, case=case)


def test_case_resolved_for_more_than_14_days_takes_no_words(desk: Desk, engineer: Engineer) -> None:
    case = a_case(desk, resolved_at=desk.clock() - timedelta(days=14, seconds=1))
    with pytest.raises(Refused, match="open a related one"):
        do(desk, casework.answer_case, 1001, author=engineer, case=case, text="Hello")


def test_cancelling_takes_all_parts_back(desk: Desk, engineer: Engineer) -> None:
    first = do(desk, casework.answer_case, 1001, author=engineer, case=a_case(desk), text="word " * 3000)
    do(desk, casework.cancel_write, first, author=engineer)
    assert {each.state for each in writes(desk)} == {"cancelled"}


def test_what_aws_may_have_is_not_cancelled(desk: Desk, engineer: Engineer) -> None:
    first = do(desk, casework.answer_case, 1001, author=engineer, case=a_case(desk), text="Hello")
    with desk.services.transaction() as session:
        session.execute(sa.update(AwsWrite).values(state="unknown", sends=1))
    with pytest.raises(Refused, match="may have it"):
        do(desk, casework.cancel_write, first, author=engineer)


def test_what_stayed_unclear_is_given_up_by_a_person(desk: Desk, engineer: Engineer) -> None:
    first = do(desk, casework.answer_case, 1001, author=engineer, case=a_case(desk), text="Hello")
    with desk.services.transaction() as session:
        session.execute(sa.update(AwsWrite).values(state="asked", sends=1))
    do(desk, casework.cancel_write, first, author=engineer)
    assert [each.state for each in writes(desk)] == ["cancelled"]
    assert desk.events(1001)[-1].data["what"] == "given-up"


def test_failed_later_part_is_given_up_with_those_after_it_and_what_aws_has_stays(
    desk: Desk, engineer: Engineer
) -> None:
    first = do(desk, casework.answer_case, 1001, author=engineer, case=a_case(desk), text="word " * 4000)
    with desk.services.transaction() as session:
        session.execute(sa.update(AwsWrite).where(AwsWrite.part == 1).values(state="sent", sends=1))
        session.execute(sa.update(AwsWrite).where(AwsWrite.part == 2).values(state="failed", sends=1))
    with pytest.raises(Refused, match="AWS has this"):
        do(desk, casework.cancel_write, first, author=engineer)
    do(desk, casework.cancel_write, first + 1, author=engineer)
    assert [each.state for each in writes(desk)] == ["sent", *["cancelled"] * (len(writes(desk)) - 1)]
    with pytest.raises(Refused, match="AWS has this"):
        do(desk, casework.cancel_write, first + 1, author=engineer)


def test_queued_part_after_one_that_aws_has_goes_its_way(desk: Desk, engineer: Engineer) -> None:
    first = do(desk, casework.answer_case, 1001, author=engineer, case=a_case(desk), text="word " * 3000)
    with desk.services.transaction() as session:
        session.execute(sa.update(AwsWrite).where(AwsWrite.part == 1).values(state="sent", sends=1))
    with pytest.raises(Refused, match="AWS has this"):
        do(desk, casework.cancel_write, first + 1, author=engineer)


def test_person_who_says_what_aws_has_gives_the_ticket_its_case(desk: Desk, engineer: Engineer) -> None:
    first = do(desk, casework.open_case, 1001, author=engineer, draft=DRAFT)
    with desk.services.transaction() as session:
        session.execute(sa.update(AwsWrite).values(state="asked", sends=2))
    case_id = f"case-{ACCOUNT}-exen-2026-0b"
    do(desk, casework.settle_write, first, author=engineer, case_id=case_id)
    with desk.services.reading() as session:
        case = session.scalars(sa.select(AwsCase)).one()
    assert (case.case_id, case.ticket_id, case.severity_wanted, case.severity) == (
        case_id,
        1001,
        "critical",
        "urgent",
    )
    letter = desk.letters("aws-case-opened")[0].content.decode()
    assert "Production system down" in letter


def test_unknown_write_is_not_found(desk: Desk, engineer: Engineer) -> None:
    with pytest.raises(NotFound):
        do(desk, casework.cancel_write, 99, author=engineer)


def test_draft_names_account_region_and_the_customers_words_but_no_note(
    desk: Desk, engineer: Engineer
) -> None:
    with desk.services.transaction() as session:
        handling.note(session, desk.head, 1001, author=engineer, text="They never pay.", at=desk.clock())
    with desk.services.reading() as session:
        made = case_drafts.draft(session, desk.head, session.get_one(Ticket, 1001))
    assert made.account_id == ACCOUNT
    assert "Region: ap-southeast-1" in made.body
    assert "Instances in ap-southeast-1 are down." in made.body
    assert "pay" not in made.body


def relayed(desk: Desk, text: str, **how: object) -> list[str]:
    """What goes to AWS of a customer's mail on a ticket with relay on."""
    a_case(desk, relay=True)
    address = desk.head.reply_address(1001)
    desk.walk(
        a_mail(text, message_id="m9@harbour.example", to=address, **how), authentication=PASSED, to=address
    )  # type: ignore[arg-type]
    return [each.payload["body"].split("\n\nRef: ")[0] for each in writes(desk)]


def test_customers_words_go_by_themselves_where_relay_is_on(desk: Desk, engineer: Engineer) -> None:
    assert relayed(desk, "Zone b is down, too.\n") == ["Zone b is down, too."]


def test_automatic_reply_is_never_relayed(desk: Desk, engineer: Engineer) -> None:
    assert relayed(desk, "I am out of office.\n", Auto_Submitted="auto-replied") == []


def test_bare_thanks_is_never_relayed(desk: Desk, engineer: Engineer) -> None:
    assert relayed(desk, "Thank you!\n") == []


def test_unauthenticated_words_are_never_relayed(desk: Desk, engineer: Engineer) -> None:
    a_case(desk, relay=True)
    desk.walk(
        a_mail("Down.\n", message_id="m9@x.example", sender="Eve <eve@x.example>"),
        authentication=UNCHECKED, to=desk.head.reply_address(1001),
    )  # fmt: skip
    assert writes(desk) == []


def test_words_to_a_case_that_aws_reopens_no_more_propose_a_related_one(
    desk: Desk, engineer: Engineer
) -> None:
    case = a_case(desk, relay=True, resolved_at=desk.clock() - timedelta(days=15))
    customer_writes(desk, "It is back.\n")
    assert writes(desk) == []
    (told,) = [each.data for each in desk.events(1001) if each.kind == EventKind.AWS_CASE]
    assert told == {"what": "related-proposed", "case": case, "message": desk.messages(1001)[-1].id}


def test_words_too_long_for_aws_are_left_to_an_engineer(desk: Desk, engineer: Engineer) -> None:
    a_case(desk, relay=True)
    customer_writes(desk, "word word word\n" * 12_000)
    assert writes(desk) == []
    assert [each.data["what"] for each in desk.events(1001) if each.kind == EventKind.AWS_MESSAGE] == [
        "not-relayed"
    ]


def customer_writes(desk: Desk, text: str) -> None:
    """The customer answers on ticket 1001."""
    address = desk.head.reply_address(1001)
    desk.walk(a_mail(text, message_id="m8@harbour.example", to=address), authentication=PASSED, to=address)


def test_files_of_a_relayed_mail_go_along(desk: Desk, engineer: Engineer) -> None:
    a_case(desk, relay=True)
    mail = message_from_bytes(a_mail("See the trace.\n", message_id="m8@harbour.example"), policy=policy.SMTP)
    mail.add_attachment(b"trace", maintype="text", subtype="plain", filename="trace.log")
    address = desk.head.reply_address(1001)
    desk.walk(mail.as_bytes(), authentication=PASSED, to=address)
    assert writes(desk)[0].attachment_ids == [file.id for file in files(desk)]


def files(desk: Desk) -> list[Attachment]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(Attachment)))


def test_changed_priority_proposes_words_to_aws_and_sends_none(desk: Desk, engineer: Engineer) -> None:
    case = a_case(desk, severity_wanted="normal", severity="normal")
    do(
        desk,
        handling.change_priority,
        1001,
        author=engineer,
        priority=Priority.CRITICAL,
        reason="All are down.",
    )
    (told,) = [each.data for each in desk.events(1001) if each.kind == EventKind.AWS_CASE]
    assert (told["what"], told["case"], told["to"]) == ("severity-proposed", case, "critical")
    assert writes(desk) == []
    with desk.services.reading() as session:
        note = case_drafts.severity_note(session.get_one(Ticket, 1001), session.get_one(AwsCase, case))
    assert "critical" in note and "opened as normal" in note


def test_what_two_found_out_is_noted_once(desk: Desk, engineer: Engineer) -> None:
    first = do(desk, casework.open_case, 1001, author=engineer, draft=DRAFT)
    done = case_settling.Done(f"case-{ACCOUNT}-exen-2026-0b")
    for _ in range(2):
        with desk.services.transaction() as session:
            ticket, row = session.get_one(Ticket, 1001), session.get_one(AwsWrite, first)
            case_settling.sent(session, desk.head, ticket, row, done=done, at=desk.clock.pass_(seconds=1))
    assert len(desk.letters("aws-case-opened")) == 1
    assert [each.data["what"] for each in desk.events(1001) if each.kind == EventKind.AWS_CASE] == [
        "asked",
        "opened",
    ]
