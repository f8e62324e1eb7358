"""The places under Admin, who may open each, and the page that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from gateway.store.models import Role
from web import rights, visit

pages = Blueprint("admin", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the administration.

    Shape: `endpoint` is the page's own, empty where it stands elsewhere in the menu too; a page that this
    installation does not have is not listed.
    """

    path: str
    endpoint: str
    title: str
    about: str
    icon: str
    role: Role = Role.READER


PLACES: Final = (
    Place("/admin/customers", "admin_customers.show_all", "Customers",
          "Contacts, contracts with their terms, AWS accounts, credits", "people"),
    Place("/reports", "reports.of_management", "Management's reports",
          "Load, breaches and credits at risk across customers", "chart", Role.MANAGER),
    Place("/admin/import", "admin_import.show", "Import and export",
          "Customers, contracts, engineers and rota as one file, with a preview of what changes", "redo", Role.ADMIN),
    Place("/admin/engineers", "engineers.show", "Engineers", "Roles, second factors, sessions and tokens",
          "people", Role.ADMIN),
    Place("/admin/letters", "admin_letters.show_all", "Letters", "Every letter as it reads in both languages", "out"),
    Place("/notices", "notices.show_all", "Notices", "Planned maintenance and security advisories", "cal"),
    Place("/rota", "rota.show", "Rota", "Who is on call, and where nobody is", "people"),
    Place("/admin/webhook", "admin_webhook.show", "Webhook", "One address elsewhere that hears of changes", "link",
          Role.ADMIN),
    Place("/admin/audit", "admin_audit.show", "Audit log", "Who did what here, kept for good", "eye", Role.ADMIN),
)  # fmt: skip


def actor() -> str:
    """How the audit log names this request's engineer."""
    return f"engineer:{visit.me().id}"


@pages.get("/admin")
def show() -> ResponseReturnValue:
    """What there is to administer, as far as the reader may."""
    return render_template("web/admin.html", title=visit.say("Admin"), places=_open(), in_words=visit.say)


def _open() -> Sequence[Place]:
    known = current_app.view_functions
    return [each for each in PLACES if each.endpoint in known and rights.at_least(visit.me(), each.role)]
