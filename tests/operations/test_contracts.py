"""Contracts as an import file declares them: every term, in sequence, in versions that never hold retroactively."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway import credits
from gateway.cli.importing import run
from gateway.domain.terms import Audience, Priority
from gateway.operations import exporting
from gateway.operations.yaml_tree import Unreadable
from gateway.store import appointments
from gateway.store.models import Contract, Customer
from gateway.store.queries import agreements
from gateway.tickets import changes
from tests.builders import a_mail
from tests.databases import MONDAY, Desk

EVERY_TERM = """\
customers:
  - reference: acme
    name: Acme
    time_zone: Asia/Shanghai
    domains: [acme.example]
    contracts:
      - number: A-1
        starts_on: 2026-01-01
        currency: CNY
        monthly_fee: 38000
        terms:
          targets: {critical: {first_response_minutes: 10, resolution_minutes: 120}}
          progress_minutes: {critical: 30}
          ladder:
            - 40
            - {percent: 80, tells: [on-call, lead]}
            - {percent: 100, tells: [management]}
          confirmation_hours: {remind: 12, close: 48}
          bands:
            - {at_least: 99.5, discount: 0}
            - {at_least: 0, discount: 7.25}
          maintenance_notice_hours: 72
"""
SEQUENCE = """\
customers:
  - reference: acme
    name: Acme
    contracts:
      - {number: A-1, starts_on: 2026-01-01, ends_on: 2026-06-30}
      - number: A-2
        starts_on: %s
