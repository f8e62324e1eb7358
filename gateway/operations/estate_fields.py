"""The tables of fields that `helpdesk import` knows."""

from __future__ import annotations

from typing import Final

from gateway.operations.estate_accounts import ACCOUNT
from gateway.operations.estate_mailboxes import MAILBOXES
from gateway.operations.estate_reports import REPORTS
from gateway.operations.estate_terms import terms
from gateway.operations.estate_values import (
    currency,
    day,
    day_or_none,
    domain,
    email,
    language,
    money,
    one_of,
    password,
    password_hash,
    text,
    time_zone,
    truth,
)
from gateway.operations.maintenance import MAINTENANCE
from gateway.operations.records import Field, Table, listing, located, record
from gateway.operations.rota_values import ROTA
from gateway.store.models import Reach, Role

_CONTACT: Final = Table("a contact", {
    "email": Field(email, required=True),
    "name": Field(text(200, may_be_empty=True)),
    "language": Field(language),
    "phone": Field(text(50, may_be_empty=True)),
    "role": Field(one_of(Reach)),
})  # fmt: skip
_CONTRACT: Final = Table("a contract", {
    "number": Field(text(100), required=True),
    "starts_on": Field(day, required=True),
    "ends_on": Field(day_or_none),
    "effective_on": Field(day_or_none),
    "time_zone": Field(time_zone),
    "language": Field(language),
    "currency": Field(currency),
    "monthly_fee": Field(money),
    "terms": Field(terms),
    "reports": REPORTS,
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
    "aws_accounts": Field(listing(record(ACCOUNT), "AWS accounts")),
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
        "rota": Field(record(ROTA)),
        "maintenance": MAINTENANCE,
        "mailboxes": MAILBOXES,
    },
)
