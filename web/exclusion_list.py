"""Exclusions and proposals of a ticket as pages list them, with what may be done about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.counting import Reason
from gateway.domain.exclusions import Exclusion, Verdict, exclusions, proposed
from gateway.store.models import Direction, Message, Role, TicketEvent
from gateway.store.queries import correspondence
from gateway.tickets.claims import ProofKind
from web import exclusion_words, telling, visit

_MOST_MESSAGES = 50


@dataclass(frozen=True, slots=True)
class Log:
    """A ticket's log with its words. Shape: `names` is engineer → name."""

    number: int
    entries: Sequence[TicketEvent]
    names: Mapping[int, str]

    def words(self, seq: int) -> str:
        """What somebody wrote with an entry; empty where nothing, or where it was erased."""
        return self.entries[seq - 1].words or ""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of an exclusion, in words: who, when, why."""

    css: str
    icon: str
    words: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An exclusion or a proposal as a page lists it."""

    row: Exclusion
    reason: str
    author: str
    proof: tuple[str, str, str] | None
    words: str
    said: tuple[Said, ...]
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnTicket:
    """What a ticket's page needs: choices of the form as (code, words), messages to prove by, what is undecided."""

    reasons: tuple[tuple[str, str], ...]
    proofs: tuple[tuple[str, str], ...]
    messages: Sequence[Message]
    undecided: tuple[Shown, ...]


def on_ticket(log: Log, messages: Sequence[Message]) -> OnTicket:
    """The form for excluding time, and the claims that wait for somebody."""
    events, say = correspondence.as_events(log.entries), visit.say
    waiting = [*proposed(events), *(each for each in exclusions(events) if each.under_review)]
    proving = [row for row in messages if not row.held and row.direction != Direction.NOTE]
    by_hand = [each for each in Reason if each is not Reason.MAINTENANCE]
    return OnTicket(
        reasons=tuple((str(each), say(exclusion_words.REASONS[each])) for each in by_hand),
        proofs=tuple((str(each), say(exclusion_words.PROOFS[each])) for each in ProofKind),
        messages=proving[-_MOST_MESSAGES:],
        undecided=tuple(shown(log, each) for each in waiting),
    )


def shown(log: Log, one: Exclusion) -> Shown:
    """An exclusion with its words, and what may be done about it by whoever looks."""
    reader = visit.reader()
    verdicts = (
        ("warn", "warn", reader.say("Contested"), one.contested),
        ("good", "check", reader.say("Upheld"), one.upheld),
        ("", "undo", reader.say("Struck, it counts"), one.struck),
    )
    return Shown(
        row=one,
        reason=reader.say(exclusion_words.REASONS[one.reason]),
        author=telling.actor(one.author, log.names, reader),
        proof=exclusion_words.proof(one.proof, log.number, reader) if one.proof else None,
        words="" if one.automatic else log.words(one.seq),
        said=tuple(
            _said(log, each, css=css, icon=icon, words=words)
            for css, icon, words, each in verdicts
            if each is not None
        ),
        acts=tuple(_acts(one)),
    )


def _said(log: Log, verdict: Verdict, *, css: str, icon: str, words: str) -> Said:
    by = telling.actor(verdict.by, log.names, visit.reader())
    return Said(css, icon, words, by, verdict.at, log.words(verdict.seq))


def _acts(one: Exclusion) -> Iterator[str]:
    """The verbs that make sense now for the one who looks."""
    manages = Role(visit.me().role).rank >= Role.MANAGER.rank
    if one.id.startswith("p"):
        yield from ("accept", "decline")
        return
    if one.struck is not None:
        return
    if one.end is None and not one.automatic:
        yield "end"
    if one.under_review and manages:
        yield "uphold"
    if manages or not one.under_review:
        yield "strike"
    if not one.automatic and one.contested is None:
        yield "contest"
