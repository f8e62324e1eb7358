"""Arrived mail over the API, and judging it again."""

from __future__ import annotations

from gateway import review
from gateway.store.queries import correspondence, listing
from gateway.tickets import NotFound
from web import visit
from web.api import models, shapes
from web.api.endpoint import endpoint


@endpoint("GET", "/deliveries", query=models.DeliveryQuery, output=models.DeliveryPage)
def list_deliveries(query: models.DeliveryQuery) -> models.DeliveryPage:
    """Deliveries, the newest first."""
    with visit.reading() as rows:
        page = listing.deliveries(
            rows,
            states=(query.state,) if query.state else (),
            message_id=query.message_id,
            cursor=query.cursor,
            limit=query.limit,
        )
    return models.DeliveryPage(deliveries=[shapes.delivery(row) for row in page.rows], cursor=page.cursor)


@endpoint(
    "POST", "/deliveries/<int:delivery_id>/replay", output=models.DeliveryOut, status=202, refusals=[409]
)
def replay(delivery_id: int) -> models.DeliveryOut:
    """Judge a delivery again."""
    with visit.services().transaction() as rows:
        review.replay(rows, delivery_id, author=visit.me(), at=visit.now())
    with visit.reading() as rows:
        row = correspondence.delivery(rows, delivery_id)
        if row is None:
            raise NotFound("no such delivery")
        return shapes.delivery(row)
