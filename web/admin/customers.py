"""Customers and what is agreed with each: read here, changed by import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import credits, i18n
from gateway.credits import MonthLine
from gateway.domain import agreed_dates
from gateway.domain.credits import half_up, printed
from gateway.domain.terms import BadTerms
from gateway.store.models import AwsAccount, Contract, Customer
from gateway.store.queries import customers
from web import notice_words, visit
from web.admin import agreed, planned
from web.admin.agreed import Shown
from web.aws import words as aws_words

pages = Blueprint("admin_customers", __name__)

REACHES: Final = {"own": "Own tickets", "company": "Whole company", "manager": "Manager"}
STATES: Final = {"in-effect": "In effect", "not-yet": "Not yet", "ended": "Ended"}
_STATE_TAGS: Final = {"in-effect": ("good", "check"), "not-yet": ("info", "clock"), "ended": ("", "ban")}
_MONTHS: Final = 6
_LONGEST_WORDS: Final = 200


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a contract, in words. Shape: `now` where it is the one in effect, or the last one."""

    row: Contract
    fee: str
    terms: Shown | None
    now: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """A contract with its versions, the newest first, and its latest months."""

    number: str
    state: str
    tag: tuple[str, str]
    versions: Sequence[Version]
    months: Sequence[dict[str, Any]]
    reports: planned.Shown


@pages.get("/admin/customers")
def show_all() -> ResponseReturnValue:
    """Customers by name, searched by name, reference, domain or contact."""
    words = request.args.get("q", "").replace("\x00", "")[:_LONGEST_WORDS]
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 18):  # noqa: PLR2004  below any key
        abort(400)
    with visit.reading() as rows:
        found, more = customers.listed(rows, words, after=int(after))
    return render_template(
        "web/admin_customers.html",
        title=visit.say("Customers"),
        found=found,
        words=words,
        next_page={"q": words, "after": more} if more else {},
    )


@pages.get("/admin/customers/<int:customer_id>")
def show(customer_id: int) -> ResponseReturnValue:
    """One customer: contacts, contracts with their terms, months, accounts, notices."""
    with visit.reading() as rows:
        customer = customers.whole(rows, customer_id)
        if customer is None:
            abort(404)
        contracts = [_agreement(rows, customer, versions) for versions in _by_number(customer)]
        told = customers.notices_told(rows, customer_id)
    return render_template(
        "web/admin_customer.html",
        title=customer.name,
        customer=customer,
        contacts=sorted(customer.contacts, key=lambda each: each.email),
        domains=sorted(each.domain for each in customer.domains),
        reaches=REACHES,
        in_words=visit.say,
        contracts=contracts,
        accounts=[
            (each, *_account(each)) for each in sorted(customer.accounts, key=lambda row: row.account_id)
        ],
        notices=[(each, _title(each.titles)) for each in told],
        notice_states=notice_words.STATES,
    )


def _by_number(customer: Customer) -> list[list[Contract]]:
    """Each contract's versions, the first one first; the contract that began last stands first."""
    found: dict[str, list[Contract]] = {}
    for row in sorted(customer.contracts, key=lambda each: each.version):
        found.setdefault(row.number, []).append(row)
    return sorted(found.values(), key=lambda rows: (rows[-1].starts_on, rows[-1].number), reverse=True)


def _agreement(rows: Session, customer: Customer, versions: Sequence[Contract]) -> Agreement:
    last = agreed_dates.latest(versions)
    today = visit.now().astimezone(i18n.time_zone(last.time_zone)).date()
    holds = agreed_dates.in_effect(versions, today)
    state = _state(last, holds, today)
    present = agreed_dates.version_on(versions, today) or last
    return Agreement(
        number=last.number,
        state=STATES[state],
        tag=_STATE_TAGS[state],
        versions=[_version(each, now=each is present) for each in reversed(versions)],
        months=_months(rows, last.number),
        reports=planned.shown(rows, last, customer.contacts),
    )


def _months(rows: Session, number: str) -> list[dict[str, Any]]:
    """The latest months; none where terms make no sense, which the versions say."""
    try:
        return [_month(each) for each in credits.statement(rows, number, at=visit.now()).months[:_MONTHS]]
    except BadTerms:
        return []


def _state(last: Contract, holds: Contract | None, today: date) -> str:
    if holds is not None:
        return "in-effect"
    return "not-yet" if today < last.starts_on else "ended"


def _version(row: Contract, *, now: bool) -> Version:
    decimals = i18n.exponent(row.currency)
    fee = i18n.money(half_up(Fraction(row.monthly_fee) * 10**decimals), row.currency, decimals)
    return Version(row, fee, agreed.shown(row.terms, visit.reader()), now)


def _month(line: MonthLine) -> dict[str, Any]:
    return {
        "name": i18n.month(line.month.first, visit.reader().language),
        "frozen": line.frozen_at is not None,
        "decided": line.now.attainment.decided,
        "kept": line.now.attainment.kept,
        "attainment": printed(line.now.attainment.share),
        "credit": i18n.money(line.now.amount, line.currency, line.exponent),
    }


def _account(row: AwsAccount) -> tuple[str, tuple[str, str]]:
    """How an account stands, and its tag."""
    state = row.state if row.role_arn else "no-role"
    said = aws_words.said(aws_words.ACCOUNT_STATES, state, visit.reader())
    return said, aws_words.ACCOUNT_TAGS.get(state, ("", "eye"))


def _title(titles: dict[str, str]) -> str:
    language = visit.reader().language
    return titles.get(language) or next((each for each in titles.values() if each), "")
