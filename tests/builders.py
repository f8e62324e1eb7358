"""Plain functions that build what tests talk about, with defaults."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

from gateway.mail.trust import Authentication, Verdict
from gateway.store.models import Contact, Contract, Customer, CustomerDomain, Engineer

PASSED = Authentication(Verdict.PASS, Verdict.PASS, Verdict.PASS, "harbour.example", "door")
FAILED = Authentication(Verdict.FAIL, Verdict.FAIL, Verdict.FAIL, "harbour.example", "door")


def a_mail(text: str = "The report page is slow today.\n", *, subject: str = "Report page slow",
           sender: str = "Li Na <li@harbour.example>", to: str = "support@desk.example", message_id: str = "m1@harbour.example",
           in_reply_to: str = "", cc: str = "", **fields: str) -> bytes:  # fmt: skip
    """A mail as bytes. Further header fields by name, with underscores for hyphens."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    if cc:
        mail["Cc"] = cc
    mail["Subject"] = subject
    mail["Date"] = "Mon, 02 Mar 2026 01:00:00 +0000"
    if message_id:
        mail["Message-ID"] = f"<{message_id}>"
    if in_reply_to:
        mail["In-Reply-To"] = f"<{in_reply_to}>"
        mail["References"] = f"<{in_reply_to}>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes().replace(b"\n", b"\r\n")


def a_customer(**changes: object) -> Customer:
    """Harbourline Logistics of Singapore, with a contact, a domain and a contract."""
    made = Customer(
        reference="harbour",
        name="Harbourline Logistics",
        language="en",
        time_zone="Asia/Singapore",
        active=True,
    )
    for name, value in changes.items():
        setattr(made, name, value)
    made.domains = [CustomerDomain(domain="harbour.example")]
    made.contacts = [Contact(email="li@harbour.example", name="Li Na", language="", phone="")]
    made.contracts = [
        Contract(number="NQ-2026-014", version=1, starts_on=date(2026, 1, 1), ends_on=None, time_zone="Asia/Singapore",
                 language="en", currency="SGD", monthly_fee=10_000, terms={})
    ]  # fmt: skip
    return made


def an_engineer(name: str = "Chen Wei", **changes: object) -> Engineer:
    """An engineer of the provider."""
    made = Engineer(email=f"{name.split()[0].lower()}@desk.example", name=name, role="engineer", password_hash="",
                    language="en", time_zone="Asia/Singapore", skills=[], active=True)  # fmt: skip
    for key, value in changes.items():
        setattr(made, key, value)
    return made
