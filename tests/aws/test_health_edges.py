"""AWS Health at the edges: killed looks, looks at the same time, what is only listed, what is planned, organizations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import services as wiring
from gateway.appointments import Appointments
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.faults import Fault
from gateway.aws.health import asking, polling
from gateway.aws.parts import Parts
from gateway.store.models import AwsAccount, Customer, HealthEvent, HealthImpact, Stream
from tests.aws.accounts import parts_of, stream_of
from tests.aws.fake import FakeAws
from tests.aws.life import ELSEWHERE, FIRST, HARBOUR, ORCHARD, SECOND, WAREHOUSE, Life, Ticking, text_of
from tests.aws.speaking import clients_of, spoken, unhurried
from tests.builders import an_engineer
from tests.databases import Desk

BOTH = {HARBOUR: [("i-0abc", "IMPAIRED")], ORCHARD: [("i-0def", "IMPAIRED")]}
OPENED = [("health-opened", "it@harbour.example"), ("health-opened", "it@orchard.example")]


@pytest.fixture
def life(desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Life:
    aws.clock = desk.clock = Ticking()
    monkeypatch.setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", aws.url)
    return Life(desk, aws, clients_of(aws, monkeypatch, tmp_path, pace=unhurried()))


class Killed(BaseException):
    """The process ends here."""


def dying(parts: Parts, at_commit: int) -> Parts:
    """Parts whose process is killed just before its nth commit."""
    left = [at_commit]

    @contextmanager
    def transaction() -> Iterator[Session]:
        with parts.transaction() as session:
            yield session
            left[0] -= 1
            if not left[0]:
                raise Killed

    return replace(parts, transaction=transaction)


def read(life: Life, number: str, change: Callable[[Parts], Parts] = lambda parts: parts) -> None:
    """One look without a round, so that nothing is noted of it: whoever looks next looks at the same."""
    with life.desk.services.reading() as session:
        customer_id = session.get_one(AwsAccount, number).customer_id
    parts = change(parts_of(life.desk, life.clients))
    polling.read(parts, spoken(number, customer_id=customer_id), None)


# Killed, and at the same time.


@pytest.mark.parametrize("number", [ORCHARD, HARBOUR])
@pytest.mark.parametrize("at_commit", [1, 2])
def test_look_that_was_killed_before_a_commit_is_made_up_for_by_the_next(
    life: Life, number: str, at_commit: int
) -> None:
    arn = life.event(accounts=BOTH)
    with pytest.raises(Killed):
        read(life, number, lambda parts: dying(parts, at_commit))
    life.look()
    life.look()
    assert life.letters() == OPENED
    assert [life.log(life.row_of(each, arn).ticket_id) for each in ("harbour", "orchard")] == [["opened"]] * 2


def test_same_look_twice_tells_once(life: Life) -> None:
    life.event(accounts=BOTH)
    for number in (HARBOUR, HARBOUR, WAREHOUSE, ORCHARD, ORCHARD):
        read(life, number)
    life.look()
    assert life.letters() == OPENED


def test_two_accounts_of_a_customer_looked_at_at_the_same_time_make_one_ticket(life: Life) -> None:
    life.event(accounts=BOTH | {WAREHOUSE: [("i-0fed", "IMPAIRED")]})
    together = threading.Barrier(3)

    def look(number: str) -> None:
        together.wait(10)
        read(life, number)

    threads = [threading.Thread(target=look, args=[each]) for each in (HARBOUR, WAREHOUSE, ORCHARD)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    life.look()
    assert life.letters() == OPENED
    assert len(life.desk.tickets()) == 2
    assert life.entries(life.ticket_of("harbour").id)[0]["accounts"] == [HARBOUR, WAREHOUSE]


def test_account_that_cannot_be_read_holds_up_a_word_for_two_minutes_at_most(life: Life) -> None:
    life.event(accounts=BOTH)
    read(life, HARBOUR)
    assert life.letters() == []
    keeping = Appointments(
        life.desk.services.transaction, life.desk.head, "desk", life.desk.clock, wiring.KEPT
    )
    life.desk.clock.pass_(seconds=125)
    keeping.drain(life.desk.clock() + timedelta(seconds=5))
    assert life.letters() == OPENED[:1]


def test_look_that_is_throttled_records_nothing_and_is_made_again(life: Life) -> None:
    life.event(accounts=BOTH)
    life.aws.fault("throttle", operation="DescribeAffectedEntities", account=ORCHARD, times=3)
    with pytest.raises(Fault):
        read(life, ORCHARD)
    assert life.row_count(HealthEvent) == 0
    read(life, ORCHARD)
    assert life.letters() == OPENED[1:]


# What is a ticket, and what is only listed.


def test_public_event_is_a_ticket_where_the_footprint_holds_it_and_listed_elsewhere(life: Life) -> None:
    arn = life.event(scope="PUBLIC")
    life.look()
    assert life.letters() == OPENED
    assert {life.row_of(each, arn).state for each in ("harbour", "orchard")} == {"open"}
    listed = life.row_of("elsewhere", arn)
    assert (listed.state, listed.ticket_id) == ("listed", None)
    assert life.entries(life.ticket_of("harbour").id)[0]["accounts"] == [HARBOUR, WAREHOUSE]
    assert life.ticket_of("harbour").priority == "high"


def test_public_event_is_only_listed_for_an_account_nobody_described(life: Life) -> None:
    with life.desk.services.transaction() as session:
        session.execute(sa.update(AwsAccount).values(regions=[], services=[]))
    life.event(scope="PUBLIC")
    life.look()
    assert life.letters() == [] and life.desk.tickets() == []


def test_first_look_tells_nothing_of_what_is_over(life: Life) -> None:
    life.event(accounts=BOTH, status="closed", ended_at=life.desk.clock.at)
    life.look()
    assert life.letters() == []
    assert life.row_count(HealthEvent) == 0


@pytest.mark.parametrize(("hours", "letters"), [(1, OPENED), (30, [])])
def test_issue_seen_only_after_its_end_is_a_ticket_where_it_ended_within_a_day(
    life: Life, hours: int, letters: list[tuple[str, str]]
) -> None:
    life.look()
    ended = life.desk.clock.at - timedelta(hours=hours)
    life.event(accounts=BOTH, status="closed", started_at=ended - timedelta(hours=1), ended_at=ended,
               updated_at=life.desk.clock.pass_(minutes=5))  # fmt: skip
    life.look()
    assert life.letters() == letters
    assert [each.proposal for each in life.desk.tickets()] == ["aws-health-closed"] * len(letters)


@pytest.mark.parametrize(("actionability", "tickets"), [("INFORMATIONAL", 0), ("ACTION_REQUIRED", 1)])
def test_notification_is_a_ticket_where_something_is_to_be_done(
    life: Life, actionability: str, tickets: int
) -> None:
    life.event(accounts={ORCHARD: []}, category="accountNotification", actionability=actionability,
               type_code="AWS_RDS_OPERATIONAL_NOTIFICATION", service="RDS")  # fmt: skip
    life.look()
    assert [(each.kind, each.priority) for each in life.desk.tickets()] == [("request", "medium")] * tickets


# What is planned.


def test_planned_change_is_a_change_with_its_date_and_a_reminder(life: Life) -> None:
    begins = life.desk.clock.at + timedelta(days=7)
    arn = life.event(accounts={ORCHARD: [("i-0def", "PENDING")]}, category="scheduledChange", status="upcoming",
                     type_code="AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED", started_at=begins,
                     updated_at=life.desk.clock.at)  # fmt: skip
    life.look()
    assert life.letters() == [("health-opened", "it@orchard.example")]
    ticket = life.ticket_of("orchard")
    assert (ticket.kind, ticket.priority, ticket.planned_at) == ("change", "medium", begins)
    moved = begins + timedelta(days=1)
    life.update(arn, started_at=moved)
    life.look()
    assert life.letters() == [("health-changed", "it@orchard.example")]
    assert life.ticket(ticket.id).planned_at == moved
    keeping = Appointments(
        life.desk.services.transaction, life.desk.head, "desk", life.desk.clock, wiring.KEPT
    )
    for days, letters in ((5.9, []), (1.1, [("health-due", "it@orchard.example")]), (0.5, [])):
        life.desk.clock.pass_(days=days)
        keeping.drain(life.desk.clock() + timedelta(seconds=5))
        assert life.letters() == letters
    assert life.log(ticket.id) == ["opened", "changed", "due"]


# Closed tickets, and priorities.


def test_event_that_goes_on_after_its_ticket_was_closed_opens_a_linked_one(life: Life) -> None:
    arn = life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    first = life.ticket_of("orchard").id
    life.update(arn, status="closed", description=SECOND)
    life.look()
    life.resolve(first)
    life.close(first)
    life.letters()
    life.update(arn, status="open", ended_at=None)
    life.look()
    life.look()
    second = life.ticket_of("orchard")
    assert (second.follows_id, second.status, life.ticket(first).status) == (first, "new", "closed")
    assert life.letters() == [("health-opened", "it@orchard.example")]
    assert life.said(second.id) == [SECOND]
    assert life.log(first) == ["opened", "closed"]


def test_ticket_closed_while_the_event_goes_on_keeps_its_log_and_writes_no_letter(life: Life) -> None:
    arn = life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    ticket = life.ticket_of("orchard").id
    life.close(ticket)
    life.letters()
    life.update(arn, description=SECOND)
    life.look()
    assert (life.log(ticket), life.letters()) == (["opened", "changed"], [])


def test_event_that_gets_worse_raises_the_priority_and_tells_management(life: Life) -> None:
    life.desk.add(an_engineer("Wu Lan", role="manager"))
    arn = life.event(accounts={ORCHARD: [("i-0def", "UNKNOWN")]})
    life.look()
    assert life.ticket_of("orchard").priority == "high"
    life.update(arn, accounts={ORCHARD: [(f"i-{each}", "IMPAIRED") for each in range(10)]})
    life.look()
    assert life.ticket_of("orchard").priority == "critical"
    assert "wu@desk.example" in {each.recipients[0] for each in life.desk.letters("engineer-new")}


# Other ways of looking.


def organized(life: Life) -> None:
    """Harbour's first account administers an organization of everybody; nobody else has a role."""
    for number in (HARBOUR, WAREHOUSE, ORCHARD, ELSEWHERE):
        life.aws.account(number, external_id="s3cret", organization="o-1", administrator=number == HARBOUR)
    with life.desk.services.transaction() as session:
        session.execute(
            sa.update(AwsAccount).where(AwsAccount.account_id == HARBOUR).values(view="organization")
        )
        session.execute(sa.update(AwsAccount).where(AwsAccount.account_id != HARBOUR).values(role_arn=""))


