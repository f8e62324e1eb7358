"""The judge of mail: one visible tuple of pure rules. The first that answers decides, and its name is kept.

Nothing here does I/O: what must be known is gathered before, as `Facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from gateway.domain import commands
from gateway.domain.lifecycle import Status
from gateway.domain.thread import Continuation, Hint, Key, Sender, Trust, continuation, strongest
from gateway.mail import address
from gateway.mail.message import Kind, Mailbox
from gateway.mail.probe_mail import Probe, Way
from gateway.mail.reading import Reading
from gateway.mail.trust import Authentication, Verdict

if TYPE_CHECKING:
    from gateway.store.queries.agreements import Party


@unique
class Action(StrEnum):
    """What is done with a mail."""

    OPEN = "open-ticket"
    APPEND = "append-reply"
    APPEND_AUTOMATIC = "append-automatic"
    HOLD_ON_TICKET = "hold-on-ticket"
    ACKNOWLEDGE = "acknowledge"
    CARRY_OUT = "carry-out"
    GROUP = "group"
    RECORD_BOUNCE = "record-bounce"
    SEND_ON = "send-on"
    KEEP = "keep"
    KEEP_OUT = "keep-out"
    REVIEW = "review"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket that a mail names, seen from the mail's author."""

    status: Status
    customer_id: int | None
    participant: bool


@dataclass(frozen=True, slots=True)
class Flood:
    """Whether mail like this one floods in.

    Shape: `group` is the ticket that takes it in; `braked` says that its kind of sender gets no acknowledgement now.
    """

    group: int | None = None
    braked: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a mail besides its own words.

    Shape: `duplicate_of` is the delivery by which the same content was entered; `hints` name tickets that exist;
    `attached` is the ticket that a person says it belongs to;
    `unregistered` is accept, review or refuse, `unauthenticated` ticket or review; `admitted` says that a person let
    this mail in from review; `colleague` is the active engineer of the author's address, `called` the ticket whose
    letter to that very engineer the mail answers, and `letter` that letter; `suspicions` say whom the author could
    be taken for.
    `probe` is the availability probe that it is, by an address only we can write: then nothing else is known;
    `return_path` is the return path of ours it came to, and `returned` the ticket of the letter behind it.
    """

    reverse_path: str = ""
    authentication: Authentication = Authentication()
    own_addresses: frozenset[str] = frozenset()
    duplicate_of: int | None = None
    blocked: bool = False
    engineer: bool = False
    party: Party | None = None
    hints: tuple[Hint, ...] = ()
    tickets: Mapping[int, TicketFacts] = field(default_factory=dict)
    unregistered: str = "accept"
    admitted: bool = False
    attached: int | None = None
    colleague: int | None = None
    called: int | None = None
    return_path: str = ""
    returned: int | None = None
    letter: str = ""
    unauthenticated: str = "ticket"
    flood: Flood = Flood()
    suspicions: tuple[str, ...] = ()
    probe: Probe | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """What is to be done with a mail, by which rule, and who may be told.

    Shape: `ticket_id` is the ticket to write on, or the one a new ticket follows or is linked to; `answer_to` the
    address automatic mail may go to, empty for none.
    """

    rule: str
    action: Action
    ticket_id: int | None = None
    follows: bool = False
    authenticated: bool = False
    answer_to: str = ""
    reason: str = ""


Rule = Callable[[Reading, Facts], Disposition | None]
_ROBOTS: Final = (
    "mailer-daemon",
    "postmaster",
    "no-reply",
    "noreply",
    "do-not-reply",
    "donotreply",
    "bounce",
    "bounces",
)


def decide(reading: Reading, facts: Facts) -> Disposition:
    """The disposition of a mail."""
    for rule in RULES:
        if found := rule(reading, facts):
            return found
    raise AssertionError("the last rule answers always")


def probe(reading: Reading, facts: Facts) -> Disposition | None:
    """Our own availability probe leaves again, once; one that comes back or is stale ends here, unanswered."""
    if facts.probe is None:
        return None
    return Disposition("probe", Action.SEND_ON if facts.probe.way is Way.OUT else Action.KEEP)


def duplicate(reading: Reading, facts: Facts) -> Disposition | None:
    """The same content was entered before, by whichever door or forward-path."""
    return Disposition("duplicate", Action.KEEP) if facts.duplicate_of is not None else None


def attached(reading: Reading, facts: Facts) -> Disposition | None:
    """A person said to which ticket the mail belongs. What proves its author is another question."""
    ticket = facts.tickets.get(facts.attached or 0)
    if ticket is None:
        return None
    proved = authenticated(reading, facts)
    if reading.classification.kind is not Kind.HUMAN:
        return Disposition("attached", Action.APPEND_AUTOMATIC, facts.attached, authenticated=proved)
    closed = ticket.status is Status.CLOSED
    return Disposition(
        "attached", Action.OPEN if closed else Action.APPEND, facts.attached, follows=closed,
        authenticated=proved, answer_to=_answer_to(reading, facts),
    )  # fmt: skip


def loop(reading: Reading, facts: Facts) -> Disposition | None:
    """Our own mail came back, or the mail has been round too often."""
    return Disposition("loop", Action.KEEP) if reading.classification.kind is Kind.LOOP else None


def bounce(reading: Reading, facts: Facts) -> Disposition | None:
    """A notification about a mail of ours never causes mail."""
    return Disposition("bounce", Action.RECORD_BOUNCE) if reading.classification.kind is Kind.BOUNCE else None


def returned(reading: Reading, facts: Facts) -> Disposition | None:
    """Mail to a letter's return path, where only reports are expected, is shown at most, and never answered."""
    if not facts.return_path:
        return None
    kind, ticket = reading.classification.kind, facts.tickets.get(facts.returned or 0)
    if kind is not Kind.HUMAN:
        if ticket is None or facts.engineer:
            return Disposition("returned", Action.KEEP)
        return Disposition("returned", Action.APPEND_AUTOMATIC, facts.returned)
    if facts.admitted:
        return None
    if ticket is None or ticket.status is Status.CLOSED:
        return Disposition("returned", Action.REVIEW, reason="return-path")
    return Disposition("returned", Action.HOLD_ON_TICKET, facts.returned, reason="return-path")


