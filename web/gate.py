"""Whether a file may be handed over, by what the scanner says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum, unique

from flask import Response, abort, render_template

from gateway.store.models import Attachment, Role, ScanState
from gateway.tickets import Refused, scanned
from web import visit


@unique
class Gate(StrEnum):
    """Open; asks for a deliberate second step; shut, which only a lead opens, and only for a whole mail."""

    OPEN = "open"
    ASKS = "asks"
    SHUT = "shut"


def of(files: Iterable[Attachment]) -> Gate:
    """How these files may be handed over."""
    states = {file.scan_state for file in files}
    if ScanState.INFECTED in states:
        return Gate.SHUT
    asks = visit.services().settings.scanner_required and bool(states - {ScanState.CLEAN})
    return Gate.ASKS if asks else Gate.OPEN


def drawn(file: Attachment) -> bool:
    """Whether a picture may be drawn inside a page, where nobody can be asked."""
    return of([file]) is Gate.OPEN


def page(standing: Gate, files: Sequence[Attachment], *, ticket: int | None, whole: bool = False) -> Response:
    """What stands in place of a file: a question, or why it is not handed over.

    Shape: `whole` says that it is a mail as it arrived, which a lead may have in spite of what was found.
    """
    may = standing is Gate.ASKS or (whole and Role(visit.me().role).rank >= Role.LEAD.rank)
    title = visit.say("Infected file") if standing is Gate.SHUT else visit.say("File without a verdict")
    shown = render_template(
        "web/gate.html", title=title, shut=standing is Gate.SHUT, offered=may, whole=whole, ticket=ticket,
        files=[file for file in files if file.scan_state is not ScanState.CLEAN][:20],
    )  # fmt: skip
    return Response(shown, 200 if may else 403, content_type="text/html; charset=utf-8")


def note_taken(files: Sequence[Attachment]) -> None:
    """Note on its tickets that a mail with an infected file is taken; nobody below a lead takes one."""
    services = visit.services()
    try:
        with services.transaction() as rows:
            for message_id in sorted({file.message_id for file in files}):
                scanned.take_original(
                    rows, services.letterhead, message_id, author=visit.me(), at=visit.now()
                )
    except Refused:
        abort(403)
