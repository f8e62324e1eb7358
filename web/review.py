"""What waits for a person: quarantined, held and suspicious mail, held messages, and who is kept out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import review
from gateway.operations import auditing, blocking
from gateway.store.models import DeliveryState, Role
from gateway.store.queries import aws_desk, blocks, evidence, listing, people, reviewing
from web import acts, auth, files, timeline, visit, waiting
from web.aws import shown, words

pages = Blueprint("review", __name__)

_SHOWN: Final = {
    "": (DeliveryState.HELD, DeliveryState.QUARANTINED),
    "held": (DeliveryState.HELD,),
    "quarantined": (DeliveryState.QUARANTINED,),
    "blocked": (DeliveryState.BLOCKED,),
}
PAGE_ROWS: Final = 25


@pages.get("/review")
def show() -> ResponseReturnValue:
    """Held messages and deliveries, each with its reason; or what blocks kept out, with the blocks."""
    kind, cursor, reader = request.args.get("show", ""), request.args.get("cursor", ""), visit.reader()
    if kind not in _SHOWN:
        abort(400)
    first = not cursor
    with visit.reading() as rows:
        try:
            page = listing.deliveries(rows, states=_SHOWN[kind], cursor=cursor, limit=PAGE_ROWS)
        except listing.BadCursor:
            abort(400)
        mails = waiting.drawn(rows, page.rows, reader)
        beside = _beside(rows) if first and not kind else {}
        context = {
            "total": listing.count_held(rows)
            + evidence.count_undecided(rows)
            + listing.count_beside_aws(rows),
            "blocks": blocks.in_force(rows) if first and kind == "blocked" else [],
            "customers": people.customers(rows),
        }
    return render_template(
        "web/review.html", title=visit.say("Review"), page=page, mails=mails, kind=kind, kinds=list(_SHOWN),
        may_register=Role(visit.me().role).rank >= Role.LEAD.rank, **beside, **context,
    )  # fmt: skip


@pages.route("/deliveries/<int:delivery_id>/original", methods=["GET", "POST"])
def original(delivery_id: int) -> ResponseReturnValue:
    """A delivery's mail exactly as it arrived."""
    return files.arrived(delivery_id, f"delivery-{delivery_id}.eml")


@pages.post("/deliveries/<int:delivery_id>/accept")
def accept(delivery_id: int) -> ResponseReturnValue:
    """Let a mail in that was held for its sender: it is judged again, and becomes a ticket or a reply."""

    def do(rows: Session) -> None:
        review.replay(rows, delivery_id, author=visit.me(), at=visit.now())
        note(rows, "mail.accepted", f"delivery:{delivery_id}")

    return decide(do, visit.say("Mail is let in."))


@pages.post("/deliveries/<int:delivery_id>/replay")
def replay(delivery_id: int) -> ResponseReturnValue:
    """Judge a delivery again, as if it came now."""

    def do(rows: Session) -> None:
        review.replay(rows, delivery_id, author=visit.me(), admit=False, at=visit.now())
        note(rows, "mail.replayed", f"delivery:{delivery_id}")

    return decide(do, visit.say("Mail is read again."))


@pages.post("/deliveries/<int:delivery_id>/attach")
def attach(delivery_id: int) -> ResponseReturnValue:
    """Put a mail onto a ticket, named by its number."""
    number = _ticket_number(acts.posted("ticket", 40))

    def do(rows: Session) -> None:
        review.attach(
            rows, visit.services().letterhead, delivery_id, number, author=visit.me(), at=visit.now()
        )
        note(rows, "mail.attached", f"delivery:{delivery_id}", ticket=number)

    return decide(do, visit.say("Mail goes to %(ticket)s.", ticket=visit.number_of(number)))


@pages.post("/deliveries/<int:delivery_id>/register")
def register(delivery_id: int) -> ResponseReturnValue:
    """Make the author a contact of a customer and let the mail in; for leads: it opens that customer's pages."""
    customer, name, email = acts.chosen("customer"), acts.posted("name", 200), acts.posted("email", 320)

    def do(rows: Session) -> None:
        made = blocking.register(rows, customer, email=email, name=name)
        review.replay(rows, delivery_id, author=visit.me(), at=visit.now())
        note(rows, "contact.registered", f"contact:{made.id}", customer=customer)

    return decide(do, visit.say("%(who)s is a contact now. The mail is let in.", who=email))


@pages.post("/messages/<int:message_id>/dismiss")
def dismiss(message_id: int) -> ResponseReturnValue:
    """Leave a held message without effect."""

    def do(rows: Session) -> None:
        review.dismiss(rows, visit.services().letterhead, message_id, author=visit.me(), at=visit.now())
        note(rows, "mail.dismissed", f"message:{message_id}")

    return decide(do, visit.say("The message stays without effect."))


@pages.post("/blocks")
def block() -> ResponseReturnValue:
    """Keep an address or a domain out from now on; its mail is stored and can be let in later."""
    pattern, reason = acts.posted("pattern", 320), acts.posted("reason", blocking.LONGEST_REASON)
    own = visit.services().settings.own_addresses

    def do(rows: Session) -> None:
        said = reason.strip() or visit.say("decided in the review")
        made, along = blocking.block(
            rows, pattern, author=visit.me(), reason=said, own_addresses=own, at=visit.now()
        )
        note(rows, "sender.blocked", f"block:{made}", mails=along)

    return decide(do, visit.say("%(who)s is blocked. Nothing is lost: see Blocked.", who=pattern))


@pages.post("/blocks/<int:block_id>/lift")
def lift(block_id: int) -> ResponseReturnValue:
    """End a block."""

    def do(rows: Session) -> None:
        blocking.lift(rows, block_id, author=visit.me(), at=visit.now())
        note(rows, "sender.unblocked", f"block:{block_id}")

    return decide(do, visit.say("The block has ended."))


def decide(do: Callable[[Session], object], done: str) -> ResponseReturnValue:
    """Do it in one transaction and go back to where the form stood."""
    return acts.and_back(do, done, auth.own_path(request.form.get("next", "")))


def note(rows: Session, act: str, about: str, **data: object) -> None:
    """Enter what this engineer decided into the audit log."""
    auditing.note(
        rows, actor=f"engineer:{visit.me().id}", act=act, about=about, client=visit.client(), data=data,
        at=visit.now(),
    )  # fmt: skip


def _beside(rows: Session) -> dict[str, object]:
    """What else waits for a decision, drawn on the first page alone."""
    reader = visit.reader()
    return {
        "messages": [
            (message, ticket, timeline.trust(message, frozenset(), reader))
            for message, ticket in listing.held_messages(rows)
        ],
        "claims": evidence.undecided(rows),
        "writes": [(shown.write(row, reader), ticket) for row, ticket in aws_desk.undecided_writes(rows)],
        "proposals": [(each, words.proposal(each.proposal, reader)) for each in aws_desk.proposals(rows)],
        "infected": reviewing.infected(rows),
    }


def _ticket_number(typed: str) -> int:
    """The number of a ticket as people type it: 1042, HD-1042, [HD-1042]."""
    bare = (
        typed.strip().strip("[]").upper().removeprefix(f"{visit.services().settings.ticket_prefix.upper()}-")
    )
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 18 else 0
