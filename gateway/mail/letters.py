"""Letters: one text file per language becomes subject, plain text and HTML.

A letter is `templates/mail/{en,zh}/NAME.txt`: `Subject:` line, perhaps a `Preview:` line (what inboxes show after
the subject), a blank line, and a body in the markup of `markup.py`. Values are Jinja expressions; they are never
compiled, never markup, always escaped. The file's opening comment lists the words it needs.

Shape of the words: instants are aware datetimes, durations timedeltas, priorities, statuses and targets their
codes; the filters below say them in the letter's language and in `zone`. Words in `OPTIONAL` may be absent; others
are faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context, Undefined

from gateway import i18n
from gateway.mail.compose import reply_subject
from gateway.mail.letter_html import to_html
from gateway.mail.markup import Block, blocks, inert, inert_prose, plain, to_text

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates" / "mail"
MAX_SUBJECT: Final = 250
WIDTH: Final = 600
"""Of a letter's box, in pixels."""

_ABOUT: Final = frozenset({"subject", "link", "phone"})
_ASKING: Final = frozenset({"confirm_link", "not_fixed_link", "escalate_link"})
_INTERNAL: Final = frozenset({"subject", "customer", "assignee", "others"})
_HEALTH: Final = frozenset(
    {
        "region",
        "availability_zone",
        "since",
        "until",
        "lasted",
        "planned_at",
        "old_planned_at",
        "accounts",
        "states",
    }
) | {"resources", "overlaps", "advice", "escalate_link", "phone"}
_HEALTH_NEWS: Final = _HEALTH | {"text", "shortened", "added", "gone"}
_NOTICE: Final = frozenset({"description", "other_language", "accounts", "services", "regions", "phone"})

# Letter → the words it can do without; they count as None where they are absent.
OPTIONAL: Final[Mapping[str, frozenset[str]]] = {
    "acknowledgement": _ABOUT
    | {"authenticated", "requester", "engineer", "team", "on_call", "management_told", "follow_up_of"}
    | {"escalated_to", "escalate_link", "contract_number", "by_hand"},
    "reply": _ABOUT | _ASKING | {"status", "confirm_until_at"},
    "confirm-reminder": _ABOUT | _ASKING,
    "progress": _ABOUT
    | {"engineer", "first_response_due_at", "first_response_late", "resolution_late", "rests", "more"}
    | {"escalate_link"},
    "status": _ABOUT | {"reason", "cause", "progress", "escalate_link", "into"},
    "priority": _ABOUT | {"reason", "first_response_due_at", "escalate_link"},
    "maintenance": _NOTICE | {"emergency"},
    "maintenance-reminder": _NOTICE | {"emergency"},
    "maintenance-started": _NOTICE,
    "maintenance-ended": _NOTICE - {"description"},
    "maintenance-changed": _NOTICE | {"reason", "emergency"},
    "advisory": _NOTICE - {"description"},
    "refusal": frozenset({"phone"}),
    "entry": frozenset({"phone"}),
    "about-to-expire": _ABOUT | {"engineer", "escalate_link"},
    "escalated": _ABOUT | {"people"},
    "engineer-alarm": _INTERNAL
    | {"unacknowledged", "silent", "missing", "passed_on_at", "passed_on_to", "customer_told", "last"},
    "engineer-new": _INTERNAL | {"requester", "authenticated", "became", "next_step_at"},
    "engineer-contested": frozenset({"subject", "customer", "until_at", "explanation", "author"}),
    "engineer-undelivered": frozenset({"subject", "customer", "assignee"}),
    "engineer-asked": _INTERNAL | {"reason", "first_response_due_at", "resolution_due_at"},
    "handover": frozenset({"incoming", "own"}),
    "rota-gap": frozenset({"again"}),
    "engineer-assigned": frozenset({"subject", "customer", "requester", "first_response_due_at", "by"}),
    "engineer-message": frozenset(
        {
            "subject",
            "customer",
            "files",
            "unscanned",
            "infected",
            "shortened",
            "first_response_due_at",
            "resolution_due_at",
        }
    ),
    "understood": frozenset(),
    "aws-case-opened": _ABOUT | {"wanted"},
    "engineer-aws-accounts": frozenset({"more"}),
    "engineer-aws-identity": frozenset({"code"}),
    "engineer-aws-write": frozenset({"subject", "customer", "others", "case", "fault"}),
    "health-opened": _HEALTH | {"text", "shortened", "engineer"},
    "health-changed": _HEALTH_NEWS | {"reopened"},
    "health-closed": _HEALTH_NEWS,
    "health-due": _HEALTH - {"planned_at", "since", "until", "lasted", "old_planned_at"},
    "engineer-health": frozenset(
        {"subject", "customer", "text", "shortened", "added", "gone", "states", "lasted"}
    ),
    "aws-reply": _ABOUT | {"who", "relay", "unsent", "closed", "escalate_link"},
    "aws-file": _ABOUT | {"who", "names", "unsent", "escalate_link"},
    "aws-case": _ABOUT | {"escalate_link"},
    "engineer-aws": frozenset(
        {"subject", "customer", "author", "text", "shortened", "files", "since", "waits", "sent"}
    ),
    "engineer-unassigned": frozenset(
        {"subject", "customer", "requester", "first_response_due_at", "by", "nobody_active"}
    ),
}
_ABSENT: Final = {name: dict.fromkeys(optional) for name, optional in OPTIONAL.items()}


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter. Shape: the subject is one line of at most 250 characters; LF line ends in both texts."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Text:
    """What a template says, before it has a form. Shape: `preview` is what inboxes show after the subject."""

    subject: str
    preview: str
    blocks: tuple[Block, ...]


