"""An AWS Support case as AWS tells it, and what its words mean for us. Pure.

Source: promise P6; AWS Support API reference, CaseDetails and Communication.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

AWAITS_US: Final = "pending-customer-action"
RESOLVED: Final = "resolved"
LOST: Final = "lost"
"""Our own word for a case that AWS no longer knows, where a status stands; AWS has none."""
REOPENS_WITHIN: Final = timedelta(days=14)
"""How long after its resolution AWS lets a case be reopened."""
WARN_AFTER: Final = timedelta(days=3)
"""How long AWS waits for us before staff are warned.

AWS resolves a case by itself that is left unanswered "for some days" and names no number; three days are below every
number seen, so that the warning is never the later of the two.
"""
_CODE: Final = re.compile(r"[a-z][a-z-]{0,39}")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a communication, by AWS's name for it."""

    attachment_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Communication:
    """One communication of a case. AWS gives it no identifier. Shape: `at` in whole milliseconds."""

    at: datetime
    submitted_by: str
    body: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case as one answer of AWS tells it.

    Shape: `recent` are its newest communications, oldest first; `more` says that there are older ones.
    """

    case_id: str
    display_id: str
    subject: str
    status: str
    service: str
    category: str
    severity: str
    language: str
    submitted_by: str
    opened_at: datetime
    recent: tuple[Communication, ...] = ()
    more: bool = False


def is_over(status: str) -> bool:
    """Whether nobody works on a case of this status.

    >>> is_over("resolved"), is_over("pending-customer-action"), is_over("a word of tomorrow")
    (True, False, False)
    """
    return status in (RESOLVED, LOST)


def code(status: str) -> str:
    """A status as logs may hold it: AWS's word where it is one, whatever AWS may say in future.

    >>> code("work-in-progress"), code("<b>hello</b>")
    ('work-in-progress', 'other')
    """
    return status if _CODE.fullmatch(status) else "other"


def digest(body: str) -> str:
    """What tells an edited body from the one before."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def who(submitted_by: str) -> tuple[str, str]:
    """Name and address of an author as AWS writes them, the address empty where there is none.

    >>> who("AdminRole (Role) <jane@harbour.example>")
    ('AdminRole (Role)', 'jane@harbour.example')
    """
    name, _, rest = submitted_by.partition("<")
    email = rest.rstrip("> ").strip()
    return name.strip() or email or submitted_by, email if "@" in email else ""
