"""`helpdesk report`: any report, of any past period, in any form; and those that are due now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import click
from sqlalchemy.orm import Session

from gateway import clock
from gateway.cli import desk, report_forms, report_posting
from gateway.cli.report_forms import FORMS, Found
from gateway.domain import agreed_dates, periods
from gateway.domain.periods import Kind, Period
from gateway.reporting import courses, producing
from gateway.reporting.courses import Owner
from gateway.reporting.viewing import Language
from gateway.services import Services
from gateway.store.queries import agreements, stored_reports
from gateway.tickets import NotFound, Refused

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LOOKED_BACK: Final = timedelta(days=400)
_EXAMPLES: Final = {
    Kind.DAILY: "2026-10-12",
    Kind.WEEKLY: "2026-W41",
    Kind.MONTHLY: "2026-10",
    Kind.MANAGEMENT: "2026-10",
}


@click.group("report")
def command() -> None:
    """Reports of any past period, again and again with the same figures.

    The first time a period is asked for whose report is due, its figures are gathered and stored, and a month's
    credit is frozen; ever after they are told as they were stored, by every command, letter and page. A period that
    still runs, or whose report is not due yet, is told as things stand, called preliminary, and never stored.

    Exit status: 0 all done; 1 it cannot be done, as for an unknown contract or a period before it; 2 the command
    line makes no sense, as for a period that is none.
    """


def _form(function: _Command) -> _Command:
    """The options that every report has."""
    for option in (
        click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True),
        click.option(
            "--output", default="", metavar="FILE|DIR", help="Where to; standard output by default."
        ),
        click.option("--language", type=click.Choice(["zh", "en"]), help="By default the contract's."),
        click.option("--send", is_flag=True, help="Post it to its recipients too, who get each report once."),
    ):
        function = option(function)
    return function


def _of_contract(kind: Kind) -> None:
    """The command for one kind of a contract's reports."""
    told = (
        f"The {kind} report of CONTRACT; PERIOD like {_EXAMPLES[kind]}, by default the newest that was due."
    )

    @command.command(str(kind), help=told)
    @click.argument("contract")
    @click.argument("period", required=False)
    @_form
    def show(contract: str, period: str | None, **how: Any) -> None:
        if not contract.strip():
            raise click.UsageError("Which contract? helpdesk contract list names them.")
        _tell(kind, contract, _named(kind, period), **how)


for _kind in (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY):
    _of_contract(_kind)


@command.command()
@click.argument("period", required=False)
@_form
def management(period: str | None, **how: Any) -> None:
    """The provider's own report across customers; PERIOD like 2026-10, by default the newest that was due."""
    _tell(Kind.MANAGEMENT, "", _named(Kind.MANAGEMENT, period), **how)


@command.command("list")
@click.argument("contract", required=False)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def listing(contract: str | None, limit: int) -> None:
    """Stored reports, the newest periods first: number, contract, period, when produced, when posted."""
    with desk.opened("report list") as services, services.reading() as session:
        if contract:
            _owner(session, services, contract)
        found = stored_reports.listed(session, number=contract, limit=limit)
        for row in found:
            period = Period(Kind(row.kind), row.first_on, row.last_on)
            posted = f"posted {_minute(row.posted_at)}" if row.posted_at else "not posted"
            whose = row.contract_number or "(management)"
            click.echo(
                f"{row.id}  {whose}  {row.kind}  {period}  produced {_minute(row.produced_at)}  {posted}"
            )
        if not found:
            click.echo("No report is stored yet.", err=True)


@command.command()
def due() -> None:
    """Produce and post whatever is due now, as `helpdesk up` does by itself; exit 1 after a fault."""
    with desk.opened("report due") as services:
        if not report_posting.post_due(services):
            raise click.ClickException("Not everything was posted; it is tried again. The log says why.")


def _tell(kind: Kind, number: str, period: Period | None, *, form: str, output: str,
          language: Language | None, send: bool) -> None:  # fmt: skip
    with desk.opened("report") as services:
        found = _found(services, number, kind, period)
        if found.report_id is None:
            due = _minute(found.due_at)
            click.echo(
                f"preliminary: the report of {found.period} is due {due}; nothing was stored", err=True
            )
            if send:
                raise click.ClickException("A preliminary report is not sent.")
        content = report_forms.content(services, found, form, language or found.language)
        report_forms.hand_over(content, form, report_forms.place(output, found.file_name(form)))
        if send and found.report_id is not None:
            report_posting.send(services, found.report_id)


def _found(services: Services, number: str, kind: Kind, period: Period | None) -> Found:
    """The report of a period, produced and stored where it was not. Errors: click.ClickException."""
    head, at = services.letterhead, clock.now()
    try:
        with services.transaction() as session:
            owner = _owner(session, services, number)
            wanted = period or _newest(owner, kind, at)
            row = producing.produce(session, head, number, wanted, at=at)
            return Found(
                report_id=row.id,
                period=Period(kind, row.first_on, row.last_on),
                due_at=owner.times.due_at(wanted),
                figures=str(row.figures),
                told=producing.management_of(row) if kind is Kind.MANAGEMENT else producing.report_of(row),
                language=_language(session, services, number, wanted),
            )
    except (Refused, NotFound) as refused:
        raise click.ClickException(f"{_capital(str(refused))}.") from None


def _owner(session: Session, services: Services, number: str) -> Owner:
    try:
        return courses.course_of(session, services.letterhead, number)
    except NotFound:
        raise click.ClickException(f"There is no contract {number}.") from None


def _newest(owner: Owner, kind: Kind, at: datetime) -> Period:
    """The newest period whose report was due. Errors: click.ClickException where there is none yet."""
    begun = owner.times.begins_on if owner.number else at.date() - _LOOKED_BACK
    since = datetime(begun.year, begun.month, begun.day, tzinfo=UTC) - timedelta(days=1)
    found = owner.times.newest(kind, since, at)
    if found is None:
        first = owner.times.next_at(kind, at)
        when = f"; the first is due {_minute(first)}" if first else ""
        raise click.ClickException(f"No {kind} report of {owner.number} was due yet{when}.")
    return found


def _language(session: Session, services: Services, number: str, period: Period) -> Language:
    """The language of the contract, or the provider's own."""
    version = (
        agreed_dates.version_on(agreements.versions_of(session, number), period.last) if number else None
    )
    return services.letterhead.letter_language(version.language if version else "")


def _named(kind: Kind, period: str | None) -> Period | None:
    """The period that the command line names. Errors: click.BadParameter."""
    try:
        return periods.named(kind, period) if period else None
    except ValueError as fault:
        raise click.BadParameter(f"{fault}.", param_hint="PERIOD") from None


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
