"""What an AWS Health event means for a customer, as pure values."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import health_advice, health_services, health_text, impact
from gateway.domain.impact import Affected, Event, Request
from gateway.domain.lifecycle import Kind
from gateway.domain.terms import Priority

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ISSUE = Event(
    "arn:1", "EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", "ACCOUNT_SPECIFIC", "open", region="eu-west-1",
    starts_at=NOON - HOUR, updated_at=NOON, description="We look.",
)  # fmt: skip
ONE = Affected("111122223333", "Production", entities=(("i-1", "IMPAIRED"),))


def named(count: int, state: str = "IMPAIRED", accounts: int = 1) -> list[Affected]:
    return [
        Affected(f"{index:012}", entities=tuple((f"i-{each}", state) for each in range(count)))
        for index in range(accounts)
    ]


@pytest.mark.parametrize(
    ("event", "accounts", "priority"),
    [
        (ISSUE, [ONE], Priority.HIGH),
        (ISSUE, named(10), Priority.CRITICAL),
        (ISSUE, named(1, accounts=3), Priority.CRITICAL),
        (ISSUE, named(1, "UNKNOWN", accounts=3), Priority.HIGH),
        (ISSUE, named(1, "RESOLVED"), Priority.MEDIUM),
        (ISSUE, [replace(ONE, production=False)], Priority.MEDIUM),
        (replace(ISSUE, scope="PUBLIC"), [Affected("111122223333")], Priority.HIGH),
        (replace(ISSUE, category="investigation"), [Affected("111122223333")], Priority.MEDIUM),
        (replace(ISSUE, category="scheduledChange"), named(20, "PENDING"), Priority.MEDIUM),
        (replace(ISSUE, category="accountNotification"), [ONE], Priority.LOW),
        (replace(ISSUE, category="accountNotification", actionability="ACTION_REQUIRED"), [ONE], Priority.MEDIUM),
        (replace(ISSUE, category="accountNotification", personas=("SECURITY",)), [ONE], Priority.HIGH),
    ],
)  # fmt: skip
def test_priority_follows_from_category_resources_and_accounts(
    event: Event, accounts: list[Affected], priority: Priority
) -> None:
    assert impact.priority_of(event, accounts) is priority


@pytest.mark.parametrize(
    ("category", "kind"),
    [("issue", Kind.INCIDENT), ("investigation", Kind.INCIDENT), ("scheduledChange", Kind.CHANGE),
     ("accountNotification", Kind.REQUEST), ("somethingNew", Kind.INCIDENT)],
)  # fmt: skip
def test_kind_follows_from_the_category(category: str, kind: Kind) -> None:
    assert impact.kind_of(replace(ISSUE, category=category)) is kind


def test_impact_counts_resources_the_worst_first_and_leaves_out_accounts_that_are_gone() -> None:
    accounts = [
        Affected("2", entities=(("i-2", "RESOLVED"), ("i-3", "IMPAIRED"))),
        ONE,
        Affected("3", entities=(("i-9", "IMPAIRED"),), gone=True),
    ]
    found = impact.impact(ISSUE, accounts, at=NOON)
    assert dict(found.states) == {"IMPAIRED": 2, "RESOLVED": 1}
    assert list(found.states) == ["IMPAIRED", "RESOLVED"]
    assert (found.accounts, found.gone) == (("111122223333", "2"), ("3",))
    assert (found.since, found.until, found.lasted(NOON)) == (NOON - HOUR, None, HOUR)
    assert found.services == ("ec2",)


def test_event_whose_accounts_are_all_gone_is_over_for_the_customer() -> None:
    assert impact.impact(ISSUE, [replace(ONE, gone=True)], at=NOON).status == "closed"


def test_end_of_a_closed_event_without_one_is_when_it_was_last_updated() -> None:
    assert impact.ended_at(replace(ISSUE, status="closed"), NOON + HOUR) == NOON


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (ISSUE, True),
        (replace(ISSUE, status="upcoming", category="scheduledChange"), True),
        (replace(ISSUE, status="closed"), True),
        (replace(ISSUE, status="closed", ends_at=NOON - 25 * HOUR), False),
        (replace(ISSUE, status="closed", scope="PUBLIC"), False),
        (replace(ISSUE, status="closed", category="scheduledChange"), False),
        (replace(ISSUE, category="accountNotification"), False),
        (replace(ISSUE, category="accountNotification", actionability="ACTION_MAY_BE_REQUIRED"), True),
        (replace(ISSUE, category="accountNotification", type_code="AWS_RISK_CREDENTIALS_EXPOSED"), True),
    ],
)
def test_event_is_a_ticket_or_only_listed(event: Event, wanted: bool) -> None:
    assert impact.wants_ticket(event, [ONE], at=NOON) is wanted


def test_event_that_touches_no_account_is_only_listed() -> None:
    assert not impact.wants_ticket(ISSUE, [], at=NOON)


@pytest.mark.parametrize(
    ("region", "regions", "services", "fits"),
    [
        ("eu-west-1", ["eu-west-1"], ["ec2"], True),
        ("eu-west-1", ["EU-WEST-1"], ["Amazon EC2"], True),
        ("eu-west-1", ["us-east-1"], ["ec2"], False),
        ("eu-west-1", ["eu-west-1"], ["rds"], False),
        ("global", ["us-east-1"], ["ec2"], True),
        ("global", ["us-east-1"], [], True),
        ("eu-west-1", ["eu-west-1"], [], True),
        ("eu-west-1", [], [], False),
    ],
)
def test_public_event_touches_accounts_whose_footprint_holds_it(
    region: str, regions: list[str], services: list[str], fits: bool
) -> None:
    assert impact.fits(replace(ISSUE, scope="PUBLIC", region=region), regions, services) is fits


def test_event_of_several_services_touches_whoever_uses_anything_there() -> None:
    assert health_services.meets("MULTIPLE_SERVICES", ["s3"])


@pytest.mark.parametrize(
    ("ticket", "span"),
    [
        (Request(1, NOON, account_id="111122223333"), (NOON, None)),
        (Request(1, NOON - 2 * HOUR, region="eu-west-1", services=("ec2",)), (NOON - HOUR, None)),
        (Request(1, NOON - 2 * HOUR, NOON - HOUR, services=("ec2",)), None),
        (Request(1, NOON, region="us-east-1"), None),
        (Request(1, NOON, account_id="999900001111"), None),
        (Request(1, NOON), None),
    ],
    ids=["account", "region-and-service", "over-before", "elsewhere", "other-account", "says-nothing"],
)
def test_ticket_overlaps_where_something_fits_and_nothing_speaks_against_it(
    ticket: Request, span: tuple[datetime, datetime | None] | None
) -> None:
    assert impact.overlaps(ISSUE, [ONE], ticket, at=NOON + HOUR) == span


# What counts as a change.


@given(st.randoms(use_true_random=False))
def test_order_of_accounts_and_resources_changes_no_digest(shuffle: random.Random) -> None:
    entities = [(f"i-{index}", "IMPAIRED") for index in range(6)]
    accounts = [Affected(str(index), entities=tuple(entities)) for index in range(4)]
    before = health_text.digest(ISSUE, accounts)
    shuffle.shuffle(entities)
    other = [replace(each, entities=tuple(entities)) for each in accounts]
    shuffle.shuffle(other)
    assert health_text.digest(ISSUE, other) == before


@pytest.mark.parametrize(
    ("event", "accounts", "same"),
    [
        (replace(ISSUE, description=" We   look. \r\n\r\n"), [ONE], True),
        (replace(ISSUE, updated_at=NOON + HOUR, ends_at=NOON), [ONE], True),
        (ISSUE, [replace(ONE, name="Renamed")], True),
        (ISSUE, [ONE, Affected("2", gone=True)], True),
        (replace(ISSUE, description="We looked."), [ONE], False),
        (replace(ISSUE, status="closed"), [ONE], False),
        (ISSUE, [replace(ONE, entities=(("i-1", "RESOLVED"),))], False),
        (ISSUE, [ONE, Affected("2")], False),
    ],
)
def test_digest_changes_with_what_a_customer_would_be_told(
    event: Event, accounts: list[Affected], same: bool
) -> None:
    assert (health_text.digest(event, accounts) == health_text.digest(ISSUE, [ONE])) is same


def test_date_counts_for_planned_changes_alone() -> None:
    planned = replace(ISSUE, category="scheduledChange")
    for event, same in ((ISSUE, True), (planned, False)):
        moved = replace(event, starts_at=NOON)
        assert (health_text.digest(event, [ONE]) == health_text.digest(moved, [ONE])) is same


def test_only_the_appended_part_of_a_description_is_new() -> None:
    told = ["[09:00] We look.\n\n[09:30] We found it."]
    assert (
        health_text.added(told[0] + "\n\n[10:00] Fixed.\nAll is well.", told)
        == "[10:00] Fixed.\nAll is well."
    )


@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_told_is_new_again_and_nothing_new_is_lost(old: str, new: str) -> None:
    assert health_text.added(old, [old]) == ""
    added = health_text.added(f"{old}\n{new}", [old])
    known = set(health_text.normalised(old)) | set(health_text.normalised(added))
    assert set(health_text.normalised(f"{old}\n{new}")) <= known


# Advice.


@pytest.mark.parametrize(
    ("type_code", "category", "first"),
    [
        ("AWS_EC2_OPERATIONAL_ISSUE", "issue", "check-own-alarms"),
        ("AWS_EC2_POWER_CONNECTIVITY_ISSUE", "issue", "shift-traffic"),
        ("AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED", "scheduledChange", "back-up-first"),
        ("AWS_RDS_HARDWARE_MAINTENANCE_SCHEDULED", "scheduledChange", "plan-window"),
        ("AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT", "scheduledChange", "plan-upgrade"),
        ("AWS_RISK_CREDENTIALS_EXPOSED", "issue", "rotate-keys"),
        ("AWS_VPN_REDUNDANCY_LOSS", "accountNotification", "restore-redundancy"),
        ("AWS_ABUSE_DOS_REPORT", "issue", "answer-abuse"),
        ("AWS_NEW_THING", "issue", "check-own-alarms"),
        ("AWS_NEW_THING", "newCategory", "read-and-decide"),
    ],
)
def test_advice_follows_from_the_type(type_code: str, category: str, first: str) -> None:
    assert health_advice.codes(type_code, category)[0] == first


def test_what_is_over_is_to_be_looked_after_unless_it_is_a_risk() -> None:
    assert health_advice.codes("AWS_EC2_OPERATIONAL_ISSUE", "issue", "closed") == ("verify-recovery",)
    assert health_advice.codes("AWS_RISK_CREDENTIALS_EXPOSED", "issue", "closed")[0] == "rotate-keys"


def test_every_rule_names_codes_there_are() -> None:
    used = {
        code
        for codes in (*health_advice._BY_END.values(), *health_advice._BY_CATEGORY.values())
        for code in codes
    }
    assert used <= set(health_advice.CODES)
