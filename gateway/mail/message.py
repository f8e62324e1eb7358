"""What a mail says, as values: built by `parse`, read by everything after it.

No network, no database, no bytes of the raw message: those stay in the blob store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of an address field: display name (may be empty) and addr-spec.

    Source: RFC 5322 §3.4.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One leaf part that is not body text.

    Shape: `filename` is safe to show and store (no path, control or bidi characters); `generated` says that
    the part named none and we made one up; `content_id` stands without angle brackets, empty where absent; a
    `wrapper` is what other attachments or the text were unpacked from, kept behind them.
    """

    filename: str
    content_type: str
    content: bytes
    sha256: str
    inline: bool = False
    content_id: str = ""
    generated: bool = False
    given_name: str = ""
    wrapper: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The newly written text apart from what the mail repeats.

    Shape: when trimming would leave nothing, `new` holds everything and `quoted` and `signature` are empty.
    """

    new: str
    quoted: str = ""
    signature: str = ""


@unique
class Kind(StrEnum):
    """Who wrote the mail, and to what end.

    `AUTO_REPLY` answers another mail (RFC 3834), `AUTO_GENERATED` is a machine's own report (an alarm, a backup).
    """

    HUMAN = "human"
    AUTO_REPLY = "auto-reply"
    AUTO_GENERATED = "auto-generated"
    BOUNCE = "bounce"
    BULK = "bulk"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery status notification or an abuse report tells of one mail of ours.

    Shape: `action` is failed, delayed, delivered, relayed, expanded or complained; `status` an enhanced status code
    or empty; `original_message_id` stands without angle brackets.
    Source: RFC 3464, RFC 3463, RFC 5965.
    """

    recipient: str
    status: str
    action: str
    diagnostic: str = ""
    original_message_id: str = ""


@dataclass(frozen=True, slots=True)
class Classification:
    """The kind of a mail with the signals that told it (header fields or words).

    Shape: `bounce` is what a report says of the first recipient that failed, `further` of the others it names.
    """

    kind: Kind
    signals: tuple[str, ...] = ()
    bounce: Bounce | None = None
    further: tuple[Bounce, ...] = ()


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting that a mail invites to, moves, cancels or answers.

    Shape: `method` is a lower-case iTIP method; `starts` and `ends` are ISO 8601: an instant in UTC, a day for a
    whole day (the end is then the first day after it), or a time without offset where the `zone` is unknown.
    Source: RFC 5546 §1.4.
    """

    method: str
    uid: str
    summary: str
    starts: str
    ends: str
    zone: str
    place: str
    organiser: Mailbox
    repeats: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A parsed mail.

    Shape: message identifiers stand without angle brackets; `fields` holds header fields in order as
    (lower-case name, unfolded decoded value), at most 1,000; all texts have LF line ends and hold neither NUL nor
    lone surrogates; `html` is decoded but not yet safe to show; `nature` holds codes as in `mail.nature`.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    originators: tuple[Mailbox, ...]
    sender: Mailbox | None
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    sent_at: datetime | None
    fields: tuple[tuple[str, str], ...]
    text: str
    html: str
    excerpt: Excerpt
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...]
    digest: str
    nature: tuple[str, ...] = ()
    invitations: tuple[Invitation, ...] = ()

    @property
    def originator(self) -> Mailbox:
        """The one author; empty where From is absent or names several (RFC 9989 cannot judge those)."""
        return self.originators[0] if len(self.originators) == 1 else Mailbox("", "")

    def field(self, name: str) -> str:
        """The first value of a header field, or an empty text."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key == wanted), "")
