"""A canned answer as it stands on one ticket: its variables filled in by plain replacement."""

from __future__ import annotations

from flask import abort
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain import canned
from gateway.store.models import Ticket
from gateway.store.queries import canned as queries
from gateway.store.queries import correspondence
from gateway.tickets import changes
from web import visit


def inserted(rows: Session, number: int, answer_id: int) -> str:
    """A canned answer filled in for a ticket; empty where there is no such answer, 404 without the ticket."""
    row, about = queries.answer(rows, answer_id), correspondence.ticket(rows, number)
    if about is None:
        abort(404)
    if row is None or not row.active:
        return ""
    return canned.filled(row.text, _values(rows, about, row.language))


def _values(rows: Session, about: Ticket, language: str) -> dict[str, str]:
    """What the variables say on a ticket, in the answer's language and the customer's zone."""
    settings = visit.services().settings
    agreed = changes.agreement(rows, visit.services().letterhead, about)
    due = i18n.instant(about.target_due_at, agreed.zone, i18n.letter_language(language, settings.language))
    return {
        "requester": about.requester_name or about.requester_email,
        "number": visit.number_of(about.id),
        "engineer": visit.me().name,
        "due": due,
        "customer": about.customer.name if about.customer else "",
        "subject": about.subject,
        "provider": settings.provider_name,
        "phone": settings.provider_phone,
    }
