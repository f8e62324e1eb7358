"""AWS accounts by customer: how each stands and since when, what AWS said, what to do, what was read when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import queues
from gateway.aws import streams
from gateway.store.models import AwsAccount, AwsCase, AwsStream, Stream
from gateway.store.queries import aws_desk
from gateway.store.queries import cases as queries
from gateway.store.session import want_ring
from gateway.tickets import NotFound, Refused, case_following
from web import acts, visit
from web.aws import words
from web.timeline import Tag

pages = Blueprint("aws_accounts", __name__)

_LARGEST_KEY: Final = 2**62


@dataclass(frozen=True, slots=True)
class Read:
    """One thing that is read of an account. Shape: `fault` is what went wrong at the last try."""

    row: AwsStream
    name: str
    fault: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One account. Shape: `parts` are what does not work, in words; `probe_at` is when it is checked again."""

    row: AwsAccount
    tag: Tag
    advice: str
    severities: str
    parts: tuple[str, ...]
    reads: tuple[Read, ...]
    probe_at: datetime | None
    cases: tuple[tuple[AwsCase, str], ...]


@pages.get("/aws")
def show() -> ResponseReturnValue:
    """Every customer's accounts."""
    with visit.reading() as rows:
        owned = aws_desk.accounts_by_customer(rows)
        read, loose = aws_desk.streams(rows), queries.without_ticket(rows)
    drawn = [
        (customer, [_shown(row, read.get(row.account_id, ()), loose) for row in accounts])
        for customer, accounts in owned
    ]
    total = sum(len(accounts) for _, accounts in drawn)
    return render_template("web/aws_accounts.html", title=visit.say("AWS accounts"), drawn=drawn, total=total)


@pages.post("/aws/accounts/<account_id>/check")
def check(account_id: str) -> ResponseReturnValue:
    """Check an account at once."""

    def do(rows: Session) -> None:
        if not streams.poke(rows, account_id[:12].replace("\x00", ""), Stream.PROBE, visit.now()):
            raise NotFound("no such account, or none with a role")
        want_ring(rows, queues.AWS)

    return acts.and_back(do, visit.say("It is checked now. Look again in a few seconds."), "/aws")


@pages.post("/aws/cases/<int:case>/adopt")
def adopt(case: int) -> ResponseReturnValue:
    """Let a ticket follow a case that stands on none, named by its number."""
    number = acts.posted("ticket", 30).strip().rpartition("-")[2].lstrip("#")

    def do(rows: Session) -> None:
        row = queries.case(rows, case) if case < _LARGEST_KEY else None
        if row is None:
            raise NotFound(f"there is no case {case}")
        if not (number.isascii() and number.isdigit() and len(number) < 18):  # noqa: PLR2004  below any key
            raise Refused("that is no ticket")
        case_following.adopt(rows, visit.services().letterhead, int(number), author=visit.me(),
                             account_id=row.account_id, case_ref=row.case_id, at=visit.now())  # fmt: skip

    return acts.and_back(do, visit.say("The case stands on this ticket. Its history is read now."), "/aws")


def _shown(row: AwsAccount, read: Sequence[AwsStream], loose: Sequence[AwsCase]) -> Shown:
    reader = visit.reader()
    state = row.state if row.role_arn else "no-role"
    css, icon = words.ACCOUNT_TAGS.get(state, ("", "eye"))
    probe = next((each for each in read if each.what == Stream.PROBE), None)
    lacking = [(part, code) for part, code in sorted(row.capabilities.items()) if code != "ok"]
    return Shown(
        row=row,
        tag=Tag(css, icon, words.said(words.ACCOUNT_STATES, state, reader)),
        advice=words.said(words.ACCOUNT_ADVICE, state, reader) if state in words.ACCOUNT_ADVICE else "",
        severities=reader.say(", ").join(words.severity(code, reader) for code in row.severities),
        parts=tuple(_part(part, code) for part, code in lacking),
        reads=tuple(
            Read(each, words.said(words.STREAMS, each.what, reader), each.fault)
            for each in read
            if each.what != Stream.PROBE
        ),
        probe_at=probe.due_at if probe else None,
        cases=tuple(
            (each, words.said(words.CASE_STATUSES, each.status, reader))
            for each in loose
            if each.account_id == row.account_id
        ),
    )


def _part(part: str, code: str) -> str:
    reader = visit.reader()
    name = words.said(words.STREAMS, part, reader)
    return reader.say("%(part)s: %(state)s", part=name, state=words.said(words.CAPABILITIES, code, reader))
