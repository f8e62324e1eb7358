"""Health events, Support cases and cost advice of one customer, as their report tells them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from gateway.reporting.figures import CaseLine, Cost, HealthLine
from gateway.reporting.gathering_aws import cases, health
from gateway.reporting.gathering_cost import MOST, cost
from gateway.store.models import (
    AwsAccount,
    AwsCase,
    CostLine,
    CostRound,
    Customer,
    HealthEvent,
    HealthImpact,
    HealthTicket,
)
from gateway.store.queries.attainment import Window
from tests.databases import Desk
from tests.reporting.gathered import House, utc

OURS, ALSO_OURS, THEIRS = "111122223333", "222233334444", "999988887777"


class Estate(House):
    """A house whose customer has two accounts, beside a customer with one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        other = Customer(reference="dune", name="Dune Retail", language="en", time_zone="UTC", active=True)
        desk.add(other)
        self.other_id = other.id
        for number, customer_id, name in (
            (OURS, self.customer_id, "Production"),
            (ALSO_OURS, self.customer_id, "Test"),
            (THEIRS, other.id, "Dune"),
        ):
            desk.add(
                AwsAccount(
                    account_id=number, customer_id=customer_id, name=name, role_arn="arn:role", state="ok"
                )
            )

    def window(self) -> Window:
        return Window(self.customer_id, utc("2026-03-01T00:00"), utc("2026-04-01T00:00"))

    def event(self, starts: str, ends: str | None = None, *, status: str = "closed", seen: str | None = None,
              accounts: Sequence[str] = (OURS,), ticket_id: int | None = None, meets: Sequence[int] | None = None,
              service: str = "RDS") -> int:  # fmt: skip
        """An event with two resources in each account, as customers meet it."""
        seen_at = utc(seen or starts)
        row = HealthEvent(
            arn=f"arn:aws:health:{starts}:{seen}:{service}", partition="aws", service=service, region="eu-west-1",
            type_code="AWS_RDS_OPERATIONAL_ISSUE", category="issue", scope="ACCOUNT_SPECIFIC", status=status,
            starts_at=utc(starts), ends_at=utc(ends) if ends else None, updated_at=utc(ends or starts),
            first_seen_at=seen_at, seen_at=seen_at,
        )  # fmt: skip
        self.desk.add(row)
        for number in accounts:
            entities = [["db-1", "IMPAIRED"], ["db-2", "IMPAIRED"]]
            self.desk.add(
                HealthImpact(event_id=row.id, account_id=number, entities=entities, gone=False, since=seen_at)
            )
        for customer_id in [self.customer_id] if meets is None else meets:
            self.desk.add(
                HealthTicket(event_id=row.id, customer_id=customer_id, ticket_id=ticket_id, state="closed")
            )
        return row.id

    def case(
        self, opened: str, resolved: str | None = None, *, account: str = OURS, status: str = ""
    ) -> None:
        self.desk.add(AwsCase(
            account_id=account, case_id=f"case-{account}-{opened}", display_id=f"{len(opened)}{account[:4]}",
            subject="Replica lag", severity="urgent", origin="desk",
            status=status or ("resolved" if resolved else "opened"), opened_at=utc(opened), seen_at=utc(opened),
            resolved_at=utc(resolved) if resolved else None,
        ))  # fmt: skip

    def round(self, month: date, *lines: dict[str, object], customer_id: int | None = None) -> None:
        row = CostRound(customer_id=customer_id or self.customer_id, month_on=month, started_at=utc("2026-03-01T00:00"),
                        finished_at=utc("2026-03-01T02:00"), done=[OURS])  # fmt: skip
        self.desk.add(row)
        for line in lines:
            told: dict[str, object] = {
                "account_id": OURS, "source": "compute-optimizer", "kind": "recommendation", "code": "Rightsize",
                "resource": "i-0abc", "region": "eu-west-1", "savings": Decimal("10"), "currency": "USD", "data": {},
            }  # fmt: skip
            self.desk.add(CostLine(round_id=row.id, **(told | line)))

    def health(self) -> tuple[HealthLine, ...]:
        with self.desk.services.reading() as session:
            return health(session, self.window())[0]

    def cases(self) -> tuple[CaseLine, ...]:
        with self.desk.services.reading() as session:
            return cases(session, self.window())[0]

    def cost(self, month: date = date(2026, 3, 1)) -> Cost | None:
        with self.desk.services.reading() as session:
            return cost(session, self.customer_id, month)


@pytest.fixture
def estate(desk: Desk) -> Estate:
    return Estate(desk)


def test_an_event_is_told_with_the_customers_own_accounts_and_resources(estate: Estate) -> None:
    estate.event("2026-03-05T00:00", "2026-03-05T04:00", accounts=(OURS, ALSO_OURS, THEIRS))
    (told,) = estate.health()
    assert (told.service, told.region, told.code, told.status) == (
        "RDS", "eu-west-1", "AWS_RDS_OPERATIONAL_ISSUE", "closed",
    )  # fmt: skip
    assert (told.accounts, told.entities) == (2, 4)


def test_an_event_that_only_others_meet_is_not_told(estate: Estate) -> None:
    estate.event("2026-03-05T00:00", "2026-03-05T04:00", accounts=(THEIRS,), meets=(estate.other_id,))
    assert estate.health() == ()


def test_an_event_that_names_no_account_of_theirs_is_told_only_with_a_ticket(estate: Estate) -> None:
    number = estate.open("2026-03-06T00:00")
    estate.event("2026-03-05T00:00", "2026-03-05T04:00", accounts=(THEIRS,))
    estate.event("2026-03-06T00:00", "2026-03-06T04:00", accounts=(), ticket_id=number)
    assert [(each.ticket_id, each.accounts, each.entities) for each in estate.health()] == [(number, 0, 0)]


