"""What kind of mail a mail is where that changes how it can be read: sealed, signed, a fragment, a pointer elsewhere.

Shape: codes such as `smime-encrypted`, `pgp-signed`, `partial:2/5`, `external-body`. No signature is checked, nothing
is decrypted, put together or fetched.
Source: RFC 1847, RFC 8551 §3, RFC 3156, RFC 9580 §6.2 (armour), RFC 2046 §5.2.2 and §5.2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gateway.mail import cms
from gateway.mail.parameters import Parametrised

SMIME_ENCRYPTED, SMIME_SIGNED, SMIME_COMPRESSED = "smime-encrypted", "smime-signed", "smime-compressed"
PGP_ENCRYPTED, PGP_SIGNED = "pgp-encrypted", "pgp-signed"
PARTIAL, EXTERNAL_BODY = "partial", "external-body"

_WRAPPED: Final = {
    cms.ENCRYPTED: SMIME_ENCRYPTED,
    cms.SIGNED: SMIME_SIGNED,
    cms.COMPRESSED: SMIME_COMPRESSED,
}
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_ARMOURED: Final = {
    PGP_ENCRYPTED: re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE),
    PGP_SIGNED: re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*$", re.MULTILINE),
}
_WORDS: Final = {
    SMIME_ENCRYPTED: ("This mail is encrypted with S/MIME and cannot be read here. The original is kept.",
                      "此邮件经 S/MIME 加密，无法在此阅读。原件已保留。"),
    SMIME_COMPRESSED: ("This mail is compressed with S/MIME and cannot be read here. The original is kept.",
                       "此邮件经 S/MIME 压缩，无法在此阅读。原件已保留。"),
    PGP_ENCRYPTED: ("This mail is encrypted with PGP and cannot be read here. The original is kept.",
                    "此邮件经 PGP 加密，无法在此阅读。原件已保留。"),
    PARTIAL: ("This mail is part %s of a larger one. The parts are not put together; this one is kept as it came.",
              "此邮件是一封大邮件的第 %s 部分。各部分不会自动拼合，本部分按原样保留。"),
    EXTERNAL_BODY: ("This mail points to content that lies elsewhere. It was not fetched.",
                    "此邮件指向存放在别处的内容，系统没有去取。"),
}  # fmt: skip


def of_part(media: Parametrised, content: bytes) -> str:
    """What a part's type says, or an empty text; `content` matters for a wrapping only."""
    protocol = media.parameters.get("protocol", "").lower()
    if media.value == "multipart/encrypted":
        return PGP_ENCRYPTED if "pgp" in protocol or not protocol else SMIME_ENCRYPTED
    if media.value == "multipart/signed":
        return PGP_SIGNED if "pgp" in protocol else SMIME_SIGNED
    if media.value in cms.CONTENT_TYPES:
        return _WRAPPED.get(cms.kind_of(content)) or _stated(media.parameters.get("smime-type", "").lower())
    if media.value == "message/partial":
        return _fragment(media.parameters.get("number", ""), media.parameters.get("total", ""))
    return EXTERNAL_BODY if media.value == "message/external-body" else ""


def of_text(text: str) -> list[str]:
    """What armour inside a text says; armour that stands behind a quote mark is somebody else's."""
    return [code for code, begin in _ARMOURED.items() if "-----BEGIN PGP" in text and begin.search(text)]


def unreadable(codes: Iterable[str]) -> bool:
    """Whether what its author wrote cannot be read here, or not whole."""
    return any(code.partition(":")[0] in _WORDS for code in codes)


def words(codes: Iterable[str], language: str) -> str:
    """What stands in place of the text of a mail that shows none, in English or Chinese; empty without a reason."""
    for code in codes:
        name, _, detail = code.partition(":")
        if name in _WORDS:
            said = _WORDS[name][1 if language.startswith("zh") else 0]
            return said % (detail or "?") if "%s" in said else said
    return ""


def _fragment(number: str, total: str) -> str:
    if not _NUMBER.fullmatch(number):
        return PARTIAL
    return f"{PARTIAL}:{number}/{total}" if _NUMBER.fullmatch(total) else f"{PARTIAL}:{number}"


def _stated(kind: str) -> str:
    if kind in ("enveloped-data", "authenveloped-data", "authenticated-enveloped-data"):
        return SMIME_ENCRYPTED
    return SMIME_SIGNED if kind == "signed-data" else SMIME_COMPRESSED if kind == "compressed-data" else ""