"""


def bring(desk: Desk, text: str, at: datetime = MONDAY) -> list[str]:
    return run(desk.services, text.encode(), at=at)[0].lines


def faults_of(desk: Desk, text: str, at: datetime = MONDAY) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as raised:
        bring(desk, text, at)
    return [(fault.line, fault.text) for fault in raised.value.faults]


def contracts(desk: Desk) -> list[Contract]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(Contract).order_by(Contract.number, Contract.version)))


def agreed_at(desk: Desk, at: datetime) -> agreements.Agreement:
    with desk.services.reading() as session:
        customer_id = session.scalars(sa.select(Customer.id)).one()
        return agreements.agreement_with(session, customer_id, at, zone="UTC", language="en")


def with_contract(part: str) -> str:
    head = "customers:\n  - reference: acme\n    name: Acme\n    domains: [acme.example]\n    contracts:\n"
    return f"{head}      - number: A-1\n        starts_on: 2026-01-01\n        {part}\n"


def test_every_term_of_a_contract_is_imported(desk: Desk) -> None:
    bring(desk, EVERY_TERM)
    terms = agreed_at(desk, MONDAY).terms
    assert terms.targets[Priority.CRITICAL].first_response == timedelta(minutes=10)
    assert terms.targets[Priority.HIGH].first_response == timedelta(hours=1)
    assert terms.progress[Priority.CRITICAL] == timedelta(minutes=30)
    assert [(rung.percent, rung.tells) for rung in terms.ladder] == [
        (40, (Audience.ASSIGNEE,)),
        (80, (Audience.ON_CALL, Audience.LEAD)),
        (100, (Audience.MANAGEMENT,)),
    ]
    assert (terms.confirmation.remind_after, terms.confirmation.close_after) == (
        timedelta(hours=12),
        timedelta(hours=48),
    )
    assert [(str(band.at_least), str(band.discount)) for band in terms.bands] == [
        ("199/200", "0"),
        ("0", "29/400"),
    ]
    assert terms.maintenance_notice == timedelta(hours=72)


def test_export_of_every_term_changes_nothing(desk: Desk) -> None:
    bring(desk, EVERY_TERM)
    with desk.services.reading() as session:
        text = exporting.export(session)
    assert run(desk.services, text.encode(), at=MONDAY)[0].nothing


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("ladder: [50, {percent: 40, tells: [lead]}]",
         "terms: the ladder is a rising list of whole percentages from 1 to 100"),
        ("ladder: [{percent: 50, tells: [boss]}]",
         '"boss" is none of assignee, on-call, lead, customer, management'),
        ("ladder: [{percent: 50, tells: []}]", "terms: a step of the ladder tells somebody"),
        ("ladder: [{tells: [lead]}]", "a step of the ladder needs the field percent"),
        ("ladder: [fifty]", 'a step of the ladder: "fifty" is no whole percentage'),
        ("confirmation_hours: {remind: 80}", "terms: the reminder comes before the closing"),
        ("confirmation_hours: {remind: 0}", 'remind: "0" must be a number of hours above 0 and at most 8784'),
        ("maintenance_notice_hours: -1",
         'maintenance_notice_hours: "-1" must be a number of hours above 0 and at most 8784'),
        ("bands: [{at_least: 99, discount: 0}]",
         "terms: the bands fall in attainment down to 0, and their discounts do not fall"),
        ("bands: [{at_least: 101, discount: 0}]", 'at_least: "101" is no percentage from 0 to 100'),
        ("bands: [{at_least: 0}]", "a band needs the field discount"),
        ("bands: []", "terms: the bands are a list"),
        ("deadlines: 1", 'the terms has no field "deadlines" (known are targets, progress_minutes, ladder,'
         " confirmation_hours, bands, maintenance_notice_hours)"),
    ],
)  # fmt: skip
def test_wrong_terms_are_told_in_their_line(desk: Desk, terms: str, told: str) -> None:
    text = with_contract(f"terms:\n          progress_minutes: {{low: 60}}\n          {terms}")
    assert faults_of(desk, text) == [(10, told)]


@pytest.mark.parametrize("code", ["RMB", "XYZ"])
def test_currency_that_is_none_is_refused(desk: Desk, code: str) -> None:
    told = f'currency: "{code}" is no currency code, as CNY or USD is one'
    assert faults_of(desk, with_contract(f"currency: {code}")) == [(8, told)]


def test_contracts_of_one_customer_follow_one_another(desk: Desk) -> None:
    bring(desk, SEQUENCE % "2026-07-01")
    assert agreed_at(desk, datetime(2026, 6, 30, 23, tzinfo=UTC)).contract_number == "A-1"
    assert agreed_at(desk, datetime(2026, 7, 1, 0, tzinfo=UTC)).contract_number == "A-2"


def test_customer_between_two_contracts_is_served_under_the_default_terms(desk: Desk) -> None:
    bring(desk, SEQUENCE % "2026-08-01")
    assert agreed_at(desk, datetime(2026, 7, 15, tzinfo=UTC)).contract_id is None


def test_contracts_of_one_customer_that_overlap_are_refused(desk: Desk) -> None:
    told = "the contract A-2 overlaps A-1 of the same customer, which runs from 2026-01-01 to 2026-06-30"
    assert faults_of(desk, SEQUENCE % "2026-06-30") == [(7, told)]
    assert contracts(desk) == []


def test_contract_that_overlaps_one_in_the_database_is_refused(desk: Desk) -> None:
    bring(desk, with_contract("monthly_fee: 1"))
    text = "customers:\n  - reference: acme\n    name: Acme\n    contracts:\n      - {number: A-0, starts_on: 2025-01-01}\n"
    told = "the contract A-0 overlaps A-1 of the same customer, which runs from 2026-01-01 without end"
    assert faults_of(desk, text) == [(5, told)]


def test_contracts_of_two_customers_may_overlap(desk: Desk) -> None:
    other = with_contract("monthly_fee: 1").replace("acme", "other").replace("A-1", "B-1")
    bring(desk, with_contract("monthly_fee: 1") + other.removeprefix("customers:\n"))
    assert [row.number for row in contracts(desk)] == ["A-1", "B-1"]


def test_days_of_a_contract_count_in_its_zone(desk: Desk) -> None:
    bring(desk, with_contract("time_zone: America/New_York"))
    assert agreed_at(desk, datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC)).contract_id is None
    assert agreed_at(desk, datetime(2026, 1, 1, 5, tzinfo=UTC)).contract_number == "A-1"


def opened(desk: Desk) -> None:
    desk.walk(a_mail("Slow.\n", sender="Ann <ann@acme.example>"))


def test_ticket_keeps_the_terms_it_was_opened_under(desk: Desk) -> None:
    bring(desk, with_contract("monthly_fee: 1"))
    opened(desk)
    before = desk.tickets()[0]
    shorter = f"{{{before.priority}: {{first_response_minutes: 1, resolution_minutes: 2}}}}"
    bring(desk, with_contract(f"terms: {{targets: {shorter}}}"))
    desk.walk(a_mail("Still slow.\n", sender="Ann <ann@acme.example>", message_id="m2@acme.example"))
    old, new = desk.tickets()
    with desk.services.transaction() as session:
        changes.finish(session, desk.head, changes.locked(session, old.id), [], at=desk.clock.at)
    old = desk.tickets()[0]
    assert (old.first_response_due_at, old.resolution_due_at) == (
        before.first_response_due_at,
        before.resolution_due_at,
    )
    assert new.resolution_due_at - new.opened_at == timedelta(minutes=2)
    assert old.contract_id != new.contract_id


def test_change_of_a_contract_in_use_holds_from_the_day_it_was_imported(desk: Desk) -> None:
    bring(desk, with_contract("monthly_fee: 1"))
    opened(desk)
    bring(desk, with_contract("monthly_fee: 2"), datetime(2026, 6, 11, 3, tzinfo=UTC))
    first, second = contracts(desk)
    assert (first.effective_on, second.effective_on) == (None, date(2026, 6, 11))
    assert agreed_at(desk, datetime(2026, 6, 10, tzinfo=UTC)).contract_id == first.id
    assert agreed_at(desk, datetime(2026, 6, 11, tzinfo=UTC)).contract_id == second.id


def test_change_may_be_dated_ahead(desk: Desk) -> None:
    bring(desk, with_contract("monthly_fee: 1"))
    opened(desk)
    text = with_contract("monthly_fee: 2\n        effective_on: 2026-07-01")
    bring(desk, text)
    assert contracts(desk)[1].effective_on == date(2026, 7, 1)
    assert run(desk.services, text.encode(), at=MONDAY)[0].nothing


def test_change_of_a_contract_in_use_never_holds_retroactively(desk: Desk) -> None:
    bring(desk, with_contract("monthly_fee: 1"))
    opened(desk)
    text = with_contract("monthly_fee: 2\n        effective_on: 2026-03-01")
    told = "effective_on: tickets were opened under A-1: a change holds from 2026-03-02 on at the earliest"
    assert faults_of(desk, text) == [(9, told)]


def test_currency_of_a_contract_in_use_stays(desk: Desk) -> None:
    bring(desk, with_contract("currency: CNY"))
    opened(desk)
    told = "currency: tickets were opened under A-1: another currency needs another contract"
    assert faults_of(desk, with_contract("currency: USD")) == [(8, told)]


def test_contract_in_use_that_is_ended_serves_no_longer(desk: Desk) -> None:
    bring(desk, with_contract("monthly_fee: 1"))
    opened(desk)
    bring(desk, with_contract("ends_on: 2026-06-30"))
    assert agreed_at(desk, datetime(2026, 6, 30, tzinfo=UTC)).contract_number == "A-1"
    assert agreed_at(desk, datetime(2026, 7, 1, tzinfo=UTC)).contract_id is None


def test_import_has_the_months_of_a_contract_frozen(desk: Desk) -> None:
    bring(desk, EVERY_TERM)
    with desk.services.reading() as session:
        due_at = appointments.due_at(session, credits.APPOINTMENT, "A-1")
    assert due_at == datetime(2026, 2, 2, 1, tzinfo=UTC)


def test_customers_without_a_contract_today_are_known(desk: Desk) -> None:
    bring(desk, SEQUENCE % "2026-08-01")
    bring(desk, "customers: [{reference: bare, name: B}, {reference: gone, name: G, active: false}]")
    told = {}
    for at in (MONDAY, datetime(2026, 7, 15, tzinfo=UTC)):
        with desk.services.reading() as session:
            told[at.month] = agreements.without_contract(session, at)
    assert told == {3: ["bare"], 7: ["acme", "bare"]}
