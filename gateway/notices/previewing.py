"""A notice before it goes: both letters, and everybody who would get one. Reads only (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.mail.letters import Letter
from gateway.notices import affected, lettering, plans
from gateway.notices.affected import Party
from gateway.notices.lettering import Telling
from gateway.notices.plans import LANGUAGES, Kind, Step
from gateway.store.models import Notice
from gateway.tickets.letterhead import Letterhead


@dataclass(frozen=True, slots=True)
class Preview:
    """What announcing now would do.

    Shape: `late` are the customers whom a window announced now would reach too late; `letters` is language → letter,
    as the first customer would read it.
    """

    parties: tuple[Party, ...]
    late: tuple[Party, ...]
    letters: dict[str, Letter]

    @property
    def readers(self) -> int:
        """How many letters would go."""
        return sum(len(each.readers) for each in self.parties)


def preview(
    session: Session, head: Letterhead, notice: Notice, *, emergency: str = "", at: datetime
) -> Preview:
    """What announcing a notice now would do."""
    concerned = affected.parties(session, head, plans.scope_of(notice), at=at)
    telling = Telling(Step.ANNOUNCED, at, emergency=emergency)
    first = next(iter(concerned), None) or _nobody(head)
    span = plans.window_of(notice)
    late = [
        each for each in concerned if notice.kind == Kind.MAINTENANCE and span and not each.in_time(span, at)
    ]
    drawn = {
        language: lettering.drawn(head, notice, telling, party=first, language=language)
        for language in LANGUAGES
    }
    return Preview(tuple(concerned), tuple(late), drawn)


def _nobody(head: Letterhead) -> Party:
    return Party(0, "", head.zone, timedelta(), (), (), ())
