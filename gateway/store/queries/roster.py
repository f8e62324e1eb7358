"""The rota's rows as people write them: for import and export, and for the page that changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Absence, PublicHoliday, ShiftOverride, ShiftRule


@dataclass(frozen=True, slots=True)
class Roster:
    """Every row of the rota."""

    shifts: Sequence[ShiftRule] = ()
    holidays: Sequence[PublicHoliday] = ()
    overrides: Sequence[ShiftOverride] = ()
    absences: Sequence[Absence] = ()


def everything(session: Session) -> Roster:
    """Every row of the rota, in the order in which it is written down."""
    return Roster(
        shifts=session.scalars(sa.select(ShiftRule).order_by(ShiftRule.position, ShiftRule.id)).all(),
        holidays=session.scalars(
            sa.select(PublicHoliday).order_by(PublicHoliday.calendar, PublicHoliday.held_on)
        ).all(),
        overrides=session.scalars(sa.select(ShiftOverride).order_by(ShiftOverride.id)).all(),
        absences=session.scalars(sa.select(Absence).order_by(Absence.starts_at, Absence.id)).all(),
    )


def overrides_after(session: Session, at: datetime) -> Sequence[ShiftOverride]:
    """The overrides that are not over, by beginning."""
    wanted = sa.select(ShiftOverride).where(ShiftOverride.ends_at > at)
    return session.scalars(wanted.order_by(ShiftOverride.starts_at, ShiftOverride.id)).all()


def absences_after(session: Session, at: datetime) -> Sequence[Absence]:
    """The absences that are not over, by beginning."""
    wanted = sa.select(Absence).where(Absence.ends_at > at)
    return session.scalars(wanted.order_by(Absence.starts_at, Absence.id)).all()
