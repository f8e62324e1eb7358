"""Mail from files for `helpdesk explain`: .eml files, folders, mbox files, standard input.

One mail at a time is held in memory, and none above a bound: what these files hold is as hostile as what the doors
take.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

LARGEST: Final = 50 * 1024 * 1024
STANDARD_INPUT: Final = "-"
_LINE_BYTES: Final = 1 << 16
_SEPARATOR: Final = b"From "
_BLANK: Final = (b"\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class MailFile:
    """One mail with the name it is shown under; `fault` says why there is nothing to read.

    Shape: several mails of one mbox file are called `path#1`, `path#2`; `missing` tells a path that cannot be read.
    """

    name: str
    raw: bytes = b""
    fault: str = ""
    missing: bool = False


def mails(paths: Iterable[str], standard_input: BinaryIO, *, largest: int = LARGEST) -> Iterator[MailFile]:
    """Every mail in these paths, in order; `-` is the standard input, folders give their *.eml, sorted."""
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _opened(path, nullcontext(standard_input), largest)
        elif path and Path(path).is_dir():
            yield from _folder(path, largest)
        else:
            yield from _file(path, largest)


def _folder(folder: str, largest: int) -> Iterator[MailFile]:
    closed: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)  # noqa: PTH118  keeps the path as it was given
            if name.lower().endswith(".eml") and Path(path).is_file():
                yield from _file(path, largest)
    for fault in closed:
        yield _missing(str(fault.filename), fault)


def _file(path: str, largest: int) -> Iterator[MailFile]:
    try:
        opened = Path(path).open("rb")  # noqa: SIM115  closed by `_opened`
    except OSError as fault:
        yield _missing(path, fault)
    else:
        yield from _opened(path, opened, largest)


def _opened(name: str, opened: AbstractContextManager[BinaryIO], largest: int) -> Iterator[MailFile]:
    try:
        with opened as stream:
            head = _at_least(stream, len(_SEPARATOR))
            if head == _SEPARATOR and not name.lower().endswith(".eml"):
                yield from _mbox(name, stream, largest)
            else:
                yield _bounded(name, head + stream.read(largest + 1), largest)
    except OSError as fault:
        yield _missing(name, fault)


def _missing(name: str, fault: OSError) -> MailFile:
    return MailFile(name, fault=f"cannot be read: {fault.strerror or type(fault).__name__}", missing=True)


def _at_least(stream: BinaryIO, size: int) -> bytes:
    """The first bytes of a stream; fewer only at its end."""
    head = b""
    while len(head) < size and (part := stream.read(size - len(head))):
        head += part
    return head


def _bounded(name: str, raw: bytes | bytearray, largest: int) -> MailFile:
    if len(raw) > largest:
        return MailFile(name, fault=f"larger than {largest} bytes")
    return MailFile(name, bytes(raw))


def _mbox(name: str, stream: BinaryIO, largest: int) -> Iterator[MailFile]:
    """The mails of an mbox file whose first `From ` is read: each begins with such a line after a blank one."""
    stream.readline(_LINE_BYTES)
    raw, number, starts, blank = bytearray(), 1, True, False
    while line := stream.readline(_LINE_BYTES):
        if starts and blank and line.startswith(_SEPARATOR):
            yield _bounded(f"{name}#{number}", _without_blank_end(raw), largest)
            raw, number = bytearray(), number + 1
        elif len(raw) <= largest:
            raw += _unquoted(line) if starts else line
        blank = starts and line in _BLANK
        starts = line.endswith(b"\n")
    yield _bounded(f"{name}#{number}" if number > 1 else name, _without_blank_end(raw), largest)


def _without_blank_end(raw: bytearray) -> bytearray:
    """A mail without the blank line that the next separator brings."""
    for end in (b"\r\n\r\n", b"\n\n"):
        if raw.endswith(end):
            return raw[: -len(end) // 2]
    return raw


def _unquoted(line: bytes) -> bytes:
    """A line that an mboxrd writer hid behind one more `>`."""
    return line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(_SEPARATOR) else line
