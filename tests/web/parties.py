"""Three customers with one of everything each, every text of theirs unmistakable, for the access matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from gateway import clock, credits, secrets
from gateway.domain.agreed_dates import month_at
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.terms import Priority
from gateway.mail import probe_mail
from gateway.mail.message import Mailbox
from gateway.store import probes
from gateway.store.models import (
    Attachment,
    Author,
    AwsAccount,
    AwsCase,
    AwsCommunication,
    AwsStream,
    AwsWrite,
    Contact,
    Contract,
    CostKind,
    CostLine,
    CostRound,
    CostSource,
    CreditCorrection,
    CreditMonth,
    Customer,
    CustomerDomain,
    Delivery,
    Direction,
    Engineer,
    EntryLink,
    HealthEvent,
    HealthImpact,
    HealthTicket,
    MailReport,
    Message,
    Notice,
    Outbox,
    PendingAct,
    Suppression,
    Ticket,
)
from gateway.tickets import excluding, grants, handling, intake
from gateway.tickets.claims import Claim, ProofKind
from gateway.tickets.grants import Act
from tests.web import reported
from tests.web.desk import PNG, Desk

ROLES = ("own", "company", "manager")
ACCOUNTS = {"a": "700000000001", "b": "700000000002", "c": "700000000003"}


@dataclass(frozen=True)
class Party:
    """A customer: its letter, its row, its contacts by role, and the URL values of its objects by kind.

    Shape: `values` are those of the contact who sees own tickets; `colleague` those of the manager's own ticket.
    """

    letter: str
    customer_id: int
    contacts: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    colleague: dict[str, Any] = field(default_factory=dict)

    def mark(self, what: str) -> str:
        """A text that stands in this customer's objects and nowhere else."""
        return f"mark{self.letter}{what}"

    @property
    def marks(self) -> tuple[str, ...]:
        """What no stranger may ever be shown."""
        return f"mark{self.letter}", ACCOUNTS[self.letter], f"MARK{self.letter.upper()}"


def add_party(desk: Desk, letter: str) -> Party:
    """A customer whose contacts wrote, with mail, files, AWS, notices and credits."""
    with desk.changing() as rows:
        party = _customer(rows, letter)
    party.values.update(_ticket(desk, party, "own", "alpha"))
    party.colleague.update(_ticket(desk, party, "manager", "beta"))
    with desk.changing() as rows:
        party.values.update(_mail(desk, rows, party))
        party.values["link-enter"] = _entry(rows, party)
        party.values.update(_aws(rows, party))
        party.values["notice"] = _notice(rows, party)
        _cost(rows, party)
        party.values["report"] = _report(rows, party)
    party.values.update(_money(desk, party))
    return party


def _customer(rows: Session, letter: str) -> Party:
    reference = f"mark{letter}reference"
    row = Customer(
        reference=reference, name=f"mark{letter}name Ltd", language="en", time_zone="Asia/Singapore"
    )
    row.domains.append(CustomerDomain(domain=f"mark{letter}.example"))
    emails = {role: f"{role}@mark{letter}.example" for role in ROLES}
    for role, email in emails.items():
        row.contacts.append(Contact(email=email, name=f"mark{letter}person {role}", **_role(role)))
    rows.add(row)
    rows.flush()
    begin = month_at(clock.now(), UTC).previous.previous.first
    rows.add(
        Contract(customer_id=row.id, number=f"MARK{letter.upper()}-2026", version=1, starts_on=begin, time_zone="UTC",
                 language="en", currency="USD", monthly_fee=1000, terms={})
    )  # fmt: skip
    values = {
        "customer": row.id,
        "reference": reference,
        "contact": row.contacts[0].id,
        "account": ACCOUNTS[letter],
    }
    return Party(letter, row.id, emails, values)


def _role(role: str) -> dict[str, str]:
    """The column of a contact's role, where it exists."""
    return {"role": role} if hasattr(Contact, "role") else {}


def _ticket(desk: Desk, party: Party, role: str, word: str) -> dict[str, Any]:
    """A ticket of one contact's, answered and with a work note; the values of its URLs."""
    head, now = desk.services.letterhead, clock.now() - timedelta(hours=2)
    sender = Mailbox(f"{party.mark('person')} {role}", party.contacts[role])
    subject, text = f"{party.mark('subject')} {word}", f"{party.mark('text')} {word}"
    with desk.changing() as rows:
        author = rows.query(Engineer).filter_by(email="chen.wei@northquay.example").one()
        request = intake.Request(party.customer_id, sender, subject, text, Priority.HIGH)
        ticket = intake.open_by_hand(rows, head, request, author=author, at=now)
        handling.reply(rows, head, ticket.id, author=author, text=party.mark("reply"), at=now)
        handling.note(rows, head, ticket.id, author=author, text=party.mark("note"), at=now)
        number = ticket.id
        claim = Claim(
            Reason.CUSTOMER,
            now,
            now + timedelta(minutes=5),
            Proof(str(ProofKind.DOCUMENT), "x"),
            party.mark("claimed"),
        )
        excluded = excluding.enter(
            rows, head, number, author=author, claim=claim, at=now + timedelta(minutes=6)
        )
        ask = {act: grants.link(head, number, act, sender, at=now).rpartition("/")[2] for act in Act}
        letter = rows.query(Outbox.id).filter_by(ticket_id=number).order_by(Outbox.id).first()
    return {"ticket": number, "exclusion": str(excluded), "outbox": letter[0] if letter else 0} | {
        f"link-{act}": token for act, token in ask.items()
    }


