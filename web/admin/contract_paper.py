"""A customer's contract as a document, for engineers."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from gateway.store.queries import customers
from web import contract_document, visit

pages = Blueprint("admin_contract", __name__)


@pages.get("/admin/customers/<int:customer_id>/contract.pdf")
def pdf(customer_id: int) -> Response:
    """The contract in effect, or another of the customer's."""
    with visit.reading() as rows:
        if customers.whole(rows, customer_id) is None:
            abort(404)
    return contract_document.pdf(customer_id)
