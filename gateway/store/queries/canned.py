"""Canned answers: all of them, and those that serve a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import CannedAnswer

_MOST: Final = 500
_LARGEST_KEY: Final = 2**62


def answers(session: Session) -> Sequence[CannedAnswer]:
    """Every canned answer, by name; those that serve no more last."""
    found = sa.select(CannedAnswer).order_by(
        CannedAnswer.active.desc(), CannedAnswer.name, CannedAnswer.language
    )
    return session.scalars(found.limit(_MOST)).all()


def serving(session: Session, language: str) -> Sequence[CannedAnswer]:
    """The answers that may be inserted, those of a language first."""
    other = sa.case((CannedAnswer.language == language, 0), else_=1)
    found = sa.select(CannedAnswer).where(CannedAnswer.active).order_by(other, CannedAnswer.name)
    return session.scalars(found.limit(_MOST)).all()


def answer(session: Session, answer_id: int) -> CannedAnswer | None:
    """One canned answer."""
    return session.get(CannedAnswer, answer_id) if 0 < answer_id < _LARGEST_KEY else None


def named(session: Session, name: str, language: str) -> CannedAnswer | None:
    """The canned answer of a name and a language."""
    found = sa.select(CannedAnswer).where(CannedAnswer.name == name, CannedAnswer.language == language)
    return session.scalars(found).first()
