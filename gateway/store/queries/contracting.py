"""What a written contract names besides its terms: people on both sides, shifts, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import AwsAccount, Contact, Engineer, Role, ShiftRule, Team


def contacts(session: Session, customer_id: int) -> Sequence[Contact]:
    """The contacts of a customer, by address."""
    return session.scalars(
        sa.select(Contact).where(Contact.customer_id == customer_id).order_by(Contact.email)
    ).all()


def accounts(session: Session, customer_id: int) -> Sequence[AwsAccount]:
    """The AWS accounts of a customer, by number."""
    wanted = sa.select(AwsAccount).where(AwsAccount.customer_id == customer_id)
    return session.scalars(wanted.order_by(AwsAccount.account_id)).all()


def shifts(session: Session, on: date) -> Sequence[tuple[ShiftRule, str]]:
    """The recurring shifts that hold on a day or later, each with its team, in the rota's order."""
    wanted = (
        sa.select(ShiftRule, Team.name)
        .join(Team, Team.id == ShiftRule.team_id)
        .where(sa.or_(ShiftRule.last_on.is_(None), ShiftRule.last_on >= on))
        .order_by(ShiftRule.position, ShiftRule.id)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def acting(session: Session) -> Sequence[Engineer]:
    """Every active engineer who acts, by identity."""
    wanted = sa.select(Engineer).where(Engineer.active, Engineer.role != Role.READER)
    return session.scalars(wanted.order_by(Engineer.id)).all()
