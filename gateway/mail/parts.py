"""The parts of a mail, cut out of its bytes without copying or changing them.

The standard library's parser works line by line, writes nested messages anew and needs seconds or the whole stack
for hostile structures; this one looks for delimiters only, keeps every byte and stops at stated bounds.

Source: RFC 2046 §5.1.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.mail import header as headers
from gateway.mail import limits, parameters
from gateway.mail.header import Header
from gateway.mail.parameters import Parametrised

_TYPE: Final = re.compile(r"[!#$&^_.+a-z0-9-]{1,100}/[!#$&^_.+*a-z0-9-]{1,100}")
_DELIMITER_LINE: Final = re.compile(rb"--([^\s]{0,200})[ \t]*\r?\n(?i:content-|\r?\n)")
_CLOSING: Final = re.compile(rb"--(?![\w=.'()+,/:?])")
_BASE64_TEXT: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n\v\f"
_BASE64_NOISE: Final = bytes(set(range(256)) - set(_BASE64_TEXT[:64]))
_UU_BEGIN: Final = re.compile(rb"(?:\A|\n)begin [0-7]{3,4} [^\n]{0,200}\n")


@dataclass(slots=True)
class Part:
    """One entity: a container with children, or a leaf whose bytes stand between `start` and `stop` of the mail."""

    header: Header
    media: Parametrised
    disposition: Parametrised
    start: int
    stop: int
    children: list[Part] = field(default_factory=list)

    @property
    def content_type(self) -> str:
        """Such as `text/plain`."""
        return self.media.value

    @property
    def charset(self) -> str | None:
        """The declared charset, if any."""
        return self.media.parameters.get("charset")

    def leaves(self) -> Iterator[Part]:
        """All parts without children, in order."""
        stack = [self]
        while stack:
            part = stack.pop()
            if part.children:
                stack.extend(reversed(part.children))
            else:
                yield part


@dataclass(slots=True)
class Cutter:
    """Cuts one mail, counting parts and noting defects.

    Shape: `hint` is the first charset that a part declares, probably that of raw eight-bit fields too.
    """

    raw: bytes
    hint: str | None = None
    defects: list[str] = field(default_factory=list)
    count: int = 0
    false_delimiters: int = 0

    def cut(self, start: int, stop: int, depth: int = 0, default: str = "text/plain") -> Part:
        """The part between two offsets, with all inside it.

        Errors: `limits.TooComplex` beyond the bounds on parts and nesting.
        """
        self.count += 1
        if self.count > limits.PARTS or depth > limits.DEPTH:
            raise limits.TooComplex("parts" if self.count > limits.PARTS else "nesting")
        header = headers.split(self.raw, start, stop)
        self.defects += header.defects
        media = _media(header, default, self.hint)
        self.hint = self.hint or media.parameters.get("charset")
        disposition = parameters.parse(header.first("content-disposition"), self.hint)
        part = Part(header, media, disposition, header.end, stop)
        if media.value.startswith("multipart/"):
            self._open(part, depth)
        return part

    def _open(self, part: Part, depth: int) -> None:
        inner = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        spans = self._spans(part)
        if not spans:
            self.defects.append("multipart without parts")
            part.media = Parametrised("text/plain", part.media.parameters)
            return
        for start, stop in spans:
            part.children.append(self.cut(start, stop, depth + 1, inner))

    def _spans(self, part: Part) -> list[tuple[int, int]]:
        declared = part.media.parameters.get("boundary", "").rstrip()
        boundary = declared.encode("utf-8", "surrogateescape")
        spans = self._between(part, boundary) if boundary else []
        if not spans and (match := _DELIMITER_LINE.search(self.raw, part.start, part.stop)) is not None:
            self.defects.append("boundary guessed")
            spans = self._between(part, match[1])
        return spans

    def _between(self, part: Part, boundary: bytes) -> list[tuple[int, int]]:
        """Where the parts of a multipart stand, its last line break before each delimiter not counted."""
        spans: list[tuple[int, int]] = []
        opened = -1
        for start, after, closing in self._delimiters(part, boundary):
            if opened >= 0:
                spans.append((opened, max(opened, self._before_break(start, opened))))
            opened = -1 if closing else after
            if len(spans) > limits.PARTS:
                raise limits.TooComplex("parts")
        if opened >= 0:
            self.defects.append("multipart without end")
            spans.append((opened, part.stop))
        return spans

    def _delimiters(self, part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
        """Offset, end and finality of each delimiter line."""
        raw, stop, mark = self.raw, part.stop, b"--" + boundary
        at = part.start
        while (at := raw.find(mark, at, stop)) >= 0:
            begin, at = at, at + len(mark)
            if begin > part.start and raw[begin - 1] not in b"\r\n":
                continue
            newline = raw.find(b"\n", at, min(stop, at + 200))
            after = newline + 1 if newline >= 0 else stop
            rest = raw[at:after].strip() if newline >= 0 or stop - at < 200 else b"?"
            if not rest or _CLOSING.match(rest):
                yield begin, after, bool(rest)
                at = after
            else:
                self.false_delimiters += 1
                if self.false_delimiters > limits.FALSE_DELIMITERS:
                    raise limits.TooComplex("delimiters")

    def _before_break(self, at: int, floor: int) -> int:
        if at > floor and self.raw[at - 1] == 0x0A:
            at -= 1
        if at > floor and self.raw[at - 1] == 0x0D:
            at -= 1
        return at

    def content(self, part: Part) -> bytes:
        """The bytes of a leaf, its transfer encoding undone as far as it can be."""
        body = self.raw[part.start : part.stop]
        encoding = part.header.first("content-transfer-encoding").strip(b" \t\"';").lower()
        if encoding == b"base64" or encoding.startswith(b"base64"):
            return self._base64(body, text=part.content_type.startswith("text/"))
        if encoding.startswith((b"quoted-printable", b"quoted_printable")):
            return binascii.a2b_qp(body)
        if encoding in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
            return self._uu(body)
        return body

    def _base64(self, body: bytes, *, text: bool) -> bytes:
        padding = body.find(b"=")
        head, rest = (body, b"") if padding < 0 else (body[:padding], body[padding:].strip(b"= \t\r\n\v\f"))
        strange = len(head.translate(None, _BASE64_TEXT))
        if strange * 10 > len(head) or head.count(b" ") * 30 > len(head):
            self.defects.append("base64 expected, plain text found")
            return body
        if not rest:
            return self._letters(head)
        if not rest.translate(None, _BASE64_TEXT) and rest.count(b"=") < limits.BASE64_PIECES:
            return b"".join(self._letters(piece) for piece in body.split(b"="))  # several encodings in a row
        self.defects.append("text after base64")
        return self._letters(head) + (b"\n" + rest if text else b"")

    def _letters(self, letters: bytes) -> bytes:
        try:
            return binascii.a2b_base64(letters + b"==")
        except binascii.Error:
            self.defects.append("damaged base64")
            kept = letters.translate(None, _BASE64_NOISE)
            kept = kept[:-1] if len(kept) % 4 == 1 else kept
            return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))

    def _uu(self, body: bytes) -> bytes:
        match = _UU_BEGIN.search(body)
        out: list[bytes] = []
        for line in body[match.end() if match else 0 :].splitlines():
            if line.strip() == b"end":
                break
            try:
                out.append(binascii.a2b_uu(line))
            except binascii.Error:
                out.append(_lenient_uu(line))
        return b"".join(out)


def _lenient_uu(line: bytes) -> bytes:
    """A line with trailing rubbish, read by its own count of bytes."""
    try:
        return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
    except (binascii.Error, IndexError):
        return b""


def _media(header: Header, default: str, hint: str | None) -> Parametrised:
    given = header.first("content-type")
    media = parameters.parse(given, hint) if given else Parametrised(default)
    if not _TYPE.fullmatch(media.value):
        if "boundary" in media.parameters:
            return Parametrised("multipart/mixed", media.parameters)
        named = "name" in media.parameters or b"filename" in header.first("content-disposition").lower()
        return Parametrised("application/octet-stream" if named else "text/plain", media.parameters)
    return media
