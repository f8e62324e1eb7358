"""Whom a notice concerns (P8, P11)."""

from __future__ import annotations

import pytest

from gateway.domain.scope import Account, Scope

HARBOUR = Account("111122223333", 1, ("eu-west-1",), ("RDS", "EC2"), {"env": "prod"})


def scope(**parts: object) -> Scope:
    tags = parts.pop("tags", {})
    return Scope(**{name: frozenset(value) for name, value in parts.items()}, tags=tags)  # type: ignore[arg-type, call-overload]


def test_empty_scope_touches_every_account() -> None:
    assert scope().touches(HARBOUR)


@pytest.mark.parametrize(
    "parts",
    [
        {"customers": [1]},
        {"accounts": ["111122223333"]},
        {"regions": ["eu-west-1", "us-east-1"]},
        {"services": ["rds"]},
        {"tags": {"env": "prod"}},
        {"tags": {"env": ""}},
        {"customers": [1, 2], "regions": ["eu-west-1"], "services": ["EC2"], "tags": {"env": "prod"}},
    ],
)
def test_account_that_fits_every_part_is_touched(parts: dict[str, object]) -> None:
    assert scope(**parts).touches(HARBOUR)


@pytest.mark.parametrize(
    "parts",
    [
        {"customers": [2]},
        {"accounts": ["999999999999"]},
        {"regions": ["us-east-1"]},
        {"services": ["S3"]},
        {"tags": {"env": "test"}},
        {"tags": {"team": ""}},
        {"regions": ["eu-west-1"], "services": ["S3"]},
    ],
)
def test_account_that_fits_not_all_is_left_alone(parts: dict[str, object]) -> None:
    assert not scope(**parts).touches(HARBOUR)


def test_account_whose_regions_nobody_recorded_is_told() -> None:
    assert scope(regions=["eu-west-1"]).touches(Account("1", 1))


def test_account_without_the_tag_is_not_told() -> None:
    assert not scope(tags={"env": "prod"}).touches(Account("1", 1))


def test_ticket_that_says_nothing_of_its_account_may_be_covered() -> None:
    assert scope(regions=["eu-west-1"]).covers(None, "", [], named=["111122223333"])


def test_ticket_of_an_account_the_notice_did_not_name_is_not_covered() -> None:
    assert not scope(regions=["eu-west-1"]).covers("999999999999", "", [], named=["111122223333"])


def test_ticket_of_another_service_or_region_is_not_covered() -> None:
    assert not scope(services=["RDS"]).covers("111122223333", "", ["s3"], named=["111122223333"])
    assert not scope(regions=["eu-west-1"]).covers("111122223333", "us-east-1", [], named=["111122223333"])


def test_notice_for_a_whole_customer_covers_every_ticket_of_theirs() -> None:
    assert scope(customers=[1]).covers("999999999999", "us-east-1", ["s3"], named=[])
