"""What a written contract is made of: the rows and constants that the desk works by."""

from __future__ import annotations

import doctest
from datetime import date, timedelta
from fractions import Fraction

import pytest

from gateway.aws.cases import reading
from gateway.aws.health import polling
from gateway.domain.terms import AWS_READ_WITHIN, Audience, Priority
from gateway.reporting import contract_facts, contract_words
from gateway.reporting.contract_facts import Facts, Wanted
from gateway.store.models import AwsAccount, Contact, Contract, Customer, ReportPlan
from gateway.tickets import NotFound
from tests.builders import a_customer, an_engineer
from tests.databases import MONDAY, Desk
from tests.rotas import a_shift, a_team

NUMBER = "NQ-2026-014"


def gathered(desk: Desk, **wanted: object) -> Facts:
    with desk.services.reading() as session:
        provider = contract_facts.provider_of(desk.services.settings)
        asked = Wanted("harbour", **wanted)  # type: ignore[arg-type]
        return contract_facts.gather(session, asked, provider, at=MONDAY)


def a_contract(number: str = NUMBER, **changes: object) -> Contract:
    made = Contract(number=number, version=1, starts_on=date(2026, 1, 1), ends_on=None, time_zone="Asia/Singapore",
                    language="en", currency="SGD", monthly_fee=10_000, terms={})  # fmt: skip
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def a_party(*contracts: Contract) -> Customer:
    made = a_customer()
    made.contracts = list(contracts)
    return made


def test_parties_term_and_fee_are_those_that_are_stored(desk: Desk) -> None:
    desk.add(a_customer())
    found = gathered(desk)
    assert (found.provider.name, found.provider.phone, found.customer) == (
        "Northquay Cloud", "+65 5550 0100", "Harbourline Logistics",
    )  # fmt: skip
    assert (found.provider.address, found.provider.web) == (
        "support@desk.example",
        "http://desk.example:8000",
    )
    assert (found.number, found.version, found.starts_on, found.ends_on) == (
        NUMBER,
        1,
        date(2026, 1, 1),
        None,
    )
    assert (found.currency, found.fee, found.zone, found.language) == ("SGD", 10_000, "Asia/Singapore", "en")


def test_fee_keeps_every_decimal(desk: Desk) -> None:
    desk.add(a_party(a_contract(monthly_fee="12345.1250")))
    assert gathered(desk).fee == Fraction("12345.125")


def test_terms_are_the_enforced_ones(desk: Desk) -> None:
    terms = {"targets": {"critical": {"first_response_minutes": 7.5}}, "ladder": [60, 100]}
    desk.add(a_party(a_contract(terms=terms)))
    found = gathered(desk)
    assert found.terms.targets[Priority.CRITICAL].first_response == timedelta(seconds=450)
    assert (found.steps_of(Audience.MANAGEMENT), found.steps_of(Audience.CUSTOMER)) == ((100,), ())


def test_version_in_effect_on_the_day_is_written(desk: Desk) -> None:
    later = a_contract(version=2, effective_on=date(2026, 7, 1), monthly_fee=20_000)
    desk.add(a_party(a_contract(), later))
    told = gathered(desk), gathered(desk, on=date(2026, 7, 1)), gathered(desk, version=2)
    assert [(each.version, each.fee, each.replaces) for each in told] == [
        (1, 10_000, 0), (2, 20_000, 1), (2, 20_000, 1),
    ]  # fmt: skip
    assert [each.effective_on for each in told[:2]] == [date(2026, 1, 1), date(2026, 7, 1)]


def test_today_is_a_day_of_the_contract_s_zone(desk: Desk) -> None:
    # Monday 01:00 UTC is Sunday evening in New York.
    later = a_contract(version=2, effective_on=date(2026, 3, 2), time_zone="America/New_York")
    desk.add(a_party(a_contract(time_zone="America/New_York"), later))
    assert (gathered(desk).version, gathered(desk).as_of_day) == (1, date(2026, 3, 1))


def test_of_several_contracts_the_one_that_mail_is_judged_by_is_written(desk: Desk) -> None:
    desk.add(a_party(a_contract(), a_contract("NQ-2", starts_on=date(2026, 2, 1))))
    assert (gathered(desk).number, gathered(desk, number=NUMBER).number) == ("NQ-2", NUMBER)


def test_a_contract_that_is_still_to_be_signed_can_be_written(desk: Desk) -> None:
    desk.add(
        a_party(a_contract(ends_on=date(2026, 2, 1)), a_contract("NQ-2", starts_on=date(2026, 6, 1)),
                a_contract("NQ-3", starts_on=date(2026, 5, 1)))
    )  # fmt: skip
    assert gathered(desk).number == "NQ-3"
    assert gathered(desk, number="NQ-2").number == "NQ-2"


