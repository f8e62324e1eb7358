"""DMARC: whether SPF or DKIM speaks for the domain of the From field.

Written here because authheaders 0.16 cuts domains at hyphens and knows only the older way to the organisational
domain. Source: RFC 9989 §4.10 (tree walk), §4.4 (alignment).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from publicsuffix2 import PublicSuffixList  # type: ignore[import-untyped]

from gateway.mail.trust import Identifier, Resolver, Verdict

MAX_LABELS: Final = 7
_RECORD: Final = re.compile(rb"v[ \t]{0,9}=[ \t]{0,9}DMARC1[ \t]{0,9}(?:;|$)")

Tags = dict[str, str]


def check(author: str, *, spf: Identifier, dkim: Sequence[Identifier], resolver: Resolver) -> Verdict:
    """The verdict on a From domain; NONE where it has no DMARC record.

    An unanswered question only makes the verdict unknown where its answer could have been an aligned pass: a
    stranger whose own DNS is silent still fails.
    """
    try:
        policy = _policy(author, resolver)
    except OSError:
        return Verdict.UNKNOWN
    if policy is None:
        return Verdict.NONE
    unknown = False
    for identifier, mode in [(spf, "aspf"), *((each, "adkim") for each in dkim)]:
        if identifier.verdict not in (Verdict.PASS, Verdict.UNKNOWN):
            continue
        try:
            counts = _aligned(author, identifier.domain, policy.get(mode) == "s", resolver)
        except OSError:
            unknown = True
            continue
        if counts and identifier.verdict is Verdict.PASS:
            return Verdict.PASS
        unknown = unknown or counts
    return Verdict.UNKNOWN if unknown else Verdict.FAIL


def _policy(author: str, resolver: Resolver) -> Tags | None:
    """The record that holds for a domain: its own, that of its organisational domain, or of a registry above."""
    for name in (author, organisational(author, resolver)):
        if (tags := _record(name, resolver)) is not None:
            return tags
    above = (_record(name, resolver) for name in _walk(author))
    return next((tags for tags in above if tags and tags.get("psd") == "y"), None)


def _aligned(author: str, domain: str, strict: bool, resolver: Resolver) -> bool:
    if author == domain:
        return True
    if strict or not _common(author, domain):
        return False
    return organisational(author, resolver) == organisational(domain, resolver)


def _common(one: str, other: str) -> bool:
    """Whether two domains share more than a public suffix; without that no walk can align them."""
    shared: list[str] = []
    for left, right in zip(reversed(one.split(".")), reversed(other.split(".")), strict=False):
        if left != right:
            break
        shared.insert(0, left)
    return bool(shared) and not public(".".join(shared))


def organisational(domain: str, resolver: Resolver) -> str:
    """The organisational domain by the DNS tree walk; never a public suffix, whatever its record says."""
    found = domain
    for name in _walk(domain):
        tags = _record(name, resolver)
        if tags is None:
            continue
        if tags.get("psd") == "y":
            found = found if name == domain else _below(name, domain)
            break
        found = name
        if tags.get("psd") == "n":
            break
    return _below(found, domain) if public(found) and found != domain else found


def _walk(domain: str) -> Iterator[str]:
    """The domain and its parents, at most eight names in all."""
    yield domain
    labels = domain.split(".")
    for start in range(max(1, len(labels) - MAX_LABELS), len(labels)):
        yield ".".join(labels[start:])


def _below(name: str, domain: str) -> str:
    """The domain one label below a parent, on the way to `domain`.

    >>> _below("example", "mail.desk.example")
    'desk.example'
    """
    return ".".join(domain.split(".")[-(name.count(".") + 2) :])


def _record(name: str, resolver: Resolver) -> Tags | None:
    """The tags of the one DMARC record of a name; several count as none."""
    records = [text for text in resolver.txt(f"_dmarc.{name}")[:100] if _RECORD.match(text)]
    return tags_of(records[0]) if len(records) == 1 else None


def tags_of(record: bytes) -> Tags:
    """The tags of a record, the first of each name.

    >>> tags_of(b"v=DMARC1; p=reject; adkim=S;")
    {'v': 'dmarc1', 'p': 'reject', 'adkim': 's'}
    """
    tags: Tags = {}
    for part in record[:4096].decode("ascii", "replace").lower().split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(), value.strip())
    return tags


def public(name: str) -> bool:
    """Whether anybody may register below a name.

    >>> public("co.uk"), public("desk.example")
    (True, False)
    """
    return bool(_suffixes().get_tld(name, strict=False) == name)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
