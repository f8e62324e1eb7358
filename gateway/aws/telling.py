"""Letters to leads and management about AWS accounts whose standing changed: once for each change, many in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws import accounts
from gateway.mail.message import Mailbox
from gateway.store.models import AccountState, AwsAccount, Customer, Promise, Role
from gateway.store.queries import desk
from gateway.tickets.letterhead import Letterhead, Post, post

_LISTED: Final = 20


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Tell of every account whose standing is not the one last told."""
    rows = [row for row in _candidates(session) if accounts.standing(row) != row.told]
    if rows:
        _tell(session, head, rows, at)
    for row in rows:
        row.told = accounts.standing(row)
    return None


def _candidates(session: Session) -> Sequence[AwsAccount]:
    wanted = (
        sa.select(AwsAccount)
        .where(AwsAccount.state != str(AccountState.UNCHECKED))
        .order_by(AwsAccount.account_id)
    )
    return session.scalars(wanted.with_for_update()).all()


def _tell(session: Session, head: Letterhead, rows: Sequence[AwsAccount], at: datetime) -> None:
    names = {key: name for key, name in session.execute(sa.select(Customer.id, Customer.name))}
    listed = [_words(row, names.get(row.customer_id, ""), at) for row in rows[:_LISTED]]
    words = {
        "standings": listed,
        "more": max(0, len(rows) - _LISTED) or None,
    }
    tell_leads(session, head, "engineer-aws-accounts", f"aws-accounts:{at.isoformat()}", words=words, at=at)


def tell_leads(
    session: Session, head: Letterhead, letter: str, occasion: str, *, words: Mapping[str, Any], at: datetime
) -> None:
    """Post a letter about AWS to each lead and manager, or to administrators where there are none."""
    people = desk.engineers_of_role(session, (Role.LEAD, Role.MANAGER))
    for engineer in people or desk.engineers_of_role(session, (Role.ADMIN,)):
        what = Post(
            letter=letter,
            occasion=f"{occasion}:{engineer.id}",
            language=head.letter_language(engineer.language),
            words={"zone": engineer.time_zone, "link": f"{head.base_url}/aws", **words},
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
        )
        post(session, head, what, at)


def _words(row: AwsAccount, customer: str, at: datetime) -> dict[str, Any]:
    return {
        "account_id": row.account_id,
        "name": row.name,
        "customer": customer,
        "state": row.state,
        "code": row.state_code,
        "denied": accounts.denied(row),
        "since": row.state_since or at,
    }
