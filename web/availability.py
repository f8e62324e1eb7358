"""Availability in words and shapes, for the public status page and the customers' dashboard."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from flask import current_app

from gateway import i18n
from gateway.domain.availability import PROMISED, Component, Measure
from gateway.domain.credits import printed
from gateway.operations import availability
from gateway.operations.availability import Outage, Overview, Standing, State
from web import visit
from web.visit import Reader

if TYPE_CHECKING:
    from gateway.notices.platform import Window

FRESH_SECONDS: Final = 5.0
NAMES: Final = {
    Component.PLATFORM: "The whole platform",
    Component.MAIL_IN: "Mail in",
    Component.WORKERS: "Workers",
    Component.MAIL_OUT: "Mail out",
    Component.WEB: "Web",
    Component.AWS_SYNC: "AWS sync",
}
TASKS: Final = {
    Component.PLATFORM: "Mail in, workers, mail out and web together",
    Component.MAIL_IN: "Accepts mail",
    Component.WORKERS: "Turn mail into tickets",
    Component.MAIL_OUT: "Sends letters and replies",
    Component.WEB: "Pages, dashboard, API",
    Component.AWS_SYNC: "Reads Support cases and Health events",
}
STATES: Final = {
    State.UP: ("good", "ok", "Working"),
    State.DOWN: ("bad", "stop", "Down"),
    State.MAINTENANCE: ("info", "cal", "Maintenance"),
    State.UNKNOWN: ("", "pause", "Not measured"),
}
_STEP: Final = 8
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bar:
    """One day as it is drawn. Shape: `kind` is a class of the style sheet; the height differs with it, too."""

    x: int
    y: int
    height: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A component as it is drawn."""

    name: str
    task: str
    tag: tuple[str, str, str]
    since: str
    month: str
    bars: tuple[Bar, ...]
    summary: str


def everything() -> list[str]:
    """Every word of the tables."""
    return [*NAMES.values(), *TASKS.values(), *(words for _, _, words in STATES.values())]


def current() -> Overview:
    """The overview in the provider's zone, at most some seconds old. Errors: SQLAlchemyError."""
    kept: dict[str, tuple[float, Overview]] = current_app.extensions.setdefault("availability", {})
    zone = visit.services().settings.time_zone
    with _lock:
        if (known := kept.get(zone)) and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        with visit.reading() as rows:
            made = availability.overview(rows, i18n.time_zone(zone), visit.now())
        kept[zone] = (time.monotonic(), made)
        return made


def drawn(standing: Standing, reader: Reader) -> Drawn:
    """A component with its bars."""
    kind, icon, words = STATES[standing.state]
    trouble = sum(1 for _, each in standing.days if each.down)
    missing = sum(1 for _, each in standing.days if not each.up and not each.down)
    summary = reader.say(
        "90 days: %(well)s without trouble, %(trouble)s with trouble, %(missing)s not measured",
        well=len(standing.days) - trouble - missing, trouble=trouble, missing=missing,
    )  # fmt: skip
    since = reader.say("since %(time)s", time=reader.instant(standing.since)) if standing.since else ""
    return Drawn(
        name=reader.say(NAMES[standing.component]),
        task=reader.say(TASKS[standing.component]),
        tag=(kind, icon, reader.say(words)),
        since=since,
        month=percent(standing.month, reader),
        bars=tuple(_bar(index, day, each, reader) for index, (day, each) in enumerate(standing.days)),
        summary=summary,
    )


def percent(measure: Measure, reader: Reader) -> str:
    """A share in percent, rounded down, or that nothing was measured."""
    share = measure.share
    return reader.say("not measured") if share is None else f"{printed(share)} %"


def kept(measure: Measure) -> bool:
    """Whether the promise is kept; where nothing counts it is not broken."""
    return measure.share is None or measure.share >= PROMISED


def named(components: tuple[Component, ...], reader: Reader) -> str:
    """Some components in one line."""
    comma = "、" if reader.language == "zh" else ", "
    return comma.join(reader.say(NAMES[each]) for each in components)


def headline(found: Overview, reader: Reader) -> tuple[str, str, str]:
    """How it stands in one sentence: kind and icon of the box, and the words."""
    down = tuple(each for each, one in found.components.items()
                 if one.state is State.DOWN and each is not Component.PLATFORM)  # fmt: skip
    whole = found.components[Component.PLATFORM]
    if down:
        return "bad", "stop", reader.say("%(parts)s: down", parts=named(down, reader))
    if whole.state is State.DOWN:
        return "bad", "stop", reader.say("The platform is down")
    if whole.state is State.MAINTENANCE:
        return "", "cal", reader.say("Announced maintenance is under way")
    if whole.state is State.UNKNOWN:
        return "warn", "pause", reader.say("Nothing is measured at present")
    return "good", "ok", reader.say("Everything works")


def title(window: Window, reader: Reader) -> tuple[str, str]:
    """A window's title and the language it is written in."""
    other = "en" if reader.language == "zh" else "zh"
    told = next((each for each in (reader.language, other) if window.titles.get(each)), reader.language)
    return window.titles.get(told, ""), told


def lasted(outage: Outage, reader: Reader) -> str:
    """How long an outage lasted, or that it still does."""
    length = reader.duration(outage.span.end - outage.span.start)
    return reader.say("%(time)s so far", time=length) if outage.lasts else length


def _bar(index: int, day: date, measure: Measure, reader: Reader) -> Bar:
    shown = day.isoformat()
    if measure.share is None:
        words = reader.say("announced maintenance") if measure.maintenance else reader.say("not measured")
        return Bar(index * _STEP, 26, 4, "k-none", f"{shown}: {words}")
    words = f"{shown}: {percent(measure, reader)}"
    if measure.down:
        words += reader.say(", %(minutes)s min down", minutes=measure.down)
    if measure.unmeasured:
        words += reader.say(", %(minutes)s min not measured", minutes=measure.unmeasured)
    if measure.maintenance:
        words += reader.say(", %(minutes)s min maintenance", minutes=measure.maintenance)
    if not measure.down:
        return Bar(index * _STEP, 10, 20, "k-ok", words)
    kind, y = ("k-warn", 15) if kept(measure) else ("k-bad", 20)
    return Bar(index * _STEP, y, 30 - y, kind, words)
