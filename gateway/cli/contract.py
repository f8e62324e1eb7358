"""`helpdesk contract`: contracts with the terms in effect, their ledger, and the statement of their months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

import click
from sqlalchemy.orm import Session

from gateway import clock, credits, i18n
from gateway.cli import desk
from gateway.cli.contract_render import render
from gateway.credits import MonthLine
from gateway.domain import agreed_dates
from gateway.domain.credits import Account, half_up, printed
from gateway.domain.terms import Terms, agreed
from gateway.store.models import Contract, Customer, LedgerEntry
from gateway.store.queries import agreements

_EN: Final = "en"


@click.group("contract")
def command() -> None:
    """Contracts, what they promise, and what is owed under them."""


command.add_command(render)


@command.command("list")
def show_all() -> None:
    """List every contract by number: customer, days, monthly fee, and whether it holds today."""
    at = clock.now()
    with desk.opened("contract") as services, services.reading() as session:
        for number, (versions, customer) in by_number(session).items():
            last = agreed_dates.latest(versions)
            fee = _money(Fraction(last.monthly_fee), last.currency)
            click.echo(
                f"{number}  {customer.reference}  {_days(last)}  {fee} a month  {_state(versions, at)}"
            )


@command.command("show")
@click.argument("number")
def show(number: str) -> None:
    """Print a contract: parties, validity, zone, currency, fee, the terms in effect, and its ledger."""
    at = clock.now()
    with desk.opened("contract") as services, services.reading() as session:
        versions, customer = _found(session, number)
        for line in contract_lines(versions, customer, services.settings.provider_name, at):
            click.echo(line)
        click.echo("ledger:")
        entries = credits.statement(session, number, at=at).entries
        for entry in entries:
            click.echo(f"  {entry_line(entry)}")
        if not entries:
            click.echo("  nothing yet")


@command.command("statement")
@click.argument("number")
@click.option("--month", metavar="YYYY-MM", help="One month alone.")
def statement(number: str, month: str | None) -> None:
    """Print the months of a contract: attainment, discount, fee, credit, and every correction."""
    try:
        wanted = agreed_dates.named(month) if month else None
    except ValueError as fault:
        raise click.ClickException(f"{fault}.") from None
    with desk.opened("contract") as services, services.reading() as session:
        _found(session, number)
        found = credits.statement(session, number, at=clock.now())
        lines = [line for line in reversed(found.months) if wanted in (None, line.month)]
        if not lines:
            raise click.ClickException(f"{number} has no such month.")
        for line in lines:
            for text in month_lines(line, services.settings.ticket_prefix):
                click.echo(text)
        for entry in found.entries if wanted is None else ():
            click.echo(entry_line(entry))


def by_number(session: Session) -> dict[str, tuple[list[Contract], Customer]]:
    """Every contract's versions with its customer."""
    found: dict[str, tuple[list[Contract], Customer]] = {}
    for version, customer in agreements.all_versions(session):
        found.setdefault(version.number, ([], customer))[0].append(version)
    return found


def contract_lines(
    versions: list[Contract], customer: Customer, provider: str, at: datetime
) -> Iterator[str]:
    """A contract as `show` prints it."""
    last = agreed_dates.latest(versions)
    today = at.astimezone(i18n.time_zone(last.time_zone)).date()
    now = agreed_dates.version_on(versions, today) or last
    yield f"contract: {now.number}, version {now.version} of {len(versions)}, {_state(versions, at)}"
    yield f"parties: {provider} (provider), {customer.name} ({customer.reference})"
    yield f"valid: {_days(now)}, days of {now.time_zone}"
    yield f"language: {now.language}"
    yield f"monthly fee: {_money(Fraction(now.monthly_fee), now.currency)}"
    for version in versions:
        if version.effective_on is not None:
            yield f"version {version.version}: in effect from {version.effective_on} on"
    yield "terms:"
    for line in terms_lines(agreed(now.terms)):
        yield f"  {line}"


def terms_lines(terms: Terms) -> Iterator[str]:
    """Every figure of the terms in words."""
    for level, targets in terms.targets.items():
        first, whole, period = targets.first_response, targets.resolution, terms.progress[level]
        told = f"first response {_span(first)}, resolution {_span(whole)}"
        yield f"{level}: {told}, progress report every {_span(period)}"
    for rung in terms.ladder:
        yield f"at {rung.percent} % of a target: {', '.join(rung.tells)}"
    silence = terms.confirmation
    yield f"confirmation: reminder after {_span(silence.remind_after)}, closed after {_span(silence.close_after)}"
    for band in terms.bands:
        yield f"attainment from {printed(band.at_least)} % on: discount {printed(band.discount)} %"
    yield f"planned maintenance: announced {_span(terms.maintenance_notice)} ahead"


def month_lines(line: MonthLine, prefix: str) -> Iterator[str]:
    """One month of the statement."""
    state = f"frozen {line.frozen_at:%Y-%m-%d %H:%M} UTC" if line.frozen_at else "running"
    yield f"{line.month}  {_account(line.now, line)}  ({state})"
    if line.frozen and line.frozen != line.now:
        yield f"  as frozen: {_account(line.frozen, line)}"
    for ticket_id, subject in line.violated:
        yield f"  violated: {prefix}-{ticket_id}  {subject}"
    for each in line.corrections:
        yield f"  correction {each.id}: {prefix}-{each.ticket_id} {each.was} → {each.becomes}, {each.verdict}"
    for ticket_id in line.disputes:
        yield f"  disputed in {prefix}-{ticket_id}"


def entry_line(entry: LedgerEntry) -> str:
    """An entry of the ledger."""
    where = (
        f"deducted from the fee of {entry.due_on:%Y-%m}"
        if entry.due_on
        else "paid out, the contract has ended"
    )
    if entry.amount < 0:
        where = f"added to the fee of {entry.due_on:%Y-%m}" if entry.due_on else "to be paid back"
    told = i18n.money(entry.amount, entry.currency, entry.exponent)
    return f"{entry.entered_at:%Y-%m-%d}  {entry.kind}  {told}  {where}  ({entry.author})"


def _account(account: Account, line: MonthLine) -> str:
    counted = account.attainment
    fee = i18n.money(half_up(account.fee), line.currency, line.exponent)
    amount = i18n.money(account.amount, line.currency, line.exponent)
    return (
        f"{counted.kept} of {counted.decided} kept, attainment {printed(counted.share)} %, "
        f"discount {printed(account.discount)} % of {fee}: {amount}"
    )


def _found(session: Session, number: str) -> tuple[list[Contract], Customer]:
    try:
        return by_number(session)[number]
    except KeyError:
        raise click.ClickException(f"There is no contract {number}.") from None


def _state(versions: list[Contract], at: datetime) -> str:
    last = agreed_dates.latest(versions)
    today = at.astimezone(i18n.time_zone(last.time_zone)).date()
    if agreed_dates.in_effect(versions, today) is not None:
        return "in effect"
    return "not yet" if today < last.starts_on else "ended"


def _days(version: Contract) -> str:
    return f"{version.starts_on} to {version.ends_on}" if version.ends_on else f"from {version.starts_on}"


def _money(amount: Fraction, currency: str) -> str:
    decimals = i18n.exponent(currency)
    return i18n.money(half_up(amount * 10**decimals), currency, decimals)


def _span(length: timedelta) -> str:
    return i18n.duration(length, _EN)
