"""Rich text as Outlook compresses it, made readable.

Source: MS-OXRTFCP §2.1 (LZFu), §2.2 (uncompressed).
"""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = struct.Struct("<IIII")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW: Final = 4096
_BEGINNING: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par "
    rb"\pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompress(packed: bytes, *, limit: int) -> bytes:
    """The rich text, as far as it goes and no further than `limit` bytes.

    Errors: ValueError where the header is none.
    """
    if len(packed) < _HEADER.size:
        raise ValueError("no header of compressed RTF")
    _, size, kind, _ = _HEADER.unpack_from(packed)
    if kind == _PLAIN:
        return packed[_HEADER.size : _HEADER.size + min(size, limit)]
    if kind != _COMPRESSED:
        raise ValueError("no compressed RTF")
    return _expanded(packed, min(size, limit))


def _expanded(packed: bytes, size: int) -> bytes:
    window = bytearray(_BEGINNING.ljust(_WINDOW, b"\0"))
    write, at, out = len(_BEGINNING), _HEADER.size, bytearray()
    while at < len(packed) and len(out) < size:
        control = packed[at]
        at += 1
        for bit in range(8):
            if len(out) >= size or at >= len(packed):
                break
            if not control >> bit & 1:
                out.append(packed[at])
                window[write] = packed[at]
                write, at = (write + 1) % _WINDOW, at + 1
                continue
            pair = int.from_bytes(packed[at : at + 2], "big")
            at += 2
            read, length = pair >> 4, (pair & 15) + 2
            if read == write:  # the mark of the end
                return bytes(out)
            for _ in range(length):
                out.append(window[read])
                window[write] = window[read]
                read, write = (read + 1) % _WINDOW, (write + 1) % _WINDOW
    return bytes(out[:size])
