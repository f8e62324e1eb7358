"""One act on every ticket that is ticked in the queue, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from gateway.store.models import Engineer
from gateway.store.queries import people
from gateway.tickets import NotFound, bulk
from web import acts, auth, visit

pages = Blueprint("bulk", __name__)


@pages.post("/bulk")
def act() -> ResponseReturnValue:
    """Assign or close the tickets `ids`; each that could not be done is told with its reason."""
    wanted, ids = request.form.get("act", ""), acts.numbers("ids")
    back = redirect(auth.own_path(request.form.get("back", "")), 303)
    if wanted not in ("assign", "close"):
        abort(400)
    if not ids:
        flash(visit.say("No ticket is ticked."), "bad")
        return back
    if len(set(ids)) > bulk.MOST:
        flash(visit.say("At most %(most)s tickets at once.", most=bulk.MOST), "bad")
        return back
    if wanted == "assign":
        _assign(ids)
    else:
        _close(ids)
    return back


def _assign(ids: Iterable[int]) -> None:
    services, chosen = visit.services(), _assignee()
    found = bulk.assign(
        services.transaction, services.letterhead, ids,
        author=visit.me(), assignee_id=chosen.id if chosen else None, at=visit.now(),
    )  # fmt: skip
    count = visit.reader().count
    if found.done and chosen:
        who = chosen.name
        one, many = "%(n)s ticket is now %(who)s's.", "%(n)s tickets are now %(who)s's."
        flash(count(one, many, len(found.done), who=who))
    elif found.done:
        flash(count("%(n)s ticket is now nobody's.", "%(n)s tickets are now nobody's.", len(found.done)))
    _rest(found, visit.say("assigned so already"))


def _close(ids: Iterable[int]) -> None:
    services = visit.services()
    found = bulk.close(
        services.transaction, services.letterhead, ids,
        author=visit.me(), text=acts.posted("text", acts.LONGEST_TEXT), at=visit.now(),
    )  # fmt: skip
    if found.done:
        flash(visit.reader().count("%(n)s ticket closed.", "%(n)s tickets closed.", len(found.done)))
    _rest(found, visit.say("closed already"))


def _assignee() -> Engineer | None:
    """Who is chosen: nobody for 0, the reader themselves for `me`; 400 for an engineer who is not there."""
    if request.form.get("assignee") == "me":
        return visit.me()
    wanted = acts.chosen("assignee")
    if not wanted:
        return None
    with visit.reading() as rows:
        return next((each for each in people.engineers(rows) if each.id == wanted), None) or abort(400)


def _rest(found: bulk.Outcome, as_before: str) -> None:
    """Tell what was not done, each reason once with its tickets: a cookie carries these words."""
    reasons: dict[str, list[str]] = {}
    for number, why in found.refused:
        said = visit.say("there is no such ticket") if isinstance(why, NotFound) else acts.in_words(why)
        reasons.setdefault(said, []).append(visit.number_of(number))
    if found.already:
        reasons.setdefault(as_before, []).extend(map(visit.number_of, found.already))
    for said, numbers in reasons.items():
        kind = "message" if said == as_before else "bad"
        shown = visit.say(", ").join(numbers[:20]) + (" …" if len(numbers) > 20 else "")
        flash(visit.say("%(tickets)s: %(why)s.", tickets=shown, why=said), kind)