class _Finished(str):
    """Text that is finished HTML or already inert."""

    __slots__ = ()


def environment(
    folder: Path = TEMPLATES, filters: Mapping[str, Callable[..., Any]] | None = None
) -> Environment:
    """The letters of a folder, compiled once, with its own filters beside those of all.

    Missing words are faults (jinja2.UndefinedError), never blanks.
    """
    made = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        undefined=StrictUndefined,
        finalize=_finish,
        autoescape=False,  # noqa: S701  `finalize` makes values inert, the blocks escape everything
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(_FILTERS)
    made.filters.update(filters or {})
    return made


def render(environment: Environment, name: str, language: str, words: Mapping[str, object]) -> Letter:
    """One letter in one language. Errors: jinja2.UndefinedError where a word is missing, UnsafeLink."""
    said = text(environment, name, language, {**_ABSENT[name], **words})
    return framed(environment, said, language)


def text(environment: Environment, name: str, language: str, words: Mapping[str, object]) -> Text:
    """What a template says in a language. Errors: jinja2.UndefinedError where a word is missing."""
    template = environment.get_template(f"{language}/{name}.txt")
    head, _, body = template.render({**words, "language": language}).lstrip("\n").partition("\n\n")
    subject, preview = _head(head)
    return Text(subject, preview, tuple(blocks(body)))


def framed(
    environment: Environment,
    said: Text,
    language: str,
    *,
    width: int = WIDTH,
    pictures: Mapping[str, str] | None = None,
) -> Letter:
    """A text as a letter. Shape: `pictures` are the addresses of the pictures its blocks name. Errors: UnsafeLink."""
    html = environment.get_template("frame.html").render(
        html_language=_Finished("zh-Hans" if language == "zh" else "en"),
        leading=_Finished("1.7" if language == "zh" else "1.55"),
        width=_Finished(width),
        narrow=_Finished(width + 20),
        title=_Finished(escape(said.subject)),
        preview=_Finished(escape(said.preview)),
        body=_Finished(to_html(said.blocks, pictures or {}, colon=_colon(language), width=width)),
    )
    return Letter(said.subject, to_text(said.blocks, _colon(language)), html)


def _colon(language: str) -> str:
    return "：" if language == "zh" else ": "


def _head(head: str) -> tuple[str, str]:
    fields = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
    subject = " ".join(plain(fields["Subject"]).split())
    if len(subject) > MAX_SUBJECT:
        subject = f"{subject[: MAX_SUBJECT - 1]}…"
    return subject, plain(fields.get("Preview", "")).strip()


def _finish(value: Any) -> Any:
    """Every value on its way into a letter: inert, or a fault where it is missing."""
    if type(value) is str:
        return inert(value)
    if isinstance(value, _Finished | Undefined):
        return value
    return "" if value is None else inert(value)


def _prose(value: object) -> _Finished:
    return _Finished(inert_prose(value))


def _said_in(context: Context) -> tuple[str, str]:
    return str(context.resolve("zone")), str(context.resolve("language"))


@pass_context
def _clock(context: Context, at: datetime) -> str:
    return i18n.clock(at, _said_in(context)[0])


@pass_context
def _day(context: Context, at: datetime) -> str:
    return i18n.day(at, *_said_in(context))


@pass_context
def _instant(context: Context, at: datetime) -> str:
    return i18n.instant(at, *_said_in(context))


@pass_context
def _zone(context: Context, at: datetime) -> str:
    return i18n.zone_name(*_said_in(context), at)


@pass_context
def _duration(context: Context, length: timedelta) -> str:
    return i18n.duration(length, _said_in(context)[1])


@pass_context
def _period(context: Context, length: timedelta) -> str:
    return i18n.period(length, _said_in(context)[1])


@pass_context
def _left(context: Context, remaining: timedelta) -> str:
    return i18n.left(remaining, _said_in(context)[1])


@pass_context
def _label(context: Context, code: str) -> str:
    return i18n.label(code, _said_in(context)[1])


@pass_context
def _customer_label(context: Context, status: str) -> str:
    return i18n.customer_label(status, _said_in(context)[1])


@pass_context
def _definition(context: Context, priority: str) -> str:
    return i18n.definition(priority, _said_in(context)[1])


def _tel(phone: str) -> str:
    return "tel:" + re.sub(r"[^+0-9]", "", phone)


def _set_off(value: object) -> str:
    """A value inside Chinese text: a space apart where it begins or ends with a Latin letter or a digit."""
    said = str(value)
    before = " " if said[:1].isascii() and said[:1].isalnum() else ""
    return f"{before}{said}{' ' if said[-1:].isascii() and said[-1:].isalnum() else ''}"


_FILTERS: Final = {
    "prose": _prose,
    "reply_subject": reply_subject,
    "clock": _clock,
    "day": _day,
    "instant": _instant,
    "zone": _zone,
    "duration": _duration,
    "period": _period,
    "left": _left,
    "label": _label,
    "customer_label": _customer_label,
    "definition": _definition,
    "tel": _tel,
    "set_off": _set_off,
}
