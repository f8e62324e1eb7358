"""One POST to an address that somebody typed: never into our own network, no further than there, never for long.

The name is resolved once and the connection goes to the address that was judged, so that a name which changes between
looking and calling gains nothing. Redirects are not followed, proxies of the environment are not used.

Source: Standard Webhooks (headers, signature); OWASP ASVS 5.0, 1.3.6 and 13.2 (requests we are made to send).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

SECONDS: Final = 10.0
"""How long a call may take in all."""
SECRET: Final = "whsec_"  # noqa: S105  the prefix of every secret
_LONGEST_URL: Final = 2000
_CONNECT_SECONDS: Final = 5.0
_METADATA: Final = ipaddress.ip_address("fd00:ec2::254")
_THIS_NETWORK: Final = ipaddress.ip_network("0.0.0.0/8")
_TRANSLATED: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class BadUrl(ValueError):
    """An address that no webhook may have; the text is a code of `web.admin.webhook_words`."""


class _Unfit(OSError):
    """Every address of the host lies where we do not call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call.

    Shape: `status` is None where nobody answered; `error` is a code, empty after a 2xx; `wait_seconds` is what the
    server asked for.
    """

    status: int | None = None
    error: str = ""
    wait_seconds: float = 0.0


def check(url: str, *, development: bool) -> SplitResult:
    """The parts of a webhook's address: https, or http to this very machine in development. Errors: BadUrl."""
    if (
        not 0 < len(url) <= _LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or " " in url
        or "\\" in url
    ):
        raise BadUrl("unreadable")
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise BadUrl("unreadable") from None
    if not parts.hostname or port == 0:
        raise BadUrl("unreadable")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("names-a-user")
    local = parts.scheme == "http" and development and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not local:
        raise BadUrl("not-https")
    return parts


def permitted(address: Address, *, private: bool) -> bool:
    """Whether we call an address; `private` also allows those of our own networks, but never metadata services."""
    real = _real(address)
    if real.is_link_local or real.is_multicast or real.is_unspecified or real == _METADATA:
        return False
    if real.version == 4 and real in _THIS_NETWORK:  # noqa: PLR2004  the version of an address
        return False
    return private or real.is_global


def signature(secret: str, key: str, stamp: int, body: bytes) -> str:
    """The value of `Webhook-Signature`. Source: Standard Webhooks, symmetric signatures.

    >>> signature("whsec_AAAA", "msg_1", 1614265330, b"{}")[:3]
    'v1,'
    """
    try:
        key_bytes = base64.b64decode(secret.removeprefix(SECRET), validate=True)
    except binascii.Error:
        raise ValueError("no secret of a webhook") from None
    signed = hmac.new(key_bytes, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def headers(secret: str, key: str, stamp: int, body: bytes) -> dict[str, str]:
    """What goes along with a call."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "helpdesk-webhook/1",
        "Webhook-Id": key,
        "Webhook-Timestamp": str(stamp),
        "Webhook-Signature": signature(secret, key, stamp, body),
        "Connection": "close",
    }


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Errors: OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Wire:
    """How calls go out. Shape: `trusted` are further certificates (PEM) that servers may be known by."""

    private: bool = False
    development: bool = False
    seconds: float = SECONDS
    resolve: Resolve = resolve
    trusted: str | None = None

    def post(self, url: str, body: bytes, told: Mapping[str, str]) -> Answer:
        """Send one call and hear its status; the answer's body is not read."""
        try:
            parts = check(url, development=self.development)
        except BadUrl as fault:
            return Answer(error=str(fault))
        try:
            return self._post(parts, body, told)
        except socket.gaierror:
            return Answer(error="unresolved")
        except _Unfit:
            return Answer(error="forbidden-address")
        except TimeoutError:
            return Answer(error="timeout")
        except ssl.SSLError:
            return Answer(error="tls")
        except (OSError, http.client.HTTPException, ValueError, UnicodeError):
            return Answer(error="unreachable")

    def _post(self, parts: SplitResult, body: bytes, told: Mapping[str, str]) -> Answer:
        connection = self._connection(parts)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        with _ending(connection, self.seconds) as over:
            try:
                connection.request("POST", path, body=body, headers=dict(told))
                answer = _heard(connection.getresponse())
            except (OSError, http.client.HTTPException, ValueError):
                if over.is_set():
                    raise TimeoutError from None
                raise
            if over.is_set():  # what was cut off reads like the end of the headers
                raise TimeoutError
        return answer

    def _connection(self, parts: SplitResult) -> _Connection:
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        named = [ipaddress.ip_address(each.partition("%")[0]) for each in self.resolve(host, port)]
        fit = [str(each) for each in named if permitted(each, private=self.private)]
        if not fit:
            raise _Unfit
        context = ssl.create_default_context(cafile=self.trusted) if secure else None
        seconds = min(self.seconds, _CONNECT_SECONDS)
        return _Connection(host, port, address=fit[0], context=context, seconds=seconds)


class _Connection(http.client.HTTPConnection):
    """A connection to one address that was judged, in the name of its host."""

    def __init__(
        self, host: str, port: int, *, address: str, context: ssl.SSLContext | None, seconds: float
    ) -> None:
        super().__init__(host, port)
        self.default_port = 443 if context else 80  # so that the Host header names no usual port
        self._address, self._context, self._seconds = address, context, seconds

    def connect(self) -> None:
        """Connect to the address, and see that the host proves its name."""
        plain = socket.create_connection((self._address, self.port), timeout=self._seconds)
        if self._context is None:
            self.sock = plain
            return
        secured = self._context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = secured
        secured.do_handshake()

    def cut(self) -> None:
        """End the connection under whoever waits on it."""
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


@contextmanager
def _ending(connection: _Connection, seconds: float) -> Iterator[threading.Event]:
    """Cut a connection that lasts longer, however slowly it trickles; the event says that it was."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        connection.cut()

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
        connection.close()


def _heard(response: http.client.HTTPResponse) -> Answer:
    status = response.status
    asked = response.headers.get("Retry-After", "")
    wait = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0.0  # noqa: PLR2004  digits
    if 200 <= status < 300:  # noqa: PLR2004  RFC 9110 §15.3
        return Answer(status)
    redirects = 300 <= status < 400  # noqa: PLR2004  RFC 9110 §15.4
    return Answer(
        status, "redirect" if redirects else "gone" if status == http.HTTPStatus.GONE else "status", wait
    )


def _real(address: Address) -> Address:
    """The address behind one that only carries it: mapped, translated (NAT64) or tunnelled (6to4, Teredo)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and any(address in each for each in _TRANSLATED):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is None and int(address) >> 32 == 0 and int(address) > 1:  # ::a.b.c.d, deprecated
        inner = ipaddress.IPv4Address(int(address))
    return inner or address
