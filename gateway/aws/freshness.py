"""Accounts that could not be read for too long: one Critical ticket about ourselves for each outage.

An appointment looks once a minute, so that it is noticed too when no process reads AWS at all. Accounts that fall
silent while the outage of a ticket lasts belong to it. When the last of them is read again a note says so; the
ticket ends by an engineer's hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store import appointments
from gateway.store.models import AwsStream
from gateway.store.queries import aws_streams
from gateway.tickets import intake, ourselves
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = "aws-freshness"
PERIOD: Final = timedelta(minutes=1)
SILENCE: Final = timedelta(minutes=12)
_NAMED: Final = 30


def watch(session: Session, at: datetime) -> None:
    """Look from now on, as long as there are accounts to read."""
    appointments.ensure(session, APPOINTMENT, "", at + PERIOD)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Open a ticket for an outage that has none, and name the next instant to look."""
    ages = aws_streams.silent(session, at)
    late = {each for each, seconds in ages.items() if seconds >= SILENCE.total_seconds()}
    rows = session.scalars(sa.select(AwsStream).order_by(AwsStream.account_id, AwsStream.what)).all()
    silent = [row for row in rows if (row.account_id, row.what) in late]
    over: dict[int, bool] = {}
    for row in rows:
        if row.ticket_id is not None and row not in silent:
            read = row.read_at is not None and row.read_at > at - SILENCE
            over[row.ticket_id] = over.get(row.ticket_id, False) or read
            row.ticket_id = None
    for ticket_id in sorted(over.keys() - {row.ticket_id for row in silent}):
        ourselves.note(session, head, ticket_id, text=_over(head, read=over[ticket_id]), at=at)
    told = next((row.ticket_id for row in silent if row.ticket_id is not None), None)
    if silent and told is None:
        subject, text = _words(head, silent, ages)
        told = intake.open_about_ourselves(session, head, subject=subject, text=text, at=at)
    for row in silent:
        row.ticket_id = told
    return at + PERIOD if rows else None


def _over(head: Letterhead, *, read: bool) -> str:
    """What is noted when nothing of an outage is left: it was read, or is not to be read for now."""
    if head.language == "zh":
        return "已全部恢复读取，缺失的内容会自动补读。" if read else "相关账号目前无需读取。"
    return (
        "Everything is read again; what was missed is read now." if read
        else "The accounts concerned are not to be read at present."
    )  # fmt: skip


def _words(
    head: Letterhead, silent: Sequence[AwsStream], ages: Mapping[tuple[str, str], float]
) -> tuple[str, str]:
    accounts = sorted({row.account_id for row in silent})
    minutes = int(max(ages[row.account_id, row.what] for row in silent) // 60)
    lines = "\n".join(f"{row.account_id} {row.what}: {row.fault or '-'}" for row in silent[:_NAMED])
    named = accounts[0] if len(accounts) == 1 else ""
    if head.language == "zh":
        return (
            f"AWS 账号 {named} 已有 {minutes} 分钟无法读取" if named
            else f"{len(accounts)} 个 AWS 账号已有 {minutes} 分钟无法读取",
            f"以下内容已超过 {minutes} 分钟没有成功读取(账号、内容、最近一次错误):\n{lines}\n"
            "恢复后会自动补读。请运行 helpdesk aws check 和 helpdesk check。\n",
        )  # fmt: skip
    return (
        f"AWS account {named} has not been read for {minutes} minutes" if named
        else f"{len(accounts)} AWS accounts have not been read for {minutes} minutes",
        f"This could not be read for up to {minutes} minutes (account, what, last fault):\n{lines}\n"
        "It is read on by itself once AWS answers. Run helpdesk aws check and helpdesk check.\n",
    )  # fmt: skip
