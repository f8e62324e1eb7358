"""Every letter as it reads, in both languages side by side, with sample values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.mail import letter_samples, letters
from gateway.mail.letter_variants import VARIANTS
from gateway.mail.letters import Letter
from web import codes, visit
from web.admin.letter_words import CUSTOMER, ENGINEER, TITLES
from web.security import MAIL_POLICY

pages = Blueprint("admin_letters", __name__)

LANGUAGES: Final = ("zh", "en")


@pages.get("/admin/letters")
def show_all() -> ResponseReturnValue:
    """Every letter by name, and what it is for."""
    groups = (("To customers", CUSTOMER), ("To engineers", ENGINEER))
    drawn = [(visit.say(title), [(name, _title(name), visit.say(when)) for name, when in group.items()])
             for title, group in groups]  # fmt: skip
    return render_template("web/admin_letters.html", title=visit.say("Letters"), groups=drawn)


@pages.get("/admin/letters/<name>")
def show(name: str) -> ResponseReturnValue:
    """One letter in Chinese and English: its text, and its HTML in a frame that can do nothing."""
    variants = _variants(name)
    variant = request.args.get("variant", variants[0])
    made = {language: _made(name, variant, language) for language in LANGUAGES}
    about = CUSTOMER.get(name) or ENGINEER.get(name, "")
    return render_template(
        "web/admin_letter.html",
        title=_title(name),
        name=name,
        about=visit.say(about) if about else "",
        to_engineers=name in ENGINEER,
        variant=variant,
        variants=variants,
        made=made,
    )


@pages.get("/admin/letters/<name>/<language>")
def html(name: str, language: str) -> ResponseReturnValue:
    """The letter's HTML as a document of its own, which runs and fetches nothing."""
    variants = _variants(name)
    if language not in LANGUAGES:
        abort(404)
    made = _made(name, request.args.get("variant", variants[0]), language)
    answer = Response(made.html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _variants(name: str) -> list[str]:
    """The ways in which a letter may read."""
    found = [variant for letter, variant in VARIANTS if letter == name]
    if not found:
        abort(404)
    return found


def _made(name: str, variant: str, language: str) -> Letter:
    """A letter in the name of this provider."""
    if (name, variant) not in VARIANTS:
        abort(404)
    settings = visit.services().settings
    ours: Mapping[str, Any] = {
        "provider": settings.provider_name,
        "support_address": settings.support_address,
    }
    ours = {**ours, "phone": settings.provider_phone or None}
    words = letter_samples.words(language, **{**ours, **VARIANTS[name, variant]})
    return letters.render(visit.services().letterhead.environment, name, language, words)


def _title(name: str) -> str:
    return visit.say(codes.LETTERS.get(name) or TITLES.get(name, name))
