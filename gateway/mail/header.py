"""The header of a mail or part from bytes: fields split, unfolded, decoded.

Source: RFC 5322 §2.2 (fields, folding), RFC 2047 (encoded-words), RFC 6532 (UTF-8 in fields).
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Final

from gateway.mail import charset, limits

_NAME: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# Names that tell a header from a body that has colons too.
_COMMON_NAME: Final = re.compile(
    rb"(?i)(?:received|return-path|delivered-to|from|to|cc|date|subject|message-id|mime-version|reply-to|sender"
    rb"|in-reply-to|references|user-agent|auto-submitted|precedence"
    rb"|(?:content|x|list|dkim|arc|thread)-[\w-]{1,80})[ \t]*:"
)
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_NEXT_FIELD: Final = re.compile(rb"\n(?![ \t])")
# Each attempt ends a few question marks after its start, so the scan stays linear.
_ENCODED_WORD: Final = re.compile(
    r"=\?([A-Za-z0-9_.:()+-]{1,60})(?:\*[A-Za-z0-9-]{0,40})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?=\s]{0,75}){0,2})\?="
)
_HEX: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64_NOISE: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)
_CONTROLS: Final = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), None),
    **dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " "),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one entity.

    Shape: `fields` holds (lower-case name, unfolded bytes) in order; the body begins at `end` of the bytes given.
    """

    fields: tuple[tuple[str, bytes], ...]
    end: int
    defects: tuple[str, ...] = ()

    def first(self, name: str) -> bytes:
        """The first value of a field, or empty."""
        return next((value for key, value in self.fields if key == name), b"")

    def every(self, name: str) -> list[bytes]:
        """All values of a field in order."""
        return [value for key, value in self.fields if key == name]


def split(content: bytes, start: int = 0, stop: int | None = None, *, lenient: bool = False) -> Header:
    """The header fields at the beginning of an entity.

    Errors: `limits.TooComplex` for more fields, or a longer one, than the bounds allow; with `lenient` those are
    left out.
    """
    stop = len(content) if stop is None else stop
    found: list[tuple[str, list[bytes]]] = []
    defects: list[str] = []
    at, size = start, 0
    while at < stop:
        newline = content.find(b"\n", at, stop)
        after = stop if newline < 0 else newline + 1
        line = content[at:after].rstrip(b"\r\n")
        if not line:
            at = after
            break
        match = _NAME.match(line)
        if found and (line[:1] in b" \t" or _lost_its_indent(found[-1][1][-1], match)):
            size += len(line)
            found[-1][1].append(line if line[:1] in b" \t" else b" " + line)
        elif match is not None:
            size = len(line)
            found.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
        elif found and _header_goes_on(content, after, stop):
            defects.append("line without a field name in the header")
        elif at != start or not line.startswith((b"From ", b">From ")):
            defects.append("no blank line after the header")
            break
        if len(found) > limits.FIELDS or size > limits.FIELD_BYTES:
            if not lenient:
                raise limits.TooComplex("header fields")
            at = _left_out(content, after, stop, found)
            continue
        at = after
    fields = tuple((name, b"".join(lines).strip()) for name, lines in found)
    return Header(fields, at, tuple(defects))


def _lost_its_indent(before: bytes, match: re.Match[bytes] | None) -> bool:
    """Whether a line goes on with the parameters of the field before it, though not indented."""
    return before.endswith(b";") and (match is None or b"=" in match[1])


def _header_goes_on(content: bytes, at: int, stop: int) -> bool:
    """Whether a well-known field follows within a few lines, with no blank line before it."""
    for _ in range(4):
        newline = content.find(b"\n", at, stop)
        line = content[at : newline if newline >= 0 else stop].rstrip(b"\r")
        if not line or newline < 0 or line[:1] not in b" \t":
            return _COMMON_NAME.match(line) is not None
        at = newline + 1
    return False


def _left_out(content: bytes, at: int, stop: int, found: list[tuple[str, list[bytes]]]) -> int:
    """Where to go on after what is beyond the bounds: the next field, or the body."""
    lines = found[-1][1]
    lines[-1:] = [lines[0][: limits.FIELD_BYTES]] if len(lines) == 1 else []
    if len(found) > limits.FIELDS:
        found.pop()
        match = _BLANK_LINE.search(content, at, stop)
        return match.end() if match else stop
    match = _NEXT_FIELD.search(content, at - 1, stop)
    return match.end() if match else stop


def decode(value: bytes, hint: str | None = None) -> str:
    """A field's value as text on one line: encoded-words decoded, control characters gone.

    `hint` is the charset to try for raw eight-bit bytes, usually that of the body.

    >>> decode(b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?= now")
    'café now'
    """
    text = plain(value, hint)
    return single_line(decode_words(text) if "=?" in text else text)


def plain(value: bytes, hint: str | None = None) -> str:
    """A field's value as text, its encoded-words left as they are."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    return charset.decode(value, hint)


def single_line(text: str) -> str:
    """Text without line breaks and control characters."""
    return text.strip() if text.isprintable() else text.translate(_CONTROLS).strip()


def decode_words(text: str) -> str:
    """Text with its encoded-words decoded; neighbours of one charset are joined before decoding.

    At most `limits.ENCODED_WORDS` are decoded, the rest stays as written.
    """
    out: list[str] = []
    run: list[tuple[str, str, str]] = []
    at = 0
    for count, match in enumerate(_ENCODED_WORD.finditer(text)):
        if count >= limits.ENCODED_WORDS:
            break
        between = text[at : match.start()]
        if not run or between.strip():
            out += _joined(run), between
            run = []
        run.append((match[1].lower(), match[2].lower(), match[3]))
        at = match.end()
    return charset.clean("".join((*out, _joined(run), text[at:])))


def _joined(run: list[tuple[str, str, str]]) -> str:
    """The text of neighbouring encoded-words, whose characters may be split between them."""
    out: list[str] = []
    start = 0
    for index in range(1, len(run) + 1):
        if index == len(run) or run[index][0] != run[start][0]:
            out.append(charset.decode(_bytes_of(run[start:index]), run[start][0], statistics=False))
            start = index
    return "".join(out)


def _bytes_of(words: list[tuple[str, str, str]]) -> bytes:
    out: list[bytes] = []
    pending = ""
    for _, encoding, text in words:
        if encoding == "b":
            pending += text
            if len(pending.rstrip("=")) % 4 and "=" not in pending[-2:]:
                continue  # some mailers cut base64 anywhere
            out.append(_base64(pending))
        else:
            out += _base64(pending), _quoted(text)
        pending = ""
    return b"".join((*out, _base64(pending)))


def _base64(text: str) -> bytes:
    letters = text.encode("utf-8", "replace").translate(None, _BASE64_NOISE)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _quoted(text: str) -> bytes:
    content = text.replace("_", " ").encode("utf-8", "replace")
    return _HEX.sub(lambda match: bytes((int(match[1], 16),)), content)
