"""What Outlook packs into winmail.dat: its files, and its text where the mail around it has none.

The outer structure is walked here, on offsets and within bounds; tnefparse decodes the property values. Its own loops
believe every count and every length that a file states, and copy the rest of the file for each object.

Source: MS-OXTNEF §2.1 (stream), MS-OXCMSG §2.2.2 (attachment properties).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tnefparse import mapi, properties

from gateway.mail import charset, filenames, rtf, rtf_compressed

CONTENT_TYPES: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
OBJECTS: Final = 5_000
PROPERTIES: Final = 5_000
DEPTH: Final = 3
"""How far mails inside mails are opened; a deeper one stays a file."""
TEXT_BYTES: Final = 1_000_000

_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")
_SIGNATURE: Final = 0x223E9F78
_STREAM: Final = struct.Struct("<IH")
_OBJECT: Final = struct.Struct("<BHHI")
_CODEPAGE, _BODY, _PROPERTIES = 0x9007, 0x800C, 0x9003
_BEGIN, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MULTIPLE, _NAMED = 0x1000, 0x8000
_LISTS: Final = frozenset(
    {mapi.SZMAPI_STRING, mapi.SZMAPI_UNICODE_STRING, mapi.SZMAPI_OBJECT, mapi.SZMAPI_BINARY}
)


class Broken(ValueError):
    """The bytes are no TNEF, end too early, or pass the bounds."""


@dataclass(slots=True)
class File:
    """A file that was packed. Shape: `name` is as its sender wrote it; `content_type` may be empty."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Unpacked:
    """What was packed: files in order, and the text in the forms that were found."""

    files: list[File] = field(default_factory=list)
    text: str = ""
    html: str = ""


@dataclass(slots=True)
class _Budget:
    objects: int = OBJECTS
    properties: int = PROPERTIES

    def spend(self, kind: str) -> None:
        left = getattr(self, kind) - 1
        if left < 0:
            raise Broken(f"too many {kind}")
        setattr(self, kind, left)


def unpack(content: bytes) -> Unpacked | None:
    """Everything packed, or None for what is broken and stays as it is."""
    try:
        return _Package(_Budget()).read(content)
    except (ValueError, LookupError, struct.error, ArithmeticError, TypeError, AttributeError):
        return None  # decoding hostile values goes wrong in as many ways


@dataclass(slots=True)
class _Package:
    """One package being read. Shape: `depth` counts the packages around it, which share its budget."""

    budget: _Budget
    depth: int = 0
    codepage: str = "cp1252"
    found: Unpacked = field(default_factory=Unpacked)

    def read(self, content: bytes) -> Unpacked:
        file: File | None = None
        for name, value in _objects(content, self.budget):
            if name == _BEGIN:
                file = File()
                self.found.files.append(file)
            elif file is None:
                self._read_message(name, value)
            elif name == _TITLE:
                file.name = file.name or _words(value, self.codepage)
            elif name == _DATA:
                file.content = value
            elif name == _FILE_PROPERTIES:
                self._read_file(file, value)
        self.found.files = [each for each in self.found.files if each.content]
        return self.found

    def _read_message(self, name: int, value: bytes) -> None:
        found, codepage = self.found, self.codepage
        if name == _CODEPAGE:
            self.codepage = _label(int(struct.unpack_from("<I", value)[0]))
        elif name == _BODY:
            found.text = found.text or _words(value[:TEXT_BYTES], codepage)
        if name != _PROPERTIES:
            return
        told = {each.name: each for each, _ in _attributes(value, codepage, self.budget)}
        label = codepage
        if properties.MAPI_INTERNET_CODEPAGE in told:
            label = _label(int(told[properties.MAPI_INTERNET_CODEPAGE].data))
        if properties.MAPI_BODY in told:
            found.text = _words(told[properties.MAPI_BODY].data, codepage)[:TEXT_BYTES]
        if properties.MAPI_BODY_HTML in told:
            found.html = _words(told[properties.MAPI_BODY_HTML].data[:TEXT_BYTES], label)
        if not found.html and properties.MAPI_RTF_COMPRESSED in told:
            packed = told[properties.MAPI_RTF_COMPRESSED].data
            read = rtf.read(rtf_compressed.decompress(packed, limit=TEXT_BYTES), codepage)
            found.html, found.text = read.html, found.text or read.text

    def _read_file(self, file: File, value: bytes) -> None:
        short, codepage = "", self.codepage
        for each, raw in _attributes(value, codepage, self.budget):
            match each.name:
                case properties.MAPI_ATTACH_LONG_FILENAME:
                    file.name = _words(each.data, codepage) or file.name
                case properties.MAPI_ATTACH_FILENAME | properties.MAPI_DISPLAY_NAME:
                    short = short or _words(each.data, codepage)
                case properties.MAPI_ATTACH_MIME_TAG:
                    kind = _words(each.data, codepage).strip().lower()
                    file.content_type = kind if _TYPE.fullmatch(kind) else ""
                case properties.MAPI_ATTACH_CONTENT_ID:
                    file.content_id = _words(each.data, codepage).strip("<> ")
                case properties.MAPI_ATTACH_DATA_OBJ:
                    self._read_object(file, raw)
        file.name = file.name or short

    def _read_object(self, file: File, raw: bytes) -> None:
        """An embedded mail becomes its files and its text; any other object stays a file."""
        file.content = raw
        if not raw.startswith(mapi.IMESSAGE_SIG):
            return
        file.content = raw[mapi.IMESSAGE_SIG_LEN :]
        file.content_type = "application/ms-tnef"
        if self.depth + 1 >= DEPTH:
            return
        inside = _Package(self.budget, self.depth + 1).read(file.content)
        if inside.html or inside.text:
            kind, words = ("text/html", inside.html) if inside.html else ("text/plain", inside.text)
            file.content, file.content_type = words.encode(), kind
        self.found.files += inside.files


