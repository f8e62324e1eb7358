"""The tables of fields that `helpdesk import` knows."""

from __future__ import annotations

from typing import Any, Final

from gateway.domain.terms import BadTerms, Priority, agreed
from gateway.operations.estate_values import (
    account_id,
    currency,
    day,
    day_or_none,
    domain,
    email,
    language,
    minutes,
    money,
    one_of,
    password,
    password_hash,
    percent,
    text,
    time_zone,
    truth,
)
from gateway.operations.records import Field, Findings, Table, Wrong, listing, located, plain, record
from gateway.operations.yaml_tree import Tree
from gateway.store.models import Role

_ENVIRONMENTS: Final = ("production", "staging", "test", "development", "sandbox")
_TARGETS: Final = Table(
    "a target", {"first_response_minutes": Field(minutes), "resolution_minutes": Field(minutes)}
)
_TERMS: Final = Table(
    "the terms",
    {
        "targets": Field(record(Table("targets", {each: Field(record(_TARGETS)) for each in Priority}))),
        "progress_minutes": Field(
            record(Table("progress_minutes", {each: Field(minutes) for each in Priority}))
        ),
        "ladder": Field(listing(percent, "percentages")),
    },
)


def terms(tree: Tree, findings: Findings) -> dict[str, Any]:
    """What a contract says differently from the default terms."""
    known = len(findings.faults)
    found: dict[str, Any] = plain(record(_TERMS)(tree, findings))
    if len(findings.faults) == known:
        try:
            agreed(found)
        except BadTerms as fault:
            raise Wrong(str(fault)) from None
    return found


_CONTACT: Final = Table("a contact", {
    "email": Field(email, required=True),
    "name": Field(text(200, may_be_empty=True)),
    "language": Field(language),
    "phone": Field(text(50, may_be_empty=True)),
})  # fmt: skip
_CONTRACT: Final = Table("a contract", {
    "number": Field(text(100), required=True),
    "starts_on": Field(day, required=True),
    "ends_on": Field(day_or_none),
    "time_zone": Field(time_zone),
    "language": Field(language),
    "currency": Field(currency),
    "monthly_fee": Field(money),
    "terms": Field(terms),
})  # fmt: skip
_ACCOUNT: Final = Table("an AWS account", {
    "account_id": Field(account_id, required=True),
    "name": Field(text(200, may_be_empty=True)),
    "environment": Field(one_of(_ENVIRONMENTS)),
})  # fmt: skip
_CUSTOMER: Final = Table("a customer", {
    "reference": Field(text(100), required=True),
    "name": Field(text(200), required=True),
    "language": Field(language),
    "time_zone": Field(time_zone),
    "active": Field(truth),
    "domains": Field(listing(located(domain), "domains")),
    "contacts": Field(listing(record(_CONTACT), "contacts")),
    "contracts": Field(listing(record(_CONTRACT), "contracts")),
    "aws_accounts": Field(listing(record(_ACCOUNT), "AWS accounts")),
})  # fmt: skip
_ENGINEER: Final = Table("an engineer", {
    "email": Field(email, required=True),
    "name": Field(text(200), required=True),
    "role": Field(one_of(Role)),
    "language": Field(language),
    "time_zone": Field(time_zone),
    "skills": Field(listing(text(50), "skills")),
    "password": Field(password),
    "password_hash": Field(password_hash),
    "active": Field(truth),
})  # fmt: skip
_TEAM: Final = Table("a team", {
    "name": Field(text(100), required=True),
    "members": Field(listing(located(email), "mail addresses")),
})  # fmt: skip
FILE: Final = Table(
    "the file",
    {
        "customers": Field(listing(record(_CUSTOMER), "customers")),
        "engineers": Field(listing(record(_ENGINEER), "engineers")),
        "teams": Field(listing(record(_TEAM), "teams")),
    },
    later=frozenset({"rota", "rotas", "mailboxes", "maintenance", "maintenance_windows"}),
)
