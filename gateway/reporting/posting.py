"""Reports that were noted get their figures, are drawn, and their letters are put: in the slow queue's process.

Figures are gathered in a session that only reads, and letters drawn in none, so that nobody waits for either. Figures
are kept and letters put in one transaction with the note that they were; each occasion names report and reader, so
that whatever crashes, nobody gets a report twice, nor one with other figures than are kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.periods import Kind, Period
from gateway.mail import address
from gateway.reporting import drawing, producing, readers
from gateway.reporting.drawing import Drawn
from gateway.reporting.figures import Report
from gateway.reporting.management_figures import Management
from gateway.reporting.readers import Reader
from gateway.store import leases, reports
from gateway.store.models import Promise, StoredReport
from gateway.store.session import SessionFactory
from gateway.tickets.letterhead import Letterhead, Post, post

BATCH: Final = 8
_LONGEST_WAIT: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Draw(Protocol):
    """How a report becomes a letter."""

    def __call__(
        self, told: Report | Management, language: Literal["en", "zh"], *, head: Letterhead, report_id: int
    ) -> Drawn:
        """The letter in a language."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The loop over reports that wait for figures or letters, wired once per process."""

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    reading: Callable[[], AbstractContextManager[Session]]
    head: Letterhead
    owner: str
    now: Callable[[], datetime]
    draw: Draw = drawing.drawn

    def drain(self, until: datetime) -> bool:
        """Work on what waits until nothing is left or the time is over; whether work is left."""
        while self.now() < until:
            with self.transaction() as session:
                claimed = leases.claim(session, reports.CLAIM, owner=self.owner, at=self.now(), limit=BATCH)
            if not claimed:
                return False
            with leases.Keeper(self.sessions, StoredReport, list(claimed), self.owner):
                self._work_through(claimed, until)
        return True

    def _work_through(self, claimed: Mapping[int, int], until: datetime) -> None:
        """Each in turn; what the time does not suffice for is given back, but one is always worked on."""
        for number, (report_id, fence) in enumerate(claimed.items()):
            if number and self.now() >= until:
                with self.transaction() as session:
                    reports.give_back(session, list(claimed)[number:])
                return
            self._isolated(report_id, fence)

    def _isolated(self, report_id: int, fence: int) -> None:
        """One report's fault never stops the next: it is tried again later, less and less often."""
        try:
            self.work(report_id, fence)
        except Exception:  # noqa: BLE001  the oldest come first, so one that fails would silence all others
            _log.exception("report %s failed", report_id)
            with self.transaction() as session:
                if leases.held(session, StoredReport, report_id, fence):
                    reports.postpone(session, report_id, self.now(), longest=_LONGEST_WAIT)

    def work(self, report_id: int, fence: int) -> None:
        """Gather what is missing, draw, put the letters; nothing is kept once somebody else holds the report."""
        row = self._settled(report_id, fence)
        if row is None:
            return
        at = self.now()
        told, addressed = self._read(row, at)
        try:
            languages = sorted({each.language for each in addressed})
            made = {each: self.draw(told, each, head=self.head, report_id=row.id) for each in languages}
        except Exception:
            with self.transaction() as session:
                self._keep(session, row, fence, told, at=at)  # its page can be shown all the same
            raise
        with self.transaction() as session:
            if self._keep(session, row, fence, told, at=at):
                put(session, self.head, row, [(each, made[each.language]) for each in addressed], at=at)
                reports.posted(session, report_id, at)

    def _settled(self, report_id: int, fence: int) -> StoredReport | None:
        """The row, with the month's credit frozen; None once it is no longer ours."""
        with self.reading() as session:
            row = reports.rows(session, [report_id])[0]
        if row.figures is None and row.kind == Kind.MONTHLY:
            with self.transaction() as session:
                if not leases.held(session, StoredReport, report_id, fence):
                    return None
                producing.settle(session, self.head, row.contract_number, period_of(row), at=self.now())
        return row

    def _read(self, row: StoredReport, at: datetime) -> tuple[Report | Management, list[Reader]]:
        """The figures, as kept or as gathered now, and who gets them."""
        with self.reading() as session:
            addressed = readers.of(session, self.head, row)
            if row.figures is None:
                return producing.gathered(session, self.head, row, at=at), addressed
        return producing.management_of(row) if row.kind == Kind.MANAGEMENT else producing.report_of(
            row
        ), addressed

    def _keep(
        self, session: Session, row: StoredReport, fence: int, told: Report | Management, *, at: datetime
    ) -> bool:
        """Keep figures that were not kept yet; whether the row is still ours and has these figures.

        Somebody may have produced the report meanwhile, by hand: then it is worked on again, with those figures.
        """
        if not leases.held(session, StoredReport, row.id, fence):
            return False
        if row.figures is not None:
            return True
        since, until, figures = told.about.since, told.about.until, producing.as_stored(told)
        return reports.keep(session, row.id, figures, since=since, until=until, at=at)


def put(
    session: Session,
    head: Letterhead,
    row: StoredReport,
    drawn: Sequence[tuple[Reader, Drawn]],
    *,
    at: datetime,
) -> int:
    """Put a report's letters, one a reader, each once whenever it is asked for; how many were put now."""
    count = 0
    for reader, each in drawn:
        digest = secrets.digest(address.normalise(reader.box.address))[:16]
        letter = Post(
            letter=f"report-{row.kind}",
            occasion=f"report:{row.id}:{digest}",
            language=reader.language,
            words={},
            to=[reader.box],
            promise=Promise.PERSON_DECIDES,
            attachments=each.attachments,
            made=each.made,
        )
        count += post(session, head, letter, at)
    return count


def period_of(row: StoredReport) -> Period:
    """The days a stored report is about."""
    return Period(Kind(row.kind), row.first_on, row.last_on)
