"""Rows about measured availability: one for all minutes in a row that were measured alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Row


class AvailabilityStretch(Row):
    """Minutes of one component, from `since` on and before `until`, all up or all down; the rest was not measured.

    A year without an outage is one row of each component, and the worst year is one for each minute.
    """

    __tablename__ = "availability_stretch"
    __table_args__ = (UniqueConstraint("component", "since"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    component: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    up: Mapped[bool]
