"""`helpdesk contract render`: the agreement and its annexes as files, from the terms that the desk works by."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from gateway import clock
from gateway.cli import desk
from gateway.domain.terms import BadTerms
from gateway.reporting import contract_facts, contract_files
from gateway.reporting.contract_facts import Wanted
from gateway.tickets import NotFound

_FORMATS: Final = {"pdf": ("pdf",), "html": ("html",), "both": contract_files.FORMS}


@click.command("render")
@click.argument("customer")
@click.option(
    "--lang", "language", type=click.Choice(["zh", "en"]), help="Default: the contract's own language."
)
@click.option("--contract", "number", default="", metavar="NUMBER", help="Of a customer with several.")
@click.option(
    "--version", type=click.IntRange(min=1), metavar="N", help="Default: the one in effect on the day."
)
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Default: today.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="FOLDER",
    help="Default: the current one.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="both", show_default=True)
def render(
    customer: str,
    *,
    language: str | None,
    number: str,
    version: int | None,
    on: datetime | None,
    output: Path,
    form: str,
) -> None:
    """Write the contract of CUSTOMER (its reference): the agreement and annexes A, B and C.

    One PDF holds the agreement with its annexes, numbered through, for both parties to sign; with it comes an HTML
    page of each part. Every figure is the one the desk works by; what only people can fill in (payment, arbitration
    body, signatures) is left blank. Files are called after the contract: NQ-2026-014-v1-zh.pdf.
    """
    wanted = Wanted(customer, number, version, on.date() if on else None)
    with desk.opened("contract") as services:
        provider = contract_facts.provider_of(services.settings)
        try:
            with services.reading() as session:
                facts = contract_facts.gather(session, wanted, provider, at=clock.now())
        except NotFound as fault:
            raise click.ClickException(f"{str(fault)[0].upper()}{str(fault)[1:]}.") from None
        except BadTerms as fault:
            raise click.ClickException(f"The terms of this version make no sense: {fault}.") from None
    made = contract_files.files(facts, language or facts.language, forms=_FORMATS[form])
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (output / name).write_bytes(content)
            click.echo(output / name)
    except OSError as fault:
        raise click.ClickException(f"{output}: {fault.strerror or fault}") from None