def automatic(reading: Reading, facts: Facts) -> Disposition | None:
    """A machine's mail is kept and never answered; alarms and reports become tickets, absences do not."""
    kind = reading.classification.kind
    if kind is Kind.HUMAN:
        return None
    named = _continuation(reading, facts)
    ours = named is not None and named.key is not Key.SUBJECT_TAG and named.trust is not Trust.STRANGER
    if named and ours and (kind is Kind.AUTO_REPLY or not _closed(facts, named)):
        return Disposition("automatic", Action.APPEND_AUTOMATIC, named.ticket)
    if kind is Kind.AUTO_REPLY:
        return Disposition("automatic", Action.KEEP)
    if facts.blocked or _to_be_seen(reading, facts):
        return None
    return _grouped(reading, facts) or Disposition(
        "automatic", Action.OPEN, authenticated=authenticated(reading, facts)
    )


def blocked(reading: Reading, facts: Facts) -> Disposition | None:
    """The operator keeps this sender out."""
    return Disposition("blocked", Action.KEEP_OUT) if facts.blocked and not facts.admitted else None


def impersonation(reading: Reading, facts: Facts) -> Disposition | None:
    """Somebody writes in our own name, or an engineer's, and cannot show it: a person has to look."""
    ours = address.split_subaddress(sender(reading).address.lower())[0] in facts.own_addresses
    if (ours or facts.engineer) and not authenticated(reading, facts) and not facts.admitted:
        return Disposition(
            "impersonation", Action.REVIEW, reason="own-address" if ours else "engineer-address"
        )
    return None


def command(reading: Reading, facts: Facts) -> Disposition | None:
    """An engineer answers a letter that brought a customer's message, or begins with commands.

    It acts only with what we alone know, a letter's Message-ID or the signed address, and a proved author.
    """
    ticket_id = _errand(reading, facts)
    if ticket_id is None:
        return None
    if facts.letter in commands.CARRYING or commands.read(reading.message.excerpt.new).commands:
        return Disposition("command", Action.CARRY_OUT, ticket_id, authenticated=True)
    return None


def acknowledgement(reading: Reading, facts: Facts) -> Disposition | None:
    """An engineer answers any other letter about a ticket: they have seen it, and what they say is a note (P5)."""
    ticket_id = _errand(reading, facts)
    if ticket_id is None:
        return None
    return Disposition("acknowledgement", Action.ACKNOWLEDGE, ticket_id, authenticated=True)


