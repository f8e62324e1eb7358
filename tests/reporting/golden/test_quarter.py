"""Every figure of a quarter's reports, against the same figure reckoned from what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from gateway.reporting.figures import Report, Times
from tests.reporting.golden import quarter
from tests.reporting.golden.fold import FIRST, RESOLUTION
from tests.reporting.golden.reckoning import Reckoned
from tests.reporting.golden.told import Told

pytestmark = pytest.mark.timeout(300)  # whichever comes first lets the whole quarter happen
MONTHLY = ("monthly",)
STATISTICAL = ("weekly", "monthly")
ALL = ("daily", "weekly", "monthly")


Point = tuple[date, int, int, timedelta | None, timedelta | None, int]


def points(reckoned: Reckoned) -> list[Point]:
    """The month and the five before it as far as the contract goes: counted as frozen, timed as known now."""
    edition, found = reckoned.edition, list[Point]()
    first = edition.first
    while len(found) < 6 and first >= edition.contract.starts_on.replace(day=1):
        frozen = quarter.month_edition(edition.house, edition.contract, first)
        then, now = (Reckoned(reckoned.story, replace(frozen, at=at)) for at in (frozen.at, edition.at))
        kept = sum(kept for _, kept in then.decided.values())
        means = now.times(FIRST)[1], now.times(RESOLUTION)[1]
        found.insert(0, (first, kept, len(then.decided), *means, then.credit()[2]))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def plain(times: Times) -> tuple[int, timedelta | None, timedelta | None, timedelta | None]:
    return times.count, times.mean, times.median, times.p90


def test_quarter_has_reports_of_every_kind(told: Told) -> None:
    kinds = {edition.kind for edition in told.story.editions}
    assert kinds == set(ALL)


def test_time_covered_is_that_of_the_contracts_zone(told: Told) -> None:
    assert told.differ(
        *ALL,
        told=lambda report: (report.about.since, report.about.until),
        wanted=lambda reckoned: (reckoned.edition.since, reckoned.edition.until),
    ) == {}  # fmt: skip


def test_decided_and_kept_by_priority(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {each.priority: (each.kept, each.decided) for each in report.levels if each.decided},
        wanted=lambda reckoned: reckoned.attainment(),
    ) == {}  # fmt: skip


def test_attainment_is_exact(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: report.attainment,
        wanted=lambda reckoned: (
            Fraction(sum(kept for _, kept in reckoned.decided.values()), len(reckoned.decided))
            if reckoned.decided
            else Fraction(1)
        ),
    ) == {}  # fmt: skip


def test_both_targets_by_priority_of_the_decided(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {
            each.priority: (each.first_met, each.first_late, each.resolution_met, each.resolution_late)
            for each in report.levels
            if each.decided
        },
        wanted=lambda reckoned: reckoned.targets(),
    ) == {}  # fmt: skip


def test_fee_discount_and_credit(told: Told) -> None:
    def credit(report: Report) -> tuple[Fraction, Fraction, int]:
        assert report.credit is not None
        return Fraction(report.credit.fee), Fraction(report.credit.discount), report.credit.amount

    assert told.differ(*MONTHLY, told=credit, wanted=lambda reckoned: reckoned.credit()) == {}


@pytest.mark.parametrize("target", [FIRST, RESOLUTION])
def test_mean_median_and_ninetieth_percentile(told: Told, target: str) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: plain(report.first_response if target == FIRST else report.resolution),
        wanted=lambda reckoned: reckoned.times(target),
    ) == {}  # fmt: skip


@pytest.mark.parametrize("target", [FIRST, RESOLUTION])
def test_mean_median_and_ninetieth_percentile_by_priority(told: Told, target: str) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {
            each.priority: times
            for each in report.levels
            if (times := plain(each.first_response if target == FIRST else each.resolution))[0]
        },
        wanted=lambda reckoned: {
            level: times
            for level in ("critical", "high", "medium", "low")
            if (times := reckoned.times(target, level))[0]
        },
    ) == {}  # fmt: skip


def test_trend_of_six_months(told: Told) -> None:
    assert told.differ(
        *MONTHLY,
        told=lambda report: [
            (each.first_on, each.kept, each.decided, each.first_response, each.resolution, each.credit)
            for each in report.trend
        ],
        wanted=points,
    ) == {}  # fmt: skip


def test_months_are_frozen_with_their_report(told: Told) -> None:
    for name, report, _ in told.pairs(*MONTHLY):
        assert (name, report.about.frozen, {each.frozen for each in report.trend}) == (name, True, {True})


def test_nothing_is_corrected_where_nothing_changed(told: Told) -> None:
    assert told.differ(*MONTHLY, told=lambda report: report.corrections, wanted=lambda reckoned: ()) == {}


def test_volumes_by_priority(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {
            each.priority: tally
            for each in report.volumes
            if any(tally := (each.opened, each.resolved, each.closed, each.open_at_end))
        },
        wanted=lambda reckoned: reckoned.volumes(),
    ) == {}  # fmt: skip


def test_backlog_of_each_day(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {each.on: (each.opened, each.closed, each.open_at_end) for each in report.days},
        wanted=lambda reckoned: reckoned.days(),
    ) == {}  # fmt: skip


def test_openings_by_weekday_and_hour_of_the_zones_clocks(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {
            (day, hour): count
            for day, row in enumerate(report.heat)
            for hour, count in enumerate(row)
            if count
        },
        wanted=lambda reckoned: reckoned.heat(),
    ) == {}  # fmt: skip


def test_first_answers_by_share_of_their_target(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: list(report.response_shares),
        wanted=lambda reckoned: reckoned.shares(),
    ) == {}  # fmt: skip


def test_breaches_with_their_due_instants(told: Told) -> None:
    def lines(report: Report) -> list[tuple[int, str, timedelta, datetime, datetime | None]]:
        found = [
            (each.ticket_id, each.target, each.promised, each.due_at, each.met_at) for each in report.breaches
        ]
        return sorted(found, key=lambda line: (line[3], line[0], line[1]))

    assert told.differ(*STATISTICAL, told=lines, wanted=lambda reckoned: reckoned.breaches()) == {}


def test_how_late_breaches_were(told: Told) -> None:
    assert told.differ(
        *STATISTICAL,
        told=lambda report: {(each.ticket_id, each.target): each.late for each in report.breaches},
        wanted=lambda reckoned: reckoned.late(),
    ) == {}  # fmt: skip


def test_exclusions_with_their_length_within_the_time_covered(told: Told) -> None:
    def lines(report: Report) -> list[tuple[int, str, datetime, datetime | None, timedelta]]:
        found = [
            (each.ticket_id, each.reason, each.begins_at, each.ends_at, each.length)
            for each in report.excluded
        ]
        return sorted(found, key=lambda line: (line[0], line[2], line[1], line[4]))

    assert told.differ(*STATISTICAL, told=lines, wanted=lambda reckoned: reckoned.excluded()) == {}


def test_everything_handled_since_the_previous_daily_report(told: Told) -> None:
    assert told.differ(
        "daily",
        told=lambda report: {each.ticket_id: sorted(each.did) for each in report.handled},
        wanted=lambda reckoned: {number: sorted(set(did)) for number, did in reckoned.handled().items()},
    ) == {}  # fmt: skip


def test_what_is_open_with_its_next_due_instant(told: Told) -> None:
    assert told.differ(
        "daily",
        told=lambda report: {each.ticket_id: (each.status, each.next_due_at) for each in report.open},
        wanted=lambda reckoned: reckoned.open(),
    ) == {}  # fmt: skip
