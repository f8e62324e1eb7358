"""The present request: whose it is, when it came, and how its reader reads. The web's one look at the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from flask import current_app, g, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from gateway import clock, i18n
from gateway.store.models import Contact, Engineer, WebSession
from web import proxies

if TYPE_CHECKING:
    from gateway.services import Services

LANGUAGE_COOKIE = "lang"
LANGUAGES = ("en", "zh")
BY_ITSELF: Final = frozenset({"live.stream", "live.of_ticket", "queue.changed"})
"""What an open page asks without anybody at it: keeps no session from idling out."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How the reader of a page reads: words, dates and durations in a language and a zone."""

    language: str
    zone: str

    def say(self, message: str, /, **values: object) -> str:
        """A sentence in the reader's language with its values filled in."""
        said = i18n.words(self.language).gettext(message)
        return said % values if values else said

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """A sentence that depends on a number, which it may name as %(n)s."""
        return self.say(one if number == 1 else many, n=number, **values)

    def label(self, code: str) -> str:
        """The word for a priority, status, target or service."""
        return i18n.label(code, self.language)

    def duration(self, length: timedelta) -> str:
        """A length of time in words."""
        return i18n.duration(length, self.language)

    def left(self, remaining: timedelta) -> str:
        """How long until a due instant, or since."""
        return i18n.left(remaining, self.language)

    def day(self, at: datetime) -> str:
        """The day of an instant."""
        return i18n.day(at, self.zone, self.language)

    def date(self, at: datetime) -> str:
        """The date of an instant in the shortest way that every language reads: 2026-03-02."""
        return at.astimezone(i18n.time_zone(self.zone)).date().isoformat()

    def clock(self, at: datetime) -> str:
        """The time of day of an instant."""
        return i18n.clock(at, self.zone)

    def instant(self, at: datetime) -> str:
        """The time of day of an instant today, with its day on any other."""
        here = i18n.time_zone(self.zone)
        if at.astimezone(here).date() == now().astimezone(here).date():
            return self.clock(at)
        return i18n.instant(at, self.zone, self.language)

    def time(self, at: datetime) -> Markup:
        """An instant as a `time` element."""
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), self.instant(at))

    def zone_name(self) -> str:
        """The name of the reader's zone."""
        return i18n.zone_name(self.zone, self.language, now())


def services() -> Services:
    """What this process is wired with."""
    return cast("Services", current_app.extensions["helpdesk"])


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads, whose rows stay readable for the page that is drawn from them."""
    with services().reading() as rows:
        yield rows
        rows.expunge_all()


def now() -> datetime:
    """The instant at which this request began to be served."""
    if "at" not in g:
        g.at = clock.now()
    return cast(datetime, g.at)


def me() -> Engineer:
    """The engineer whose request this is. Errors: AttributeError where nobody is logged in."""
    return cast(Engineer, g.engineer)


def login() -> WebSession:
    """The session of the engineer whose request this is. Errors: AttributeError where nobody is logged in."""
    return cast(WebSession, g.login)


def somebody() -> Engineer | None:
    """The engineer whose request this is, if anybody."""
    return cast("Engineer | None", g.get("engineer"))


def contact() -> Contact:
    """The customer's person whose request this is. Errors: AttributeError where nobody is signed in."""
    return cast(Contact, g.contact)


def guest() -> Contact | None:
    """The customer's person whose request this is, if anybody."""
    return cast("Contact | None", g.get("contact"))


def reader() -> Reader:
    """How this request's reader reads: by choice, else by profile, else by the browser's languages."""
    if "reader" not in g:
        person, caller, settings = somebody(), guest(), services().settings
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen not in LANGUAGES:
            accepted = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-TW", "zh-HK"])
            own = person.language if person else caller and (caller.language or caller.customer.language)
            chosen = own or accepted or settings.language
        zone = person.time_zone if person else caller.customer.time_zone if caller else settings.time_zone
        g.reader = Reader(i18n.letter_language(chosen, settings.language), zone)
    return cast(Reader, g.reader)


def say(message: str, /, **values: object) -> str:
    """A sentence in the language of this request's reader."""
    return reader().say(message, **values)


def number_of(ticket_id: int) -> str:
    """A ticket's number as people see it: `HD-1042`."""
    return f"{services().settings.ticket_prefix}-{ticket_id}"


def client() -> str:
    """The address of the visitor: the right-most one that is no proxy of ours."""
    forwarded, trusted = request.headers.get("X-Forwarded-For", ""), services().settings.proxies
    return proxies.client(request.remote_addr or "", forwarded, trusted)[:64]
