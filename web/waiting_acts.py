"""What is still to be done on a ticket, as its page shows it: one's own acts, and what others are about to send."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from gateway.store.models import ActState, PendingAct
from gateway.store.queries import pending
from web import visit, work_words


@dataclass(frozen=True, slots=True)
class Shown:
    """An act that is not done yet. Shape: `why` and `text` are of one that was refused when its time came,
    `refused_words` what is said should that happen.
    """

    row: PendingAct
    mine: bool
    words: Markup
    why: str = ""
    text: str = ""
    refused_words: str = ""

    @property
    def refused(self) -> bool:
        """Whether its time came and it was not done."""
        return self.row.state == ActState.REFUSED


def of_ticket(rows: Session, number: int) -> list[Shown]:
    """What is still to be done on a ticket, in order; what was refused is its author's alone."""
    me = visit.me().id
    found = pending.of_ticket(rows, number)
    return [_shown(row, me) for row in found if row.engineer_id == me or row.state == ActState.WAITING]


def _shown(row: PendingAct, me: int) -> Shown:
    if row.engineer_id != me:
        words = visit.say(work_words.ACTS_OF_OTHERS[row.act], who=row.engineer.name)
        return Shown(row, False, escape(words))
    if row.state == ActState.REFUSED:
        words = visit.say(work_words.REFUSED[row.act])
        return Shown(row, True, escape(words), _why(row.reason), str(row.form.get("text", "")))
    seconds = max(0, math.ceil((row.due_at - visit.now()) / timedelta(seconds=1)))
    left = Markup('<b data-left="{}" data-unit="{}">{}</b>').format(
        seconds, visit.say("%(n)s s", n="{n}"), visit.say("%(n)s s", n=seconds)
    )
    words = escape(visit.say(work_words.ACTS[row.act])) % {"left": left}
    return Shown(row, True, words, refused_words=visit.say(work_words.REFUSED[row.act]))


def _why(reason: Mapping[str, object]) -> str:
    if "status" in reason:
        return visit.say("the ticket is now: %(status)s", status=visit.reader().label(str(reason["status"])))
    values = reason.get("values")
    return visit.say(str(reason.get("words", "")), **(values if isinstance(values, dict) else {}))