def test_organization_is_looked_at_through_one_account(life: Life) -> None:
    organized(life)
    arn = life.event(accounts={HARBOUR: [("i-0abc", "IMPAIRED")], WAREHOUSE: [("i-0fed", "UNKNOWN")],
                               "888899990000": []})  # fmt: skip
    life.look(HARBOUR)
    assert life.letters() == OPENED[:1]
    assert life.entries(life.ticket_of("harbour").id)[0]["accounts"] == [HARBOUR, WAREHOUSE]
    life.update(arn, accounts={HARBOUR: [("i-0abc", "IMPAIRED")]}, bump=False)
    life.look(HARBOUR)
    assert life.entries(life.ticket_of("harbour").id)[-1]["gone"] == [WAREHOUSE]
    asked = {said.operation for said in life.aws.log if said.service == "health"}
    assert asked and all(name.endswith("ForOrganization") for name in asked)


def test_china_is_always_looked_at_account_by_account(life: Life) -> None:
    life.aws.account("777788889999", external_id="s3cret", partition="aws-cn")
    life.event(partition="aws-cn", region="cn-north-1", accounts={"777788889999": []})
    with life.desk.services.transaction() as session:
        customer = session.scalars(sa.select(Customer).where(Customer.reference == "orchard")).one()
        session.add(AwsAccount(account_id="777788889999", customer_id=customer.id, partition="aws-cn", state="ok",
                               role_arn="arn:aws-cn:iam::777788889999:role/HelpdeskGateway"))  # fmt: skip
    account = spoken("777788889999", customer_id=customer.id, partition="aws-cn", view="organization")
    polling.read(parts_of(life.desk, life.clients), account, None)
    life.desk.clock.pass_(minutes=3)
    polling.read(parts_of(life.desk, life.clients), account, None)
    assert life.letters() == OPENED[1:]


