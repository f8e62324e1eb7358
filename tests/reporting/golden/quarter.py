"""A quarter made up from a seed: customers of three zones, whose tickets go every way that tickets go."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.reporting.golden.fold import FIRST, RESOLUTION, TARGETS, Life, life
from tests.reporting.golden.reckoning import DAY, contract_at, midnight, on
from tests.reporting.golden.story import MINUTE, Agreed, Edition, House, Story, Tale, local

HARBOUR = House("harbour", "Asia/Shanghai", (Agreed("SH-1", date(2025, 6, 1), None, "CNY", 2, 40_001),))
LAKESIDE = House("lakeside", "America/New_York", (Agreed("NY-1", date(2026, 1, 15), None, "USD", 2, 12_345),))
SPREE = House(
    "spree",
    "Europe/Berlin",
    (
        Agreed("BE-1", date(2025, 1, 1), date(2026, 2, 14), "EUR", 2, 9_000),
        Agreed("BE-2", date(2026, 2, 15), None, "EUR", 2, 11_000),
    ),
)
LEAVING = House(
    "leaving", "Asia/Tokyo", (Agreed("JP-1", date(2025, 4, 1), date(2026, 2, 20), "JPY", 0, 1_001),)
)
CENTURY = House("century", "Europe/Berlin", (Agreed("C-1", date(2025, 1, 1), None, "EUR", 2, 10_000),))
DOZEN = House("dozen", "America/New_York", (Agreed("D-1", date(2025, 1, 1), None, "USD", 2, 777),))
SCANT = House("scant", "Asia/Shanghai", (Agreed("S-1", date(2025, 1, 1), None, "CNY", 2, 333),))

BOUNDS = {
    (CENTURY, 1): (99, 100),  # 99 %
    (CENTURY, 2): (98, 99),  # 98.98 %
    (DOZEN, 1): (19, 20),  # 95 %
    (DOZEN, 2): (18, 19),  # 94.73 %
    (DOZEN, 3): (9, 10),  # 90 %
    (SCANT, 1): (8, 9),  # 88.88 %
    (SCANT, 2): (0, 0),
    (SCANT, 3): (17, 19),  # 89.47 %
    (CENTURY, 3): (0, 0),
}
"""How many were kept of how many decided, by customer and month: at each bound of the credits and just below."""

OFF_DAYS = {
    "Asia/Shanghai": {date(2026, 1, day) for day in (1, 2, 3)}
    | {date(2026, 2, day) for day in range(15, 24)},
    "America/New_York": {date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16)},
    "Europe/Berlin": {date(2026, 1, 1)},
}
WORKED_WEEKENDS = {"Asia/Shanghai": {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)}}
"""Days that China works in exchange, as its State Council announced for 2026."""

FAR = datetime(2027, 1, 1, tzinfo=UTC)
_FREEZES = ("2026-02-02T09:00", "2026-03-02T09:00", "2026-04-02T09:00")


def whole(seed: int = 7, count: int = 32) -> Story:
    """The quarter with `count` tickets for each of the four customers that are not about bounds."""
    chance = random.Random(seed)
    houses = (HARBOUR, LAKESIDE, SPREE, LEAVING)
    tales = [tale for house in houses for tale in _lives(house, chance, count)]
    tales += [tale for (house, month), wanted in BOUNDS.items() for tale in bounded(house, month, *wanted)]
    return Story(
        (*houses, CENTURY, DOZEN, SCANT), numbered(tales), editions((*houses, CENTURY, DOZEN, SCANT))
    )


def small(seed: int = 8, count: int = 20) -> Story:
    """Less of it: two customers, and the credits' bounds but the long ones."""
    chance = random.Random(seed)
    houses = (LAKESIDE, SPREE, DOZEN)
    tales = [tale for house in houses[:2] for tale in _lives(house, chance, count)]
    bounds = {where: wanted for where, wanted in BOUNDS.items() if where[0] is DOZEN}
    tales += [tale for (house, month), wanted in bounds.items() for tale in bounded(house, month, *wanted)]
    return Story(houses, numbered(tales), editions(houses))


def numbered(tales: list[Tale]) -> tuple[Tale, ...]:
    """The tickets with the numbers that they get, which rise with their opening."""
    rising = sorted(tales, key=lambda tale: tale.opened)
    for number, tale in enumerate(rising, start=1001):
        tale.number = number
    return tuple(rising)


def bounded(house: House, month: int, kept: int, decided: int) -> list[Tale]:
    """Tickets of a month of which so many are kept; the others are never answered."""
    begins = local(f"2026-{month:02d}-02T10:00", house.zone) + timedelta(seconds=month)
    found = []
    for index in range(decided):
        tale = Tale(house, "critical", begins + timedelta(hours=5, seconds=17) * index)
        found.append(tale.after("close", minutes=9) if index < kept else tale)
    return found