def test_contract_that_is_none_is_told_plainly(desk: Desk) -> None:
    desk.add(a_party(a_contract(ends_on=date(2026, 2, 1))))
    for wanted, said in (
        ({"number": "NONE"}, "there is no contract NONE of harbour"),
        ({"version": 7, "number": NUMBER}, "there is no version 7 of NQ-2026-014"),
        ({}, "there is no contract of harbour in effect then; name one of NQ-2026-014"),
    ):
        with pytest.raises(NotFound, match=said):
            gathered(desk, **wanted)
    with desk.services.reading() as session, pytest.raises(NotFound, match="there is no customer nobody"):
        provider = contract_facts.provider_of(desk.services.settings)
        contract_facts.gather(session, Wanted("nobody"), provider, at=MONDAY)


def test_a_customer_without_any_contract_is_told_so(desk: Desk) -> None:
    desk.add(a_party())
    with pytest.raises(NotFound, match="there is no contract of harbour"):
        gathered(desk)


def test_reports_go_to_managers_where_nobody_is_named(desk: Desk) -> None:
    party = a_customer()
    party.contacts.append(Contact(email="boss@harbour.example", name="Wu", role="manager"))
    desk.add(party)
    found = gathered(desk).reports
    assert [each.email for each in found.recipients] == ["boss@harbour.example"]
    assert (found.daily, found.weekly, found.monthly, found.monthly_day, found.country) == (
        True, True, True, 2, "SG",
    )  # fmt: skip


def test_reports_are_those_that_were_agreed(desk: Desk) -> None:
    named = [
        {"email": "li@harbour.example", "language": "zh"},
        {"email": "cfo@harbour.example", "language": ""},
    ]
    plan = ReportPlan(contract_number=NUMBER, recipients=named, daily=False, monthly_day=5, holidays="none",
                      begins_at=MONDAY)  # fmt: skip
    desk.add(a_customer(), plan)
    found = gathered(desk).reports
    assert [(each.name, each.email, each.language) for each in found.recipients] == [
        ("Li Na", "li@harbour.example", "zh"), ("", "cfo@harbour.example", ""),
    ]  # fmt: skip
    assert (found.daily, found.weekly, found.monthly_day, found.country) == (False, True, 5, "")


def test_people_of_the_ladder_are_those_who_are_here_and_act(desk: Desk) -> None:
    desk.add(
        a_customer(), an_engineer("Zhao Min", role="manager"), an_engineer("Ada Ma", role="admin"),
        an_engineer("Guo Ping", role="lead"), an_engineer("Old Lead", role="lead", active=False),
        an_engineer("Eve Reader", role="read-only"),
    )  # fmt: skip
    found = gathered(desk)
    assert [each.name for each in found.management] == ["Zhao Min", "Ada Ma"]
    assert [each.name for each in found.leads] == ["Guo Ping"]


def test_shifts_name_their_team_and_those_still_here(desk: Desk) -> None:
    here, gone = an_engineer(), an_engineer("Old Hand", active=False)
    desk.add(a_customer(), here, gone)
    team = a_team(desk, "cloud", [here, gone])
    desk.add(
        a_shift(team, [gone, here], position=1), a_shift(team, [here], name="over", last_on=date(2026, 3, 1)),
        a_shift(team, [here], name="first", starts="08:00"),
    )  # fmt: skip
    told = [(each.team, each.name, each.starts, each.engineers) for each in gathered(desk).shifts]
    assert told == [
        ("cloud", "first", "08:00", ("Chen Wei",)), ("cloud", "round the clock", "00:00", ("Chen Wei",)),
    ]  # fmt: skip


def test_contacts_and_accounts_are_the_customer_s_own(desk: Desk) -> None:
    other = a_customer(reference="other")
    other.domains, other.contracts = [], []
    other.contacts = [Contact(email="x@other.example", name="X")]
    party = a_customer()
    party.contacts.append(Contact(email="boss@harbour.example", name="Wu", role="manager"))
    desk.add(other, party)
    desk.add(
        AwsAccount(account_id="111122223333", customer_id=party.id, name="Production", regions=["eu-west-1"]),
        AwsAccount(account_id="444455556666", customer_id=other.id),
    )
    found = gathered(desk)
    assert [each.email for each in found.contacts] == ["boss@harbour.example", "li@harbour.example"]
    assert [(each.account_id, each.regions) for each in found.accounts] == [("111122223333", ("eu-west-1",))]


@pytest.mark.parametrize("stream", [reading, polling])
def test_aws_is_read_as_often_as_the_contract_says(stream: object) -> None:
    assert stream.PERIOD + stream.SPREAD <= AWS_READ_WITHIN  # type: ignore[attr-defined]


def test_figures_read_in_words_as_their_docstrings_show() -> None:
    found = doctest.testmod(contract_words)
    assert (found.failed, found.attempted > 8) == (0, True)