def test_event_aws_tells_nothing_more_of_leaves_the_others_alone(life: Life) -> None:
    kept = life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    lost = life.event(accounts={ORCHARD: [("i-0bad", "IMPAIRED")]})
    life.look()
    life.letters()
    with life.aws.lock:
        del life.aws.events[lost]
    life.look()
    assert life.letters() == [("health-closed", "it@orchard.example")]
    assert (life.row_of("orchard", kept).state, life.row_of("orchard", lost).state) == ("open", "closed")


def test_more_than_ten_events_are_asked_for_in_tens(life: Life) -> None:
    for serial in range(23):
        life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]}, description=f"{FIRST} {serial}")
    life.look(ORCHARD)
    assert len(life.desk.tickets()) == 23
    sizes = [
        len(said.input["eventArns"]) for said in life.aws.log if said.operation == "DescribeEventDetails"
    ]
    assert sorted(sizes) == [3, 10, 10]
    assert life.row_count(HealthImpact) == 23


def test_look_is_due_again_within_ten_minutes(life: Life) -> None:
    life.look()
    assert (
        timedelta(0)
        < stream_of(life.desk, Stream.HEALTH).due_at - life.desk.clock.at
        <= timedelta(minutes=10)
    )


def test_assignee_is_told_what_the_customer_was_told(life: Life) -> None:
    arn = life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    ticket = life.ticket_of("orchard").id
    life.assign(ticket)
    for change in ({"description": SECOND}, {"status": "closed"}, {"status": "open"}):
        life.update(arn, **change)
        life.look()
    told = life.desk.letters("engineer-health")
    assert [each.recipients for each in told] == [["chen@desk.example"]] * 3
    assert SECOND.splitlines()[-1] in text_of(told[0]) and FIRST not in text_of(told[0])


def test_members_of_an_organization_are_asked_of_aws(
    moto_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STS", "ORGANIZATIONS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", moto_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHUBOFAWS00000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    clients = AwsClients(Identity({}, https_only=False), Ticking())
    account = spoken("121212121212", customer_id=1)
    assert asking.members(clients, account) is None
    clients.write(account, "organizations", "create_organization", FeatureSet="ALL")
    made = clients.write(
        account, "organizations", "create_account", Email="a@b.example", AccountName="Second"
    )
    found = asking.members(clients, account)
    assert found is not None
    assert set(found) == {"121212121212", made["CreateAccountStatus"]["AccountId"]}
