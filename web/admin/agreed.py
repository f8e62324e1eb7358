"""A contract's terms in words: targets, reports, ladder, confirmation, credit bands, notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.domain.credits import printed
from gateway.domain.terms import Audience, BadTerms, Priority, Terms, agreed
from web.visit import Reader


@dataclass(frozen=True, slots=True)
class Target:
    """The promises of one priority, in words."""

    priority: Priority
    first_response: str
    resolution: str
    progress: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Terms as a page says them. Shape: pairs are of a share and what follows from it."""

    targets: tuple[Target, ...]
    ladder: tuple[tuple[str, str], ...]
    bands: tuple[tuple[str, str], ...]
    remind_after: str
    close_after: str
    maintenance_notice: str


def shown(terms: dict[str, Any], reader: Reader) -> Shown | None:
    """What a version of a contract promises, defaults filled in; None where its terms make no sense any more."""
    try:
        return _shown(agreed(terms), reader)
    except BadTerms:
        return None


def _shown(terms: Terms, reader: Reader) -> Shown:
    return Shown(
        targets=tuple(
            Target(level, reader.duration(each.first_response), reader.duration(each.resolution),
                   reader.duration(terms.progress[level]))
            for level, each in terms.targets.items()
        ),
        ladder=tuple(
            (f"{rung.percent} %", reader.say(", ").join(_audience(each, reader) for each in rung.tells))
            for rung in terms.ladder
        ),
        bands=tuple((f"{printed(band.at_least)} %", f"{printed(band.discount)} %") for band in terms.bands),
        remind_after=reader.duration(terms.confirmation.remind_after),
        close_after=reader.duration(terms.confirmation.close_after),
        maintenance_notice=reader.duration(terms.maintenance_notice),
    )  # fmt: skip


def _audience(told: Audience, reader: Reader) -> str:
    return reader.say("the customer") if told is Audience.CUSTOMER else reader.label(told)