def reply(reading: Reading, facts: Facts) -> Disposition | None:
    """The mail names a ticket: the customer's word, something to look at, or a stranger's own request."""
    named = _continuation(reading, facts)
    if named is None:
        return None
    answer_to = _answer_to(reading, facts)
    closed = _closed(facts, named)
    if named.trust is Trust.HELD and not closed:
        return Disposition("reply", Action.HOLD_ON_TICKET, named.ticket, reason="not-a-participant")
    if named.trust is not Trust.PARTICIPANT:
        found = new(reading, facts)
        if found.action is Action.GROUP:
            return found
        return Disposition("reply", found.action, named.ticket, authenticated=found.authenticated,
                           answer_to=found.answer_to, reason=f"unproved-{named.key}")  # fmt: skip
    if closed:
        return Disposition(
            "reply", Action.OPEN, named.ticket, follows=True, authenticated=True, answer_to=answer_to
        )
    return Disposition("reply", Action.APPEND, named.ticket, authenticated=True, answer_to=answer_to)


def new(reading: Reading, facts: Facts) -> Disposition:
    """Everything else is a request of its own."""
    answer_to = _answer_to(reading, facts)
    proved = authenticated(reading, facts)
    if not _to_be_seen(reading, facts):
        return _grouped(reading, facts) or Disposition(
            "new", Action.OPEN, authenticated=proved, answer_to=answer_to
        )
    if facts.unregistered == "refuse" and proved:
        return Disposition(
            "new", Action.REFUSE, authenticated=True, answer_to=answer_to, reason="unregistered"
        )
    unknown = facts.party is None and facts.unregistered != "accept"
    return Disposition("new", Action.REVIEW, reason="unregistered" if unknown else "unauthenticated")


RULES: Final[tuple[Rule, ...]] = (
    probe, duplicate, attached, loop, bounce, returned, automatic, blocked, impersonation, command, acknowledgement,
    reply, new
)  # fmt: skip


def authenticated(reading: Reading, facts: Facts) -> bool:
    """Whether the author's address is proved: by a verdict on its very domain. Unknown is not authenticated."""
    author = address.domain_of(sender(reading).address)
    return facts.authentication.dmarc is Verdict.PASS and facts.authentication.domain == author != ""


def sender(reading: Reading) -> Mailbox:
    """The author as shown: From; where it names nobody, or several, nobody is named."""
    return reading.message.originator


def _to_be_seen(reading: Reading, facts: Facts) -> bool:
    """Whether a person has to let a mail in before it opens anything."""
    if facts.admitted:
        return False
    unproved = facts.unauthenticated == "review" and not authenticated(reading, facts)
    return unproved or (facts.party is None and facts.unregistered != "accept")


def _grouped(reading: Reading, facts: Facts) -> Disposition | None:
    """Mail of a flood goes onto the flood's one ticket, unless a proved author asks for somebody higher."""
    if facts.flood.group is None:
        return None
    proved = authenticated(reading, facts)
    if proved and reading.intent.asks_escalation:
        return None
    return Disposition("flood", Action.GROUP, facts.flood.group, authenticated=proved)


def _errand(reading: Reading, facts: Facts) -> int | None:
    """The ticket an engineer writes about: by a letter to them, or at the ticket's signed address.

    Where they take part in the ticket themselves, only an answer to such a letter is meant so.
    """
    if facts.colleague is None or not authenticated(reading, facts):
        return None
    if facts.called is not None:
        return facts.called
    named = _continuation(reading, facts)
    signed = named is not None and named.key is Key.REPLY_ADDRESS
    if named is None or not signed or facts.tickets[named.ticket].participant:
        return None
    return named.ticket


def _continuation(reading: Reading, facts: Facts) -> Continuation | None:
    hints = [hint for hint in facts.hints if hint.ticket in facts.tickets]
    hint = strongest(hints)
    if hint is None:
        return None
    ticket = facts.tickets[hint.ticket]
    colleague = facts.party is not None and facts.party.customer_id == ticket.customer_id
    failed = facts.authentication.dmarc is Verdict.FAIL
    who = Sender(ticket.participant, colleague, authenticated(reading, facts), failed)
    return continuation([hint], who)


def _closed(facts: Facts, named: Continuation) -> bool:
    """Whether the ticket is final: what is written to it needs a ticket and clocks of its own (P1)."""
    return facts.tickets[named.ticket].status is Status.CLOSED


def _answer_to(reading: Reading, facts: Facts) -> str:
    """Where automatic mail may go: the envelope's sender, or a proved author (RFC 3834 §4); never a forged one."""
    if reading.classification.kind is not Kind.HUMAN or not facts.reverse_path or facts.flood.braked:
        return ""
    if facts.authentication.spf is Verdict.FAIL and not authenticated(reading, facts):
        return ""
    proved = sender(reading).address if authenticated(reading, facts) else ""
    chosen = proved or facts.reverse_path
    local = address.split_subaddress(chosen.lower())[0]
    if local in facts.own_addresses or local.partition("@")[0] in _ROBOTS:
        return ""
    return chosen