def editions(houses: tuple[House, ...]) -> tuple[Edition, ...]:
    """Every month and week of each contract, and days around the holidays and changes of clocks."""
    found = []
    for house in houses:
        for contract in house.contracts:
            for month in (1, 2, 3):
                found += _month(house, contract, month)
    if HARBOUR in houses:
        found += _weeks(HARBOUR) + _dailies(HARBOUR, date(2026, 2, 9), date(2026, 3, 3))
    found += _weeks(LAKESIDE) + _weeks(SPREE) + _dailies(LAKESIDE, date(2026, 2, 12), date(2026, 3, 17))
    return tuple(sorted(found, key=lambda each: each.at))


def month_edition(house: House, contract: Agreed, first: date) -> Edition:
    """A month's report, produced on the second of the next at nine.

    It covers what of the month is the contract's: from its first day, and until the next contract begins.
    """
    ends = (first + 31 * DAY).replace(day=1)
    last, begins = ends - DAY, max(first, contract.starts_on)
    after = [each.starts_on for each in house.contracts if contract.starts_on < each.starts_on < ends]
    at = local(f"{ends + DAY}T09:00", house.zone)
    return Edition(house, contract, "monthly", first, last, midnight(begins, house.zone),
                   midnight(min([*after, ends]), house.zone), at)  # fmt: skip


def works(day: date, zone: str) -> bool:
    """Whether a day is a working day, by the calendars of the year as they were announced."""
    if day in WORKED_WEEKENDS.get(zone, ()):
        return True
    return day.weekday() < 5 and day not in OFF_DAYS[zone]


def _month(house: House, contract: Agreed, month: int) -> list[Edition]:
    made = month_edition(house, contract, date(2026, month, 1))
    ended = contract.ends_on is not None and contract.ends_on < made.first
    return [] if ended or contract.starts_on > made.last else [made]


def _weeks(house: House) -> list[Edition]:
    found, monday = [], date(2026, 1, 5)
    while monday < date(2026, 3, 30):
        sunday = monday + 6 * DAY
        contract = contract_at(house, midnight(monday, house.zone))
        if contract is not None and (contract.ends_on is None or sunday <= contract.ends_on):
            at = local(f"{sunday + DAY}T09:00", house.zone)
            found.append(Edition(house, contract, "weekly", monday, sunday, midnight(monday, house.zone),
                                 midnight(sunday + DAY, house.zone), at))  # fmt: skip
        monday += 7 * DAY
    return found


def _dailies(house: House, first: date, last: date) -> list[Edition]:
    found, zone = [], ZoneInfo(house.zone)
    working = [
        day
        for day in (first + DAY * index for index in range((last - first).days + 1))
        if works(day, house.zone)
    ]
    for before, day in zip(working, working[1:], strict=False):
        since, until = (datetime.combine(each, time(18), zone).astimezone(UTC) for each in (before, day))
        found.append(
            Edition(house, house.contracts[-1], "daily", on(since, house.zone), day, since, until, until)
        )
    return found


def _lives(house: House, chance: random.Random, count: int) -> list[Tale]:
    """Tickets of a customer, none of which changes how an earlier month counts once that is frozen."""
    found: list[Tale] = []
    while len(found) < count:
        tale = _made(house, chance)
        if steady(tale):
            found.append(tale)
    return found + _pairs(house, chance)


def steady(tale: Tale) -> bool:
    """Whether its month never changes after its report."""
    final = life(tale, FAR)
    assert final is not None
    for text in _FREEZES:
        at = local(text, tale.house.zone)
        then, edge = life(tale, at), midnight(on(at, tale.house.zone).replace(day=1), tale.house.zone)
        said = then.decided() if then else None
        now = final.decided()
        if (said if said and said[0] < edge else None) != (now if now and now[0] < edge else None):
            return False
    return True


def _made(house: House, chance: random.Random) -> Tale:
    tale = Tale(house, chance.choice(list(TARGETS)), _opening(house, chance))
    tale.origin = chance.choices(["customer", "health", "probe", "notice"], [30, 1, 1, 1])[0]
    ending = chance.random()
    if ending < 0.05:
        return tale.after(chance.choice(["spam", "withdraw"]), seconds=chance.randrange(60, 800))
    if ending < 0.1:
        return tale  # nobody ever looks at it
    _answered(tale, chance)
    if chance.random() < 0.25:
        _asked(tale, chance)
    if chance.random() < 0.25:
        _excluded(tale, chance)
    if chance.random() < 0.2:
        _changed(tale, chance)
    if chance.random() < 0.9:
        _resolved(tale, chance)
    return tale