def _mail(desk: Desk, rows: Session, party: Party) -> dict[str, Any]:
    """A mail of the ticket with a file and a picture, one that waits for a person, and an address that is unfit."""
    now, blobs, number = clock.now(), desk.services.blobs, party.values["ticket"]
    raw = f"Subject: {party.mark('raw')}\r\n\r\n{party.mark('raw')}\r\n".encode()
    told: dict[str, Any] = {
        "arrival": "a", "accepted_at": now, "door": "smtp", "reverse_path": party.contacts["own"],
        "forward_path": "support@northquay.example", "blob_key": blobs.put(rows, raw, now), "size_bytes": len(raw),
        "next_attempt_at": now, "subject": party.mark("delivered"),
    }  # fmt: skip
    done, held = (
        Delivery(**told, state="done", ticket_id=number),
        Delivery(**told, state="held", rule="impersonation"),
    )
    rows.add_all([done, held])
    rows.flush()
    message = Message(
        ticket_id=number, direction=Direction.INBOUND, author_email=party.contacts["own"], at=now, delivery_id=done.id,
        subject=party.mark("subject"), text=party.mark("mailed"), new_text=party.mark("mailed"), authenticated=True,
        author_name=party.mark("person"), html_key=blobs.put(rows, f"<p>{party.mark('html')}".encode(), now),
    )  # fmt: skip
    message.attachments.append(
        Attachment(token=party.mark("token"), filename=f"{party.mark('file')}.txt", content_type="text/plain",
                   size_bytes=9, blob_key=blobs.put(rows, party.mark("content").encode(), now))
    )  # fmt: skip
    message.attachments.append(
        Attachment(token=f"{party.mark('token')}p", filename="logo.png", content_type="image/png", size_bytes=len(PNG),
                   blob_key=blobs.put(rows, PNG, now), content_id="logo")
    )  # fmt: skip
    strange = Message(
        ticket_id=number, direction=Direction.INBOUND, author_email=f"stranger@mark{party.letter}.example", at=now, held=True,
        held_reason="not-a-participant", subject="Re:", text=party.mark("held"), new_text=party.mark("held"),
    )  # fmt: skip
    gone = f"gone@mark{party.letter}.example"
    report = MailReport(address=gone, action="failed", status="5.1.1", proof="return-path", hard=True, at=now)
    later = PendingAct(ticket_id=number, engineer_id=1, act="write", form={"text": party.mark("later")}, name="x",
                       made_at=now, due_at=now + timedelta(minutes=1))  # fmt: skip
    rows.add_all([message, strange, report, later])
    rows.flush()
    unfit = Suppression(
        address=gone, reason="hard", report_id=report.id, since=now, until=now + timedelta(days=30)
    )
    rows.add(unfit)
    rows.flush()
    secret = desk.services.settings.secret_key.get_secret_value()
    inline = secrets.grant(secret, "inline-image", f"{party.mark('token')}p", now + timedelta(minutes=10))
    key = probe_mail.key_of(now, f"abc23{party.letter}")
    probes.pass_on(rows, key=key, own="desk@northquay.example", to="probe@northquay.example", at=now)
    receipt = probe_mail.receipt(secret, key)
    return {"receipt": receipt, "inline": inline, "act": later.id, "message": message.id, "held": strange.id, "file": party.mark("token"), "delivery": held.id,
            "suppression": unfit.id}  # fmt: skip


def _entry(rows: Session, party: Party) -> str:
    """A mailed link that nobody has used yet."""
    now, token = clock.now(), f"{party.mark('entry')}xxxxxxxxxx"
    rows.add(
        EntryLink(email=party.contacts["own"], client="192.0.2.7", language="en", asking_digest="x", asked_at=now,
                  ends_at=now + timedelta(minutes=10), contact_id=party.values["contact"],
                  token_digest=secrets.digest(token))
    )  # fmt: skip
    return token


