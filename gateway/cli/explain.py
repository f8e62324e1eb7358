"""`helpdesk explain`: what would be done with mail from files, and why. Needs no database and no network."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from gateway.runtime.sandbox import Sandbox
from gateway.settings import Settings, load

READ_FRAME = "gateway.mail.reading:read_frame"
_LONGEST_SECONDS = 10.0
_MOST_READERS = 4


@click.command("explain")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--recipient", default="", metavar="ADDR", help="The forward-path: the address the mail came to."
)
def command(paths: tuple[str, ...], as_json: bool, recipient: str) -> None:
    """Tell what would be done with each mail, and why.

    PATH is an .eml file, a folder (its *.eml, however deep), an mbox file, or - for standard input.
    """
    settings = load()
    readers = _readers(settings)
    readers[0].warm()  # the child gets ready while this process imports the judge
    missing = False
    try:
        for answer, absent in _answers(settings, readers, paths, recipient):
            missing |= absent
            _print(answer, settings.language, as_json=as_json)
    finally:
        for reader in readers:
            reader.close()
    sys.exit(1 if missing else 0)


def _readers(settings: Settings) -> list[Sandbox]:
    seconds = min(settings.parse_seconds, _LONGEST_SECONDS)
    count = min(len(os.sched_getaffinity(0)), _MOST_READERS)
    return [
        Sandbox(READ_FRAME, seconds=seconds, memory_bytes=settings.parse_memory_bytes) for _ in range(count)
    ]


def _answers(
    settings: Settings, readers: list[Sandbox], paths: tuple[str, ...], recipient: str
) -> Iterator[tuple[dict[str, Any], bool]]:
    """Each mail's answer, and whether its path could not be read."""
    from gateway.cli import judging
    from gateway.operations import explaining, mail_files

    own = judging.own_addresses(settings, recipient)
    mails = mail_files.mails(paths, sys.stdin.buffer)
    for mail, reading, error in explaining.read_all(mails, readers, own):
        if reading is None:
            yield explaining.failure(mail.name, error), mail.missing
        else:
            yield explaining.answer(mail.name, reading, judging.judge(reading, own), error), False


def _print(answer: dict[str, Any], language: str, *, as_json: bool) -> None:
    if as_json:
        from gateway.operations import explaining

        sys.stdout.buffer.write(explaining.line(answer))
        sys.stdout.buffer.flush()
    else:
        from gateway.cli import explanation

        click.echo(explanation.text(answer, language))
