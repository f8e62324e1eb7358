"""A report as text: the same blocks for the letter, the page, the PDF and the standalone file.

The sentences stand in `templates/report/{en,zh}`, one file per kind, in the letters' markup; values are inert there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment

from gateway.domain.availability import PROMISED
from gateway.mail import letters
from gateway.mail.markup import Block
from gateway.reporting import charts, words
from gateway.reporting.figures import Credit, Report
from gateway.reporting.management_figures import Management

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates" / "report"


@dataclass(frozen=True, slots=True)
class Document:
    """A text in blocks. Shape: `preview` is what inboxes show after the title; `language` is en or zh."""

    title: str
    preview: str
    language: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Where a report's links lead. Shape: whole addresses; `page` is the report's own, empty where it has none;
    `prefix` is of tickets' numbers; `evidence` is what a ticket's page needs after it to show its clocks.
    """

    tickets: str = ""
    page: str = ""
    prefix: str = "HD"
    evidence: str = ""

    @classmethod
    def for_customers(cls, base_url: str, prefix: str, page: str = "") -> Links:
        """Links to the pages of a customer's people."""
        return cls(f"{base_url}/my/tickets", page, prefix, "#clocks-h")

    @classmethod
    def for_engineers(cls, base_url: str, prefix: str, page: str = "") -> Links:
        """Links to the pages of engineers."""
        return cls(f"{base_url}/tickets", page, prefix, "/sla")

    def number(self, ticket_id: int) -> str:
        """A ticket's number as people write it."""
        return f"{self.prefix}-{ticket_id}"

    def ticket(self, ticket_id: int) -> str:
        """A ticket's page."""
        return f"{self.tickets}/{ticket_id}"

    def sheet(self, ticket_id: int) -> str:
        """The evidence of a ticket's clocks."""
        return f"{self.tickets}/{ticket_id}{self.evidence}"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the credit table. Shape: from `at_least` on, below `below`, which is None for the first one."""

    at_least: Fraction
    below: Fraction | None
    discount: Fraction


def said(told: Report | Management, language: str, *, links: Links) -> Document:
    """Any report in words."""
    if isinstance(told, Management):
        return management_document(told, language, links=links)
    return document(told, language, links=links)


def document(report: Report, language: str, *, links: Links) -> Document:
    """A customer's report in words. Shape: a report without a credit says nothing of money."""
    steps = _steps(report.credit)
    before = [each for each in report.trend if each.first_on < report.about.first_on]
    violated = [
        (each.priority, each.decided - each.kept) for each in report.levels if each.decided > each.kept
    ]
    return _document(
        report,
        language,
        links,
        {
            "r": report,
            "credit": report.credit,
            "steps": steps,
            "step": next((each for each in steps if report.attainment >= each.at_least), None),
            "violated": violated,
            "opened": sum(each.opened for each in report.volumes),
            "resolved": sum(each.resolved for each in report.volumes),
            "closed": sum(each.closed for each in report.volumes),
            "still_open": sum(each.open_at_end for each in report.volumes),
            "previous": before[-1] if before else None,
            "share_of": _share_of,
            "promised": PROMISED,
        },
    )


def management_document(report: Management, language: str, *, links: Links) -> Document:
    """Management's report across customers in words."""
    at_risk: dict[tuple[str, int], int] = {}
    for each in report.customers:
        if each.at_risk:
            key = (each.currency, each.exponent)
            at_risk[key] = at_risk.get(key, 0) + each.at_risk
    return _document(
        report,
        language,
        links,
        {
            "r": report,
            "at_risk": [Sum(units, *key) for key, units in sorted(at_risk.items())],
            "opened": sum(each.opened for each in report.volumes),
            "resolved": sum(each.resolved for each in report.volumes),
            "closed": sum(each.closed for each in report.volumes),
            "still_open": sum(each.open_at_end for each in report.volumes),
            "kept": sum(each.kept for each in report.customers),
            "decided": sum(each.decided for each in report.customers),
            "share_of": _share_of,
            "promised": PROMISED,
        },
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of smallest units."""

    units: int
    currency: str
    exponent: int


def _document(
    report: Report | Management, language: str, links: Links, told: Mapping[str, object]
) -> Document:
    about = report.about
    pictures = {name: charts.words(name, report, language) for name in charts.NAMES}
    said = letters.text(
        environment(),
        str(about.kind),
        language,
        {"about": about, "links": links, "zone": about.zone, "pictures": pictures, **told},
    )
    return Document(said.subject, said.preview, language, said.blocks)


@cache
def environment() -> Environment:
    """The templates of reports, compiled once."""
    return letters.environment(TEMPLATES, words.FILTERS)


def _share_of(part: int, whole: int) -> Fraction:
    """A part of a whole, exactly; 1 where the whole is nothing."""
    return Fraction(part, whole) if whole else Fraction(1)


def _steps(credit: Credit | None) -> Sequence[Step]:
    """The rows of the credit table with both their ends, from the highest attainment down."""
    if credit is None:
        return ()
    bounds = [Fraction(at_least) for at_least, _ in credit.bands]
    return [
        Step(bound, bounds[place - 1] if place else None, Fraction(credit.bands[place][1]))
        for place, bound in enumerate(bounds)
    ]
