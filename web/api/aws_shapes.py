"""Rows about AWS as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain import health_advice
from gateway.store.models import AccountState, AwsAccount, AwsCase, AwsStream, AwsWrite, Customer, HealthEvent
from gateway.store.queries.aws_desk import Meeting, Touched
from web.api import aws_models as models


def case(row: AwsCase) -> models.CaseOut:
    """A Support case."""
    same = ("id", "case_id", "display_id", "subject", "status", "service", "category", "severity", "severity_wanted",
            "language", "origin", "relay", "opened_at", "seen_at", "awaits_us_since", "resolved_at")  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    return models.CaseOut.model_validate(told | {"account": row.account_id, "ticket": row.ticket_id})


def write(row: AwsWrite) -> models.WriteOut:
    """A write with how far it came."""
    same = ("id", "kind", "state", "fault", "marker", "part", "parts", "created_at", "due_at", "settled_at")
    told = {name: getattr(row, name) for name in same}
    return models.WriteOut.model_validate(told | {"case": row.aws_case_id, "message": row.message_id})


def customer(row: Customer) -> models.CustomerOf:
    """A customer by name."""
    return models.CustomerOf(id=row.id, reference=row.reference, name=row.name)


def account(
    row: AwsAccount, owner: Customer, read: Sequence[AwsStream], loose: Sequence[AwsCase]
) -> models.AccountOut:
    """An account with what is read of it and its cases on no ticket."""
    same = ("name", "partition", "state_code", "state_since", "probed_at", "severities", "capabilities", "regions",
            "services")  # fmt: skip
    return models.AccountOut.model_validate(
        {name: getattr(row, name) for name in same}
        | {
            "account": row.account_id,
            "customer": customer(owner),
            "role": bool(row.role_arn),
            "state": AccountState(row.state),
            "streams": [_stream(each) for each in read],
            "cases_without_ticket": [case(each) for each in loose],
        }
    )


def event(row: HealthEvent, touched: Sequence[Touched], met: Sequence[Meeting]) -> models.HealthRow:
    """A Health event as lists show it."""
    return models.HealthRow.model_validate(_event(row, touched, met))


def whole_event(row: HealthEvent, touched: Sequence[Touched], met: Sequence[Meeting]) -> models.HealthOut:
    """A Health event with everything that is known of it."""
    return models.HealthOut.model_validate(
        _event(row, touched, met)
        | {
            "description": row.description,
            "personas": row.personas,
            "impacts": [_impact(each) for each in touched],
            "advice": list(health_advice.codes(row.type_code, row.category, row.status)),
        }
    )


def _event(row: HealthEvent, touched: Sequence[Touched], met: Sequence[Meeting]) -> dict[str, object]:
    same = ("id", "arn", "partition", "service", "type_code", "category", "scope", "region", "zone", "status",
            "actionability", "starts_at", "ends_at", "updated_at")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "accounts": [each.account.account_id for each in touched if not each.impact.gone],
        "customers": [
            models.MetBy(customer=customer(each.customer), ticket=each.row.ticket_id, state=each.row.state)
            for each in met
        ],
    }


def _impact(one: Touched) -> models.ImpactOut:
    pairs = [(str(value), str(state)) for value, state in one.impact.entities]
    return models.ImpactOut(
        account=one.account.account_id,
        gone=one.impact.gone,
        since=one.impact.since,
        entities=[models.Entity(value=value, state=state) for value, state in pairs],
    )


def _stream(row: AwsStream) -> models.StreamOut:
    same = ("what", "due_at", "read_at", "failures", "fault")
    return models.StreamOut.model_validate({name: getattr(row, name) for name in same})
