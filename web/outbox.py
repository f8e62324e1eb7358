"""Letters on their way: how far each came, what the next server said, and what a person may decide."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any, Final

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import review
from gateway.store.models import Attachment, Outbox, OutboxState, Role
from gateway.store.queries import correspondence, letters, listing
from gateway.store.queries.letters import Wanted
from gateway.tickets import Refused
from web import acts, auth, codes, files, gate, return_words, returned, review_words, timeline, visit
from web.gate import Gate
from web.review import decide, note
from web.review import pages as pages
from web.rights import needs

_SHOWN_HEADERS: Final = (
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
)
_ENHANCED: Final = re.compile(r"(?<![\d.])[245]\.(\d{1,3}\.\d{1,3})(?![\d.])", re.ASCII)
_MEANINGS: Final = {**review_words.STATUSES, **return_words.CAUSES}
_MOST_AT_ONCE: Final = 200
_ENTRY: Final = re.compile(r"/enter/[a-z2-7]{1,64}", re.ASCII)


@pages.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Letters on their way: what failed and what is uncertain first of all."""
    wanted, cursor = _wanted(), request.args.get("cursor", "")
    plain = wanted == Wanted(states=listing.WAITING_LETTERS)
    with visit.reading() as rows:
        try:
            page = letters.asked(rows, wanted, cursor=cursor)
        except listing.BadCursor:
            abort(400)
        first = plain and not cursor
        reader, counts = visit.reader(), letters.counts(rows)
        resting = returned.all_resting(rows, visit.now(), reader) if first else []
        strangers = returned.strangers(rows, reader) if first else []
        failing = letters.failing(rows) if first else []
    return render_template(
        "web/outbox.html", title=visit.say("Outbox"), cursor=page.cursor, counts=counts,
        mailings=[(timeline.mailing(row, reader), meaning(row.last_reply, reader)) for row in page.rows],
        state=request.args.get("state", ""), states=list(codes.STATES), asked=request.args,
        state_words={code: visit.say(words) for code, words in codes.STATES.items()},
        resting=resting, strangers=strangers, failing=failing,
    )  # fmt: skip


@pages.get("/outbox/<int:outbox_id>")
def letter(outbox_id: int) -> ResponseReturnValue:
    """A letter as its recipients read it."""
    row, _ = _letter(outbox_id)
    mail = message_from_bytes(row.content, policy=policy.default)
    body = mail.get_body(("plain",))
    return render_template(
        "web/letter.html",
        title=row.subject or visit.say("Letter"),
        mailing=timeline.mailing(row, visit.reader()),
        meaning=meaning(row.last_reply, visit.reader()),
        headers=[(name, str(mail[name])) for name in _SHOWN_HEADERS if mail[name]],
        text=_readable(row, body.get_content() if body else ""),
        whole=Role(visit.me().role).rank >= Role.LEAD.rank and not _lets_in(row),
    )


@pages.route("/outbox/<int:outbox_id>/original", methods=["GET", "POST"])
@needs(Role.LEAD)
def letter_original(outbox_id: int) -> ResponseReturnValue:
    """A letter's bytes exactly as they leave; those of a letter with stopped files only on a second step."""
    row, enclosed = _letter(outbox_id)
    if _lets_in(row):
        abort(403)
    standing = gate.of(enclosed)
    if standing is not Gate.OPEN and request.method != "POST":
        return gate.page(standing, enclosed, ticket=row.ticket_id, whole=True)
    if standing is Gate.SHUT:
        gate.note_taken(enclosed)
    return files.download(row.content, f"letter-{outbox_id}.eml", "")


@pages.post("/outbox/<int:outbox_id>/retry")
def retry(outbox_id: int) -> ResponseReturnValue:
    """Send a letter once more."""
    return decide(lambda rows: _retry(rows, outbox_id), visit.say("Letter is sent again."))


@pages.post("/outbox/retry")
def retry_all() -> ResponseReturnValue:
    """Send every refused letter to one domain once more, each for itself."""
    destination, done, refused = acts.posted("destination", 255), 0, ""
    with visit.reading() as rows:
        found = letters.failed(rows, destination, limit=_MOST_AT_ONCE)
    for outbox_id in found:
        try:
            with visit.services().transaction() as rows:
                _retry(rows, outbox_id)
        except Refused as why:
            refused = acts.in_words(why)
        else:
            done += 1
    flash(visit.reader().count("1 letter is sent again.", "%(n)s letters are sent again.", done))
    if refused:
        flash(refused, "bad")
    return redirect(auth.own_path(request.form.get("next", "")), 303)


@pages.post("/outbox/<int:outbox_id>/give-up")
def give_up(outbox_id: int) -> ResponseReturnValue:
    """Send a letter no more."""

    def do(rows: Session) -> None:
        review.give_up(rows, outbox_id, author=visit.me(), at=visit.now())
        note(rows, "letter.given-up", f"letter:{outbox_id}")

    return decide(do, visit.say("Letter is given up."))


@pages.post("/outbox/<int:outbox_id>/cancel")
def cancel(outbox_id: int) -> ResponseReturnValue:
    """Never send a letter that has not left yet, with a reason."""
    reason = acts.posted("reason", 500)

    def do(rows: Session) -> None:
        review.cancel(rows, outbox_id, author=visit.me(), reason=reason, at=visit.now())
        note(rows, "letter.given-up", f"letter:{outbox_id}")

    return decide(do, visit.say("Letter is given up."))


def meaning(reply: str, reader: visit.Reader) -> str:
    """What the enhanced status code in a server's answer means, in words; empty where it has none.

    Source: RFC 3463 §3.
    """
    found = _ENHANCED.search(reply)
    words = _MEANINGS.get(found[1]) if found else None
    return reader.say(words) if words else ""


def _wanted() -> Wanted:
    """The letters that the address asks for; 400 for values that no form of ours sends."""
    state = request.args.get("state", "")
    to = request.args.get("to", "").replace("\x00", "").strip()[:320]
    number = request.args.get("ticket", "").strip().upper()
    bare = number.removeprefix(f"{visit.services().settings.ticket_prefix.upper()}-")
    if state and state not in codes.STATES:
        abort(400)
    if bare and not (bare.isascii() and bare.isdigit() and len(bare) < 18):
        bare = "0"
    narrowed = bool(to or bare)
    states: Any = (state,) if state else () if narrowed else listing.WAITING_LETTERS
    return Wanted(states, to, int(bare) if bare else None)


def _retry(rows: Session, outbox_id: int) -> None:
    review.retry(rows, visit.services().letterhead, outbox_id, author=visit.me(), at=visit.now())
    note(rows, "letter.retried", f"letter:{outbox_id}")


def _lets_in(row: Outbox) -> bool:
    """Whether a letter lets a customer's person in, which is for nobody else; a desk that is tried shows it."""
    tried = row.state == OutboxState.KEPT and visit.services().settings.environment == "development"
    return row.letter == "entry" and not tried


def _readable(row: Outbox, text: str) -> str:
    return _ENTRY.sub("/enter/…", text) if _lets_in(row) else text


def _letter(outbox_id: int) -> tuple[Outbox, list[Attachment]]:
    """A letter, with the files of the message that it carries."""
    with visit.reading() as rows:
        row = correspondence.letter(rows, outbox_id)
        if row is None:
            abort(404)
        message = correspondence.message(rows, row.ticket_message_id or 0)
        enclosed = list(message.attachments) if message else []
    return row, enclosed
