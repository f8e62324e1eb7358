"""Whom the ladder means by its audiences, on one ticket at one instant (P5).

Nobody is never the answer while anybody is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain.terms import Audience, Rung, Terms
from gateway.store.models import Engineer, Role, Ticket
from gateway.store.queries import desk, duty, leads

ALL: Final = (Audience.ASSIGNEE, Audience.ON_CALL, Audience.LEAD, Audience.MANAGEMENT)
_ANYBODY: Final = "engineer"


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is told.

    Shape: `role` is the audience they belong to, "engineer" where nobody else was left, empty where it is not known.
    """

    engineer: Engineer
    role: str


@dataclass(frozen=True, slots=True)
class Step:
    """Whom a step of the ladder really reaches. `percent` is another one's where the step's own people are nobody."""

    percent: int
    people: tuple[Told, ...]


def of(session: Session, ticket: Ticket, audiences: Iterable[Audience], at: datetime) -> list[Told]:
    """The engineers of some audiences who are here now, each once, under the first audience they belong to."""
    found: dict[int, Told] = {}
    away = leads.away(session, at)
    for audience in audiences:
        for engineer in _engineers(session, ticket, audience, at):
            if (
                audience is Audience.ON_CALL or engineer.id not in away
            ):  # the rota knows who is on call though away
                found.setdefault(engineer.id, Told(engineer, str(audience)))
    return list(found.values())


def reached(session: Session, ticket: Ticket, terms: Terms, *, percent: int, at: datetime) -> Step:
    """Whom a step reaches: its own people, else the next step's, else those of a step below, else anybody."""
    for step in _order(terms, percent):
        if people := of(session, ticket, step.tells, at):
            return Step(step.percent, tuple(people))
    return Step(percent, tuple(Told(each, _ANYBODY) for each in leads.anybody(session)))


def reached_after(
    session: Session, ticket: Ticket, terms: Terms, *, percent: int, known: Iterable[int], at: datetime
) -> Step:
    """Whom a step is passed on to: the next one's people, or those after it where all of them know already."""
    before = set(known)
    above = [step for step in terms.ladder if step.percent > percent]
    found = [Step(step.percent, tuple(of(session, ticket, step.tells, at))) for step in above]
    news = (step for step in found if any(each.engineer.id not in before for each in step.people))
    somebody = (step for step in found if step.people)
    otherwise = above[0].percent if above else percent
    return (
        next(news, None) or next(somebody, None) or reached(session, ticket, terms, percent=otherwise, at=at)
    )


def everybody_above(session: Session, ticket: Ticket, at: datetime) -> list[Told]:
    """Assignee, on-call engineers, leads and management; anybody where there are none of them."""
    found = of(session, ticket, ALL, at)
    return found or [Told(each, _ANYBODY) for each in leads.anybody(session)]


def named(people: Sequence[Told], language: str) -> str:
    """The people with their roles, as a reader of a language says them; empty for nobody."""
    chinese = language == "zh"
    form = "{}（{}）" if chinese else "{} ({})"
    said = [
        form.format(each.engineer.name, i18n.label(each.role, language)) if each.role else each.engineer.name
        for each in people
    ]
    return ("、" if chinese else ", ").join(said)


def roles(step: Rung, language: str) -> str:
    """The audiences of a step but the customer, as a reader of a language says them."""
    staff = [i18n.label(each, language) for each in step.tells if each is not Audience.CUSTOMER]
    return ("、" if language == "zh" else ", ").join(staff)


def _order(terms: Terms, percent: int) -> list[Rung]:
    above = [step for step in terms.ladder if step.percent > percent]
    below = [step for step in terms.ladder if step.percent < percent]
    return [terms.rung(percent), *above, *reversed(below)]


def _engineers(session: Session, ticket: Ticket, audience: Audience, at: datetime) -> list[Engineer]:
    match audience:
        case Audience.ASSIGNEE:
            return _assignee(ticket)
        case Audience.ON_CALL:
            return duty.on_call(session, at)
        case Audience.LEAD:
            near = [each.id for each in (*_assignee(ticket), *duty.on_call(session, at))]
            return leads.leads_of(session, near) or desk.engineers_of_role(session, (Role.LEAD,))
        case Audience.MANAGEMENT:
            return desk.engineers_of_role(session, (Role.MANAGER, Role.ADMIN))
        case Audience.CUSTOMER:
            return []


def _assignee(ticket: Ticket) -> list[Engineer]:
    found = ticket.assignee
    return [found] if found and found.active and found.role != Role.READER else []
