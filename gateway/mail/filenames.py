"""Attachment names that are safe to show and to offer for download.

Files are never stored under them; they are metadata (a path in one, an invisible or reversing character, or a
reserved device name must still not reach a screen or a disk).
"""

from __future__ import annotations

import re
from mimetypes import MimeTypes
from typing import Final
from urllib.parse import unquote

LONGEST: Final = 150
_LONGEST_EXTENSION: Final = 20
_LONGEST_GIVEN: Final = 4_096
_BREAKS: Final = str.maketrans("\t\r\n", "   ")
# Controls, zero-width, direction marks and overrides, line separators, byte order mark, specials.
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ud800-\udfff]"
)
_DEVICE: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_EXTENSIONS: Final = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/rfc822-headers": ".txt",
    "text/x-amp-html": ".html",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "message/rfc822": ".eml",
    "message/global": ".eml",
}
_BUILT_IN: Final = MimeTypes()  # never what a machine's own files add, so that every machine says the same
_ESCAPED_UTF8: Final = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){2}")
_PLAIN_SUBTYPE: Final = re.compile(r"[a-z0-9]{2,5}")


def safe(name: str) -> str:
    """The last component of a name without anything that hides, reverses or escapes; empty if nothing is left.

    >>> safe("../../etc/passwd"), safe("a\\u202egpj.exe"), safe("con.txt"), safe("报告.pdf. ")
    ('passwd', 'agpj.exe', '_con.txt', '报告.pdf')
    """
    name = visible(name).replace("\\", "/").rstrip("/ ").rpartition("/")[2].strip().rstrip(". ")
    if name.startswith("."):
        name = "_" + name.lstrip(".")
    if _DEVICE.match(name):
        name = "_" + name
    return _shortened(name) if name != "_" else ""


def visible(name: str) -> str:
    """A name on one line, without characters that hide or reverse others."""
    return _INVISIBLE.sub("", name[:_LONGEST_GIVEN].translate(_BREAKS)).strip()


def unescaped(name: str) -> str:
    """A name that a mailer wrote in URL escapes, decoded; any other name as it is.

    >>> unescaped("%E6%97%A5%E5%BF%97.txt"), unescaped("100%.txt")
    ('日志.txt', '100%.txt')
    """
    if not name.isascii() or not _ESCAPED_UTF8.search(name):
        return name
    try:
        return unquote(name, errors="strict")
    except UnicodeDecodeError:
        return name


def generated(content_type: str, number: int) -> str:
    """A name for a part that has none.

    >>> generated("image/png", 2), generated("message/delivery-status", 1)
    ('image-2.png', 'delivery-status-1.txt')
    """
    main, _, sub = content_type.partition("/")
    extension = _EXTENSIONS.get(content_type, "")
    if not extension:
        extension = (
            f".{sub}" if _PLAIN_SUBTYPE.fullmatch(sub) else ".txt" if main in ("text", "message") else ".bin"
        )
    stem = {"message": sub, "image": "image", "audio": "audio", "video": "video"}.get(main, "attachment")
    if content_type == "text/rfc822-headers":
        stem = "headers"
    return safe(f"{stem}-{number}{extension}")


def media_type(name: str) -> str:
    """The type that a name's ending promises, for a file whose sender named none.

    >>> media_type("plan.pdf"), media_type("plan")
    ('application/pdf', 'application/octet-stream')
    """
    _, dot, ending = name.rpartition(".")
    return _BUILT_IN.types_map[True].get(f".{ending.lower()}" if dot else "", "application/octet-stream")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        return name[:LONGEST].rstrip(". ")
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"
