"""The dashboard's figures as words and shapes. Nothing is reckoned here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.credits.compliance import Agreed, MonthFigures
from gateway.domain import health_advice
from gateway.domain.availability import Component
from gateway.domain.credits import Attainment, half_up, printed
from gateway.operations.availability import Overview
from gateway.store.models import AccountState, AwsAccount, AwsCase, Notice
from gateway.store.queries import aws_desk, dashboard, health
from gateway.store.queries.cost import Advice
from gateway.store.queries.visiting import Scope
from gateway.tickets import health_words
from web import availability, visit
from web.aws import shown
from web.aws import words as aws_words

_WIDTH: Final = 340
_POINTER: Final = 7
_FROM: Final = Fraction(8, 10)
_MOST_EVENTS: Final = 8
_PARTS: Final = (Component.MAIL_IN, Component.WORKERS, Component.MAIL_OUT, Component.WEB, Component.AWS_SYNC)
_WELL: Final = (AccountState.OK, AccountState.NO_PLAN)


@dataclass(frozen=True, slots=True)
class Mark:
    """A step of the credit table on the scale. Shape: `words` is the discount from there to the next one."""

    x: int
    width: int
    step: str
    words: str
    ramp: int


def month(figures: MonthFigures, *, money: bool) -> dict[str, Any]:
    """A month with its scale and its priorities; sums only for whoever may see them."""
    reader = visit.reader()
    account = figures.account if money else None
    return {
        "name": i18n.month(figures.month.first, reader.language),
        "frozen": figures.frozen_at is not None,
        "percent": f"{printed(figures.attainment.share)} %",
        "decided": figures.attainment.decided,
        "violated": figures.attainment.violated,
        "x": min(max(_x(figures.attainment.share), _POINTER), _WIDTH - _POINTER),
        "anchor": _anchor(_x(figures.attainment.share)),
        "marks": _marks(figures, money=money),
        "priorities": [
            {
                "priority": each.priority,
                "decided": each.decided,
                "percent": f"{printed(Attainment(each.kept, each.decided).share)} %",
                "first": (each.first_met, each.first_late),
                "resolution": (each.resolution_met, each.resolution_late),
            }
            for each in figures.priorities
        ],
        "credit": _credit(figures) if account else None,
    }


def platform(found: Overview) -> dict[str, Any]:
    """The platform's parts as they stand, and its share of the month."""
    reader = visit.reader()
    whole = found.components[Component.PLATFORM]
    return {
        "headline": availability.headline(found, reader),
        "share": availability.percent(whole.month, reader),
        "measured": whole.month.share is not None,
        "parts": [availability.drawn(found.components[each], reader) for each in _PARTS],
    }


def accounts(rows: Sequence[AwsAccount]) -> dict[str, Any]:
    """How many AWS accounts are connected, and those that cannot be read."""
    ours = [row for row in rows if row.role_arn]
    broken = [row for row in ours if row.state not in (*_WELL, AccountState.UNCHECKED)]
    return {"connected": len(ours), "broken": broken}


def events(rows: Session, mine: Scope, *, since: Any) -> list[dict[str, Any]]:
    """AWS Health events that meet the customer: those that last first, then recent ones."""
    reader = visit.reader()
    met = health.of_customer(rows, mine.customer_id, since=since, limit=_MOST_EVENTS)
    touched = aws_desk.impacts(rows, [each.event.id for each in met], customer_id=mine.customer_id)
    wanted = [each.row.ticket_id for each in met if each.row.ticket_id is not None]
    numbers = dashboard.seen(rows, mine, wanted)
    return [
        {
            "title": shown.title(each.event, reader),
            "tag": shown.event_tag(each.event, reader),
            "over": each.event.status == "closed",
            "at": each.event.starts_at or each.event.updated_at,
            "accounts": sum(not one.impact.gone for one in touched.get(each.event.id, ())),
            "resources": sum(len(one.impact.entities) for one in touched.get(each.event.id, ())
                             if not one.impact.gone),
            "advice": _advice(each.event),
            "ticket": each.row.ticket_id if each.row.ticket_id in numbers else None,
        }
        for each in met
    ]  # fmt: skip


