"""Access tokens for mailboxes from Microsoft 365, Google or another provider of OAuth 2.0.

Source: RFC 6749 (§4.4 client credentials, §6 refresh), RFC 8628 (device code), RFC 7523 (Google's service accounts).
Own code: the libraries for this bring a whole stack for the one request each grant needs.
"""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

SECONDS: Final = 10.0
LARGEST_ANSWER_BYTES: Final = 64 * 1024
DEFAULT_LIFE: Final = timedelta(minutes=5)
_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_ASSERTION_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Refused(Exception):
    """The provider gives no token; the text is its code, without anything secret. `final` asks for a person."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


@dataclass(frozen=True, slots=True)
class Client:
    """How a mailbox asks for tokens. `secret` is empty for public clients, a private key (PEM) for Google's own."""

    client_id: str
    secret: str
    token_url: str
    device_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave. `refresh_token` is empty where the old one stays good."""

    access_token: str
    until: datetime
    refresh_token: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person has to enter, and where. Units: seconds."""

    user_code: str
    verification_uri: str
    device_code: str
    interval: float
    expires_in: float


@dataclass(frozen=True, slots=True)
class _Preset:
    token_url: str
    device_url: str
    scope: str
    client_scope: str


PRESETS: Final[Mapping[str, _Preset]] = {
    "microsoft": _Preset(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
        "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access",
        "https://outlook.office365.com/.default",
    ),
    "google": _Preset(
        "https://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com/device/code",
        "https://mail.google.com/",
        "https://mail.google.com/",
    ),
}


def client(provider: str, *, tenant: str, client_id: str, secret: str, token_url: str = "", device_url: str = "",
           scope: str = "", own: bool = False) -> Client:  # fmt: skip
    """A client of a known provider, or of the addresses given; `own` speaks for itself and not for a user."""
    preset = PRESETS.get(provider, _Preset("", "", "", ""))
    named = quote(tenant or "organizations", safe="")
    return Client(
        client_id,
        secret,
        token_url or preset.token_url.format(tenant=named),
        device_url or preset.device_url.format(tenant=named),
        scope or (preset.client_scope if own else preset.scope),
    )


def refresh(of: Client, refresh_token: str, at: datetime) -> Tokens:
    """New tokens for a refresh token. Errors: Refused; OSError where the provider cannot be reached."""
    asked = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": of.client_id}
    return _tokens(_post(of.token_url, asked | _secret(of) | _scope(of)), at)


def own_token(of: Client, at: datetime, *, user: str = "") -> Tokens:
    """A token of the client's own: by its secret, or, with a private key, by a signed assertion for a user.

    Errors: as `refresh`.
    """
    if of.secret.lstrip().startswith("-----BEGIN"):
        asked = {"grant_type": _ASSERTION_GRANT, "assertion": _assertion(of, user, at)}
        return _tokens(_post(of.token_url, asked), at)
    asked = {"grant_type": "client_credentials", "client_id": of.client_id}
    return _tokens(_post(of.token_url, asked | _secret(of) | _scope(of)), at)


def ask_device(of: Client) -> DeviceCode:
    """The code a person enters at the provider. Errors: as `refresh`."""
    told = _post(of.device_url, {"client_id": of.client_id, "scope": of.scope})
    where = told.get("verification_uri") or told.get("verification_url")
    codes = (told.get("user_code"), where, told.get("device_code"))
    if not all(isinstance(each, str) and each for each in codes):
        raise Refused("the provider's answer names no code", final=True)
    interval, life = _seconds(told.get("interval"), 5), _seconds(told.get("expires_in"), 600)
    return DeviceCode(str(codes[0]), str(codes[1]), str(codes[2]), max(interval, 0.1), life)


def poll_device(of: Client, device: DeviceCode, at: datetime) -> Tokens | None:
    """The tokens, None while the person has not finished. Errors: as `refresh`."""
    asked = {"grant_type": _DEVICE_GRANT, "device_code": device.device_code, "client_id": of.client_id}
    try:
        return _tokens(_post(of.token_url, asked | _secret(of)), at)
    except Refused as refused:
        if str(refused) in ("authorization_pending", "slow_down"):
            return None
        raise


def _secret(of: Client) -> dict[str, str]:
    return {"client_secret": of.secret} if of.secret else {}


def _scope(of: Client) -> dict[str, str]:
    return {"scope": of.scope} if of.scope else {}


def _tokens(told: Mapping[str, Any], at: datetime) -> Tokens:
    token, fresh = told.get("access_token"), told.get("refresh_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise Refused("the provider's answer holds no token")
    life = timedelta(seconds=min(_seconds(told.get("expires_in"), DEFAULT_LIFE.total_seconds()), 86_400))
    return Tokens(token, at + life, fresh if isinstance(fresh, str) else "")


def _seconds(value: object, otherwise: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return otherwise


def _assertion(of: Client, user: str, at: datetime) -> str:
    """A JWT signed with RS256 (RFC 7515, 7523 §2.1)."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    issued = int(at.timestamp())
    claims = {"iss": of.client_id, "sub": user, "scope": of.scope, "aud": of.token_url, "iat": issued,
              "exp": issued + 3600}  # fmt: skip
    head = {"alg": "RS256", "typ": "JWT"}
    signed = ".".join(_base64(json.dumps(each, separators=(",", ":")).encode()) for each in (head, claims))
    try:
        key = serialization.load_pem_private_key(of.secret.encode(), None)
    except (ValueError, TypeError):
        raise Refused("the private key cannot be read", final=True) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Refused("the private key is no RSA key", final=True)
    return f"{signed}.{_base64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Secrets go where they were meant to go, and nowhere else."""


def _post(url: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """The JSON object that answers a form. Errors: as `refresh`."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    ):
        raise Refused("a token endpoint is an https:// address", final=True)
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    opener = urllib.request.build_opener(
        _NoRedirect(), urllib.request.ProxyHandler({}) if parts.scheme == "http" else urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(context=context),
    )  # fmt: skip
    asked = urllib.request.Request(  # noqa: S310  the scheme was looked at
        url, urlencode(fields).encode(), {"Accept": "application/json"}
    )
    try:
        with opener.open(asked, timeout=SECONDS) as answer:
            return _object(answer.read(LARGEST_ANSWER_BYTES + 1))
    except urllib.error.HTTPError as fault:
        with fault:
            told = _object(fault.read(LARGEST_ANSWER_BYTES + 1), strict=False)
        code = str(told.get("error", f"HTTP {fault.code}"))[:100]
        raise Refused(
            code, final=fault.code in (400, 401, 403) and code != "temporarily_unavailable"
        ) from None
    except HTTPException as fault:
        raise OSError(f"the provider's answer is no HTTP: {type(fault).__name__}") from None


def _object(content: bytes, *, strict: bool = True) -> Mapping[str, Any]:
    try:
        told = json.loads(content) if len(content) <= LARGEST_ANSWER_BYTES else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        if strict:
            raise Refused("the provider's answer is no JSON object")
        return {}
    return told