def _aws(rows: Session, party: Party) -> dict[str, Any]:
    """An account with a case that was answered, a failed write, and an event that concerns it."""
    now, number, account = clock.now(), party.values["ticket"], ACCOUNTS[party.letter]
    rows.add(
        AwsAccount(account_id=account, customer_id=party.customer_id, name=party.mark("account"), regions=["eu-west-1"],
                   role_arn=f"arn:aws:iam::{account}:role/Helpdesk", external_id="sealed", state="ok", state_since=now)
    )  # fmt: skip
    rows.flush()
    rows.add(AwsStream(account_id=account, what="probe", due_at=now, watched_since=now))
    case = AwsCase(account_id=account, case_id=f"case-{account}-2026-1", display_id=f"99{account}", ticket_id=number,
                   subject=party.mark("case"), status="opened", origin="gateway", opened_at=now, seen_at=now)  # fmt: skip
    alone = AwsCase(account_id=account, case_id=f"case-{account}-2026-2", display_id=f"98{account}", status="opened",
                    subject=party.mark("lone"), origin="account", opened_at=now, seen_at=now)  # fmt: skip
    event = HealthEvent(
        arn=f"arn:aws:health:eu-west-1::event/EC2/{party.mark('arn')}", partition="aws", service="EC2", scope="ACCOUNT_SPECIFIC",
        type_code="AWS_EC2_OPERATIONAL_ISSUE", category="issue", region="eu-west-1", status="open", starts_at=now,
        updated_at=now, description=party.mark("event"), first_seen_at=now, seen_at=now,
    )  # fmt: skip
    rows.add_all([case, alone, event])
    rows.flush()
    said = Message(ticket_id=number, direction=Direction.FROM_AWS, author_name="Amazon Web Services", at=now,
                   subject="case", text=party.mark("aws"), new_text=party.mark("aws"), authenticated=True)  # fmt: skip
    write = AwsWrite(account_id=account, kind="communication", ticket_id=number, aws_case_id=case.id,
                     marker=f"HD-{number}/w1.1.{party.letter}", payload={"body": party.mark("written")}, state="failed",
                     created_at=now, due_at=now)  # fmt: skip
    rows.add_all([said, write])
    rows.flush()
    rows.add_all([
        AwsCommunication(aws_case_id=case.id, at=now, submitted_by="Amazon Web Services", author=Author.AWS,
                         body=party.mark("aws"), body_digest="0" * 64, message_id=said.id),
        HealthImpact(event_id=event.id, account_id=account, entities=[[party.mark("entity"), "IMPAIRED"]], since=now),
        HealthTicket(event_id=event.id, customer_id=party.customer_id, ticket_id=number, state="open"),
    ])  # fmt: skip
    return {"case": case.id, "lone-case": alone.id, "write": write.id, "event": event.id}


def _notice(rows: Session, party: Party) -> int:
    """A maintenance window for this customer alone, not yet announced."""
    now = clock.now()
    words = {"en": party.mark("notice"), "zh": party.mark("notice")}
    notice = Notice(kind="maintenance", state="draft", titles=words, texts=words, scope={"customers": [party.customer_id]},
                    starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=2), created_at=now,
                    changed_at=now)  # fmt: skip
    rows.add(notice)
    rows.flush()
    return notice.id


def _cost(rows: Session, party: Party) -> None:
    """A month's cost advice."""
    made = CostRound(
        customer_id=party.customer_id, month_on=date(2026, 10, 1), started_at=clock.now(), done=[]
    )
    rows.add(made)
    rows.flush()
    rows.add(
        CostLine(round_id=made.id, account_id=ACCOUNTS[party.letter], source=CostSource.HUB, kind=CostKind.RECOMMENDATION,
                 code="Rightsize", resource=party.mark("resource"), savings=Decimal("7.5"), currency="USD", data={})
    )  # fmt: skip


def _report(rows: Session, party: Party) -> int:
    """A monthly report that names the customer, the contract and a ticket."""
    made = reported.report(customer_id=party.customer_id, customer=party.mark("name"))
    about = replace(made.about, number=f"MARK{party.letter.upper()}-2026")
    breaches = tuple(replace(each, subject=party.mark("breach")) for each in made.breaches)
    row = reported.stored(replace(made, about=about, breaches=breaches))
    rows.add(row)
    rows.flush()
    return row.id


def _money(desk: Desk, party: Party) -> dict[str, Any]:
    """A frozen month with a violated ticket, and a correction of it that waits for a manager."""
    head, month = desk.services.letterhead, month_at(clock.now(), UTC).previous
    number = f"MARK{party.letter.upper()}-2026"
    late = month.begins(UTC) + timedelta(days=3)
    with desk.changing() as rows:
        author = rows.query(Engineer).order_by(Engineer.id).first()
        sender = Mailbox(party.mark("person"), party.contacts["own"])
        request = intake.Request(party.customer_id, sender, party.mark("late"), "-", Priority.HIGH)
        ticket = intake.open_by_hand(rows, head, request, author=author, at=late).id
    with desk.changing() as rows:
        credits.freeze(rows, head, number, month, at=clock.now())
        rows.get_one(Ticket, ticket).discounted = "spam"
        rows.flush()
        credits.freeze(rows, head, number, month.next, at=month.next.ends(UTC) + timedelta(days=1))
        found = rows.query(CreditCorrection.id).filter_by(ticket_id=ticket).scalar()
        row = (
            rows.query(CreditMonth.id).filter_by(customer_id=party.customer_id, first_on=month.first).scalar()
        )
    return {"month": f"{month.first:%Y-%m}", "correction": found, "month-row": row}
