"""The address that reports of one letter come back to: `support+b<signature>@…`, another one for every letter.

A plain subaddress of an address of ours, so that whatever brings replies brings reports. Nothing that arrives there
is ever answered, which is what RFC 3834 §3.3 asks of the reverse-path of an automatic letter that is not null.
Source: RFC 3834 §3.3, RFC 5233.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.mail import address

_DETAIL: Final = re.compile(r"b[a-z2-7]{26}", re.IGNORECASE)


def made(own: str, signature: str) -> str:
    """The return path under one of our addresses.

    >>> made("support@desk.example", "a" * 26)
    'support+baaaaaaaaaaaaaaaaaaaaaaaaaa@desk.example'
    """
    local, _, domain = own.lower().partition("@")
    return f"{local}+b{signature}@{domain}"


def named(written: str, ours: frozenset[str]) -> str:
    """The return path that an address is, as `made` writes it under one of ours; empty where it is none.

    >>> named("Support+B" + "A" * 26 + "@desk.example", frozenset({"support@desk.example"}))
    'support+baaaaaaaaaaaaaaaaaaaaaaaaaa@desk.example'
    """
    base, detail = address.split_subaddress(written)
    if base.lower() not in ours or _DETAIL.fullmatch(detail) is None:
        return ""
    return made(base, detail[1:].lower())
