"""What each role of engineers may do on the pages and the API: one rule for whatever changes something.

Every page behind the login may be read by everybody who is let in, but for those that `needs` marks. Whatever is not
a read (POST and the like) takes the role that RIGHTS names, else at least an engineer; so a read-only engineer
changes nothing but what is their own. Verbs ask again where the thing itself decides: striking an exclusion and
calling a violated target off as spam take a manager, and telling customers of planned work takes a lead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask import current_app, request
from flask.typing import ResponseReturnValue

from gateway.store.models import Engineer, Role

_View = TypeVar("_View", bound=Callable[..., Any])

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
RIGHTS: Final[Mapping[str, Role]] = {
    # what everybody does about themselves
    "auth.sign_in": Role.READER,
    "auth.sign_out": Role.READER,
    "auth.choose_language": Role.READER,
    "second.enter": Role.READER,
    "openid.begin": Role.READER,
    "me.change": Role.READER,
    "me.change_password": Role.READER,
    "me.end_session": Role.READER,
    "me.end_others": Role.READER,
    "factor.begin": Role.READER,
    "factor.confirm": Role.READER,
    "factor.remove": Role.READER,
    "factor.new_codes": Role.READER,
    # who is on call
    "rota.take_over": Role.LEAD,
    "rota.swap": Role.LEAD,
    "rota.be_away": Role.LEAD,
    "rota.remove_override": Role.LEAD,
    "rota.remove_absence": Role.LEAD,
    # what is told to customers of planned work and advisories
    "notices.announce": Role.LEAD,
    "notices.change": Role.LEAD,
    "notices.call_off": Role.LEAD,
    "notices.end": Role.LEAD,
    "notices.keep_open": Role.LEAD,
    # who becomes a customer's contact
    "review.register": Role.LEAD,
    # money
    "credits.decide": Role.MANAGER,
    # customers, contracts and people, from a file
    "admin_import.preview": Role.ADMIN,
    "admin_import.confirm": Role.ADMIN,
    "admin_import.export": Role.ADMIN,
    # who may log in
    "engineers.change": Role.ADMIN,
    "engineers.reset_factor": Role.ADMIN,
    "engineers.end_sessions": Role.ADMIN,
    "engineers.make_token": Role.ADMIN,
    "engineers.revoke_token": Role.ADMIN,
}
"""Endpoint → the least role for its unsafe methods; an endpoint that is not here takes an engineer."""

_MARK: Final = "least_role"


def needs(role: Role) -> Callable[[_View], _View]:
    """Ask a role of a view, whatever the method; it stands below the route's own decorator."""

    def mark(view: _View) -> _View:
        setattr(view, _MARK, role)
        return view

    return mark


def needed(endpoint: str, method: str) -> Role:
    """The least role for a method of an endpoint."""
    view = current_app.view_functions.get(endpoint)
    least: Role = getattr(view, _MARK, Role.READER)
    if method in READING:
        return least
    own = RIGHTS.get(endpoint, max(Role.ENGINEER, least, key=lambda role: role.rank))
    return max(own, least, key=lambda role: role.rank)


def allows(role: str, endpoint: str, method: str) -> bool:
    """Whether a role may use a method of an endpoint."""
    return Role(role).rank >= needed(endpoint, method).rank


def refused(engineer: Engineer) -> ResponseReturnValue | None:
    """The page that says no, where the engineer may not do what this request asks."""
    if allows(engineer.role, request.endpoint or "", request.method):
        return None
    from web import errors  # which draws a page, and so knows visits

    return errors.page(403)


def at_least(engineer: Engineer | None, role: str) -> bool:
    """Whether an engineer's role is this one or above, for what a page offers."""
    return engineer is not None and Role(engineer.role).rank >= Role(role).rank
