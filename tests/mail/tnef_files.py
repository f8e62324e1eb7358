"""winmail.dat as Outlook writes it, put together from its parts (MS-OXTNEF §2.1)."""

from __future__ import annotations

import struct

BEGIN, TITLE, DATA, PROPERTIES_OF_FILE = 0x9002, 0x8010, 0x800F, 0x9005
CODEPAGE, BODY, PROPERTIES = 0x9007, 0x800C, 0x9003
LONG_NAME, MIME_TAG, CONTENT_ID, OBJECT = 0x3707, 0x370E, 0x3712, 0x3701
RTF, HTML, INTERNET_CODEPAGE = 0x1009, 0x1013, 0x3FDE
MAIL_OBJECT = bytes.fromhex("0703020000000000c000000000000046")


def one(name: int, value: bytes, level: int = 1) -> bytes:
    """One object with its checksum."""
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def stream(*objects: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + one(CODEPAGE, struct.pack("<II", 936, 0)) + b"".join(objects)


def file(title: bytes, content: bytes, *properties: bytes) -> bytes:
    told = one(PROPERTIES_OF_FILE, block(*properties), 2) if properties else b""
    return one(BEGIN, b"\0" * 14, 2) + one(TITLE, title + b"\0", 2) + one(DATA, content, 2) + told


def block(*properties: bytes) -> bytes:
    return struct.pack("<I", len(properties)) + b"".join(properties)


def unicode(name: int, words: str) -> bytes:
    value = words.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def binary(name: int, value: bytes, kind: int = 0x102) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def number(name: int, value: int) -> bytes:
    return struct.pack("<HHI", 3, name, value)


def rtf(words: bytes) -> bytes:
    """Rich text in its uncompressed packing."""
    return struct.pack("<IIII", len(words) + 12, len(words), 0x414C454D, 0) + words
