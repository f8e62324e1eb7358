"""A customer's cost advice of a month: what each source says by itself, and what keeps a source silent."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway import i18n
from gateway.aws.cost import words
from gateway.store.queries import cost, people
from gateway.store.queries.cost import Advice, Line
from web import visit

pages = Blueprint("cost", __name__)

_MOST_LINES: Final = 200


@pages.get("/customers/<int:customer_id>/cost")
def show(customer_id: int) -> ResponseReturnValue:
    """The advice of the month in the address, else of the newest one."""
    with visit.reading() as rows:
        customer = next((each for each in people.customers(rows) if each.id == customer_id), None)
        if customer is None:
            abort(404)
        months = cost.months(rows, customer_id)
        wanted = _month() or (months[0] if months else None)
        found = cost.advice(rows, customer_id, wanted) if wanted else None
    language = visit.reader().language
    return render_template(
        "web/aws_cost.html",
        title=visit.say("Cost advice for %(customer)s", customer=customer.name),
        customer=customer,
        months=[(each.strftime("%Y-%m"), i18n.month(each, language)) for each in months],
        wanted=wanted.strftime("%Y-%m") if wanted else "",
        advice=_drawn(found) if found else None,
    )


def _drawn(found: Advice) -> dict[str, Any]:
    language = visit.reader().language
    shown = found.recommendations[:_MOST_LINES]
    return {
        "finished_at": found.finished_at,
        "totals": [
            (words.source(each.source), each.count, money(each.savings, each.currency),
             words.discount(each.discount, language))
            for each in found.totals
        ],
        "lines": [_line(each, found, language) for each in shown],
        "hidden": len(found.recommendations) - len(shown),
        "spend": [_spend(each, found) for each in found.spend],
        "forecasts": [_spend(each, found) for each in found.forecasts],
        "silent": [
            words.instruction(each.source, each.code, each.account_id, data=each.data, language=language)
            for each in found.instructions
        ]
        + [words.unread(each.why, each.account_id, language) for each in found.unread],
    }  # fmt: skip


def _line(line: Line, found: Advice, language: str) -> dict[str, str]:
    data = line.data
    change = " → ".join(str(data[key]) for key in ("current", "recommended") if data.get(key))
    return {
        "what": words.name(data, language) or words.action(line.code, language),
        "resource": line.resource,
        "change": change,
        "where": line.region,
        "account": found.names.get(line.account_id) or line.account_id,
        "source": words.source(line.source),
        "savings": money(line.savings, line.currency),
        "discount": words.discount(str(data.get("discount", "unknown")), language),
    }


def _spend(line: Line, found: Advice) -> dict[str, Any]:
    data = line.data
    return {
        "account": found.names.get(line.account_id) or line.account_id,
        "when": str(data.get("month") or line.code or data.get("until") or ""),
        "amount": money(_amount(data.get("amount")), line.currency),
        "estimated": bool(data.get("estimated")),
    }


def money(amount: Decimal | None, currency: str) -> str:
    """A sum with its currency's code, rounded to what the currency has; empty where there is none.

    >>> money(Decimal("12.3456"), "USD"), money(None, "USD")
    ('USD 12.35', '')
    """
    if amount is None:
        return ""
    decimals = i18n.exponent(currency) if currency else 2
    units = int((amount * 10**decimals).to_integral_value(ROUND_HALF_UP))
    return i18n.money(units, currency, decimals)


def _amount(told: object) -> Decimal | None:
    try:
        read = Decimal(str(told))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _month() -> date | None:
    asked = request.args.get("month", "")
    if not asked:
        return None
    try:
        return date.fromisoformat(f"{asked[:7]}-01")
    except ValueError:
        abort(400)
