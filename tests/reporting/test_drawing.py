"""Reports drawn for good: what the mail of each kind holds."""

from __future__ import annotations

import email
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

import pytest

from gateway.domain.terms import Priority
from gateway.reporting import drawing
from gateway.store.models import Outbox
from gateway.tickets import intake
from tests.builders import an_engineer
from tests.databases import Desk
from tests.reporting.gathered import LI
from tests.reporting.office import Office, utc

EVENING = "2026-03-02T10:00"


def mailed(desk: Desk, letter: str) -> tuple[Outbox, EmailMessage]:
    row = desk.letters(letter)[0]
    found = email.message_from_bytes(row.content, policy=default)
    assert isinstance(found, EmailMessage)
    return row, found


@pytest.fixture
def posted(desk: Desk) -> Desk:
    """A desk whose first reports were made as in production, with a ticket in each."""
    office = Office(desk, begins="2026-03-02T00:00")
    engineer = an_engineer()
    desk.add(engineer, an_engineer("Zhao Min", role="manager"))
    for at in ("2026-02-24T03:00", "2026-03-02T03:00"):
        request = intake.Request(office.customer_id, LI, "Report slow", "Slow today.", Priority.LOW)
        with desk.services.transaction() as session:
            intake.open_by_hand(session, desk.head, request, author=engineer, at=utc(at))
    office.keep(EVENING)
    office.posting(draw=drawing.drawn).drain(desk.clock.at + timedelta(seconds=600))
    return desk


def types(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk() if not part.is_multipart()]


def test_reports_are_drawn_as_the_kind_wants(posted: Desk) -> None:
    _, day = mailed(posted, "report-daily")
    assert types(day) == ["text/plain", "text/html"]
    _, week = mailed(posted, "report-weekly")
    assert types(week) == ["text/plain", "text/html", *["image/png"] * types(week).count("image/png")]
    row, month = mailed(posted, "report-monthly")
    files = [part.get_filename() for part in month.iter_attachments()]
    assert [name for name in files if name and name.startswith("NQ-2026-014")] == [
        "NQ-2026-014-monthly-2026-02.pdf", "NQ-2026-014-monthly-2026-02.csv",
    ]  # fmt: skip
    assert types(month).count("image/png") >= 3
    assert len(row.content) < 2_000_000
    printed = next(part for part in month.iter_attachments() if part.get_content_type() == "application/pdf")
    assert printed.get_content().startswith(b"%PDF-")
    _, own = mailed(posted, "report-management")
    assert [part.get_content_type() for part in own.iter_attachments()][-1] == "application/pdf"


def test_letter_leads_to_the_reports_page(posted: Desk) -> None:
    row, mail = mailed(posted, "report-weekly")
    report_id = row.occasion.split(":")[1]
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"http://desk.example:8000/my/reports/{report_id}" in body.get_content()


def test_name_of_a_file_is_fit_for_every_file_system(posted: Desk) -> None:
    _, mail = mailed(posted, "report-monthly")
    names = [part.get_filename() or "" for part in mail.iter_attachments()]
    assert all(name.isascii() and "/" not in name for name in names)
