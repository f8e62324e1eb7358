"""Letters about AWS Support cases: AWS's words to the customer as they are, and what engineers must know (P6, P8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Audience
from gateway.mail import address
from gateway.mail.message import Attachment, Mailbox
from gateway.store.models import AwsCase, Promise, Ticket
from gateway.tickets import audiences, grants, summoning, telling
from gateway.tickets.audiences import Told
from gateway.tickets.grants import Act
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.summoning import Summons
from gateway.tickets.telling import Correspondence

MOST_FILE_BYTES: Final = 20 * 1024 * 1024
"""What the files of one letter weigh at most: in base64 a third more."""
_LONGEST: Final = 20_000
_NEAREST: Final = (Audience.ASSIGNEE, Audience.ON_CALL, Audience.LEAD)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said in a case, as letters pass it on.

    Shape: `key` is unique for it; `who` is empty for AWS, else whoever wrote in the console; `email` is their address
    where AWS names one; `files` go along, `unsent` are [name, why] of those that do not: later, too-large, gone,
    infected.
    """

    key: str
    message_id: int
    text: str
    at: datetime
    who: str = ""
    email: str = ""
    files: tuple[Attachment, ...] = ()
    unsent: tuple[tuple[str, str], ...] = ()


def name_of(case: AwsCase) -> str:
    """A case as people quote it."""
    return case.display_id or case.case_id


def occasion_of(key: str) -> str:
    """The occasion of the letter that passes something on."""
    return f"aws-reply:{key}"


def pass_on(session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, word: Word,
            at: datetime) -> bool:  # fmt: skip
    """Send what was said in a case to the ticket's people, whoever wrote it excepted; False where there are none."""
    files, heavy = _fitting(word.files)
    words = {
        "case": name_of(case),
        "text": word.text,
        "who": word.who or None,
        "at": word.at,
        "relay": case.relay,
        "subject": ticket.subject,
        "unsent": _unsent([*word.unsent, *heavy]),
        "closed": ticket.status == Status.CLOSED,
    }
    what = Post(
        letter="aws-reply", occasion=occasion_of(word.key), language="", words=words, to=(), attachments=files,
        ticket_message_id=word.message_id,
    )  # fmt: skip
    return _send(session, head, ticket, what=what, but=word.email, at=at)


def pass_on_file(session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, word: Word,
                 at: datetime) -> bool:  # fmt: skip
    """Send a file that could not go along with what was said, or say that there is no hope of it."""
    files, heavy = _fitting(word.files)
    words = {
        "case": name_of(case),
        "at": word.at,
        "who": word.who or None,
        "subject": ticket.subject,
        "names": ", ".join(each.filename for each in files) or None,
        "unsent": _unsent([*word.unsent, *heavy]),
    }
    what = Post(
        letter="aws-file", occasion=f"aws-file:{word.key}", language="", words=words, to=(), attachments=files,
        ticket_message_id=word.message_id,
    )  # fmt: skip
    return _send(session, head, ticket, what=what, but=word.email, at=at)


def tell_case(session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, what: str,
              at: datetime) -> None:  # fmt: skip
    """Tell the customer that AWS resolved its case or works on it again (P8). Shape: `what` is resolved, reopened."""
    if ticket.discounted == "spam" or ticket.status == Status.CLOSED:
        return
    about = telling.correspondence(session, head, ticket)
    words = {"case": name_of(case), "what": what, "at": at, "subject": ticket.subject}
    telling.tell(session, head, about, "aws-case", words=words, acts=(Act.ESCALATE,), at=at)


def tell_engineers(session: Session, head: Letterhead, ticket: Ticket, *, case: AwsCase, what: str, key: str,
                   words: Mapping[str, object], at: datetime) -> None:  # fmt: skip
    """Tell the engineer of a ticket what happened in its case; the on-call engineer or a lead where there is none.

    Shape: `what` is replied, console, awaits, warning, resolved, reopened, lost, not-found or file; `key` is unique
    for it. On a closed ticket nobody looks any more, so everybody above the engineer is told too.
    """
    text = str(words.get("text") or "")
    told = {
        "what": what,
        "case": name_of(case),
        "status": Status(ticket.status),
        "priority": ticket.priority,
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "text": text[:_LONGEST] or None,
        "shortened": len(text) > _LONGEST,
    }
    summons = Summons("engineer-aws", f"engineer-aws:{what}:{key}", ticket.id, {**words, **told})
    summoning.summon(session, head, summons, _engineers(session, ticket, at), at=at)


def _engineers(session: Session, ticket: Ticket, at: datetime) -> list[Told]:
    if ticket.status == Status.CLOSED:
        return audiences.everybody_above(session, ticket, at)
    for audience in _NEAREST:
        if found := audiences.of(session, ticket, (audience,), at):
            return found
    return audiences.everybody_above(session, ticket, at)


def _send(session: Session, head: Letterhead, ticket: Ticket, *, what: Post, but: str, at: datetime) -> bool:
    if ticket.discounted == "spam":
        return False
    about = telling.correspondence(session, head, ticket)
    to, cc = _others(about, but)
    if not to:
        return False
    letter = Post(
        letter=what.letter,
        occasion=what.occasion,
        language=telling.language_of(head, about),
        words={"ticket": head.number(ticket.id), "zone": about.agreement.zone, **what.words},
        to=to,
        cc=cc,
        promise=Promise.AT_LEAST_ONCE,
        ticket_id=ticket.id,
        ticket_message_id=what.ticket_message_id,
        answers=about.answers,
        references=about.references,
        auto_submitted=None,  # a person at AWS wrote it: nothing that holds back automatic mail may stop it
        attachments=what.attachments,
        personal=grants.links(head, ticket.id, Act.ESCALATE, at=at),
    )
    return post(session, head, letter, at)


def _others(about: Correspondence, email: str) -> tuple[tuple[Mailbox, ...], tuple[Mailbox, ...]]:
    """Who is written to without the author: copied-in people take the place of an author who is the requester."""
    author = address.normalise(email) if email else ""
    to, cc = (
        tuple(box for box in boxes if address.normalise(box.address) != author)
        for boxes in (about.to, about.cc)
    )
    return (to, cc) if to else (cc, ())


def _fitting(files: Sequence[Attachment]) -> tuple[tuple[Attachment, ...], list[tuple[str, str]]]:
    """The files that one letter holds, and those that would make it too large for other servers."""
    taken: list[Attachment] = []
    heavy: list[tuple[str, str]] = []
    weight = 0
    for each in files:
        if weight + len(each.content) <= MOST_FILE_BYTES:
            taken.append(each)
            weight += len(each.content)
        else:
            heavy.append((each.filename, "too-large"))
    return tuple(taken), heavy


def _unsent(files: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "why": why} for name, why in files]
