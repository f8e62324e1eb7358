"""The reports that the desk made of a story, side by side with what they must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from gateway.reporting import producing
from gateway.reporting.figures import Report
from tests.databases import Desk
from tests.reporting.golden.playing import produce
from tests.reporting.golden.reckoning import Reckoned
from tests.reporting.golden.story import Edition, Story

Found = TypeVar("Found")


@dataclass(frozen=True)
class Told:
    """A desk after a story."""

    desk: Desk
    story: Story

    def report(self, edition: Edition) -> Report:
        """The report of an edition, as it was stored when it was due."""
        with self.desk.services.transaction() as session:
            return producing.report_of(produce(session, self.desk, edition))

    def pairs(self, *kinds: str) -> Iterator[tuple[str, Report, Reckoned]]:
        """Name, report and what it must hold, of each edition of these kinds."""
        for edition in self.story.editions:
            if edition.kind in kinds:
                name = f"{edition.contract.number} {edition.kind} {edition.last}"
                yield name, self.report(edition), Reckoned(self.story, edition)

    def differ(
        self, *kinds: str, told: Callable[[Report], Found], wanted: Callable[[Reckoned], Found]
    ) -> dict[str, tuple[Found, Found]]:
        """What is told and what was wanted, of each edition where that is not the same."""
        found = {}
        for name, report, reckoned in self.pairs(*kinds):
            pair = told(report), wanted(reckoned)
            if pair[0] != pair[1]:
                found[name] = pair
        return found
