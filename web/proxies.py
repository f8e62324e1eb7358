"""Who really asks, where proxies stand between: what their headers say counts only as far as we trust who sent it.

Each proxy adds the address it was asked from at the right end of X-Forwarded-For; everything to the left of the
right-most address that is no proxy of ours is the visitor's own word, and may be invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue

from gateway.settings import Settings
from web.security import is_https

Networks = Sequence[IPv4Network | IPv6Network]
_MOST_HOPS = 20


def client(peer: str, forwarded: str, trusted: Networks) -> str:
    """The right-most address that is no trusted proxy; the peer itself where it is none.

    >>> from ipaddress import ip_network
    >>> ours = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
    >>> client("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", ours), client("203.0.113.9", "6.6.6.6", ours)
    ('203.0.113.9', '203.0.113.9')
    """
    seen = peer
    if not is_trusted(peer, trusted):
        return seen
    for hop in reversed(forwarded.split(",")[-_MOST_HOPS:]):
        found = _address(hop)
        if found is None:  # a proxy of ours wrote what is no address: the proxy is all we know
            return seen
        seen = str(found)
        if not is_trusted(seen, trusted):
            return seen
    return seen


def scheme(peer: str, forwarded: str, trusted: Networks) -> str:
    """`https` or `http` as a trusted proxy says; empty where none does.

    >>> from ipaddress import ip_network
    >>> ours = [ip_network("127.0.0.0/8")]
    >>> scheme("127.0.0.1", "http, HTTPS", ours), scheme("203.0.113.9", "https", ours), scheme("127.0.0.1", "x", ours)
    ('https', '', '')
    """
    said = forwarded.rpartition(",")[2].strip().lower()
    return said if said in ("http", "https") and is_trusted(peer, trusted) else ""


def is_trusted(peer: str, trusted: Networks) -> bool:
    """Whether an address is one of our proxies; a socket file, which has none, is on this machine."""
    if not peer:
        return True
    found = _address(peer)
    return found is not None and any(found in each for each in trusted if each.version == found.version)


def install(app: Flask, settings: Settings) -> None:
    """Send people to https who a proxy says came without it; whatever else came so is refused."""

    @app.before_request
    def _insist() -> ResponseReturnValue | None:
        said = scheme(
            request.remote_addr or "", request.headers.get("X-Forwarded-Proto", ""), settings.proxies
        )
        if said != "http" or not is_https(settings) or request.blueprint == "health":
            return None
        if request.method not in ("GET", "HEAD") or request.blueprint == "api":
            abort(403)
        return redirect(settings.web_base + request.full_path.rstrip("?"), 308)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """The address of a hop, which some proxies write with a port and some with brackets."""
    text = written.strip()[:64]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
