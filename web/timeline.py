"""The thread of a ticket as it is shown: messages with their trust and their letters, and what happened between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup, escape

from gateway.domain.lifecycle import EventKind
from gateway.store.models import Direction, MailReport, Message, Outbox, OutboxState, TicketEvent
from web import codes, mail_words, meetings, returned, telling
from web.aws import words as aws_words
from web.enclosures import Enclosed, Enclosures
from web.meetings import Meeting
from web.visit import Reader

LONGEST_SHOWN: Final = 20_000
_LOOKS: Final = {
    Direction.INBOUND: ("from-customer", "mail"),
    Direction.OUTBOUND: ("from-us", "reply"),
    Direction.NOTE: ("is-note", "lock"),
    Direction.FROM_AWS: ("from-aws", "aws"),
    Direction.TO_AWS: ("to-aws", "aws"),
}
_MAILED: Final = frozenset({Direction.OUTBOUND, Direction.FROM_AWS, Direction.TO_AWS})
"""What may go to the customer in letters: of what went to AWS, what their own people wrote in the console."""
# These stand in the thread as the messages themselves.
_SHOWN_AS_MESSAGES: Final = frozenset(
    {
        EventKind.CUSTOMER_MESSAGE,
        EventKind.HELD_MESSAGE,
        EventKind.AUTOMATIC_MESSAGE,
        EventKind.REPLY,
        EventKind.NOTE,
        EventKind.LETTER,
    }
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A short verdict. Shape: `kind` is a class of the style sheet: good, warn, bad, info or empty."""

    kind: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Mailing:
    """A letter with how far it came; an undecided one waits for a person."""

    row: Outbox
    tag: Tag
    detail: str = ""
    undecided: bool = False
    reports: tuple[tuple[MailReport, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the thread.

    Shape: `body` is what was newly written, `folded` all the rest of the text or the whole text; nothing is lost.
    """

    at: datetime
    row: Message
    css: str
    icon: str
    role: str
    tags: tuple[Tag, ...]
    body: Markup
    folded: str
    shortened: bool
    enclosed: Enclosed = Enclosed()
    meetings: tuple[Meeting, ...] = ()
    mailings: tuple[Mailing, ...] = ()
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """One line between the messages."""

    at: datetime
    icon: str
    words: str
    key: str
    by: str = ""
    mailing: Mailing | None = None
    is_event: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """What a thread is made of."""

    messages: Sequence[Message]
    entries: Sequence[TicketEvent]
    letters: Sequence[Outbox]
    evidence: Sequence[Mapping[str, Any]]
    names: Mapping[int, str]
    contacts: frozenset[str] = field(default_factory=frozenset)
    reports: Mapping[int, Sequence[MailReport]] = field(default_factory=dict)
    marks: Mapping[int, tuple[Tag, ...]] = field(default_factory=dict)


def thread(source: Source, reader: Reader) -> list[Said | Happened]:
    """Messages, events and letters, in order of time."""
    replies: dict[int, list[Mailing]] = {}
    loose: list[Outbox] = []
    outbound = {row.id for row in source.messages if row.direction in _MAILED}
    for letter in source.letters:
        if letter.ticket_message_id in outbound:
            replies.setdefault(letter.ticket_message_id or 0, []).append(_mailed(letter, source, reader))
        else:
            loose.append(letter)
    first = next((row.id for row in source.messages if row.direction == Direction.INBOUND), 0)
    enclosures = Enclosures(reader)
    shown: list[Said | Happened] = [
        replace(_said(row, source, reader, mailings=tuple(replies.get(row.id, ())), first=row.id == first),
                enclosed=enclosures.of(row.attachments))
        for row in source.messages
    ]  # fmt: skip
    shown += _happened(source.entries, source.names, reader)
    shown += [_posted(letter, source, reader) for letter in loose]
    shown += _flooded(source.entries, reader)
    return sorted(shown, key=lambda each: (each.at, each.is_event))


def mailing(row: Outbox, reader: Reader) -> Mailing:
    """How far a letter came, in words."""
    state, reply = row.state, row.last_reply
    if state == OutboxState.SENT:
        sent = reader.say("Sent %(time)s", time=reader.instant(row.sent_at or row.created_at))
        if row.maybe_twice:
            return Mailing(row, Tag("warn", "warn", reader.say("May have been sent twice")), sent)
        return Mailing(row, Tag("good", "check", sent), reply)
    if state == OutboxState.UNCERTAIN:
        words = reader.say("Uncertain: the next server may have it")
        return Mailing(row, Tag("warn", "warn", words), reply, undecided=True)
    if state == OutboxState.FAILED:
        return Mailing(row, Tag("bad", "stop", reader.say("Refused")), reply, undecided=True)
    if state == OutboxState.CANCELLED:
        if why := returned.withheld(reply, reader):
            return Mailing(row, Tag("warn", "ban", why))
        return Mailing(row, Tag("", "ban", reader.say("Given up")), reply)
    if state == OutboxState.KEPT:
        return Mailing(row, Tag("", "inbox", reader.say("Kept here, no relay is set")))
    if state == OutboxState.SENDING:
        return Mailing(row, Tag("", "out", reader.say("Being sent")), reply)
    if row.attempts:
        again = reader.say("Not sent yet, next try %(time)s", time=reader.instant(row.next_attempt_at))
        return Mailing(row, Tag("warn", "clock", again), reply)
    return Mailing(row, Tag("", "clock", reader.say("Waiting to be sent")), reply)


def trust(row: Message, contacts: frozenset[str], reader: Reader) -> Tag:
    """How far the author of an incoming message is who it says, in words."""
    verdicts = row.authentication or {}
    dmarc = str(verdicts.get("dmarc", "unknown"))
    known = row.author_email.lower() in contacts
    if row.authenticated:
        if row.engineer_id is not None:
            return Tag("", "pen", reader.say("Entered by hand"))
        why = reader.say("DMARC pass") if dmarc == "pass" else reader.say("answered our signed address")
        if verdicts.get("source") == "link":
            why = reader.say("pressed the button of our signed link")
        if verdicts.get("source") == "page":
            why = reader.say("signed in on our page")
        if known:
            why = reader.say("%(why)s, known contact", why=why)
        return Tag("good", "shield", reader.say("Trusted: %(why)s", why=why))
    if dmarc == "fail":
        return Tag("bad", "warn", reader.say("Not authenticated: DMARC fail"))
    why = reader.say("no DMARC policy") if dmarc == "none" else reader.say("could not be checked")
    return Tag("warn", "warn", reader.say("Not authenticated: %(why)s", why=why))


def suspicions(verdicts: Mapping[str, Any] | None, reader: Reader) -> list[str]:
    """Whom the author of a mail could be taken for, in words."""
    found = []
    for mark in (verdicts or {}).get("marks", ()):
        code, _, whom = str(mark).partition(":")
        words = codes.SUSPICIONS.get(code)
        found += [reader.say(words, whom=whom)] if words else []
    return found


def marked(text: str, phrases: Iterable[str]) -> Markup:
    """The text with the first occurrence of each phrase marked, all of it escaped.

    >>> marked("a <b> down", ["down"])
    Markup('a &lt;b&gt; <mark>down</mark>')
    """
    folded = text.lower()
    spans = sorted(
        (start, start + len(phrase))
        for phrase in phrases
        if len(folded) == len(text) and phrase and (start := folded.find(phrase.lower())) >= 0
    )
    parts, position = Markup(), 0
    for start, end in spans:
        if start >= position:
            parts += escape(text[position:start]) + Markup("<mark>%s</mark>") % text[start:end]
            position = end
    return parts + escape(text[position:])


def _said(
    row: Message, source: Source, reader: Reader, *, mailings: tuple[Mailing, ...], first: bool
) -> Said:
    css, icon = _LOOKS[Direction(row.direction)]
    tags = []
    if row.direction == Direction.INBOUND:
        tags.append(trust(row, source.contacts, reader))
        tags += [Tag("bad", "warn", words) for words in suspicions(row.authentication, reader)]
    by_health = row.direction == Direction.FROM_AWS and row.kind != "human"
    if row.kind in codes.MACHINES and not by_health:
        tags.append(Tag("info", "gear", reader.say(codes.MACHINES[row.kind])))
    tags += _natures(row.nature or (), reader)
    new = (row.new_text or row.text).strip("\n")
    phrases = [str(each.get("text", "")) for each in source.evidence[:10]] if first else []
    return Said(
        at=row.at,
        row=row,
        css=css,
        icon=icon,
        role=reader.say("AWS Health") if by_health else reader.say(codes.ROLES[row.direction]),
        tags=(*tags, *source.marks.get(row.id, ())),
        body=marked(new[:LONGEST_SHOWN], phrases),
        folded=_rest(row.text, new)[:LONGEST_SHOWN],
        shortened=len(row.text) > LONGEST_SHOWN,
        meetings=meetings.shown(row.invitations or (), reader),
        mailings=mailings,
    )


def _natures(codes_of: Sequence[str], reader: Reader) -> Iterator[Tag]:
    """What kind of mail it is, where that changes how it can be read."""
    for code in codes_of:
        name, _, part = code.partition(":")
        if words := mail_words.NATURES.get(name):
            sealed = name in mail_words.SEALS
            yield Tag(
                "warn" if sealed else "", "lock" if sealed else "mail", reader.say(words, part=part or "?")
            )


def _rest(text: str, new: str) -> str:
    """What stands below the new text; the whole text where the new one is not simply its beginning."""
    whole = text.strip("\n")
    if whole == new:
        return ""
    return whole[len(new) :].strip("\n") if whole.startswith(new) else whole


def _happened(entries: Sequence[TicketEvent], names: Mapping[int, str], reader: Reader) -> list[Happened]:
    shown = []
    for row in entries:
        if row.kind not in _SHOWN_AS_MESSAGES and not aws_words.is_message(row):
            icon, words = telling.event(row, names, reader)
            by = telling.actor(row.actor, names, reader)
            shown.append(Happened(row.at, icon, words, f"e{row.seq}", by))
    return shown


def _flooded(entries: Sequence[TicketEvent], reader: Reader) -> list[Happened]:
    """How many mails of a flood the ticket took in, where the last one stands."""
    mails = [row for row in entries if row.kind == EventKind.AUTOMATIC_MESSAGE and row.data.get("flood")]
    if not mails:
        return []
    words = reader.count("1 mail of a flood was added to this ticket.",
                         "%(n)s mails of a flood were added to this ticket.", len(mails))  # fmt: skip
    return [Happened(mails[-1].at, "gear", words, "flood")]


def _mailed(letter: Outbox, source: Source, reader: Reader) -> Mailing:
    told = returned.lines(source.reports.get(letter.id, ()), reader)
    return replace(mailing(letter, reader), reports=told)


def _posted(letter: Outbox, source: Source, reader: Reader) -> Happened:
    words = reader.say(
        "%(letter)s to %(who)s", letter=telling.letter(letter.letter, reader), who=letter.first_recipient
    )
    return Happened(letter.created_at, "out", words, f"o{letter.id}", mailing=_mailed(letter, source, reader))
