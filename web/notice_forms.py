"""What people write into the forms of notices, read into values; whatever does not fit is refused in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from gateway.domain import windows
from gateway.domain.scope import Scope
from gateway.domain.windows import NoSuchTime, Span, TwiceThatNight
from gateway.notices import Content, Kind, Severity
from gateway.notices.plans import LANGUAGES, scope_of, window_of
from gateway.store.models import Notice
from gateway.tickets import Refused

_ACCOUNT: Final = re.compile("[0-9]{12}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.:/+@ -]{1,128}")
_MOST: Final = 1000

Form = MultiDict[str, str]


def content(form: Form, kind: Kind) -> Content:
    """What the form says. Errors: Refused."""
    severity = form.get("severity", "")
    advisory = kind is Kind.ADVISORY
    return Content(
        kind=kind,
        titles={language: _plain(form, f"title_{language}") for language in LANGUAGES},
        texts={language: _plain(form, f"text_{language}") for language in LANGUAGES},
        scope=_scope(form),
        window=None if advisory else window(form),
        zone="UTC" if advisory else form.get("zone", "").strip(),
        severity=Severity(severity) if advisory and severity in set(Severity) else None,
    )


def window(form: Mapping[str, str]) -> Span:
    """The window of a form, entered in its zone. Errors: Refused."""
    zone = form.get("zone", "").strip()
    return Span(_instant(form.get("starts", ""), zone), _instant(form.get("ends", ""), zone))


def draft_of(notice: Notice) -> dict[str, object]:
    """A notice as its form shows it."""
    scope, span = scope_of(notice), window_of(notice)
    told: dict[str, object] = {f"title_{language}": notice.titles.get(language, "") for language in LANGUAGES}
    told |= {f"text_{language}": notice.texts.get(language, "") for language in LANGUAGES}
    return told | {
        "severity": notice.severity,
        "zone": notice.zone,
        "starts": face(span.start, notice.zone) if span else "",
        "ends": face(span.end, notice.zone) if span else "",
        "customers": [str(each) for each in scope.customers],
        "accounts": ", ".join(sorted(scope.accounts)),
        "regions": ", ".join(sorted(scope.regions)),
        "services": ", ".join(sorted(scope.services)),
        "tags": ", ".join(f"{name}={value}" for name, value in sorted(scope.tags.items())),
    }


def face(at: datetime, zone: str) -> str:
    """An instant as the field of a form shows it in a zone."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _instant(written: str, zone: str) -> datetime:
    try:
        face_ = datetime.strptime(written.strip()[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007  its zone comes next
    except ValueError:
        raise Refused("that is no date and time") from None
    try:
        return windows.instant(face_, zone)
    except NoSuchTime:
        raise Refused("the clocks of that zone skip this time: choose another") from None
    except TwiceThatNight:
        raise Refused("the clocks of that zone show this time twice: enter it in UTC") from None
    except (KeyError, ValueError, OSError, OverflowError):
        raise Refused("there is no such time zone") from None


def _scope(form: Form) -> Scope:
    customers = form.getlist("customers")
    if not all(each.isascii() and each.isdigit() and len(each) < 18 for each in customers):
        raise Refused("there is no such customer")
    accounts = frozenset(each.replace("-", "") for each in _listed(form, "accounts"))
    if not all(_ACCOUNT.fullmatch(each) for each in accounts):
        raise Refused("an AWS account has 12 digits")
    return Scope(
        customers=frozenset(map(int, customers)),
        accounts=accounts,
        regions=frozenset(_listed(form, "regions")),
        services=frozenset(_listed(form, "services")),
        tags=dict(_tag(each) for each in _listed(form, "tags")),
    )


def _tag(written: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in written.partition("="))
    if not _NAME.fullmatch(name):
        raise Refused("a tag is written as name=value")
    return name, value


def _listed(form: Form, name: str) -> list[str]:
    """Words apart from each other by commas or line ends, Chinese ones too."""
    parts = re.split("[,，、;；\n]", form.get(name, "")[:20_000].replace("\x00", ""))
    return [each.strip()[:128] for each in parts if each.strip()][:_MOST]


def _plain(form: Form, name: str) -> str:
    text = form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return " ".join(text.split()) if name.startswith("title") else text.strip()
