"""The Idempotency-Key of the API: a POST that is sent again is answered again, and done once.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import re
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask, Response, g, has_app_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.operations import replaying
from gateway.operations.replaying import Answer, Standing
from web import visit
from web.api import problems

HEADER: Final = "Idempotency-Key"
PATTERN: Final = r'^("[A-Za-z0-9._~+/=:-]{1,200}"|[A-Za-z0-9._~+/=:-]{1,200})$'
"""A string of RFC 9651 as the draft wants it, or bare as most clients send it."""
PARAMETER: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name of the caller's own choice for this one request, a UUID for example. Sent again with the "
    "same body within 24 hours, the request is answered as the first time and done once; with another body it is "
    "refused with 422, and with 409 while the first is under way.",
    "schema": {"type": "string", "pattern": PATTERN},
}
_PATTERN: Final = re.compile(PATTERN)
_REPLAYED: Final = "Idempotent-Replayed"


def install(app: Flask) -> None:
    """Let every change that commits within a keyed request say so in its own transaction."""
    sa.event.listen(app.extensions["helpdesk"].sessions, "before_commit", _note_done)


def begin() -> ResponseReturnValue | None:
    """The answer of the same request before, or nothing where this one is the first."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not _PATTERN.fullmatch(key):
        return problems.of_status(
            400, detail=f"{HEADER} is 1 to 200 letters, digits or any of . _ ~ + / = : -"
        )
    asked = replaying.fingerprint(request.method, request.full_path, request.get_data())
    with visit.services().transaction() as rows:
        known = replaying.begin(rows, caller=_caller(), key=key.strip('"'), asked=asked, at=visit.now())
    if known.standing is Standing.NEW:
        g.keyed = known.row_id
        return None
    return _again(known.answer) if known.answer else _REFUSALS[known.standing]()


def keep(response: Response) -> Response:
    """Keep the answer of a keyed request for the next that comes under its key."""
    row_id = g.pop("keyed", None)
    if row_id is not None:
        answer = Answer(
            response.status_code, response.content_type or "", response.headers.get("Location", ""),
            response.get_data(),
        )  # fmt: skip
        with visit.services().transaction() as rows:
            replaying.end(rows, row_id, answer)
    return response


def _caller() -> str:
    return replaying.fingerprint(request.headers.get("Authorization", ""))


def _note_done(session: Session) -> None:
    if has_app_context() and "keyed" in g:
        replaying.note_done(session, g.keyed)


def _again(answer: Answer) -> Response:
    if answer.body is None:
        return _lost()
    made = Response(answer.body, answer.status, content_type=answer.content_type)
    if answer.location:
        made.headers["Location"] = answer.location
    made.headers[_REPLAYED] = "true"
    return made


def _lost() -> Response:
    said = "This request was carried out before. Its answer is kept no more: read what it changed."
    return problems.of_status(409, detail=said)


def _under_way() -> Response:
    said = "A request with this key is under way. Ask again in a moment."
    return problems.of_status(409, detail=said, headers={"Retry-After": "1"})


def _other() -> Response:
    return problems.of_status(422, errors={HEADER: ["was used for another request within the last 24 hours"]})


_REFUSALS: Final = {Standing.UNDER_WAY: _under_way, Standing.OTHER: _other, Standing.LOST: _lost}
