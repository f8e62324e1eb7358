"""The company's contract as a document, for managers."""

from __future__ import annotations

from flask import Response

from web import contract_document
from web.visitors import gate, scope

pages = gate.blueprint("contract")


@pages.get("/my/contract.pdf")
def pdf() -> Response:
    """The contract in effect, or another of the company's."""
    return contract_document.pdf(scope.only_managers().customer_id)
