"""What waits for a person: quarantined and held mail, and letters that did not simply leave."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import review
from gateway.store.models import DeliveryState, Outbox
from gateway.store.queries import aws_desk, correspondence, evidence, listing
from web import acts, auth, codes, files, returned, timeline, visit
from web.aws import shown, words

pages = Blueprint("review", __name__)

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
_HELD: Final = (DeliveryState.HELD, DeliveryState.QUARANTINED)


@pages.get("/review")
def show() -> ResponseReturnValue:
    """Held messages and deliveries, each with its reason."""
    with visit.reading() as rows:
        try:
            page = listing.deliveries(rows, states=_HELD, cursor=request.args.get("cursor", ""), limit=50)
        except listing.BadCursor:
            abort(400)
        messages = listing.held_messages(rows) if not request.args.get("cursor") else []
        total = listing.count_held(rows) + evidence.count_undecided(rows) + listing.count_beside_aws(rows)
        first = not request.args.get("cursor")
        claims = evidence.undecided(rows) if first else []
        writes = aws_desk.undecided_writes(rows) if first else []
        proposals = aws_desk.proposals(rows) if first else []
    judged = [
        (message, ticket, timeline.trust(message, frozenset(), visit.reader()))
        for message, ticket in messages
    ]
    return render_template(
        "web/review.html", title=visit.say("Review"), page=page, messages=judged, total=total, claims=claims,
        writes=[(shown.write(row, visit.reader()), ticket) for row, ticket in writes],
        proposals=[(ticket, words.proposal(ticket.proposal, visit.reader())) for ticket in proposals],
    )  # fmt: skip


@pages.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Letters on their way: what failed and what is uncertain first of all."""
    state = request.args.get("state", "")
    if state and state not in codes.STATES:
        abort(400)
    states = (state,) if state else listing.WAITING_LETTERS
    with visit.reading() as rows:
        try:
            page = listing.letters(rows, states=states, cursor=request.args.get("cursor", ""), limit=50)
        except listing.BadCursor:
            abort(400)
        first = not (state or request.args.get("cursor"))
        resting = returned.all_resting(rows, visit.now(), visit.reader()) if first else []
        strangers = returned.strangers(rows, visit.reader()) if first else []
    state_words = {code: visit.say(words) for code, words in codes.STATES.items()}
    mailings = [timeline.mailing(row, visit.reader()) for row in page.rows]
    return render_template("web/outbox.html", title=visit.say("Outbox"), mailings=mailings, cursor=page.cursor,
                           state=state, states=list(codes.STATES), state_words=state_words,
                           resting=resting, strangers=strangers)  # fmt: skip


@pages.get("/outbox/<int:outbox_id>")
def letter(outbox_id: int) -> ResponseReturnValue:
    """A letter as its recipients read it."""
    row = _letter(outbox_id)
    mail = message_from_bytes(row.content, policy=policy.default)
    body = mail.get_body(("plain",))
    return render_template(
        "web/letter.html",
        title=row.subject or visit.say("Letter"),
        mailing=timeline.mailing(row, visit.reader()),
        headers=[(name, str(mail[name])) for name in _SHOWN_HEADERS if mail[name]],
        text=body.get_content() if body else "",
    )


@pages.get("/outbox/<int:outbox_id>/original")
def letter_original(outbox_id: int) -> ResponseReturnValue:
    """A letter's bytes exactly as they leave."""
    return files.download(_letter(outbox_id).content, f"letter-{outbox_id}.eml", "")


@pages.route("/deliveries/<int:delivery_id>/original", methods=["GET", "POST"])
def original(delivery_id: int) -> ResponseReturnValue:
    """A delivery's mail exactly as it arrived."""
    return files.arrived(delivery_id, f"delivery-{delivery_id}.eml")


@pages.post("/deliveries/<int:delivery_id>/replay")
def replay(delivery_id: int) -> ResponseReturnValue:
    """Judge a delivery again."""
    return _decide(
        lambda rows: review.replay(rows, delivery_id, author=visit.me(), at=visit.now()),
        visit.say("Mail is read again."),
    )


@pages.post("/outbox/<int:outbox_id>/retry")
def retry(outbox_id: int) -> ResponseReturnValue:
    """Send a letter once more."""
    return _decide(
        lambda rows: review.retry(
            rows, visit.services().letterhead, outbox_id, author=visit.me(), at=visit.now()
        ),
        visit.say("Letter is sent again."),
    )


@pages.post("/outbox/<int:outbox_id>/give-up")
def give_up(outbox_id: int) -> ResponseReturnValue:
    """Send a letter no more."""
    return _decide(
        lambda rows: review.give_up(rows, outbox_id, author=visit.me(), at=visit.now()),
        visit.say("Letter is given up."),
    )


def _letter(outbox_id: int) -> Outbox:
    with visit.reading() as rows:
        row = correspondence.letter(rows, outbox_id)
    if row is None:
        abort(404)
    return row


def _decide(do: Callable[[Session], object], done: str) -> ResponseReturnValue:
    return acts.and_back(do, done, auth.own_path(request.form.get("next", "")))
