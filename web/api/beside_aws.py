"""AWS accounts, Health events and cost advice over the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from gateway import queues
from gateway.aws import streams
from gateway.store.models import Customer, Stream
from gateway.store.queries import aws_desk, cost, people
from gateway.store.queries import cases as case_queries
from gateway.store.queries.cost import Line
from gateway.store.session import want_ring
from gateway.tickets import NotFound, health_fanning
from web import visit
from web.api import aws_models as models
from web.api import aws_shapes as shapes
from web.api.endpoint import endpoint


@endpoint("GET", "/aws-accounts", query=models.AccountQuery, output=models.AccountList)
def list_accounts(query: models.AccountQuery) -> models.AccountList:
    """AWS accounts: how each stands, and when what of it was read."""
    with visit.reading() as rows:
        wanted = people.customer_of(rows, query.customer) if query.customer else None
        if query.customer and wanted is None:
            return models.AccountList(accounts=[])
        return models.AccountList(accounts=_accounts(rows, wanted.id if wanted else None))


@endpoint("POST", "/aws-accounts/<account>/check", output=models.AccountList)
def check_account(account: str) -> models.AccountList:
    """Check an account at once; it is answered as it stands before that."""
    with visit.services().transaction() as rows:
        plain = account.isascii() and account.isdigit()
        if not plain or not streams.poke(rows, account[:13], Stream.PROBE, visit.now()):
            raise NotFound("no such account, or none with a role")
        want_ring(rows, queues.AWS)
    with visit.reading() as rows:
        return models.AccountList(accounts=[each for each in _accounts(rows) if each.account == account])


def _accounts(rows: Session, owner_id: int | None = None) -> list[models.AccountOut]:
    """The accounts of one customer, or of all, by number."""
    read, loose = aws_desk.streams(rows), case_queries.without_ticket(rows)
    found = [
        shapes.account(row, owner, read.get(row.account_id, []),
                       [each for each in loose if each.account_id == row.account_id])
        for owner, owned in aws_desk.accounts_by_customer(rows)
        if owner_id in (None, owner.id)
        for row in owned
    ]  # fmt: skip
    return sorted(found, key=lambda each: each.account)


@endpoint("GET", "/health-events", query=models.HealthQuery, output=models.HealthPage)
def list_health_events(query: models.HealthQuery) -> models.HealthPage:
    """AWS Health events, the newest first, with whom they touch."""
    with visit.reading() as rows:
        customer = people.customer_of(rows, query.customer) if query.customer else None
        if query.customer and customer is None:
            return models.HealthPage(health_events=[], cursor="")
        wanted = aws_desk.EventFilter(customer.id if customer else None, query.status, query.service)
        found, cursor = aws_desk.health_events(rows, wanted, cursor=query.cursor, limit=query.limit)
        keys = [row.id for row in found]
        impacts, met = aws_desk.impacts(rows, keys), aws_desk.met_by(rows, keys)
        shown = [shapes.event(row, impacts.get(row.id, ()), met.get(row.id, ())) for row in found]
    return models.HealthPage(health_events=shown, cursor=cursor)


@endpoint("GET", "/health-events/<int:event>", output=models.HealthOut)
def get_health_event(event: int) -> models.HealthOut:
    """One Health event with AWS's words and what it means for each account."""
    return whole_event(event)


def whole_event(event: int) -> models.HealthOut:
    """One Health event as it is. Errors: NotFound."""
    with visit.reading() as rows:
        row = aws_desk.health_event(rows, event)
        if row is None:
            raise NotFound("no such event")
        impacts, met = aws_desk.impacts(rows, [row.id]), aws_desk.met_by(rows, [row.id])
        return shapes.whole_event(row, impacts.get(row.id, ()), met.get(row.id, ()))


@endpoint("POST", "/health-events/<int:event>/note", body=models.FannedNote, output=models.FannedOut, status=201,
          refusals=[409])  # fmt: skip
def note_to_all(event: int, body: models.FannedNote) -> models.FannedOut:
    """Write the same on every ticket of an event, for engineers or for the customers; once within an hour."""
    with visit.services().transaction() as rows:
        if aws_desk.health_event(rows, event) is None:
            raise NotFound("no such event")
        became = health_fanning.note_to_all(
            rows, visit.services().letterhead, event, author=visit.me(), text=body.text,
            to_customers=body.to_customers, at=visit.now(),
        )  # fmt: skip
    return models.FannedOut(done=list(became.done), before=list(became.before), left=list(became.left))


@endpoint("GET", "/customers/<customer>/cost", query=models.CostQuery, output=models.CustomerCost)
def get_cost(customer: str, query: models.CostQuery) -> models.CustomerCost:
    """A month's cost advice for a customer. Savings of different sources overlap and are never added up."""
    with visit.reading() as rows:
        found = _customer(rows, customer)
        months = cost.months(rows, found.id)
        wanted = date.fromisoformat(f"{query.month}-01") if query.month else (months[0] if months else None)
        advice = cost.advice(rows, found.id, wanted) if wanted else None
    return models.CustomerCost(
        customer=shapes.customer(found),
        month=f"{advice.month_on:%Y-%m}" if advice else None,
        months=[f"{each:%Y-%m}" for each in months],
        finished_at=advice.finished_at if advice else None,
        totals=[
            models.CostTotal(source=each.source, currency=each.currency, discount=each.discount,
                             savings=str(each.savings), count=each.count)
            for each in (advice.totals if advice else ())
        ],
        recommendations=_lines(advice.recommendations if advice else ()),
        spend=_lines(advice.spend if advice else ()),
        forecasts=_lines(advice.forecasts if advice else ()),
        instructions=_lines(advice.instructions if advice else ()),
        unread=[
            models.CostUnread(account=each.account_id, why=each.why) for each in (advice.unread if advice else ())
        ],
    )  # fmt: skip


def _lines(lines: Sequence[Line]) -> list[models.CostLineOut]:
    same = ("source", "kind", "code", "resource", "region", "currency")
    return [
        models.CostLineOut.model_validate(
            {name: getattr(each, name) for name in same}
            | {
                "account": each.account_id,
                "savings": None if each.savings is None else str(each.savings),
                "data": dict(each.data),
            }
        )
        for each in lines
    ]


def _customer(rows: Session, key: str) -> Customer:
    found = people.customer_of(rows, key) if "\x00" not in key else None
    if found is None:
        raise NotFound("no such customer")
    return found
