"""What a report must hold, reckoned from the story by going through every ticket for every figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor
from zoneinfo import ZoneInfo

from tests.reporting.golden.fold import FIRST, ORDER, RESOLUTION, Life, life
from tests.reporting.golden.story import Agreed, Edition, House, Story, Tale

DAY = timedelta(days=1)
BANDS = ((Fraction(99, 100), 0), (Fraction(95, 100), 5), (Fraction(90, 100), 10), (Fraction(0), 15))


def midnight(day: date, zone: str) -> datetime:
    """When a day begins in a zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def on(at: datetime, zone: str) -> date:
    """The day an instant lies in."""
    return at.astimezone(ZoneInfo(zone)).date()


def contract_at(house: House, at: datetime) -> Agreed | None:
    """The contract that holds at an instant; after its end it goes on to hold until the next one begins."""
    day = on(at, house.zone)
    begun = [each for each in house.contracts if each.starts_on <= day]
    return max(begun, key=lambda each: each.starts_on) if begun else None


def timing(lengths: Iterable[timedelta]) -> tuple[int, timedelta | None, timedelta | None, timedelta | None]:
    """Count, mean, median, and the ninetieth percentile by nearest rank."""
    rising = sorted(lengths)
    count = len(rising)
    if not count:
        return 0, None, None, None
    middle = (rising[(count - 1) // 2] + rising[count // 2]) / 2
    return count, sum(rising, timedelta()) / count, middle, rising[ceil(Fraction(9, 10) * count) - 1]


def discount(kept: int, decided: int) -> Fraction:
    """The percentage off the fee, of P12's table, as a share of 1."""
    share = Fraction(kept, decided) if decided else Fraction(1)
    return Fraction(next(off for least, off in BANDS if share >= least), 100)


def fee(contract: Agreed, first: date) -> Fraction:
    """A month's fee in smallest units, by the days on which the contract holds."""
    days = _days_of_month(first)
    held = [
        day
        for day in days
        if contract.starts_on <= day and (contract.ends_on is None or day <= contract.ends_on)
    ]
    return Fraction(contract.fee * 10**contract.exponent * len(held), len(days))


def amount(contract: Agreed, first: date, kept: int, decided: int) -> int:
    """The credit in smallest units, a half rounded up."""
    return floor(discount(kept, decided) * fee(contract, first) + Fraction(1, 2))


@dataclass(frozen=True)
class Reckoned:
    """Every figure of one edition, each from the tickets as known when it was produced."""

    story: Story
    edition: Edition

    @cached_property
    def lives(self) -> list[Life]:
        """The tickets whose targets count."""
        return [each for each in self._known if each.counts]

    @cached_property
    def listed(self) -> list[Life]:
        """The tickets that were work."""
        return [each for each in self._known if each.listed]

    @cached_property
    def _known(self) -> list[Life]:
        told = (tale for tale in self.story.tales if tale.house is self.edition.house)
        return [found for tale in told if (found := known(tale, self.edition.at)) is not None]

    def within(self, at: datetime | None) -> bool:
        """Whether an instant lies in the time covered."""
        return at is not None and self.edition.since <= at < self.edition.until

    @cached_property
    def decided(self) -> dict[int, tuple[str, bool]]:
        """Number → priority, and whether it was kept, of each ticket that is decided here."""
        found = {}
        for each in self._known:
            verdict = each.decided()
            if (
                verdict
                and self.within(verdict[0])
                and contract_at(each.tale.house, verdict[0]) is self.edition.contract
            ):
                found[each.tale.number] = (each.level, verdict[1])
        return found

    def attainment(self) -> dict[str, tuple[int, int]]:
        """Kept and decided by priority, of those that have any."""
        found = {}
        for level in ORDER:
            kept = [kept for said, kept in self.decided.values() if said == level]
            if kept:
                found[level] = (sum(kept), len(kept))
        return found

    def targets(self) -> dict[str, tuple[int, int, int, int]]:
        """By priority of the decided tickets: first answers in time and late, resolutions in time and late."""
        found: dict[str, Counter[str]] = {}
        for each in self._known:
            if each.tale.number in self.decided:
                tally = found.setdefault(each.level, Counter())
                for target in (FIRST, RESOLUTION):
                    if each.missed(target) is not None:
                        tally[f"{target} late"] += 1
                    elif each.met(target) is not None:
                        tally[f"{target} met"] += 1
        names = [f"{target} {how}" for target in (FIRST, RESOLUTION) for how in ("met", "late")]
        return {level: tuple(tally[name] for name in names) for level, tally in found.items()}  # type: ignore[misc]

    def times(
        self, target: str, level: str = ""
    ) -> tuple[int, timedelta | None, timedelta | None, timedelta | None]:
        """How long tickets took that reached a target in the time covered."""
        return timing(
            each.counted(each.opened, met)
            for each in self.lives
            if (not level or each.level == level) and self.within(met := each.met(target)) and met
        )

    def volumes(self) -> dict[str, tuple[int, int, int, int]]:
        """By priority: opened, resolved, closed in the time covered, and not closed at its end."""
        found = {}
        for level in ORDER:
            mine = [each for each in self.listed if each.level == level]
            tally = (
                sum(self.within(each.opened) for each in mine),
                sum(self.within(each.resolved) for each in mine),
                sum(self.within(each.closed) for each in mine),
                sum(_open(each, self.edition.until) for each in mine),
            )
            if any(tally):
                found[level] = tally
        return found

    def days(self) -> dict[date, tuple[int, int, int]]:
        """Each day's opened, closed, and open at its end."""
        found, zone = {}, self.edition.house.zone
        day, ends = on(self.edition.since, zone), self.edition.since
        while ends < self.edition.until:
            begins, ends = midnight(day, zone), midnight(day + DAY, zone)
            found[day] = (
                sum(begins <= each.opened < ends for each in self.listed),
                sum(each.closed is not None and begins <= each.closed < ends for each in self.listed),
                sum(_open(each, ends) for each in self.listed),
            )
            day += DAY
        return found

    def heat(self) -> dict[tuple[int, int], int]:
        """Openings by weekday and hour of the zone's clocks, where there are any."""
        zone = ZoneInfo(self.edition.house.zone)
        opened = [each.opened.astimezone(zone) for each in self.listed if self.within(each.opened)]
        return dict(Counter((at.weekday(), at.hour) for at in opened))

    def shares(self) -> list[int]:
        """First answers by tenth of their target, those after it last."""
        found = [0] * 11
        for each in self.lives:
            if self.within(each.answered) and each.answered is not None:
                used, allowed = each.counted(each.opened, each.answered), each.allowed(FIRST)
                late = each.missed(FIRST) is not None
                found[10 if late else _tenth(used, allowed)] += 1
        return found

    def breaches(self) -> list[tuple[int, str, timedelta, datetime, datetime | None]]:
        """Each missed target whose due instant lies in the time covered: ticket, target, promise, due, met."""
        found = []
        for each in self.lives:
            for target in (FIRST, RESOLUTION):
                if self.within(due := each.missed(target)) and due:
                    found.append((each.tale.number, target, each.promised(target), due, each.met(target)))
        return sorted(found, key=lambda line: (line[3], line[0], line[1]))

    def late(self) -> dict[tuple[int, str], timedelta]:
        """By how much service time each of them was late: of unmet ones, until the closing or as known."""
        found = {}
        for each in self.lives:
            for target in (FIRST, RESOLUTION):
                if self.within(due := each.missed(target)) and due:
                    ended = each.met(target) or each.closed or self.edition.at
                    found[each.tale.number, target] = each.counted(due, ended)
        return found

    def excluded(self) -> list[tuple[int, str, datetime, datetime | None, timedelta]]:
        """Each stretch that does not count and touches the time covered, with its length in it."""
        found, since, until = [], self.edition.since, self.edition.until
        for each in self.lives:
            for rest in each.exclusions:
                length = min(rest.end or until, until) - max(rest.start, since)
                if length > timedelta():
                    found.append((each.tale.number, rest.reason, rest.start, rest.end, length))
        return sorted(found, key=lambda line: (line[0], line[2], line[1], line[4]))

    def handled(self) -> dict[int, list[str]]:
        """Number → what happened to it in the time covered."""
        found = {}
        for each in self.listed:
            if did := [what for what, at in each.did if self.within(at)]:
                found[each.tale.number] = did
        return found

    def open(self) -> dict[int, tuple[str, datetime | None]]:
        """Number → status, and the next due instant unless the clocks rest, of what is not closed at the end."""
        return {
            each.tale.number: (each.status, _next_due(each))
            for each in self.listed
            if _open(each, self.edition.until)
        }

    def credit(self) -> tuple[Fraction, Fraction, int]:
        """Fee, discount and amount of the month."""
        kept, contract, first = (
            sum(kept for _, kept in self.decided.values()),
            self.edition.contract,
            self.edition.first,
        )
        count = len(self.decided)
        return fee(contract, first), discount(kept, count), amount(contract, first, kept, count)


@cache
def known(tale: Tale, at: datetime) -> Life | None:
    """The ticket as known at an instant."""
    return life(tale, at)


def _tenth(used: timedelta, allowed: timedelta) -> int:
    if not allowed:
        return 0
    micro = timedelta(microseconds=1)
    return min(max(ceil(Fraction(used // micro, allowed // micro) * 10) - 1, 0), 9)


def _open(each: Life, at: datetime) -> bool:
    return each.opened < at and (each.closed is None or each.closed >= at)


def _next_due(each: Life) -> datetime | None:
    if each.status == "resolved":
        return None
    dues = [each.due(target) for target in (FIRST, RESOLUTION) if each.met(target) is None]
    due = min(dues) if dues else None
    since = each.rests_since
    return None if since is not None and due is not None and since <= due else due


def _days_of_month(first: date) -> list[date]:
    return [first + DAY * index for index in range(31) if (first + DAY * index).month == first.month]
