"""What a contact typed on a page, read as their mail would be: the same judge of language, priority and intent.

A page's text is bounded and holds no structure to parse, so that it is read here and not in the limited child.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain import intent, language, priority
from gateway.mail.message import Attachment, Classification, Excerpt, InboundMessage, Kind, Mailbox
from gateway.mail.reading import Reading


def read(author: Mailbox, subject: str, text: str, files: Sequence[Attachment] = ()) -> Reading:
    """What was typed as a Reading, without a mail path.

    >>> read(Mailbox("", "li@harbour.example"), "Help", "Production is down for all users").assessment.priority
    <Priority.CRITICAL: 'critical'>
    """
    from gateway.mail.reader import trained  # weights and libraries that most pages do without

    return Reading(
        message=_message(author, subject, text, files),
        classification=Classification(Kind.HUMAN),
        language=language.detect(text),
        assessment=priority.assess(subject, text, model=trained("priority")),
        intent=intent.read(subject, text, model=trained("escalation")),
    )


def _message(author: Mailbox, subject: str, text: str, files: Sequence[Attachment]) -> InboundMessage:
    return InboundMessage(
        message_id="", in_reply_to=(), references=(), subject=" ".join(subject.split())[:500],
        originators=(author,), sender=None, reply_to=(), to=(), cc=(), sent_at=None, fields=(), text=text,
        html="", excerpt=Excerpt(text), attachments=tuple(files), defects=(), digest="",
    )  # fmt: skip
