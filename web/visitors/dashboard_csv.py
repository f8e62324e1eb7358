"""The dashboard's figures as CSV, as a spreadsheet opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask import Response

from gateway.credits.compliance import MonthFigures
from gateway.domain.credits import Attainment, half_up, printed
from gateway.reporting import cells
from gateway.reporting.cells import Line
from gateway.store.queries.dashboard import Decided
from web import visit


def answer(name: str, lines: Iterable[Line]) -> Response:
    """A download of these lines."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(cells.content(lines), headers=headers, content_type="text/csv; charset=utf-8")


def figures(months: Sequence[MonthFigures], *, money: bool) -> list[Line]:
    """Months by priority, each with its total; sums for whoever may see them."""
    head = _head() + (
        [visit.say("Fee"), visit.say("Discount"), visit.say("Credit"), visit.say("Currency")] if money else []
    )
    return [head, *(line for each in months for line in _lines(each, money=money))]


def month(found: MonthFigures, tickets: Sequence[Decided], number: Callable[[int], str]) -> list[Line]:
    """A frozen month, then every ticket that counts in it."""
    outcomes = {"kept": visit.say("Kept"), "violated": visit.say("Violated")}
    titles = [
        visit.say("Ticket"),
        visit.say("Subject"),
        visit.say("Priority"),
        visit.say("Outcome"),
        visit.say("Decided"),
    ]
    rows = [
        [number(each.ticket_id), each.subject, visit.reader().label(each.priority),
         outcomes.get(each.outcome, each.outcome), each.decided_at.isoformat(timespec="seconds")]
        for each in tickets
    ]  # fmt: skip
    return [*figures([found], money=True), [], titles, *rows]


def _head() -> list[object]:
    said = visit.say
    return [
        said("Month"), said("State"), said("Priority"), said("Decided"), said("Kept"), said("Attainment in percent"),
        said("First response met"), said("First response late"), said("Resolution met"), said("Resolution late"),
    ]  # fmt: skip


def _lines(found: MonthFigures, *, money: bool) -> Iterable[Line]:
    reader = visit.reader()
    state = reader.say("Frozen") if found.frozen_at else reader.say("Running")
    for each in found.priorities:
        whole = Attainment(each.kept, each.decided)
        yield [str(found.month), state, reader.label(each.priority), each.decided, each.kept, printed(whole.share),
               each.first_met, each.first_late, each.resolution_met, each.resolution_late]  # fmt: skip
    counted = found.attainment
    total: list[object] = [
        str(found.month),
        state,
        reader.say("All"),
        counted.decided,
        counted.kept,
        printed(counted.share),
    ]
    for name in ("first_met", "first_late", "resolution_met", "resolution_late"):
        total.append(sum(getattr(each, name) for each in found.priorities))
    if money and found.account is not None:
        account = found.account
        total += [
            half_up(account.fee),
            printed(account.discount),
            account.amount,
            f"{found.currency} 10^-{found.exponent}",
        ]
    yield total
