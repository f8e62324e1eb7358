"""The forms in which `helpdesk report` hands a report over, and where to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from gateway.domain.periods import Period
from gateway.mail import compose
from gateway.mail.address import domain_of
from gateway.mail.compose import Outgoing
from gateway.mail.message import Mailbox
from gateway.reporting import drawing, viewing
from gateway.reporting.figures import Report
from gateway.reporting.viewing import Language, Told
from gateway.reporting.wording import Links
from gateway.services import Services
from gateway.tickets.letterhead import Letterhead

FORMS: Final = ("text", "html", "pdf", "csv", "json", "eml")
_BINARY: Final = ("pdf",)
_ENDINGS: Final = {"text": "txt"}


@dataclass(frozen=True, slots=True)
class Found:
    """A report to hand over. Shape: `report_id` is None of a preliminary one; `figures` are JSON as stored."""

    report_id: int | None
    period: Period
    due_at: datetime
    figures: str
    told: Told
    language: Language

    def file_name(self, form: str) -> str:
        """The name it gets in a folder: NQ-2026-014-monthly-2026-10.pdf."""
        return drawing.filename(self.told, _ENDINGS.get(form, form))


def content(services: Services, found: Found, form: str, language: Language) -> bytes:
    """A report in one form."""
    if form == "json":
        return found.figures.encode() + b"\n"
    head = services.letterhead
    if form == "eml":
        return _mail(head, found, language)
    view = viewing.view(found.told, language, _links(head, found))
    forms: dict[str, Callable[[], bytes]] = {
        "text": view.text,
        "html": view.file,
        "pdf": view.pdf,
        "csv": view.csv,
    }
    return forms[form]()


def _links(head: Letterhead, found: Found) -> Links:
    """Where the letter's links lead; a preliminary report has no page."""
    made = Links.for_customers if isinstance(found.told, Report) else Links.for_engineers
    page = drawing.link(head, found.told, found.report_id) if found.report_id is not None else ""
    return made(head.base_url, head.prefix, page)


def _mail(head: Letterhead, found: Found, language: Language) -> bytes:
    """The letter as it is mailed, to the desk itself."""
    drawn = drawing.drawn(found.told, language, head=head, report_id=found.report_id or 0)
    box = Mailbox(head.provider, head.support_address)
    about = found.told.about
    return compose.compose(
        Outgoing(
            from_=box,
            to=(box,),
            subject=drawn.made.letter.subject,
            text=drawn.made.letter.text,
            html=drawn.made.letter.html,
            inline=tuple(drawn.made.inline),
            attachments=drawn.attachments,
            message_id=compose.message_id(domain_of(head.support_address), f"report.{about.period}"),
            date=about.as_of,
            auto_submitted="auto-generated",
            loop=head.support_address,
        )
    )


def place(output: str, name: str) -> Path | None:
    """The file to write; None for standard output. A folder, or a path that ends like one, gets `name`."""
    if output in ("", "-"):
        return None
    found = Path(output)
    return found / name if found.is_dir() or output.endswith(("/", "\\")) else found


def hand_over(content: bytes, form: str, file: Path | None) -> None:
    """Write a report to a file, or to standard output where it is none that a terminal cannot show.

    Errors: click.ClickException.
    """
    if file is None:
        if form in _BINARY and sys.stdout.isatty():
            raise click.ClickException("A PDF is nothing for a terminal: name a file with --output.")
        click.echo(content, nl=False)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be written: {fault.strerror or fault}") from None
    click.echo(f"{file}: {len(content):,} bytes", err=True)
