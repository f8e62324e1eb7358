"""The shapes of the JSON API about reports."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from web.api.models import CustomerName, Limit


class ReportQuery(BaseModel):
    """Which reports are listed."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["", "daily", "weekly", "monthly"] = ""
    cursor: Annotated[str, Field(pattern="^([0-9]{1,18})?$", description="as a previous page named it")] = ""
    limit: Limit = 50


class ReportRow(BaseModel):
    """A report that was produced. `posted_at` is null where no letter of it was put."""

    id: int
    kind: Literal["daily", "weekly", "monthly"]
    contract: str
    period: str = Field(description="2026-10-12 daily, 2026-W41 weekly, 2026-10 monthly")
    first_on: date
    last_on: date
    since: AwareDatetime
    until: AwareDatetime
    produced_at: AwareDatetime
    posted_at: AwareDatetime | None
    figures: str = Field(description="where its figures are")
    page: str = Field(description="where engineers read it")


class ReportPage(BaseModel):
    """A page of a customer's reports, the newest first; `cursor` opens the next one and is empty on the last."""

    customer: CustomerName
    reports: list[ReportRow]
    cursor: str


class ReportOut(ReportRow):
    """A report with every figure as it was stored. Units: durations are seconds, sums whole smallest units."""

    told: dict[str, Any]