def cases(rows: Sequence[tuple[AwsCase, AwsAccount]]) -> list[dict[str, Any]]:
    """Support cases that are not over."""
    reader = visit.reader()
    return [
        {
            "name": case.display_id or case.case_id,
            "subject": case.subject,
            "status": aws_words.said(aws_words.CASE_STATUSES, case.status, reader),
            "account": account.name or account.account_id,
            "opened_at": case.opened_at,
            "ticket": case.ticket_id,
        }
        for case, account in rows
    ]


def notices(rows: Sequence[Notice]) -> list[dict[str, Any]]:
    """Maintenance and advisories in the reader's language, else in the other."""
    reader = visit.reader()
    made = []
    for row in rows:
        other = "en" if reader.language == "zh" else "zh"
        lang = reader.language if row.titles.get(reader.language) else other
        made.append(
            {
                "row": row,
                "title": row.titles.get(lang, ""),
                "text": row.texts.get(lang, ""),
                "lang": "zh-Hans" if lang == "zh" else "en",
                "running": row.state == "started",
            }
        )
    return made


def contract(found: Agreed, months: Sequence[MonthFigures]) -> dict[str, Any]:
    """A contract's months at hand and frozen ones with credits, corrections and disputes, and its ledger."""
    running = [_line(each, found) for each in months if each.contract == found.number and not each.frozen_at]
    return {
        "number": found.number,
        "months": running + [_line(each, found) for each in found.months],
        "entries": [
            (row, _month(row.month.first_on), i18n.money(row.amount, row.currency, row.exponent),
             _month(row.due_on) if row.due_on else "")
            for row in found.entries
        ],
    }  # fmt: skip


def _line(figures: MonthFigures, found: Agreed) -> dict[str, Any]:
    account, first = figures.account, figures.month.first
    sums = [half_up(account.fee), account.amount] if account else [0, 0]
    fee, credit = (i18n.money(each, figures.currency, figures.exponent) for each in sums)
    return {
        "name": _month(first),
        "frozen": figures.frozen_at is not None,
        "running": first == found.running,
        "percent": f"{printed(figures.attainment.share)} %",
        "discount": f"{printed(account.discount)} %" if account else "",
        "fee": fee,
        "credit": credit,
        "violated": found.violated.get(first, ()),
        "corrections": first in found.corrected,
        "disputes": found.disputes.get(first, ()),
    }


def _month(first: date) -> str:
    return i18n.month(first, visit.reader().language)


def savings(found: Advice | None) -> list[str]:
    """What the newest cost advice would save a month, by source and currency, which are never added up."""
    if found is None:
        return []
    return [
        f"{each.currency} {each.savings:,.2f} ({each.source})" for each in found.totals if each.savings > 0
    ]


def _credit(figures: MonthFigures) -> str:
    account = figures.account
    if account is None:
        return ""
    standing = visit.say("As it stands now; the month is not frozen yet.")
    fee = i18n.money(half_up(account.fee), figures.currency, figures.exponent)
    amount = i18n.money(account.amount, figures.currency, figures.exponent)
    said = visit.say(
        "Credit: %(fee)s × %(discount)s %% = %(amount)s.",
        fee=fee,
        discount=printed(account.discount),
        amount=amount,
    )
    if figures.frozen_at is not None:
        return said
    return f"{said} {standing}"


def _marks(figures: MonthFigures, *, money: bool) -> list[Mark]:
    """The credit table from the left end of the scale to the right, darker where it is better."""
    steps = sorted((band.at_least, band.discount) for band in figures.bands)
    edges = [*(_x(at_least) for at_least, _ in steps), _WIDTH]
    made: list[Mark] = []
    for index, (at_least, discount) in enumerate(steps):
        x, width = edges[index], edges[index + 1] - edges[index]
        if width > 0:
            step = str(int(at_least * 100)) if at_least > _FROM else ""
            words = f"{int(discount * 100)}%" if money else ""
            made.append(Mark(x, width, step, words, min(len(made) + 1, 4)))
    return made


def _x(share: Fraction) -> int:
    return max(0, min(_WIDTH, int((share - _FROM) / (1 - _FROM) * _WIDTH)))


def _anchor(x: int) -> str:
    edge = 30
    return "start" if x < edge else "end" if x > _WIDTH - edge else "middle"


def _advice(event: Any) -> list[str]:
    codes = health_advice.codes(event.type_code, event.category, event.status)
    return list(health_words.advice(codes, visit.reader().language))[:2] if event.status != "closed" else []
