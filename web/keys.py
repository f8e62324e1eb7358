"""The keys of the desk, as a page of their own; the script shows the same in a dialog."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web import visit
from web.key_words import KEYS

pages = Blueprint("keys", __name__)


@pages.get("/keys")
def show() -> ResponseReturnValue:
    """Every key and what it does."""
    return render_template("web/keys.html", title=visit.say("Keys"), groups=KEYS)