def _objects(content: bytes, budget: _Budget) -> Iterator[tuple[int, bytes]]:
    """Each object's name and value."""
    signature, _ = _STREAM.unpack_from(content)
    if signature != _SIGNATURE:
        raise Broken("no TNEF signature")
    at = _STREAM.size
    while at + _OBJECT.size <= len(content):
        _, name, _, size = _OBJECT.unpack_from(content, at)
        start = at + _OBJECT.size
        if start + size > len(content):
            raise Broken("ends within an object")
        budget.spend("objects")
        yield name, content[start : start + size]
        at = start + size + 2  # its checksum


def _attributes(value: bytes, codepage: str, budget: _Budget) -> Iterator[tuple[Any, bytes]]:
    """Each property with the bytes of its first value, exact; those that name a list of values are passed over."""
    (count,) = struct.unpack_from("<I", value)
    at = 4
    for _ in range(min(count, PROPERTIES)):
        if at + 4 > len(value):
            return
        budget.spend("properties")
        kind, name = struct.unpack_from("<HH", value, at)
        at = _after_name(value, at + 4) if name >= _NAMED else at + 4
        if kind & _MULTIPLE:
            at = _after_values(value, at, kind & ~_MULTIPLE, budget)
            continue
        exact = b""
        if kind in _LISTS:
            if struct.unpack_from("<I", value, at)[0] > PROPERTIES:
                raise Broken("too many values")
            exact = _first(value, at + 4)
        data, at = mapi.parse_property(value, at, name, kind, codepage, None)
        at += _padding(kind, 1)
        yield mapi.TNEFMAPI_Attribute(kind, name, data, ""), exact


def _after_values(value: bytes, at: int, kind: int, budget: _Budget) -> int:
    """Where a property ends that holds several values, which no property read here does."""
    (count,) = struct.unpack_from("<I", value, at)
    at += 4
    for _ in range(count):
        budget.spend("properties")
        if kind in _LISTS:
            size = len(_first(value, at))
            at += 4 + size + -size % 4
        else:
            _, at = mapi.parse_property(value, at, 0, kind, "ascii", None)
    return at + _padding(kind, count)


def _padding(kind: int, count: int) -> int:
    return 2 if count % 2 and kind in (mapi.SZMAPI_SHORT, mapi.SZMAPI_BOOLEAN) else 0


def _after_name(value: bytes, at: int) -> int:
    """Where a named property's value begins: after a GUID and a number, or a text padded to four bytes."""
    kind, size = struct.unpack_from("<II", value, at + 16)
    return at + 24 if kind == 0 else at + 24 + size + -size % 4


def _first(value: bytes, at: int) -> bytes:
    (size,) = struct.unpack_from("<I", value, at)
    if at + 4 + size > len(value):
        raise Broken("ends within a value")
    return value[at + 4 : at + 4 + size]


def _label(number: int) -> str:
    """The codec of a Windows code page; cp1252 for one nobody knows."""
    label = {20127: "ascii", 65001: "utf-8", 54936: "gb18030", 50220: "iso-2022-jp"}.get(
        number, f"cp{number}"
    )
    try:
        "".encode(label)
    except LookupError:
        return "cp1252"
    return label


def _words(value: str | bytes, label: str) -> str:
    text = value if isinstance(value, str) else charset.decode(value.rstrip(b"\0"), label)
    return charset.clean(text).replace("\r\n", "\n").replace("\r", "\n")


def name_of(file: File) -> str:
    """A packed file's name as it may be shown; empty where it has none."""
    name = filenames.safe(file.name)
    if file.content_type in ("text/plain", "text/html") and "." not in name:
        return f"{name}{'.txt' if file.content_type == 'text/plain' else '.html'}" if name else ""
    return name
