"""A report drawn as a letter with what belongs to it. The one place that knows which kind gets which pictures.

It takes a second of computing for a month: never within a transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from gateway.domain.periods import Kind
from gateway.mail.message import Attachment
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management
from gateway.tickets.letterhead import Letterhead, Made

if TYPE_CHECKING:
    from gateway.reporting.wording import Document

WIDTH_PX: Final = 1200
"""Of pictures in letters: twice what they are shown at, so that they are sharp on every screen."""
PICTURES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.DAILY: (),
        Kind.WEEKLY: ("attainment", "volume"),
        Kind.MONTHLY: ("attainment", "response", "trend", "volume", "backlog", "heat"),
        Kind.MANAGEMENT: ("volume", "backlog", "heat"),
    }
)
"""Which pictures stand in a letter."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report ready to be sent."""

    made: Made
    attachments: tuple[Attachment, ...] = ()


def drawn(
    told: Report | Management, language: Literal["en", "zh"], *, head: Letterhead, report_id: int
) -> Drawn:
    """The letter of a report in a language, with pictures; of a month also the PDF and the figures."""
    from gateway.reporting import charts, letters, pictures, spreadsheet  # typst: memory most do without

    kind = told.about.kind
    document = document_of(told, language, head=head, report_id=report_id)
    svgs = charts.drawn(told, language, paint="colours", names=PICTURES[kind])
    made = letters.letter(document, pictures.png(svgs, WIDTH_PX) if svgs else {})
    if kind not in (Kind.MONTHLY, Kind.MANAGEMENT):
        return Drawn(made)
    files = [("pdf", "application/pdf", printed(told, document, svgs))]
    if isinstance(told, Report):
        files.append(("csv", "text/csv", spreadsheet.csv(told)))
    return Drawn(made, tuple(_file(told, *each) for each in files))


def document_of(
    told: Report | Management, language: Literal["en", "zh"], *, head: Letterhead, report_id: int
) -> Document:
    """The words of a report, with the address of its page."""
    from gateway.reporting import wording

    page = link(head, told, report_id)
    own = isinstance(told, Management)
    links = wording.Links.for_engineers if own else wording.Links.for_customers
    return wording.said(told, language, links=links(head.base_url, head.prefix, page))


def printed(told: Report | Management, document: Document, svgs: Mapping[str, str]) -> bytes:
    """The PDF of a report in words, with its pictures."""
    from gateway.reporting import pdf  # typst: memory that most processes do without

    about = told.about
    return pdf.pdf(
        document, svgs, header=header(told), language=document.language, at=about.as_of, author=about.provider
    )


def link(head: Letterhead, told: Report | Management, report_id: int) -> str:
    """Where a report's page stands: a customer's people and management have different ones."""
    where = "reports" if isinstance(told, Management) else "my/reports"
    return f"{head.base_url}/{where}/{report_id}"


def header(told: Report | Management) -> str:
    """What stands on top of every page of a report's PDF."""
    return f"{told.about.customer or told.about.provider} · {told.about.period}"


def filename(told: Report | Management, ending: str) -> str:
    """What a report's file is called: the contract's number in letters every file system takes, then the period."""
    number = "".join(each if each.isascii() and each.isalnum() else "-" for each in told.about.number)
    return (
        "-".join(filter(None, (number.strip("-")[:60], str(told.about.kind), str(told.about.period))))
        + f".{ending}"
    )


def _file(told: Report | Management, ending: str, content_type: str, content: bytes) -> Attachment:
    return Attachment(filename(told, ending), content_type, content, hashlib.sha256(content).hexdigest())
