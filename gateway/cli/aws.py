"""`helpdesk aws`: what customers must allow, whether they do, and how each account stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import sqlalchemy as sa

from gateway import clock
from gateway.cli import desk
from gateway.services import Services
from gateway.store.models import AwsAccount

if TYPE_CHECKING:
    from gateway.aws.permissions import Wanted


@click.group()
def command() -> None:
    """AWS accounts of customers."""


@command.command("accounts")
def listing() -> None:
    """Every account with a role, and what may be done in it."""
    with desk.opened("aws accounts") as services, services.reading() as session:
        rows = session.scalars(
            sa.select(AwsAccount).where(AwsAccount.role_arn != "").order_by(AwsAccount.account_id)
        ).all()
        for row in rows:
            denied = ", ".join(part for part, told in sorted(row.capabilities.items()) if told == "denied")
            since = row.state_since.isoformat(timespec="seconds") if row.state_since else "-"
            refused = f"  refused: {denied}" if denied else ""
            code = f" ({row.state_code})" if row.state_code else ""
            click.echo(f"{row.account_id}  {row.partition:6}  {row.state}{code}  since {since}{refused}")
        if not rows:
            click.echo("no account has a role; give one in the file for helpdesk import")


@command.command()
@click.argument("number", metavar="ACCOUNT")
@click.option("--template", is_flag=True, help="As a CloudFormation template.")
@click.option("--read-only", is_flag=True, help="Without opening, answering and resolving cases.")
@click.option(
    "--hub", default="", metavar="ARN", help="Our own identity; asked of AWS where it is not given."
)
def policy(number: str, *, template: bool, read_only: bool, hub: str) -> None:
    """The trust and permissions that ACCOUNT has to give us, with its external id."""
    from gateway.aws import policies

    with desk.opened("aws policy") as services:
        account = _account(services, number)
        arn = hub or _own_arn(services, account.partition)
        if template:
            told = policies.template(account, arn, read_only=read_only)
        else:
            told = {
                "trust": policies.trust(account, arn),
                "permissions": policies.permissions(account, read_only=read_only),
                "hub": policies.hub(account.partition, [account.role_arn]),
            }
        click.echo(json.dumps(told, indent=2))


@command.command()
@click.argument("partition", type=click.Choice(["aws", "aws-cn"]))
@click.option("--template", is_flag=True, help="As a CloudFormation template, with event bus and queues.")
def hub(partition: str, *, template: bool) -> None:
    """What we need ourselves in PARTITION, for every account there that has a role."""
    from gateway.aws import hub_template, policies

    with desk.opened("aws hub") as services, services.reading() as session:
        wanted = sa.select(AwsAccount).where(AwsAccount.role_arn != "", AwsAccount.partition == partition)
        rows = session.scalars(wanted.order_by(AwsAccount.account_id)).all()
        roles = {row.account_id: row.role_arn for row in rows}
    if template:
        told = hub_template.template(partition, roles)
    else:
        told = policies.hub(partition, list(roles.values()))
    if template and len(roles) > hub_template.MOST_ACCOUNTS:
        click.echo("an event bus names fewer accounts: split them, or allow your organization", err=True)
    click.echo(json.dumps(told, indent=2))


@command.command()
@click.argument("number", metavar="[ACCOUNT]", required=False)
@click.option(
    "--all", "paid", is_flag=True, help="What AWS takes money for too: two requests, 0.01 USD each."
)
@click.option("--read-only", is_flag=True, help="Without opening, answering and resolving cases.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(number: str | None, *, paid: bool, read_only: bool, as_json: bool) -> None:
    """Try every permission in ACCOUNT, or in every account; exit 1 where something is missing."""
    from gateway.aws.permissions import Wanted

    wanted = Wanted(clock.now().date(), paid, read_only)
    with desk.opened("aws check") as services:
        numbers = [number.replace("-", "")] if number else _with_role(services)
        told = {each: _checked(services, each, wanted) for each in numbers}
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        for account_id, trials in told.items():
            for one in trials:
                code = f"  {one['code']}" if one["code"] else ""
                click.echo(f"{account_id}  {one['outcome']:12}  {one['action']}{code}")
    if any(one["missing"] for trials in told.values() for one in trials):
        raise click.exceptions.Exit(1)


def _checked(services: Services, number: str, wanted: Wanted) -> list[dict[str, Any]]:
    """What became of every trial; the account is probed again, so that its state is what was found."""
    from gateway.aws import permissions, streams
    from gateway.store.models import Stream

    account = _account(services, number)
    trials = permissions.tried(services.aws_parts.clients, account, wanted)
    with services.transaction() as session:
        streams.poke(session, account.account_id, Stream.PROBE, clock.now())
    return [
        {"action": each.action, "outcome": each.outcome, "code": each.code, "missing": each.missing}
        for each in trials
    ]


def _with_role(services: Services) -> list[str]:
    with services.reading() as session:
        wanted = sa.select(AwsAccount.account_id).where(AwsAccount.role_arn != "")
        return list(session.scalars(wanted.order_by(AwsAccount.account_id)))


def _account(services: Services, number: str) -> Any:
    from gateway.aws import accounts
    from gateway.aws.faults import Fault

    with services.reading() as session:
        row = session.get(AwsAccount, number.replace("-", ""))
        if row is None or not row.role_arn:
            raise click.ClickException(f"no account {number} with a role is known; helpdesk import names it")
        try:
            return accounts.spoken(row, services.settings.secret_key.get_secret_value())
        except Fault as fault:
            raise click.ClickException(str(fault)) from None


def _own_arn(services: Services, partition: str) -> str:
    """Our role's ARN as trust policies name it; an assumed session is named by its role."""
    from gateway.aws.faults import Fault

    try:
        told: str = services.aws_parts.clients.hub_call(partition, "sts", "get_caller_identity")["Arn"]
    except Fault as fault:
        raise click.ClickException(
            f"our own identity in {partition} is unknown ({fault}); give --hub ARN"
        ) from None
    if ":assumed-role/" in told:
        head, _, rest = told.partition(":assumed-role/")
        return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}"
    return told
