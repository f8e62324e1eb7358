"""Who may do what: every endpoint of the application with its rights, and how its addresses are built.

A route that stands in no line here fails `test_access_matrix`, and so does a line whose route is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

from gateway.store.models import Role


@unique
class Who(StrEnum):
    """Who may: everybody; whoever holds the link; engineers, by their lowest role; contacts, by their scope."""

    PUBLIC = "public"
    LINK = "link"
    READER = "read-only"
    ENGINEER = "engineer"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"
    OWN = "own"
    COMPANY = "company"
    MANAGING = "managing"

    @property
    def role(self) -> Role | None:
        """The lowest engineer's role that may; None where it is not a question of these."""
        return Role(str(self)) if str(self) in list(Role) else None

    @property
    def scope(self) -> int:
        """How far a contact must see, 0 for own tickets up to 2; -1 where it is not for contacts."""
        return (Who.OWN, Who.COMPANY, Who.MANAGING).index(self) if self in _CONTACTS else -1


_CONTACTS = (Who.OWN, Who.COMPANY, Who.MANAGING)


@dataclass(frozen=True)
class Line:
    """Who may look at an endpoint and who may act on it.

    Shape: `values` maps the arguments of its address to kinds of a `Party`'s objects, or to literals after "=".
    """

    look: Who
    act: Who
    values: Mapping[str, str] = field(default_factory=dict)

    def may(self, method: str) -> Who:
        """Who may call it by a method."""
        return self.act if method in ("POST", "PUT", "PATCH", "DELETE") else self.look

    def address(self, objects: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for the objects of a party."""
        return {
            name: kind[1:] if kind.startswith("=") else objects[kind] for name, kind in self.values.items()
        }


def _line(look: Who, act: Who | None = None, **values: str) -> Line:
    return Line(look, act or look, values)


PUBLIC, LINK, READER, ENGINEER = Who.PUBLIC, Who.LINK, Who.READER, Who.ENGINEER
LEAD, MANAGER, ADMIN = Who.LEAD, Who.MANAGER, Who.ADMIN
OWN, COMPANY, MANAGING = Who.OWN, Who.COMPANY, Who.MANAGING
_TICKET = {"number": "ticket"}
_NOTICE = {"number": "notice"}

MATRIX: dict[str, Line] = {
    # for everybody
    "static": _line(PUBLIC, filename="=desk.css"),
    "openapi.spec": _line(PUBLIC),
    "auth.sign_in": _line(PUBLIC),
    "auth.choose_language": _line(PUBLIC),
    "health.healthz": _line(PUBLIC),
    "health.readyz": _line(PUBLIC),
    "health.metrics": _line(PUBLIC),
    "second.enter": _line(PUBLIC),
    "openid.begin": _line(PUBLIC),
    "openid.back": _line(PUBLIC),
    "status.show": _line(PUBLIC),
    "status.as_json": _line(PUBLIC),
    # for whoever holds the link
    "status.probe": _line(LINK, token="receipt"),
    "links.page": _line(LINK, path="=e", token="link-escalate"),
    "files.inline": _line(LINK, grant="inline"),
    # engineers' pages
    "auth.sign_out": _line(READER),
    "queue.show": _line(READER),
    "ticket.show": _line(READER, **_TICKET),
    "acts.write": _line(ENGINEER, **_TICKET),
    "acts.assign": _line(ENGINEER, **_TICKET),
    "acts.change_status": _line(ENGINEER, **_TICKET),
    "acts.change_priority": _line(ENGINEER, **_TICKET),
    "acts.escalate": _line(ENGINEER, **_TICKET),
    "acts.mark": _line(ENGINEER, **_TICKET),
    "acts.acknowledge": _line(ENGINEER, **_TICKET),
    "acts.release": _line(ENGINEER, number="ticket", message_id="held"),
    "acts.blank": _line(READER),
    "acts.open_ticket": _line(ENGINEER),
    "files.attachment": _line(READER, ENGINEER, token="file"),
    "files.original": _line(READER, ENGINEER, message_id="message"),
    "files.text": _line(READER, message_id="message"),
    "files.view": _line(READER, message_id="message"),
    "files.html": _line(READER, message_id="message"),
    "review.show": _line(READER),
    "review.outbox": _line(READER),
    "review.letter": _line(READER, outbox_id="outbox"),
    "review.letter_original": _line(LEAD, outbox_id="outbox"),
    "review.original": _line(READER, ENGINEER, delivery_id="delivery"),
    "review.replay": _line(ENGINEER, delivery_id="delivery"),
    "review.retry": _line(ENGINEER, outbox_id="outbox"),
    "review.give_up": _line(ENGINEER, outbox_id="outbox"),
    "review.accept": _line(ENGINEER, delivery_id="delivery"),
    "review.attach": _line(ENGINEER, delivery_id="delivery"),
    "review.register": _line(LEAD, delivery_id="delivery"),
    "review.dismiss": _line(ENGINEER, message_id="held"),
    "review.block": _line(ENGINEER),
    "review.lift": _line(ENGINEER, block_id="block"),
    "review.retry_all": _line(ENGINEER),
    "review.cancel": _line(ENGINEER, outbox_id="outbox"),
    "returned.lift": _line(ENGINEER, suppression_id="suppression"),
    "credits.show": _line(READER, customer_id="customer"),
    "credits.decide": _line(MANAGER, customer_id="customer", correction_id="correction", decision="=approve"),
    "credits.dispute": _line(ENGINEER, customer_id="customer", month="month"),
    **{
        f"reports.{name}": _line(READER, customer_id="customer", report_id="report") for name in ("show", "pdf", "csv")
    },
    "reports.of_customer": _line(READER, customer_id="customer"),
    "reports.of_management": _line(MANAGER),
    **{
        f"reports.{name}": _line(MANAGER, report_id="management")
        for name in ("management", "management_pdf", "management_csv")
    },
    "notices.show_all": _line(READER),
    "notices.blank": _line(READER),
    "notices.draft": _line(ENGINEER),
    "notices.rewrite": _line(READER, **_NOTICE),
    "notices.edit": _line(ENGINEER, **_NOTICE),
    "notices.show": _line(READER, **_NOTICE),
    "notices.announce": _line(LEAD, **_NOTICE),
    "notices.change": _line(LEAD, **_NOTICE),
    "notices.call_off": _line(LEAD, **_NOTICE),
    "notices.end": _line(LEAD, **_NOTICE),
    "notices.keep_open": _line(LEAD, **_NOTICE),
    "rota.show": _line(READER),
    "rota.take_over": _line(LEAD),
    "rota.swap": _line(LEAD),
    "rota.be_away": _line(LEAD),
    "rota.remove_override": _line(LEAD, override_id="override"),
    "rota.remove_absence": _line(LEAD, absence_id="absence"),
    "evidence.show": _line(READER, **_TICKET),
    "exclusions.exclude": _line(ENGINEER, **_TICKET),
    "exclusions.decide": _line(ENGINEER, number="ticket", name="exclusion", verb="=end"),
    # engineers' pages beside AWS
    "cases.blank": _line(READER, **_TICKET),
    "cases.open_case": _line(ENGINEER, **_TICKET),
    "cases.adopt": _line(ENGINEER, **_TICKET),
    "cases.release": _line(ENGINEER, **_TICKET),
    "cases.resolve": _line(ENGINEER, number="ticket", case="case"),
    "cases.relay": _line(ENGINEER, number="ticket", case="case"),
    "cases.decide": _line(ENGINEER, number="ticket", write="write", verb="=retry"),
    "cases.accept": _line(ENGINEER, **_TICKET),
    "cases.decline": _line(ENGINEER, **_TICKET),
    "aws_accounts.show": _line(READER),
    "aws_accounts.check": _line(ENGINEER, account_id="account"),
    "aws_accounts.adopt": _line(ENGINEER, case="lone-case"),
    "aws_health.show_all": _line(READER),
    "aws_health.note": _line(ENGINEER, event_id="event"),
    "aws_health.show": _line(READER, event_id="event"),
    "cost.show": _line(READER, customer_id="customer"),
    "queue.changed": _line(READER),
    "later.undo": _line(ENGINEER, number="ticket", act_id="act"),
    "later.discard": _line(ENGINEER, number="ticket", act_id="act"),
    "later.again": _line(ENGINEER, number="ticket", act_id="act"),
    "later.state": _line(READER, number="ticket", act_id="act"),
    "bulk.act": _line(ENGINEER),
    "keys.show": _line(READER),
    "live.stream": _line(READER),
    "live.of_ticket": _line(READER, **_TICKET),
    "admin.show": _line(READER),
    "admin_audit.show": _line(ADMIN),
    "canned.show": _line(READER),
    "canned.edit": _line(READER, LEAD, answer_id="answer"),
    "canned.make": _line(LEAD),
    "canned.change": _line(LEAD, answer_id="answer"),
    "canned.insert": _line(ENGINEER, **_TICKET),
    "admin_letters.show_all": _line(READER),
    "admin_letters.show": _line(READER, name="=reply"),
    "admin_letters.html": _line(READER, name="=reply", language="=en"),
    "admin_customers.show_all": _line(READER),
    "admin_customers.show": _line(READER, customer_id="customer"),
    "admin_contract.pdf": _line(READER, customer_id="customer"),
    "admin_report_plans.show": _line(MANAGER, customer_id="customer"),
    "admin_report_plans.change": _line(MANAGER, customer_id="customer"),
    "admin_import.show": _line(ADMIN),
    "admin_import.preview": _line(ADMIN),
    "admin_import.confirm": _line(ADMIN),
    "admin_import.export": _line(ADMIN),
    **{
        f"relations.{name}": _line(ENGINEER, **_TICKET)
        for name in ("merge", "link", "write_to_children", "copy_in", "leave_out")
    },
    **{
        f"admin_webhook.{name}": _line(ADMIN) for name in ("show", "change", "renew_secret", "try_out")
    },
    "admin_webhook.retry": _line(ADMIN, call_id="call"),
    # engineers about themselves
    **{
        f"me.{name}": _line(READER) for name in ("show", "change", "change_password", "end_others")
    },
    "me.end_session": _line(READER, handle="=absent"),
    **{
        f"factor.{name}": _line(READER) for name in ("show", "picture", "begin", "confirm", "remove", "new_codes")
    },
    # who may log in
    "engineers.show": _line(ADMIN),
    **{
        f"engineers.{name}": _line(ADMIN, engineer_id="engineer") for name in ("change", "reset_factor", "end_sessions")
    },
    "engineers.make_token": _line(ADMIN),
    "engineers.revoke_token": _line(ADMIN, token_id="token"),
    # customers' pages
    "visitor_dashboard.show": _line(OWN),
    "visitor_dashboard.figures": _line(COMPANY),
    "visitor_dashboard.month": _line(MANAGING, month_id="month-row"),
    "visitor_contract.pdf": _line(MANAGING),
    "visitor_reports.listed": _line(COMPANY),
    **{
        f"visitor_reports.{name}": _line(COMPANY, report_id="report") for name in ("show", "pdf", "csv")
    },
    "visitor_tickets.listed": _line(OWN),
    "visitor_tickets.show": _line(OWN, **_TICKET),
    "visitor_tickets.file": _line(OWN, number="ticket", token="file"),
    "visitor_acts.new": _line(OWN),
    **{
        f"visitor_acts.{name}": _line(OWN, **_TICKET)
        for name in ("answer", "confirm", "not_fixed", "escalate", "contest")
    },
    "visitor_door.ask": _line(PUBLIC),
    "visitor_door.link": _line(LINK, token="link-enter"),
    "visitor_door.profile": _line(OWN),
    "visitor_door.end": _line(OWN),
    "visitor_door.leave": _line(OWN),
    # the API
    "api.list_accounts": _line(READER),
    "api.check_account": _line(ENGINEER, account="account"),
    "api.list_health_events": _line(READER),
    "api.get_health_event": _line(READER, event="event"),
    "api.note_to_all": _line(ENGINEER, event="event"),
    "api.get_cost": _line(READER, customer="reference"),
    "api.list_tickets": _line(READER),
    "api.open_ticket": _line(ENGINEER),
    "api.get_ticket": _line(READER, **_TICKET),
    **{
        f"api.{name}": _line(ENGINEER, **_TICKET)
        for name in ("reply", "note", "assign", "change_status", "change_priority", "escalate", "mark", "acknowledge",
                     "open_case", "adopt_case", "decline_proposal", "exclude")
    },
    **{
        f"api.{name}": _line(ENGINEER, number="ticket", case="case")
        for name in ("answer_case", "release_to_case", "resolve_case", "relay_to_case")
    },
    **{
        f"api.{name}": _line(ENGINEER, number="ticket", write="write")
        for name in ("retry_write", "cancel_write", "settle_write")
    },
    **{
        f"api.{name}": _line(ENGINEER, number="ticket", name="exclusion")
        for name in ("end", "strike", "contest", "uphold", "accept", "decline")
    },
    "api.get_sla": _line(READER, customer="reference"),
    "api.get_credits": _line(READER, customer="reference"),
    "api.list_reports": _line(READER, customer="reference"),
    "api.get_report": _line(READER, customer="reference", report="report"),
    "api.dispute": _line(ENGINEER, customer="reference", month="month"),
    "api.list_deliveries": _line(READER),
    "api.replay": _line(ENGINEER, delivery_id="delivery"),
    "api.get_evidence": _line(READER, **_TICKET),
    "api.get_attachment": _line(READER, token="file"),
    "api.list_notices": _line(READER),
    "api.draft_notice": _line(ENGINEER),
    "api.get_notice": _line(READER, **_NOTICE),
    "api.preview_notice": _line(READER, **_NOTICE),
    **{
        f"api.{name}": _line(LEAD, **_NOTICE)
        for name in ("announce_notice", "change_notice", "call_off_notice", "end_notice", "keep_notice_open")
    },
    "api.list_outbox": _line(READER),
    "api.show_rota": _line(READER),
}  # fmt: skip
