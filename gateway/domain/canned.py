"""Canned answers: texts with variables from one fixed list, filled in by plain replacement. Pure.

Nothing of a text or of a value is ever evaluated: what a customer wrote into a subject stays words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

VARIABLES: Final = ("requester", "number", "engineer", "due", "customer", "subject", "provider", "phone")
_NAMED: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,40})\}")


def unknown(text: str) -> list[str]:
    """The variables of a text that nobody fills in, in order, each once.

    >>> unknown("Hello {requester}, {nmuber} is done. {nmuber} {0} {}")
    ['nmuber']
    """
    return [name for name in dict.fromkeys(_NAMED.findall(text)) if name not in VARIABLES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; one without a value stays as it is, for the engineer to see.

    >>> filled("Hello {requester}, {number}: {due}", {"requester": "{number}", "number": "HD-1"})
    'Hello {number}, HD-1: {due}'
    """
    return _NAMED.sub(lambda found: values.get(found[1]) or found[0], text)
