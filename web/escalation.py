"""What called for people on a ticket, in words, and what still waits to be acknowledged (P5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.domain import alarms, escalation
from gateway.domain.alarms import Owed
from gateway.domain.escalation import Call
from gateway.domain.lifecycle import Event, EventKind
from gateway.domain.sla import Standing
from gateway.domain.terms import Audience, Rung, Terms
from gateway.store.models import Engineer, Outbox, TicketEvent
from web.visit import Reader

KINDS: Final = frozenset(
    {EventKind.ALARM, EventKind.PASSED_ON, EventKind.ACKNOWLEDGED, EventKind.ESCALATION_ASKED}
)
_NEXT: Final = (Owed.RUNG, Owed.PASS_ON)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be acknowledged, each with its instant, and what comes next."""

    calls: tuple[tuple[datetime, str], ...]
    next: str


def event(row: TicketEvent, names: Mapping[int, str], reader: Reader) -> tuple[str, str]:
    """An icon and a sentence for one entry of a kind in `KINDS`."""
    say = reader.say
    if row.kind == EventKind.ACKNOWLEDGED:
        by_mail = row.data.get("by") == "mail"
        return "check", say("Acknowledged by mail.") if by_mail else say("Acknowledged.")
    icon = {EventKind.ALARM: "clock", EventKind.PASSED_ON: "up"}.get(EventKind(row.kind), "up")
    words = [_said(row.kind, row.data, names, reader)]
    if row.words:
        words[0] = f"{words[0]} “{row.words}”"
    if row.data.get("customer"):
        words.append(say("The customer was told as well."))
    if row.data.get("instead"):
        words.append(say("The step has nobody of its own, so other people were told."))
    return icon, " ".join(words)


def waiting(
    events: Sequence[Event],
    standing: Standing,
    terms: Terms,
    *,
    letters: Sequence[Outbox],
    engineers: Sequence[Engineer],
    names: Mapping[int, str],
    reader: Reader,
) -> Waiting | None:
    """What a ticket's page asks to acknowledge; None where nothing does."""
    calls = escalation.unacknowledged(events, standing)
    if not calls:
        return None
    told = [(call.recorded_at, _call(call, letters, engineers, names=names, reader=reader)) for call in calls]
    return Waiting(tuple(told), _next(events, standing, terms, reader))


def _call(
    call: Call,
    letters: Sequence[Outbox],
    engineers: Sequence[Engineer],
    *,
    names: Mapping[int, str],
    reader: Reader,
) -> str:
    data: dict[str, Any] = {"target": call.target, "percent": call.percent, "told": list(call.told)}
    if call.kind in (EventKind.OPENED, EventKind.PRIORITY):
        by_email = {each.email.lower(): each.id for each in engineers}
        sent = [
            each for each in letters if each.letter == "engineer-new" and each.created_at == call.recorded_at
        ]
        data["told"] = [by_email[each.first_recipient] for each in sent if each.first_recipient in by_email]
    return _said(call.kind, data, names, reader)


def _said(kind: str, data: Mapping[str, Any], names: Mapping[int, str], reader: Reader) -> str:
    say = reader.say
    who = _named(data.get("told"), names, reader)
    target, percent = reader.label(str(data.get("target", ""))), data.get("percent", "")
    if kind == EventKind.ALARM:
        return say("%(percent)s %% of the %(target)s target used. Told: %(who)s.", percent=percent,
                   target=target, who=who)  # fmt: skip
    if kind == EventKind.PASSED_ON:
        return say("Nobody acknowledged the %(percent)s %% step of the %(target)s target. Passed on to: %(who)s.",
                   percent=percent, target=target, who=who)  # fmt: skip
    if kind == EventKind.ESCALATION_ASKED:
        if data.get("again"):
            return say("Escalation asked again. Already told: %(who)s.", who=who)
        return say("Escalation asked. Told: %(who)s.", who=who)
    return say("The ticket is Critical. Told at once: %(who)s.", who=who)


def _next(events: Sequence[Event], standing: Standing, terms: Terms, reader: Reader) -> str:
    """Which step comes next and when, by passing on or at its own time."""
    plan = next((each for each in alarms.plans(events, standing, terms) if each.owed in _NEXT), None)
    if plan is None:
        return reader.say("No further step is planned.")
    passed_on = plan.owed is Owed.PASS_ON
    rung = (terms.rung_after(plan.percent) if passed_on else None) or terms.rung(plan.percent)
    who, at = _audiences(rung, reader), reader.instant(plan.at)
    if passed_on:
        return reader.say(
            "If nobody acknowledges by %(time)s, it is passed on to: %(who)s.", time=at, who=who
        )
    return reader.say("The %(percent)s %% step comes at %(time)s and tells: %(who)s.", percent=plan.percent,
                      time=at, who=who)  # fmt: skip


def _audiences(rung: Rung, reader: Reader) -> str:
    said = [
        reader.say("the customer") if each is Audience.CUSTOMER else reader.label(each) for each in rung.tells
    ]
    return reader.say(", ").join(said)


def _named(told: object, names: Mapping[int, str], reader: Reader) -> str:
    if not isinstance(told, list | tuple) or not told:
        return reader.say("nobody")
    return reader.say(", ").join(names.get(each, reader.say("Somebody who left")) for each in told)
