"""How far the present visitor's pages reach."""

from __future__ import annotations

from typing import cast

from flask import abort, g

from gateway.store.models import Ticket
from gateway.store.queries import visiting
from gateway.store.queries.visiting import Scope
from web import visit

__all__ = ["Scope", "mine", "only_managers", "ticket"]


def mine() -> Scope:
    """The scope of whoever's request this is. Errors: AttributeError where nobody is signed in."""
    if "scope" not in g:
        g.scope = visiting.scope_of(visit.contact())
    return cast(Scope, g.scope)


def only_managers() -> Scope:
    """The scope of a manager; for everybody else the page does not exist. Errors: 404."""
    if not mine().manages:
        abort(404)
    return mine()


def ticket(number: int) -> Ticket:
    """A ticket that may be shown. Errors: 404, the same where there is none and where it is somebody else's."""
    with visit.reading() as rows:
        found = visiting.ticket(rows, mine(), number)
    if found is None:
        abort(404)
    return found
