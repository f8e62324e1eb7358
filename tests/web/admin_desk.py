"""A desk with somebody who may administer it."""

from __future__ import annotations

from flask.testing import FlaskClient

from gateway.store.models import Engineer, Role
from tests.web.desk import Desk, form_token

ADMIN = "lin.yue@northquay.example"


def administered(desk: Desk, language: str = "en") -> FlaskClient:
    """The browser of an engineer who has become an administrator."""
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email=ADMIN).one().role = Role.ADMIN
    return desk.signed_in(ADMIN, language)


def token(client: FlaskClient, path: str = "/admin/import") -> str:
    """The anti-forgery token of a page."""
    return form_token(client.get(path))