def _opening(house: House, chance: random.Random) -> datetime:
    """Any time of the contract within the quarter, often near the edge of a month or a change of clocks."""
    edges = (
        "2026-02-01T00:00",
        "2026-03-01T00:00",
        "2026-03-08T02:00",
        "2026-03-29T02:00",
        "2026-03-31T23:00",
    )
    first = max(house.contracts[0].starts_on, date(2026, 1, 1))
    last = house.contracts[-1].ends_on or date(2026, 3, 31)
    while True:
        if chance.random() < 0.3:
            at = local(chance.choice(edges), house.zone) + timedelta(
                seconds=chance.randrange(-90_000, 90_000)
            )
        else:
            at = local("2026-01-01T00:00", house.zone) + timedelta(seconds=chance.randrange(90 * 86_400))
        if first <= on(at, house.zone) <= last:
            return at


def _now(tale: Tale) -> Life:
    found = life(tale, FAR)
    assert found is not None
    return found


def _end(tale: Tale) -> datetime:
    return max([tale.opened, *(act.at for act in tale.acts)])


def _by(tale: Tale, target: str, chance: random.Random) -> datetime:
    """When somebody reaches a target: early, at the very instant, a second late, or late."""
    due = _now(tale).due(target)
    which, whole_ = chance.random(), TARGETS[tale.level][target != FIRST]
    if which < 0.15:
        at = due
    elif which < 0.25:
        at = due + timedelta(seconds=1)
    elif which < 0.4:
        at = due + timedelta(seconds=chance.randrange(2, int(whole_.total_seconds())))
    else:
        at = due - timedelta(seconds=chance.randrange(1, int(whole_.total_seconds())))
    return max(at, _end(tale) + timedelta(seconds=7))


def _answered(tale: Tale, chance: random.Random) -> None:
    if chance.random() < 0.9:
        tale.then("answer", _by(tale, FIRST, chance))


def _asked(tale: Tale, chance: random.Random) -> None:
    asked = _end(tale) + timedelta(seconds=chance.randrange(30, 7_000))
    tale.then("ask", asked)
    if chance.random() < 0.85:
        tale.then("said", asked + timedelta(seconds=chance.randrange(60, 200_000)))


def _excluded(tale: Tale, chance: random.Random) -> None:
    """One or two stretches, which may overlap each other and the waits, told at once or hours later."""
    for _ in range(chance.choice([1, 1, 2])):
        start = tale.opened + timedelta(seconds=chance.randrange(-3_000, 20_000))
        end = max(start, tale.opened) + timedelta(seconds=chance.randrange(60, 40_000))
        reason = chance.choice(["aws", "third-party", "force-majeure", "maintenance", "customer"])
        at = max(_end(tale), end) + timedelta(seconds=chance.randrange(11, 20_000))
        tale.then("exclude", at, start=start, end=end, reason=reason)


def _changed(tale: Tale, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 1, 2])):
        level = chance.choice([each for each in TARGETS if each != _now(tale).level])
        tale.then("priority", _end(tale) + timedelta(seconds=chance.randrange(11, 9_000)), level=level)


def _resolved(tale: Tale, chance: random.Random) -> None:
    tale.then("resolve", _by(tale, RESOLUTION, chance))
    ending = chance.random()
    if ending < 0.2:
        tale.then(
            chance.choice(["not-fixed", "reopen"]),
            _end(tale) + timedelta(seconds=chance.randrange(60, 100_000)),
        )
        if chance.random() < 0.7:
            tale.then("resolve", _by(tale, RESOLUTION, chance))
            tale.then("confirm", _end(tale) + timedelta(seconds=chance.randrange(60, 100_000)))
    elif ending < 0.9:
        how = chance.choice(["confirm", "confirm", "close"])
        tale.then(how, _end(tale) + timedelta(seconds=chance.randrange(60, 250_000)))


def _pairs(house: House, chance: random.Random) -> list[Tale]:
    """Duplicates over the edge of a month: each goes into the older one, which is closed later."""
    found = []
    for edge in ("2026-02-01T00:00", "2026-03-01T00:00"):
        at = local(edge, house.zone)
        if house.contracts[-1].ends_on and on(at, house.zone) > house.contracts[-1].ends_on:
            continue
        older = Tale(house, "high", at - chance.randrange(5, 20) * MINUTE - timedelta(seconds=3), why="older")
        newer = Tale(house, "high", at + chance.randrange(5, 20) * MINUTE + timedelta(seconds=3), why="newer")
        newer.after("merge", hours=2, into=older)
        older.after("answer", minutes=30).after("resolve", hours=3).after("confirm", hours=4)
        found += [older, newer]
    return found
