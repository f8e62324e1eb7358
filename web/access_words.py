"""Words about who may log in: roles, ways to log in, why a password is not taken, and browsers by name."""

from __future__ import annotations

import re
from typing import Final

ROLES: Final = {
    "read-only": "read-only",
    "engineer": "engineer",
    "lead": "team lead",
    "manager": "manager",
    "admin": "admin",
}
METHODS: Final = {"password": "password", "openid": "OpenID provider"}
WEAK: Final = {
    "length": "A password needs 12 to 256 characters.",
    "common": "This password is one of those that are tried first. Take another.",
    "personal": "This password is made of a name that others know. Take another.",
}
REFUSALS: Final = (
    "nobody changes their own role",
    "a token may do no more than its engineer",
    "there is no such engineer",
)
SAVED: Final = {"en": "Saved.", "zh": "已保存。"}
OPENID: Final = {
    "unverified": "Your provider does not say that it has checked your mail address, so we cannot know who you are.",
    "unknown": "Your provider knows you, but no engineer here has your mail address. Ask an admin.",
    "inactive": "Your account here is closed. Ask an admin.",
    "other-subject": "Your mail address belongs to another account of your provider. Ask an admin.",
    "away": "Your provider does not answer. Try again in a minute.",
    "refused": "Your provider has not let you in.",
    "invalid": "The answer of your provider is not valid. Begin again.",
}
_BROWSERS: Final = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
                    ("Safari/", "Safari"), ("curl/", "curl"))  # fmt: skip
_SYSTEMS: Final = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
                   ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def browser(agent: str) -> str:
    """A browser and its system from what it calls itself.

    >>> browser("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    'Firefox 128, Linux'
    >>> browser("something/1"), browser("")
    ('something/1', '?')
    """
    for mark, name in _BROWSERS:
        if found := re.search(re.escape(mark) + r"(\d{1,4})", agent):
            system = next((said for part, said in _SYSTEMS if part in agent), "")
            return f"{name} {found[1]}" + (f", {system}" if system else "")
    return agent[:40] or "?"


def everything() -> list[str]:
    """Every word of this page, for the catalogue."""
    tables = (ROLES, METHODS, WEAK, OPENID)
    return [each for table in tables for each in table.values()] + list(REFUSALS)
