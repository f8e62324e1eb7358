"""How answers travel: compressed where the browser takes that, and files of ours kept by it for a year.

Pages hold the forms' token beside words that others wrote, so that the length of a compressed page could tell of the
token (BREACH). Hence a page's length varies by chance, and a login's cookie never goes along with requests that other
sites make for themselves (SameSite).
"""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache
from typing import Final

from flask import Flask, Response, request

_TYPES: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}
)
_LEAST_BYTES: Final = 1000
_MOST_BYTES: Final = 2_000_000
_CHANCE_BYTES: Final = 100
_KEPT: Final = "public, max-age=31536000, immutable"
"""For addresses that change with their content."""


def install(app: Flask) -> None:
    """Compress what is worth it, of pages and of our own files."""
    app.after_request(_send)


def _send(response: Response) -> Response:
    own = request.endpoint == "static"
    if own and response.status_code == 200 and request.args.get("v"):
        response.headers["Cache-Control"] = _KEPT
    if (
        response.mimetype not in _TYPES
        or response.status_code != 200
        or "Content-Encoding" in response.headers
    ):
        return response
    if response.is_streamed and not own:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] > 0 or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if _LEAST_BYTES <= len(content) <= _MOST_BYTES:
        response.set_data(_file(content) if own else compressed(content, _CHANCE_BYTES))
        response.headers["Content-Encoding"] = "gzip"
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=32)
def _file(content: bytes) -> bytes:
    return compressed(content, 0, level=9)


def compressed(content: bytes, chance_bytes: int, *, level: int = 4) -> bytes:
    """The content as gzip, longer by a number of bytes left to chance.

    Source: RFC 1952 section 2.3.1 (FNAME, which nobody reads); Django's GZipMiddleware does the same.
    """
    target = io.BytesIO()
    name = "a" * secrets.randbelow(chance_bytes) if chance_bytes else ""
    with gzip.GzipFile(name, "wb", level, target, mtime=0) as packed:
        packed.write(content)
    return target.getvalue()
