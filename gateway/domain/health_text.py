"""AWS Health's descriptions compared: what is the same said again, and what was added. Pure."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC

from gateway.domain.impact import Affected, Category, Event, status_of


def digest(event: Event, accounts: Sequence[Affected]) -> str:
    """What a customer would be told of an event, as one value that no order and no white space changes."""
    here = [each for each in accounts if not each.gone]
    planned = event.starts_at if event.category == Category.SCHEDULED_CHANGE else None
    told = [
        str(status_of(event, accounts)),
        sorted(normalised(event.description)),
        planned.astimezone(UTC).isoformat() if planned else "",
        sorted(each.account_id for each in here),
        sorted([each.account_id, value, state] for each in here for value, state in each.entities),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()


def resources(accounts: Sequence[Affected]) -> str:
    """The affected resources and how they fare, as one short value that no order changes."""
    here = sorted([each.account_id, *one] for each in accounts if not each.gone for one in each.entities)
    return hashlib.sha256(json.dumps(here, ensure_ascii=True).encode()).hexdigest()[:16]


def normalised(description: str) -> tuple[str, ...]:
    """The lines of a description without what only looks different."""
    return tuple(said for line in description.splitlines() if (said := _said(line)))


def added(description: str, told: Iterable[str]) -> str:
    """The part of a description that none of some earlier texts said, its lines as they are; empty for nothing new.

    >>> added("[10:00] We look.\\n\\n[10:30] It is fixed.", ["[10:00] We  look."])
    '[10:30] It is fixed.'
    """
    known = {line for text in told for line in normalised(text)}
    kept: list[str] = []
    for line in description.splitlines():
        said = _said(line)
        if said and said not in known:
            kept.append(line.rstrip())
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept).strip()


def _said(line: str) -> str:
    return " ".join(unicodedata.normalize("NFC", line).split())
