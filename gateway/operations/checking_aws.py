"""Whether AWS accounts are read, and what is wrong where they are not."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws import accounts, freshness
from gateway.store.models import AccountState, AwsAccount
from gateway.store.queries import aws_streams

Told = tuple[str, str, str]
"""ok, warn or wrong; what; what to do."""
_ADVICE: Final = {
    AccountState.NO_PLAN: "buy a support plan that has an API; see helpdesk aws check",
    AccountState.ROLE_BROKEN: "compare its role with helpdesk aws policy",
    AccountState.SUSPENDED: "ask the customer",
    AccountState.UNCHECKED: "helpdesk up, or helpdesk worker aws",
}
_OURS: Final = "renew its credentials; settings aws_profile and aws_cn_profile name it"


def findings(session: Session, at: datetime) -> list[Told]:
    """A finding for each account in trouble, for each identity of ours, and one for all that are well."""
    wanted = sa.select(AwsAccount).where(AwsAccount.role_arn != "").order_by(AwsAccount.account_id)
    rows = session.scalars(wanted).all()
    limit = freshness.SILENCE.total_seconds()
    late = {account for (account, _), seconds in aws_streams.silent(session, at).items() if seconds >= limit}
    found = [told for row in rows if (told := _finding(row, late=row.account_id in late))]
    for partition, fault in aws_streams.refused_identities(session).items():
        found.append(
            ("wrong", f"AWS refuses our own identity in {partition} ({fault.partition(':')[0]})", _OURS)
        )
    if well := len(rows) - len(found):
        found.append(("ok", f"{well} AWS accounts are read", ""))
    return found


def _finding(row: AwsAccount, *, late: bool) -> Told | None:
    named = f"the AWS account {row.account_id}"
    if row.state != AccountState.OK:
        code = f" ({row.state_code})" if row.state_code else ""
        level = "warn" if row.state == AccountState.UNCHECKED else "wrong"
        return level, f"{named} is {row.state}{code}", _ADVICE[AccountState(row.state)]
    if late:
        return (
            "wrong",
            f"{named} has not been read for 12 minutes",
            "helpdesk worker aws must run, and reach AWS",
        )
    if refused := accounts.denied(row):
        return "warn", f"{named} refuses {', '.join(refused)}", "helpdesk aws check names what is missing"
    return None
