"""The `helpdesk` command. Each subcommand is loaded only when it is asked for, so that each process stays lean."""

from __future__ import annotations

import importlib
from typing import Final

import click

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "up": ("gateway.cli.up:up", "All processes in the foreground under one supervisor."),
    "demo": ("gateway.cli.demo:demo", "The whole stack with a sample company and sample mail."),
    "smtp": ("gateway.cli.processes:smtp", "The SMTP and LMTP door."),
    "imap": ("gateway.cli.imap:command", "The IMAP door: mailboxes."),
    "worker": ("gateway.cli.processes:worker", "One RQ worker for the queues named."),
    "clock": ("gateway.cli.processes:clock", "The process that rings for what is due."),
    "web": ("gateway.cli.processes:web", "The pages and the API."),
    "redis": ("gateway.cli.processes:redis", "The embedded Redis alone."),
    "db": ("gateway.cli.db:command", "The database schema."),
    "import": (
        "gateway.cli.importing:command",
        "Customers, contracts, contacts and engineers from a YAML file.",
    ),
    "export": ("gateway.cli.exporting:command", "The same as YAML."),
    "contract": ("gateway.cli.contract:command", "Contracts, their terms, ledgers and statements."),
    "report": ("gateway.cli.report:command", "Reports of any past period, again with the same figures."),
    "explain": ("gateway.cli.explain:command", "What would be done with mails, and why."),
    "mailbox": ("gateway.cli.mailbox:command", "Mailboxes, and the secrets they are read with."),
    "aws": ("gateway.cli.aws:command", "AWS accounts: what customers must allow, and whether they do."),
    "token": ("gateway.cli.token:command", "API tokens."),
    "engineer": ("gateway.cli.engineer:command", "Engineers: second factors, sessions, passwords."),
    "probe": (
        "gateway.cli.probe:command",
        "One probe of mail and web, from here; exit 1 where something is down.",
    ),
    "check": ("gateway.cli.check:command", "What is wrong with this installation, and what to do."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="helpdesk")
def main() -> None:
    """An email-first helpdesk for providers who run AWS for their customers under a contract.

    Settings come from the environment or from a file named .env, all with the prefix HELPDESK_; `helpdesk check`
    prints them.
    """
