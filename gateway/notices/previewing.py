"""A notice before it goes: both letters, and everybody who would get one. Reads only (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.mail import address
from gateway.mail.letters import Letter
from gateway.notices import affected, lettering, plans
from gateway.notices.affected import Party
from gateway.notices.lettering import Telling
from gateway.notices.plans import LANGUAGES, Kind, Step
from gateway.store.models import Notice
from gateway.store.queries import suppression
from gateway.tickets.letterhead import Letterhead


@dataclass(frozen=True, slots=True)
class Preview:
    """What announcing now would do.

    Shape: `late` are the customers whom a window announced now would reach too late; `letters` is language → letter,
    as `of`, one of the parties, would read it; `resting` are the normalised addresses that get no automatic mail now.
    """

    parties: tuple[Party, ...]
    late: tuple[Party, ...]
    letters: dict[str, Letter]
    of: Party
    resting: frozenset[str] = frozenset()

    @property
    def readers(self) -> int:
        """How many letters would go."""
        return sum(not self.rests(each.email) for party in self.parties for each in party.readers)

    def rests(self, email: str) -> bool:
        """Whether no letter would go to an address, because it is suppressed."""
        return address.normalise(email) in self.resting


def preview(
    session: Session,
    head: Letterhead,
    notice: Notice,
    *,
    emergency: str = "",
    customer_id: int = 0,
    at: datetime,
) -> Preview:
    """What announcing a notice now would do, with the letters as a customer would read them."""
    concerned = affected.parties(session, head, plans.scope_of(notice), at=at)
    telling = Telling(Step.ANNOUNCED, at, emergency=emergency)
    first = next(iter(concerned), None) or _nobody(head)
    first = next((each for each in concerned if each.customer_id == customer_id), first)
    emails = {address.normalise(each.email) for party in concerned for each in party.readers}
    span = plans.window_of(notice)
    late = [
        each for each in concerned if notice.kind == Kind.MAINTENANCE and span and not each.in_time(span, at)
    ]
    drawn = {
        language: lettering.drawn(head, notice, telling, party=first, language=language)
        for language in LANGUAGES
    }
    resting = frozenset(suppression.active(session, emails, at))
    return Preview(tuple(concerned), tuple(late), drawn, first, resting)


def _nobody(head: Letterhead) -> Party:
    return Party(0, "", head.zone, timedelta(), (), (), ())
