"""What the contract promises about Health and accounts (P7, P8, P11, P12, P13), from AWS's wire to the letters."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.appointments import Appointments
from gateway.aws import accounts, probing, telling
from gateway.aws.cases import reading
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.health import polling
from gateway.domain.credits import Attainment, Outcome
from gateway.domain.exclusions import exclusions
from gateway.store.models import Engineer, HealthEvent, Stream, Ticket
from gateway.store.queries import attainment
from gateway.tickets import excluding, health_fanning, log
from tests.aws.accounts import CHINA, ONE, TWO, account_of, an_account, drain, rounds_of, settle_in, stream_of
from tests.aws.case_desk import follow
from tests.aws.fake import FakeAws
from tests.aws.fixtures import environment
from tests.aws.life import ELSEWHERE, FIRST, HARBOUR, LAST, ORCHARD, SECOND, WAREHOUSE, Life, Ticking, text_of
from tests.aws.speaking import clients_of, unhurried
from tests.aws.world import HUBS
from tests.builders import PASSED, a_mail, an_engineer
from tests.databases import Desk

OUTAGE = "All our EC2 instances in eu-west-1 are down, production is unreachable."
IMPAIRED = {HARBOUR: [("i-0abc", "IMPAIRED")]}


@pytest.fixture
def life(desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Life:
    aws.clock = desk.clock = Ticking()
    return Life(desk, aws, clients_of(aws, monkeypatch, tmp_path, pace=unhurried()))


def reported(life: Life) -> Ticket:
    """An incident that Harbour reports by mail."""
    mail = a_mail(OUTAGE, subject="Production down", sender="IT <it@harbour.example>")
    life.desk.walk(mail, reverse_path="it@harbour.example", authentication=PASSED)
    return life.ticket_of("harbour")


def excluded(life: Life, ticket_id: int) -> int:
    with life.desk.services.reading() as session:
        return sum(each.counts for each in exclusions(log.events(session, ticket_id)))


# Whom an event concerns.


def test_event_of_another_customers_account_is_nothing_here(life: Life) -> None:
    life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    assert life.letters() == [("health-opened", "it@orchard.example")]
    assert (life.ticket_of("harbour"), life.ticket_of("elsewhere")) == (None, None)


@pytest.mark.parametrize(
    "values",
    [{"region": "ap-southeast-1"}, {"service": "REDSHIFT"}, {"region": "us-east-1"}],
    ids=["unused region", "unused service", "service of one and region of another"],
)
def test_public_event_that_no_customer_meets_makes_no_ticket(life: Life, values: dict[str, str]) -> None:
    life.event(scope="PUBLIC", **values)
    life.look()
    life.look()
    assert (life.desk.tickets(), life.letters()) == ([], [])


@pytest.mark.parametrize("scope", ["PUBLIC", "ACCOUNT_SPECIFIC"])
def test_event_first_seen_when_it_was_long_over_makes_no_ticket(life: Life, scope: str) -> None:
    accounts = {} if scope == "PUBLIC" else IMPAIRED
    life.look()
    over = life.desk.clock.at - timedelta(days=2)
    life.event(scope=scope, accounts=accounts, started_at=over - timedelta(hours=1), ended_at=over, status="closed",
               updated_at=life.desk.clock.at)  # fmt: skip
    life.look()
    life.look()
    assert (life.desk.tickets(), life.letters()) == ([], [])


def test_status_and_category_nobody_heard_of_disturb_no_other_event(life: Life) -> None:
    life.event(accounts=IMPAIRED, status="simmering")
    life.event(accounts=IMPAIRED, category="rumour")
    arn = life.event(accounts=IMPAIRED)
    life.look()
    assert life.row_of("harbour", arn).ticket_id is not None


def test_text_a_database_cannot_hold_is_told_without_what_it_cannot(life: Life) -> None:
    arn = life.event(accounts={HARBOUR: [("i-\x000abc", "IMPAIRED")]}, description="a\x00b \ud800 c")
    life.look()
    (text,) = life.texts("health-opened")
    assert life.row_of("harbour", arn).ticket_id is not None
    assert "\x00" not in text


def test_words_of_aws_are_words_and_no_markup_nor_template(life: Life) -> None:
    told = "{{ 7 * 7 }} {% raise %} <script>alert(1)</script>"
    life.event(accounts=IMPAIRED, description=told)
    life.look()
    (letter,) = life.desk.letters("health-opened")
    assert told in text_of(letter)
    assert b"<script>" not in letter.content.split(b"text/html")[-1]


# What counts.


def test_tickets_about_health_count_in_no_month_however_late(life: Life) -> None:
    life.event(accounts=IMPAIRED)
    life.look()
    ticket = life.ticket_of("harbour")
    life.desk.clock.at = ticket.resolution_due_at + timedelta(days=1)
    window = attainment.Window(ticket.customer_id, ticket.opened_at - timedelta(days=30), life.desk.clock.at)
    with life.desk.services.reading() as session:
        assert attainment.running(session, window, life.desk.clock.at) == Attainment(0, 0)


def test_proposed_exclusion_moves_no_clock_until_a_person_accepts_it(life: Life) -> None:
    ticket = reported(life)
    life.event(accounts=IMPAIRED)
    life.look()
    life.desk.clock.pass_(hours=1)
    life.look()
    kinds = [each.kind for each in life.desk.events(ticket.id)]
    assert kinds.count("exclusion-proposed") == 1
    after = life.ticket(ticket.id)
    assert (after.resolution_due_at, after.rests_since) == (ticket.resolution_due_at, None)
    life.desk.clock.at = ticket.resolution_due_at + timedelta(minutes=1)
    with life.desk.services.reading() as session:
        assert attainment.stands(session, ticket.id, life.desk.clock.at)[0] == Outcome.VIOLATED


def test_accepted_exclusion_ends_with_the_event(life: Life) -> None:
    ticket = reported(life)
    began = life.desk.clock.at
    arn = life.event(accounts=IMPAIRED, started_at=began)
    life.look()
    with life.desk.services.transaction() as session:
        author = session.scalars(sa.select(Engineer)).first()
        excluding.accept(
            session, life.desk.head, ticket.id, author=author, proposal="p1", at=life.desk.clock()
        )
    assert life.ticket(ticket.id).rests_since == began
    ended = life.desk.clock.pass_(hours=2)
    life.update(arn, status="closed", ended_at=ended, description=LAST)
    life.look()
    after = life.ticket(ticket.id)
    assert after.rests_since is None
    assert after.resolution_due_at - ticket.resolution_due_at == ended - began


def test_event_of_one_customer_proposes_nothing_on_anothers_ticket(life: Life) -> None:
    ticket = reported(life)
    life.event(accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    assert "exclusion-proposed" not in [each.kind for each in life.desk.events(ticket.id)]
    assert excluded(life, ticket.id) == 0


# What is told, and to whom.


def test_note_to_all_tickets_of_an_event_is_mailed_to_no_customer(life: Life) -> None:
    arn = life.event(accounts={**IMPAIRED, ORCHARD: []})
    life.look()
    before = {each.id for each in life.desk.letters()}
    with life.desk.services.transaction() as session:
        author = session.scalars(sa.select(Engineer)).first()
        event = session.scalars(sa.select(HealthEvent).where(HealthEvent.arn == arn)).one()
        health_fanning.note_to_all(session, life.desk.head, event.id, author=author,
                                   text="AWS told us in confidence.", to_customers=False, at=life.desk.clock())  # fmt: skip
    new = [each for each in life.desk.letters() if each.id not in before]
    assert [each.recipients for each in new if not each.recipients[0].endswith("desk.example")] == []
    for reference in ("harbour", "orchard"):
        ticket = life.ticket_of(reference).id
        assert life.desk.messages(ticket)[-1].text == "AWS told us in confidence."


def test_event_of_two_customers_tells_neither_of_the_other(life: Life) -> None:
    arn = life.event(accounts={**IMPAIRED, WAREHOUSE: [], ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    life.update(arn, description=SECOND)
    life.look()
    life.update(arn, description=LAST, status="closed")
    life.look()
    for letter in life.desk.letters():
        if letter.letter.startswith("health-") and "it@orchard.example" in letter.recipients:
            said = text_of(letter)
            assert HARBOUR not in said and WAREHOUSE not in said and "i-0abc" not in said


def test_event_that_flaps_within_a_look_is_told_as_it_stands(life: Life) -> None:
    arn = life.event(accounts=IMPAIRED)
    life.look()
    life.letters()
    life.update(arn, status="closed", description=SECOND)
    life.update(arn, status="open", description=FIRST)
    life.look()
    assert life.letters() == []
    assert life.row_of("harbour", arn).state == "open"


def test_event_aws_no_longer_knows_leaves_its_ticket_as_it_was(life: Life) -> None:
    arn = life.event(accounts=IMPAIRED)
    life.look()
    life.letters()
    del life.aws.events[arn]
    life.look()
    assert life.ticket_of("harbour").status == "new"
    assert len(life.desk.tickets()) == 1


def test_customer_of_no_account_is_never_told_of_the_accounts_of_others(life: Life) -> None:
    life.event(scope="PUBLIC", service="S3", region="us-east-1")
    life.look()
    assert life.letters() == [("health-opened", "it@elsewhere.example")]
    assert ELSEWHERE in life.texts("health-opened")[0]


# Accounts.


def two_accounts(desk: Desk, aws: FakeAws) -> None:
    for each in (ONE, TWO):
        aws.account(each, external_id="s3cret")
    aws.clock = desk.clock
    settle_in(desk, an_account(ONE), an_account(TWO))


@pytest.mark.parametrize("kind", ["500", "garbage", "throttle", "denied", "drop"])
def test_account_in_trouble_holds_up_no_reply_in_another(
    desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    two_accounts(desk, aws)
    case_id = follow(desk, aws, TWO)
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried())
    rounds = rounds_of(desk, clients, {Stream.CASES: reading.read, Stream.HEALTH: polling.read})
    aws.fault(kind, account=ONE, times=None)
    desk.clock.pass_(minutes=10)
    drain(desk, rounds)
    aws.aws_replies(case_id, "We look at it.")
    desk.clock.pass_(minutes=10)
    drain(desk, rounds)
    assert ["We look at it." in text_of(each) for each in desk.letters("aws-reply")] == [True]


def test_account_without_a_plan_is_told_once_and_asked_only_daily(
    desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    two_accounts(desk, aws)
    desk.add(an_engineer("Chen Wei", role="lead"))
    aws.account(ONE, plan=None)
    clients = clients_of(aws, monkeypatch, tmp_path, pace=unhurried())
    rounds = rounds_of(
        desk, clients, {Stream.CASES: reading.read, Stream.HEALTH: polling.read, Stream.PROBE: probing.read}
    )
    made = Appointments(
        desk.services.transaction, desk.head, "test", desk.clock, {accounts.TELLING: telling.keep}
    )
    for _ in range(48):
        desk.clock.pass_(hours=1)
        drain(desk, rounds)
        made.drain(desk.clock.at + timedelta(seconds=5))
    told = [each.subject for each in desk.letters("engineer-aws-accounts")]
    assert (len(told), account_of(desk, ONE).state) == (1, "no-plan")
    asked = [each for each in aws.calls(account=ONE) if each.service in ("support", "health")]
    assert 2 <= len(asked) <= 12
    assert stream_of(desk, Stream.CASES, TWO).read_at >= desk.clock.at - timedelta(minutes=11)


@pytest.mark.parametrize("known", [True, False], ids=["known there", "unknown there"])
def test_account_in_china_is_never_spoken_to_as_who_we_are_elsewhere(
    desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: bool
) -> None:
    for name, value in environment(aws, tmp_path).items():
        monkeypatch.setenv(name, value)
    aws.account(CHINA, partition="aws-cn", external_id="s3cret")
    aws.account(ONE, external_id="s3cret")
    settle_in(desk, an_account(CHINA, partition="aws-cn"), an_account(ONE))
    profiles = {"aws": "", "aws-cn": "china"} if known else {"aws": ""}
    clients = AwsClients(Identity(profiles, https_only=False), desk.clock, pace=unhurried())
    rounds = rounds_of(
        desk, clients, {Stream.CASES: reading.read, Stream.HEALTH: polling.read, Stream.PROBE: probing.read}
    )
    desk.clock.pass_(days=1)
    drain(desk, rounds)
    asked = [each for each in aws.calls("AssumeRole") if CHINA in each.input["RoleArn"]]
    assert {each.account for each in asked} == ({HUBS["aws-cn"]} if known else set())
    assert bool(aws.calls("DescribeCases", CHINA)) is known
    assert aws.calls("DescribeCases", ONE)
    assert aws.nowhere == []


def test_installation_in_china_alone_speaks_there_as_boto3_finds_itself(
    desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(aws, partition="aws-cn").items():
        monkeypatch.setenv(name, value)
    aws.account(CHINA, partition="aws-cn", external_id="s3cret")
    settle_in(desk, an_account(CHINA, partition="aws-cn"))
    clients = AwsClients(Identity({}, https_only=False), desk.clock, pace=unhurried())
    desk.clock.pass_(hours=1)
    drain(desk, rounds_of(desk, clients, {Stream.CASES: reading.read}))
    assert stream_of(desk, Stream.CASES, CHINA).read_at == desk.clock.at
