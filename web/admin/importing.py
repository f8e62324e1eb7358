"""Import by file in the page: read, previewed, confirmed. And the present state as such a file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway import secrets
from gateway.operations import auditing, exporting, previewing
from gateway.operations.previewing import Otherwise, Preview
from gateway.operations.yaml_tree import LARGEST_BYTES, Fault, Unreadable
from gateway.store.models import Role
from web import files, visit
from web.admin.frame import actor
from web.admin.import_words import REMARKS, THINGS, TURN_TAGS, TURNS
from web.rights import needs

pages = Blueprint("admin_import", __name__)

MOST_SHOWN: Final = 1000
"""Changes that a preview draws one by one; of more it says how many."""
_LONGEST_SHOWN: Final = 200_000


@pages.get("/admin/import")
@needs(Role.ADMIN)
def show() -> ResponseReturnValue:
    """The form for a file."""
    return _page()


@pages.post("/admin/import")
@needs(Role.ADMIN)
def preview() -> ResponseReturnValue:
    """What a file would change; nothing is written."""
    content, prune = _given(), "prune" in request.form
    if not content.strip():
        return _page(said=visit.say("Choose a file, or paste its text."), status=400)
    try:
        found = previewing.preview(visit.services(), content, prune=prune, at=visit.now())
    except Unreadable as unreadable:
        return _page(content, prune=prune, faults=unreadable.faults, status=422)
    return _page(content, prune=prune, found=found)


@pages.post("/admin/import/confirm")
@needs(Role.ADMIN)
def confirm() -> ResponseReturnValue:
    """Import what was previewed, if that does the same as it did in the preview."""
    content, prune = _carried(), request.form.get("prune") == "1"
    try:
        digest = previewing.granted(visit.services(), request.form.get("grant", ""), content, prune=prune,
                                    actor=actor(), at=visit.now())  # fmt: skip
    except secrets.BadToken:
        return _again(content, prune, visit.say("This preview is too old. Here is a new one."))
    try:
        done = previewing.apply(visit.services(), content, prune=prune, confirmed=digest, actor=actor(),
                                client=visit.client(), at=visit.now())  # fmt: skip
    except Otherwise:
        return _again(
            content, prune, visit.say("Somebody changed the desk meanwhile. Here is a new preview.")
        )
    except Unreadable as unreadable:
        return _page(content, prune=prune, faults=unreadable.faults, status=409)
    flash(visit.say("Imported: %(counts)s.", counts=_counts(done)), "good")
    return redirect("/admin/import", 303)


@pages.post("/admin/export")
@needs(Role.ADMIN)
def export() -> ResponseReturnValue:
    """Everything a file can say, as the file that says it; no secrets."""
    with visit.reading() as rows:
        text = exporting.export(rows)
    with visit.services().transaction() as rows:
        auditing.note(rows, actor=actor(), act="export.taken", client=visit.client(), at=visit.now())
    return files.download(text.encode(), f"helpdesk-{visit.now():%Y-%m-%d}.yaml", "")


def _again(content: bytes, prune: bool, said: str) -> ResponseReturnValue:
    try:
        found = previewing.preview(visit.services(), content, prune=prune, at=visit.now())
    except Unreadable as unreadable:
        return _page(content, prune=prune, faults=unreadable.faults, status=409)
    return _page(content, prune=prune, found=found, said=said, status=409)


def _page(content: bytes = b"", *, prune: bool = False, found: Preview | None = None,
          faults: Sequence[Fault] = (), said: str = "", status: int = 200) -> ResponseReturnValue:  # fmt: skip
    grant = ""
    if found is not None and not found.nothing:
        grant = previewing.grant(visit.services(), found, content, prune=prune, actor=actor(), at=visit.now())
    page = render_template(
        "web/admin_import.html",
        title=visit.say("Import and export"),
        text=content.decode("utf-8", "replace") if len(content) <= _LONGEST_SHOWN else "",
        carried=base64.b64encode(content).decode() if grant else "",
        grant=grant,
        prune=prune,
        found=found,
        counts=_counts(found) if found else "",
        shown=MOST_SHOWN,
        things=THINGS,
        in_words=visit.say,
        turns=TURNS,
        tags=TURN_TAGS,
        remarks=[visit.say(REMARKS[code], name=name) for code, name in found.remarks] if found else [],
        faults=faults,
        said=said,
    )
    return page, status


def _counts(found: Preview) -> str:
    counted = found.counted()
    parts = (f"{visit.say(TURNS[turn])} {number}" for turn, number in counted.items() if number)
    return visit.say(", ").join(parts) or visit.say("nothing")


def _given() -> bytes:
    """The file that was chosen, else the text that was typed; line ends as on Unix, however they came."""
    file = request.files.get("file")
    content = file.read(LARGEST_BYTES + 1) if file and file.filename else b""
    content = content or request.form.get("text", "").encode("utf-8", "replace")
    return content.replace(b"\r\n", b"\n")


def _carried() -> bytes:
    try:
        return base64.b64decode(request.form.get("carried", ""), validate=True)
    except (binascii.Error, ValueError):
        abort(400)
