"""Files out of mail, handed over so that no browser runs them: attachments, original mail, the HTML view."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail.html import remote_images, safe_html
from gateway.store.models import Attachment, Message
from gateway.store.queries import correspondence
from web import gate, visit
from web.gate import Gate
from web.security import FILE_POLICY, MAIL_POLICY

pages = Blueprint("files", __name__)

SHOWN_AS_THEY_ARE: Final = frozenset({"image/png", "image/jpeg", "image/gif"})
_INLINE: Final = "inline-image"
_INLINE_LIFE: Final = timedelta(minutes=10)
_LONGEST_HTML: Final = 2 * 1024 * 1024


@pages.route("/attachments/<token>", methods=["GET", "POST"])
def attachment(token: str) -> ResponseReturnValue:
    """A file of a message, as a download; posted, the second step for one without a verdict."""
    with visit.reading() as rows:
        found = correspondence.attachment(rows, token)
        if found is None:
            abort(404)
        standing = gate.of([found])
        if standing is Gate.SHUT or (standing is Gate.ASKS and request.method != "POST"):
            return gate.page(standing, [found], ticket=correspondence.ticket_of_file(rows, found))
        content = visit.services().blobs.get(rows, found.blob_key)
    return download(content, found.filename, found.content_type)


@pages.route("/messages/<int:message_id>/original", methods=["GET", "POST"])
def original(message_id: int) -> ResponseReturnValue:
    """The mail exactly as it arrived; posted, the second step where the scanner has not said that it is clean."""
    with visit.reading() as rows:
        delivery_id = _message(rows, message_id).delivery_id or 0
    return arrived(delivery_id, f"message-{message_id}.eml")


def arrived(delivery_id: int, name: str) -> ResponseReturnValue:
    """A delivery's mail exactly as it arrived, as far as the scanner's word on its files lets it go."""
    with visit.reading() as rows:
        delivery = correspondence.delivery(rows, delivery_id)
        if delivery is None:
            abort(404)
        files = correspondence.files_of_delivery(rows, delivery_id)
        standing = gate.of(files)
        if standing is not Gate.OPEN and request.method != "POST":
            return gate.page(standing, files, ticket=delivery.ticket_id, whole=True)
        content = visit.services().blobs.get(rows, delivery.blob_key)
    if standing is Gate.SHUT:
        gate.note_taken(files)
    return download(content, name, "")


@pages.get("/messages/<int:message_id>/text")
def text(message_id: int) -> ResponseReturnValue:
    """Everything readable of a message."""
    with visit.reading() as rows:
        message = _message(rows, message_id)
    return download(message.text.encode(), f"message-{message_id}.txt", "text/plain")


@pages.get("/messages/<int:message_id>/view")
def view(message_id: int) -> ResponseReturnValue:
    """A page with the mail's HTML inside a sandbox, and how much of it was held back."""
    with visit.reading() as rows:
        message = _message(rows, message_id)
        blocked = remote_images(_html(rows, message))
    title = visit.say("HTML view of message %(number)s", number=message.id)
    return render_template("web/html_view.html", title=title, message=message, blocked=blocked)


@pages.get("/messages/<int:message_id>/html")
def html(message_id: int) -> ResponseReturnValue:
    """The mail's HTML, made safe, as a document of its own that can do nothing."""
    with visit.reading() as rows:
        message = _message(rows, message_id)
        source = _html(rows, message)
        shown = safe_html(
            source, {file.content_id: _inline_url(file) for file in message.attachments if _drawn(file)}
        )
    document = f'<!doctype html><meta charset="utf-8"><title>-</title><base target="_blank">{shown}'
    answer = Response(document, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@pages.get("/inline/<grant>")
def inline(grant: str) -> ResponseReturnValue:
    """A picture inside a mail's HTML. The sandbox sends no cookie, so the address itself grants, for minutes."""
    secret = visit.services().settings.secret_key.get_secret_value()
    try:
        token = secrets.granted(secret, _INLINE, grant, visit.now())
    except secrets.BadToken:
        abort(404)
    with visit.reading() as rows:
        found = correspondence.attachment(rows, token)
        if found is None or not _drawn(found):
            abort(404)
        content = visit.services().blobs.get(rows, found.blob_key)
    answer = Response(content, content_type=found.content_type.lower())
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the sandbox has an origin of its own
    return answer


def download(content: bytes, filename: str, content_type: str) -> Response:
    """Bytes that a browser saves and never runs.

    Source: RFC 6266 §4.3 (both forms of the name), RFC 8187.
    """
    kind = content_type.lower() if content_type.lower() in SHOWN_AS_THEY_ARE else "application/octet-stream"
    if content_type == "text/plain":
        kind = "text/plain; charset=utf-8"
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = disposition(filename)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def disposition(filename: str) -> str:
    """The header value that makes a download of this name.

    >>> disposition('re"port 日.pdf')
    'attachment; filename="re_port _.pdf"; filename*=UTF-8\\'\\'re%22port%20%E6%97%A5.pdf'
    """
    plain = (
        "".join(char if " " <= char <= "~" and char not in '"\\%;/' else "_" for char in filename) or "file"
    )
    encoded = quote(filename.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _message(rows: Session, message_id: int) -> Message:
    found = correspondence.message(rows, message_id)
    if found is None:
        abort(404)
    return found


def _drawn(file: Attachment) -> bool:
    return bool(file.content_id) and file.content_type.lower() in SHOWN_AS_THEY_ARE and gate.drawn(file)


def _inline_url(file: Attachment) -> str:
    secret = visit.services().settings.secret_key.get_secret_value()
    return f"/inline/{secrets.grant(secret, _INLINE, file.token, visit.now() + _INLINE_LIFE)}"


def _html(rows: Session, message: Message) -> str:
    if not message.html_key:
        abort(404)
    return visit.services().blobs.get(rows, message.html_key)[:_LONGEST_HTML].decode("utf-8", "replace")
