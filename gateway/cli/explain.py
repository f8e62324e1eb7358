"""`helpdesk explain`: what would be done with mail from files, and why. Needs no database and no network.

Each mail is read and judged in a limited child, so that one that means harm costs one line that says so, and this
process, which imports little, is ready when the child is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import click

from gateway.operations import mail_files
from gateway.operations.mail_files import MailFile
from gateway.runtime import sandbox_pool
from gateway.runtime.sandbox import Sandbox, TimedOut
from gateway.runtime.sandbox_pool import Answer, Caller
from gateway.settings import Settings, load

TARGET: Final = "gateway.cli.judging:explain_frame"
FIELDS: Final = (
    "file", "from_email", "from_name", "subject", "message_id", "date", "text", "reply_text", "attachments", "kind",
    "is_autoreply", "is_bounce", "bounce", "language", "priority", "priority_evidence", "asks_escalation", "intent",
    "rule", "disposition", "error",
)  # fmt: skip
_EMPTY: Final = {
    "from_email": "", "from_name": "", "subject": "", "message_id": "", "text": "", "reply_text": "",
    "attachments": [], "is_autoreply": False, "is_bounce": False, "priority_evidence": [], "asks_escalation": False,
}  # fmt: skip
_QUARANTINED: Final = {"rule": "quarantine", "disposition": "review"}
_LONGEST_SECONDS: Final = 10.0
_MOST_CHILDREN: Final = 4
_LINE_BREAKS: Final = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


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
    children = _children(settings)
    children[0].warm()
    own = sorted(settings.own_addresses | ({recipient} if recipient else set()))
    missing = False
    try:
        mails = mail_files.mails(paths, sys.stdin.buffer)
        for mail, answer in explain(mails, children, own):
            missing |= mail.missing
            _print(answer, settings.language, as_json=as_json)
    finally:
        for child in children:
            child.close()
    sys.exit(1 if missing else 0)


def explain(
    mails: Iterable[MailFile], children: Sequence[Caller], own_addresses: Sequence[str]
) -> Iterator[tuple[MailFile, dict[str, Any]]]:
    """Each mail with its answer, in order. Every answer has all FIELDS, also where `error` says why not."""
    head = json.dumps(own_addresses).encode() + b"\n"
    frames = ((mail, head + mail.raw) for mail in mails)
    for mail, answered in sandbox_pool.answers(frames, children):
        found = {"error": mail.fault} if mail.fault else _found(answered)
        yield mail, dict.fromkeys(FIELDS) | _EMPTY | found | {"file": mail.name}


def line(answer: dict[str, Any]) -> bytes:
    """An answer as one line of JSON in UTF-8, whatever its reader takes for the end of a line.

    A path that is not UTF-8 holds lone surrogates; written as escapes, they come back as they were.
    """
    text = json.dumps(answer, ensure_ascii=False).translate(_LINE_BREAKS)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _found(answered: Answer) -> dict[str, Any]:
    if isinstance(answered, bytes):
        found: dict[str, Any] = json.loads(answered)
        return found
    why = "in time" if isinstance(answered, TimedOut) else f"within the limits: {answered}"
    return _QUARANTINED | {"error": f"could not be read {why}"}


def _children(settings: Settings) -> list[Sandbox]:
    seconds = min(settings.parse_seconds, _LONGEST_SECONDS)
    count = min(len(os.sched_getaffinity(0)), _MOST_CHILDREN)
    return [Sandbox(TARGET, seconds=seconds, memory_bytes=settings.parse_memory_bytes) for _ in range(count)]


def _print(answer: dict[str, Any], language: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(line(answer))
        sys.stdout.buffer.flush()
    else:
        from gateway.cli import explanation

        click.echo(explanation.text(answer, language))
