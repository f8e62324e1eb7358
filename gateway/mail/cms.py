"""What S/MIME wrapped: which kind of wrapping some bytes are, and the mail inside one that only signs.

cryptography reads certificates and can decrypt with a key, but hands out no signed content, so the few lengths on the
way to it are walked here. No signature is checked.

Source: RFC 5652 §3, §5.1, §5.2; RFC 8551 §3.2; X.690 §8.1 for the lengths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

CONTENT_TYPES: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
ENCRYPTED, SIGNED, COMPRESSED, OTHER = "encrypted", "signed", "compressed", ""
_PKCS7: Final = bytes.fromhex("2a864886f70d0107")
_SMIME_TYPES: Final = bytes.fromhex("2a864886f70d01091001")
_KINDS: Final = {
    _PKCS7 + b"\x02": SIGNED,
    _PKCS7 + b"\x03": ENCRYPTED,
    _PKCS7 + b"\x06": ENCRYPTED,
    _SMIME_TYPES + b"\x17": ENCRYPTED,
    _SMIME_TYPES + b"\x09": COMPRESSED,
}
_OID, _OCTETS = 0x06, 0x04
_CONSTRUCTED, _LONG_TAG = 0x20, 0x1F
_DEPTH: Final = 8


class _Malformed(ValueError):
    """No such encoding, or one nested too deeply."""


@dataclass(frozen=True, slots=True)
class _Value:
    """One value between two offsets; `open` says that a mark ends it, somewhere before `stop`."""

    tag: int
    start: int
    stop: int
    open: bool


def kind_of(content: bytes) -> str:
    """How some bytes are wrapped: encrypted, signed, compressed, or empty for anything else."""
    try:
        return _opened(content)[0]
    except (ValueError, IndexError):
        return OTHER


def signed_content(content: bytes) -> bytes | None:
    """The mail inside signed data, or None where it holds none (a detached signature, certificates) or is broken."""
    try:
        kind, wrapped = _opened(content)
        if kind != SIGNED or wrapped is None:
            return None
        signed = _some(content, wrapped, 1)[0]
        encapsulated = _some(content, signed, 3)[2]  # after the version and the digests' names
        explicit = _some(content, encapsulated, 2)[1]
        return b"".join(_octets(content, _some(content, explicit, 1)[0], 0))
    except (ValueError, IndexError):
        return None


def _opened(content: bytes) -> tuple[str, _Value | None]:
    """The kind that the outermost value names, and the value that holds the rest."""
    name, *rest = _some(content, _value(content, 0, len(content)), 2)
    kind = _KINDS.get(content[name.start : name.stop], OTHER) if name.tag == _OID else OTHER
    return kind, rest[0] if rest else None


def _some(content: bytes, value: _Value, count: int) -> list[_Value]:
    return list(islice(_children(content, value, 0), count))


def _children(content: bytes, value: _Value, depth: int) -> Iterator[_Value]:
    if not value.tag & _CONSTRUCTED:
        raise _Malformed
    at = value.start
    while at < value.stop and not _marked(content, value, at):
        child = _value(content, at, value.stop)
        yield child
        at = _after(content, child, depth + 1)


def _after(content: bytes, value: _Value, depth: int) -> int:
    """Where the next value begins."""
    if not value.open:
        return value.stop
    if depth > _DEPTH:
        raise _Malformed
    at = value.start
    while not _marked(content, value, at):
        at = _after(content, _value(content, at, value.stop), depth + 1)
    return at + 2


def _marked(content: bytes, value: _Value, at: int) -> bool:
    return value.open and content[at : at + 2] == b"\0\0"


def _value(content: bytes, at: int, stop: int) -> _Value:
    tag, size = content[at], content[at + 1]
    start = at + 2
    if tag & _LONG_TAG == _LONG_TAG:
        raise _Malformed
    if size == 0x80 and tag & _CONSTRUCTED:
        return _Value(tag, start, stop, open=True)
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(content[at + 2 : min(start, at + 10)], "big")
    if start + size > stop:
        raise _Malformed
    return _Value(tag, start, start + size, open=False)


def _octets(content: bytes, value: _Value, depth: int) -> Iterator[bytes]:
    """The pieces of an octet string, which a writer of streams cuts into several."""
    if value.tag == _OCTETS:
        yield content[value.start : value.stop]
    elif value.tag == _OCTETS | _CONSTRUCTED and depth < _DEPTH:
        for child in _children(content, value, depth):
            yield from _octets(content, child, depth + 1)
    else:
        raise _Malformed