@pytest.mark.parametrize(
    ("starts", "ends", "status", "told"),
    [
        ("2026-02-20T00:00", "2026-02-28T23:59", "closed", False),
        ("2026-02-20T00:00", "2026-03-01T00:00", "closed", True),
        ("2026-02-20T00:00", None, "open", True),
        ("2026-02-20T00:00", None, "closed", False),
        ("2026-03-31T23:59", None, "open", True),
        ("2026-04-01T00:00", None, "open", False),
    ],
)
def test_events_of_the_time_are_those_that_touch_it(
    estate: Estate, starts: str, ends: str | None, status: str, told: bool
) -> None:
    estate.event(starts, ends, status=status)
    assert bool(estate.health()) is told


def test_an_event_to_come_is_told_when_aws_told_of_it(estate: Estate) -> None:
    estate.event("2026-04-20T00:00", status="upcoming", seen="2026-03-10T00:00")
    assert [each.status for each in estate.health()] == ["upcoming"]


def test_events_are_told_by_their_beginning(estate: Estate) -> None:
    estate.event("2026-03-09T00:00", "2026-03-09T01:00", service="EC2")
    estate.event("2026-03-05T00:00", "2026-03-05T01:00", service="RDS")
    assert [each.service for each in estate.health()] == ["RDS", "EC2"]


def test_a_case_is_told_with_the_name_of_its_account(estate: Estate) -> None:
    estate.case("2026-03-05T00:00", "2026-03-07T00:00", account=ALSO_OURS)
    (told,) = estate.cases()
    assert (told.account_id, told.account, told.subject, told.severity, told.status) == (
        ALSO_OURS, "Test", "Replica lag", "urgent", "resolved",
    )  # fmt: skip
    assert (told.opened_at, told.resolved_at) == (utc("2026-03-05T00:00"), utc("2026-03-07T00:00"))


def test_another_customers_case_is_never_told(estate: Estate) -> None:
    estate.case("2026-03-05T00:00", account=THEIRS)
    assert estate.cases() == ()


@pytest.mark.parametrize(
    ("opened", "resolved", "status", "told"),
    [
        ("2026-02-05T00:00", None, "opened", True),
        ("2026-02-05T00:00", "2026-02-28T23:59", "resolved", False),
        ("2026-02-05T00:00", "2026-03-01T00:00", "resolved", True),
        ("2026-02-05T00:00", None, "resolved", False),
        ("2026-02-05T00:00", None, "lost", False),
        ("2026-03-05T00:00", None, "lost", True),
        ("2026-03-31T23:59", None, "opened", True),
        ("2026-04-01T00:00", None, "opened", False),
    ],
)
def test_cases_of_the_time_are_those_opened_or_open_in_it(
    estate: Estate, opened: str, resolved: str | None, status: str, told: bool
) -> None:
    estate.case(opened, resolved, status=status)
    assert bool(estate.cases()) is told


def test_without_a_round_of_the_month_there_is_no_cost_advice(estate: Estate) -> None:
    estate.round(date(2026, 2, 1), {})
    assert estate.cost() is None


def test_cost_advice_tells_what_saves_most_and_counts_the_rest(estate: Estate) -> None:
    lines = [{"resource": f"i-{number}", "savings": Decimal(number)} for number in range(1, MOST + 4)]
    estate.round(date(2026, 3, 1), *lines)
    found = estate.cost()
    assert found is not None
    assert [each.resource for each in found.savings[:2]] == [f"i-{MOST + 3}", f"i-{MOST + 2}"]
    assert (len(found.savings), found.more, found.savings[0].savings) == (MOST, 3, f"{MOST + 3}.0000")


def test_totals_are_told_by_source_and_accounts_not_read_with_the_reason(estate: Estate) -> None:
    total = {"kind": "total", "savings": Decimal("120"), "data": {"discount": "after", "count": 7}}
    estate.round(date(2026, 3, 1), total)
    found = estate.cost()
    assert found is not None
    assert [
        (each.source, each.currency, each.discount, each.savings, each.count) for each in found.totals
    ] == [("compute-optimizer", "USD", "after", "120.0000", 7)]
    assert found.unread == ((ALSO_OURS, "pending"),)


def test_another_customers_cost_advice_is_never_told(estate: Estate) -> None:
    estate.round(date(2026, 3, 1), {}, customer_id=estate.other_id)
    assert estate.cost() is None


def test_a_recommendation_knows_for_how_many_months_one_after_the_other_it_stands(estate: Estate) -> None:
    estate.round(date(2026, 3, 1), {"resource": "i-old"}, {"resource": "i-new"}, {"resource": "i-again"})
    estate.round(date(2026, 2, 1), {"resource": "i-old"})
    estate.round(date(2026, 1, 1), {"resource": "i-old"}, {"resource": "i-again"})
    found = estate.cost()
    assert found is not None
    assert {each.resource: each.data["months"] for each in found.savings} == {
        "i-old": 3,
        "i-new": 1,
        "i-again": 1,
    }


def test_the_same_resource_of_another_account_is_another_recommendation(estate: Estate) -> None:
    estate.round(date(2026, 3, 1), {"account_id": OURS})
    estate.round(date(2026, 2, 1), {"account_id": ALSO_OURS})
    found = estate.cost()
    assert found is not None
    assert found.savings[0].data["months"] == 1
