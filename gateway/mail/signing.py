"""DKIM signatures on our own mail, made when it is handed over; its stored bytes stay as they are.

dkimpy canonicalises and lays the field out; the signature itself comes from `cryptography`, which is 15 times as
fast with RSA and knows Ed25519. There is no `t=`, so that every try of a letter sends the same bytes.
Source: RFC 6376, RFC 8301 (rsa-sha256, keys of 2048 bits), RFC 8463 (ed25519-sha256).
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dkim.canonicalization import CanonicalizationPolicy
from dkim.util import InvalidTagValueList, parse_tag_value

MIN_RSA_BITS: Final = 2048
REWRITTEN: Final = frozenset({b"message-id", b"date"})
"""What a next hop that gives mail identifiers of its own also changes, as Amazon SES does."""
OVERSIGNED: Final = (
    b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to",
    b"references", b"auto-submitted", b"mime-version", b"content-type", b"content-transfer-encoding",
)  # fmt: skip
"""Fields named once more than they stand in the mail, so that nobody adds one without breaking the signature."""

_CANONICAL: Final = (b"relaxed", b"relaxed")
_DISPATCH: Final = b"ed25519-sha256"
_SILENT: Final = logging.Logger("dkimpy", level=logging.CRITICAL + 1)


class UnfitKey(ValueError):
    """A key or name that cannot sign; the text says why, without anything secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the name under which the DNS publishes its public half."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> bytes:
        """The value of `a=`."""
        return b"rsa-sha256" if isinstance(self.private, RSAPrivateKey) else b"ed25519-sha256"

    @property
    def name(self) -> str:
        """Where the public key is published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def published(self) -> bytes:
        """The value of `p=` that belongs to this key."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(octets)

    @property
    def record(self) -> str:
        """The TXT record to publish."""
        kind = "rsa" if isinstance(self.private, RSAPrivateKey) else "ed25519"
        return f"v=DKIM1; k={kind}; p={self.published.decode()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Keys that sign every mail. Shape: `unsigned` are fields the next hop will change, lower case."""

    keys: Sequence[Key]
    unsigned: frozenset[bytes] = frozenset()

    def __call__(self, content: bytes) -> bytes:
        """The mail with a signature of each key in front of it; the same mail always gives the same bytes."""
        return b"".join([*(_signature(key, content, self.unsigned) for key in self.keys), content])


def key_of(pem: bytes, *, domain: str, selector: str) -> Key:
    """The key in a PEM file, for a domain and selector. Errors: UnfitKey."""
    for what, value in (("domain", domain), ("selector", selector)):
        if not value or not value.isascii() or not value.replace("-", "a").replace(".", "a").isalnum():
            raise UnfitKey(f"the DKIM {what} is missing or no name")
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnfitKey("the DKIM key is no unencrypted private key in PEM") from None
    if isinstance(private, RSAPrivateKey):
        if private.key_size < MIN_RSA_BITS:
            raise UnfitKey(f"the DKIM key has {private.key_size} bits, at least {MIN_RSA_BITS} are needed")
    elif not isinstance(private, Ed25519PrivateKey):
        raise UnfitKey("the DKIM key is neither RSA nor Ed25519")
    return Key(domain.lower(), selector, private)


def read_keys(files: str, selectors: str, *, domain: str) -> list[Key]:
    """The keys of files, each with its selector. Errors: UnfitKey, naming the file.

    Shape: both are lists separated by commas, of one length.
    """
    listed, names = (
        [each.strip() for each in words.split(",") if each.strip()] for words in (files, selectors)
    )
    if len(listed) != len(names):
        raise UnfitKey("there must be as many DKIM selectors as key files")
    found = []
    for file, selector in zip(listed, names, strict=True):
        try:
            found.append(key_of(Path(file).expanduser().read_bytes(), domain=domain, selector=selector))
        except OSError as fault:
            raise UnfitKey(f"the DKIM key {file} cannot be read: {fault.strerror}") from None
        except UnfitKey as fault:
            raise UnfitKey(f"{file}: {fault}") from None
    return found


def published_fault(key: Key, records: Sequence[bytes]) -> str:
    """Why receivers could not verify this key's signatures with these TXT records; empty where they can."""
    if not records:
        return f"{key.name} has no TXT record"
    if len(records) > 1:
        return f"{key.name} has {len(records)} TXT records, one is allowed"
    try:
        tags = parse_tag_value(records[0])
    except InvalidTagValueList:
        return f"{key.name} holds no DKIM record"
    if tags.get(b"v", b"DKIM1") != b"DKIM1" or b"p" not in tags:
        return f"{key.name} holds no DKIM record"
    if not tags[b"p"].strip():
        return f"{key.name} says that the key was withdrawn"
    if b"".join(tags[b"p"].split()) != key.published:
        return f"{key.name} holds another key"
    kind = b"rsa" if isinstance(key.private, RSAPrivateKey) else b"ed25519"
    return "" if tags.get(b"k", b"rsa") == kind else f"{key.name} names another kind of key"


class _Pen:
    """The private key as dkimpy calls it: `sign(digest).signature`."""

    def __init__(self, private: RSAPrivateKey | Ed25519PrivateKey) -> None:
        self._private, self.signature = private, b""

    def sign(self, digest: bytes) -> _Pen:
        if isinstance(self._private, RSAPrivateKey):
            self.signature = self._private.sign(digest, PKCS1v15(), Prehashed(hashes.SHA256()))
        else:
            self.signature = self._private.sign(digest)
        return self


def _signature(key: Key, content: bytes, unsigned: frozenset[bytes]) -> bytes:
    """One DKIM-Signature field with its line end."""
    mail = dkim.DKIM(content, logger=_SILENT, signature_algorithm=_DISPATCH)
    mail.hasher = sha256
    policy = CanonicalizationPolicy.from_c_value(b"/".join(_CANONICAL))
    body = policy.canonicalize_body(mail.body)
    present = [name.lower() for name, _ in mail.headers]
    signed = [name for name in OVERSIGNED if name not in unsigned for _ in range(present.count(name) + 1)]
    tags = [
        (b"v", b"1"), (b"a", key.algorithm), (b"c", policy.to_c_value()), (b"d", key.domain.encode()),
        (b"s", key.selector.encode()), (b"h", b" : ".join(signed)),
        (b"bh", base64.b64encode(sha256(body).digest())), (b"b", b"0" * 60),
    ]  # fmt: skip
    value: bytes = mail.gen_header(tags, tuple(signed), policy, b"DKIM-Signature", _Pen(key.private))
    return b"DKIM-Signature: " + value
