"""Mailboxes that could not be read for too long: one Critical ticket about ourselves for each outage.

An appointment looks once a minute, so that it is noticed too when no process reads mailboxes at all. The ticket ends
as every other does, by an engineer's hand.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store import appointments, mailboxes
from gateway.store.models import MailSource
from gateway.tickets import intake
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = "mailboxes"
PERIOD: Final = timedelta(minutes=1)


def watch(session: Session, at: datetime) -> None:
    """Look from now on, as long as there are mailboxes."""
    appointments.ensure(session, APPOINTMENT, "", at + PERIOD)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Open a ticket for each outage that has none, and name the next instant to look."""
    rows = mailboxes.active(session)
    for row in rows:
        if row.ticket_id is None and mailboxes.overdue(row, at):
            _tell(session, head, row.id, at)
    return at + PERIOD if rows else None


def _tell(session: Session, head: Letterhead, source_id: int, at: datetime) -> None:
    row = session.scalars(
        sa.select(MailSource)
        .where(MailSource.id == source_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.ticket_id is not None or not mailboxes.overdue(row, at):
        return
    minutes = int((at - mailboxes.silent_since(row)).total_seconds() // 60)
    subject, text = _words(head, row, minutes)
    row.ticket_id = intake.open_about_ourselves(session, head, subject=subject, text=text, at=at)


def _words(head: Letterhead, row: MailSource, minutes: int) -> tuple[str, str]:
    why = row.fault or "-"
    if head.language == "zh":
        return (
            f"邮箱 {row.name} 已有 {minutes} 分钟无法收取邮件",
            f"邮箱 {row.name}({row.address},服务器 {row.host})已有 {minutes} 分钟没有成功收取邮件。\n"
            f"最近一次错误:{why}\n邮件仍在服务器上,恢复后会补收。请运行 helpdesk check 和 helpdesk mailbox list。\n",
        )
    return (
        f"Mailbox {row.name} has not been read for {minutes} minutes",
        f"Nothing could be fetched from the mailbox {row.name} ({row.address} on {row.host}) for {minutes} minutes.\n"
        f"The last fault: {why}\nMail waits on the server and is taken once it can be read again. "
        "Run helpdesk check and helpdesk mailbox list.\n",
    )
