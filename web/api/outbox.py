"""Outgoing mail over the API."""

from __future__ import annotations

from gateway.store.queries import listing
from web import visit
from web.api import models, shapes
from web.api.endpoint import endpoint


@endpoint("GET", "/outbox", query=models.OutboxQuery, output=models.OutboxPage)
def list_outbox(query: models.OutboxQuery) -> models.OutboxPage:
    """Outgoing mail, the newest first."""
    states = (query.state,) if query.state else ()
    with visit.reading() as rows:
        page = listing.letters(rows, states=states, cursor=query.cursor, limit=query.limit)
    return models.OutboxPage(outbox=[shapes.letter(row) for row in page.rows], cursor=page.cursor)
