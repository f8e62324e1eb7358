"""Rows about who is on call: recurring shifts, public holidays, overrides and absences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Instant, Json, Row


class ShiftRule(Row):
    """A recurring shift of a team.

    Shape: `position` orders the rules, the first on call stands first; `weekdays` are 0 for Monday to 6; `starts`
    and `ends` are local times as 22:00, an end that is not later than the start lies on the next day; `engineers` are
    identities in the order of their turns; `rotates` is daily or weekly, `on_holidays` works, rests or only.
    """

    __tablename__ = "shift_rule"
    __table_args__ = (UniqueConstraint("team_id", "name"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(default=0)
    weekdays: Mapped[list[Any]] = mapped_column(Json, default=list)
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    time_zone: Mapped[str] = mapped_column(String(64))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)
    rotates: Mapped[str] = mapped_column(String(10))
    engineers: Mapped[list[Any]] = mapped_column(Json, default=list)
    calendar: Mapped[str] = mapped_column(String(50), default="")
    on_holidays: Mapped[str] = mapped_column(String(10), default="works")


class PublicHoliday(Row):
    """A day of a calendar of public holidays."""

    __tablename__ = "public_holiday"
    calendar: Mapped[str] = mapped_column(String(50), primary_key=True)
    held_on: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), default="")


class ShiftOverride(Row):
    """Somebody on call for once: instead of somebody, or besides the others where `instead_of_id` is empty.

    Shape: both halves of a swap share a `swap`; an override of a team leaves other teams' shifts alone.
    """

    __tablename__ = "shift_override"
    __table_args__ = (Index(None, "ends_at"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineer.id", ondelete="CASCADE"))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("engineer.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    swap: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")


class Absence(Row):
    """When an engineer is away; a shift in it is nobody's unless an override gives it to somebody."""

    __tablename__ = "absence"
    __table_args__ = (Index(None, "ends_at"),)
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineer.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(200), default="")


class DutyGap(Row):
    """A gap in the rota that management was told of, until it is filled or over."""

    __tablename__ = "duty_gap"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    reminded: Mapped[bool] = mapped_column(default=False)
