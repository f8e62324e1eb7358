"""What the scanner's word means for tickets: findings noted for engineers, infected files stopped on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind
from gateway.mail.message import Attachment
from gateway.store import scans, withholding
from gateway.store.models import Direction, Engineer, Message, Role, ScanState
from gateway.tickets import NotFound, Refused, log, returns
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry


def note(session: Session, head: Letterhead, ticket_id: int, *, attachment_id: int, message_id: int, words: str,
         at: datetime) -> None:  # fmt: skip
    """Note on a ticket that something was found in one of its files, once.

    Shape: `words` name the file and the finding; they come from outside, so that they can be erased.
    """
    ticket = locked(session, ticket_id)
    if any(
        each.kind is EventKind.FILE_INFECTED and each.data.get("attachment") == attachment_id
        for each in log.events(session, ticket_id)
    ):
        return
    data: dict[str, object] = {"attachment": attachment_id, "message": message_id}
    finish(session, head, ticket, [Entry(EventKind.FILE_INFECTED, at, "system", data, words=words)], at=at)


def note_known(session: Session, head: Letterhead, ticket_id: int, *, delivery_id: int, at: datetime) -> None:
    """Note those files of a mail just filed that are known to be infected already."""
    for attachment_id, (message_id, name, found) in scans.of_delivery(session, delivery_id).items():
        note(session, head, ticket_id, attachment_id=attachment_id, message_id=message_id,
             words=f"{name}: {found}", at=at)  # fmt: skip


def refuse_infected(session: Session, files: Sequence[tuple[str, str]]) -> None:
    """Nothing, where none of the files is known to be infected. Shape: each is content key and name.

    Errors: Refused.
    """
    found = scans.infected(session, [key for key, _ in files])
    for key, name in files:
        if key in found:
            raise Refused("the scanner found %(found)s in %(file)s", found=found[key], file=name)


def refuse(session: Session, head: Letterhead, files: Sequence[Attachment]) -> None:
    """Nothing, where none of the files is known to be unfit to leave.

    Errors: Refused.
    """
    found = scans.infected(session, [each.sha256 for each in files])
    states = scans.states(session, [each.sha256 for each in files])
    for each in files:
        if each.sha256 in found:
            raise Refused("the scanner found something in a file of this reply")
        if head.scan_required and states[each.sha256] is ScanState.FAILED:
            raise Refused("the scanner could not tell whether a file of this reply is clean")


def refuse_again(session: Session, head: Letterhead, message_id: int | None) -> None:
    """Nothing, where the letters of a message may be sent again.

    Errors: Refused.
    """
    message = session.get(Message, message_id) if message_id is not None else None
    states = {each.scan_state for each in message.attachments} if message else set()
    if ScanState.INFECTED in states or (head.scan_required and ScanState.FAILED in states):
        raise Refused("the scanner stopped this letter for one of its files")


def hold(session: Session, head: Letterhead, message_id: int, keys: Sequence[str], *, at: datetime) -> None:
    """Let the letter of a reply wait until its files are scanned, no longer than the letterhead says."""
    if not keys or head.scan_patience <= timedelta():
        return
    if any(state is not ScanState.CLEAN for state in scans.states(session, keys).values()):
        withholding.wait(session, message_id, at + head.undo + head.scan_patience)


def settle(session: Session, head: Letterhead, message_id: int, *, at: datetime) -> None:
    """Let the letter of a reply go once all its files have a verdict; one with an infected file never goes."""
    message = session.get(Message, message_id)
    if message is None or message.direction != Direction.OUTBOUND:
        return
    names = {each.blob_key: each.filename for each in message.attachments}
    states = scans.states(session, names)
    stopped = [key for key, state in states.items() if state is ScanState.INFECTED]
    if head.scan_required:
        stopped += [key for key, state in states.items() if state is ScanState.FAILED]
    if stopped:
        said = "not sent, for the scanner's verdict on " + ", ".join(names[key] for key in stopped)
        for letter_id in withholding.stop(session, message_id, said):
            returns.letter_refused(session, head, letter_id, at=at)
    elif ScanState.NOT_SCANNED not in states.values():
        withholding.release(session, message_id, undo=head.undo, at=at)


def take_original(
    session: Session, head: Letterhead, message_id: int, *, author: Engineer, at: datetime
) -> None:
    """Note that somebody takes a mail as it arrived, infected files and all.

    Errors: NotFound; Refused where that is not for them.
    """
    if Role(author.role).rank < Role.LEAD.rank:
        raise Refused("a mail with an infected file is for team leads")
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("there is no such message")
    ticket = locked(session, message.ticket_id)
    data: dict[str, object] = {"message": message_id}
    finish(session, head, ticket, [Entry(EventKind.ORIGINAL_TAKEN, at, actor(author), data)], at=at)
