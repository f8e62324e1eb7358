"""A report as one reader may see it, ready for every form. The one place where money is left out.

Money is: the credit and its calculation, credits of earlier months, sums of corrections, and cost advice. A reader
without it gets the same report with these parts empty, so that no form can tell of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from markupsafe import Markup

from gateway.mail import markup
from gateway.reporting import drawing, wording
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management
from gateway.reporting.wording import Document, Links

Told = Report | Management
"""What a report is made of: a customer's, or management's own."""
Language = Literal["en", "zh"]

_ABOUT_MONEY: Final = frozenset({"cost", "currency", "credit", "fee", "saving", "savings"})
"""Names of figures that make a piece of advice one about money."""


@dataclass(frozen=True, slots=True)
class View:
    """A report in words, and its figures."""

    told: Told
    document: Document
    language: Language

    def text(self) -> bytes:
        """As plain text: that of the letter."""
        colon = "：" if self.language == "zh" else ": "
        return markup.to_text(self.document.blocks, colon).encode()

    def html(self) -> Markup:
        """Its part of a page, with pictures that follow the page's theme."""
        from gateway.reporting import page_html

        return page_html.html(self.document.blocks, self.charts("classes"))

    def file(self) -> bytes:
        """A whole HTML file that needs nothing beside it."""
        from gateway.reporting import page_html

        return page_html.whole(self.document, self.charts("colours")).encode()

    def pdf(self) -> bytes:
        """As a PDF."""
        return drawing.printed(self.told, self.document, self.charts("colours"))

    def csv(self) -> bytes:
        """Its figures as CSV."""
        from gateway.reporting import spreadsheet

        return spreadsheet.csv(self.told)

    def charts(self, paint: Literal["classes", "colours"]) -> Mapping[str, str]:
        """The pictures there are of it, by name."""
        from gateway.reporting import charts

        names = drawing.PICTURES[self.told.about.kind]
        return charts.drawn(self.told, self.language, paint=paint, names=names)


def view(told: Told, language: Language, links: Links, *, money: bool = True) -> View:
    """A report for a reader; without `money`, as whoever does not manage the contract sees it."""
    shown = told if money or isinstance(told, Management) else without_money(told)
    return View(shown, wording.said(shown, language, links=links), language)


def without_money(report: Report) -> Report:
    """The report for whoever sees the company's tickets, but neither contract nor credits."""
    return replace(
        report,
        credit=None,
        cost=None,
        trend=tuple(replace(each, credit=0) for each in report.trend),
        corrections=tuple(replace(each, amount=0) for each in report.corrections),
        advice=tuple(each for each in report.advice if not _is_about_money(each.figures)),
    )


def _is_about_money(figures: Mapping[str, object]) -> bool:
    return not _ABOUT_MONEY.isdisjoint(figures)
