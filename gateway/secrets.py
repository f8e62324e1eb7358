"""Everything that grants something: signing, tokens, password hashes. Pure but for the operating system's randomness.

A signature is bound to a purpose, so that a token for one thing is worth nothing for another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_SIGNATURE_BYTES: Final = 16
_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class BadToken(ValueError):
    """A token that we did not make, or made for another purpose, or that has expired."""


def random_token(size_bytes: int = 16) -> str:
    """Fresh randomness as lower-case base32, at least 128 bits by default."""
    return _base32(secrets.token_bytes(size_bytes))


def sign(key: str, purpose: str, value: str) -> str:
    """The 128-bit HMAC-SHA-256 of a value for one purpose, as 26 characters of base32."""
    message = f"{len(purpose)}:{purpose}:{value}".encode()
    return _base32(hmac.new(_subkey(key), message, hashlib.sha256).digest()[:_SIGNATURE_BYTES])


def signed(key: str, purpose: str, value: str, signature: str) -> bool:
    """Whether the signature was made by `sign` for this purpose and value, compared in constant time."""
    return hmac.compare_digest(sign(key, purpose, value).encode(), signature.lower().encode())


def reply_detail(key: str, ticket: int) -> str:
    """The subaddress detail that names a ticket and proves that we named it: `1042-<signature>`."""
    return f"{ticket}-{sign(key, 'reply-address', str(ticket))}"


def ticket_of(key: str, detail: str) -> int | None:
    """The ticket a subaddress detail names, or None where its signature is not ours."""
    number, _, signature = detail.partition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 12 or len(signature) != 26:
        return None
    return int(number) if signed(key, "reply-address", str(int(number)), signature) else None


def grant(key: str, purpose: str, value: str, expires_at: datetime) -> str:
    """A token that carries a value until it expires: `value.expiry.signature`.

    Shape: the value holds no full stop.
    """
    stamp = str(int(expires_at.timestamp()))
    return f"{value}.{stamp}.{sign(key, purpose, f'{value}.{stamp}')}"


def granted(key: str, purpose: str, token: str, at: datetime) -> str:
    """The value a token carries.

    Errors: BadToken where it is not ours, for another purpose, or expired.
    """
    value, _, rest = token.partition(".")
    stamp, _, signature = rest.partition(".")
    if not stamp.isascii() or not stamp.isdigit() or not signed(key, purpose, f"{value}.{stamp}", signature):
        raise BadToken("not a token of ours")
    if datetime.fromtimestamp(int(stamp), UTC) <= at:
        raise BadToken("expired")
    return value


def digest(value: str) -> str:
    """The SHA-256 under which a high-entropy token is stored and looked up."""
    return hashlib.sha256(value.encode()).hexdigest()


def hash_password(password: str) -> str:
    """An argon2id hash of a password (RFC 9106)."""
    return _hasher.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether the password matches; costs the same time where nothing is stored."""
    try:
        return _hasher.verify(stored or _dummy_hash(), password) and bool(stored)
    except (Argon2Error, InvalidHashError):
        return False


def seal(key: str, purpose: str, value: str) -> str:
    """A value encrypted and signed for one purpose, as it may rest in the database; nothing for nothing."""
    return _sealing(key, purpose).encrypt(value.encode()).decode() if value else ""


def unseal(key: str, purpose: str, sealed: str) -> str:
    """What was sealed for this purpose.

    Errors: BadToken where it was sealed with another key, for another purpose, or was changed.
    """
    from cryptography.fernet import InvalidToken

    if not sealed:
        return ""
    try:
        return _sealing(key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise BadToken("sealed with another key") from None


def _sealing(key: str, purpose: str) -> Fernet:
    from cryptography.fernet import Fernet  # memory that most processes do without

    message = f"{len(purpose)}:{purpose}".encode()
    return Fernet(base64.urlsafe_b64encode(hmac.new(_sealing_key(key), message, hashlib.sha256).digest()))


@lru_cache(maxsize=8)
def _sealing_key(key: str) -> bytes:
    return hashlib.sha256(b"helpdesk sealing\0" + key.encode()).digest()


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher.hash("a password nobody has")


@lru_cache(maxsize=8)
def _subkey(key: str) -> bytes:
    return hashlib.sha256(b"helpdesk signing\0" + key.encode()).digest()


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=").lower()
