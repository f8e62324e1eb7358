"""Headers that every answer carries, and the settings of cookies and forms."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, request

from gateway import secrets
from gateway.settings import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FILE_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
MAIL_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_YEAR_SECONDS: Final = 31_536_000
_MOST_BYTES: Final = 2 * 1024 * 1024
_MOST_UPLOADED: Final = "MOST_UPLOADED_BYTES"
_TAKES_FILES: Final = frozenset(
    {"acts.write", "api.reply", "api.note", "visitor_acts.answer", "visitor_acts.new"}
)
_TAKES_ESTATES: Final = frozenset({"admin_import.preview", "admin_import.confirm"})
_MOST_OF_AN_ESTATE: Final = 8 * 1024 * 1024
"""Bytes of a form that carries an import file, 5 MB at most, as base64."""


def is_https(settings: Settings) -> bool:
    """Whether people reach us by https, so that cookies may insist on it."""
    return settings.web_base.startswith("https://")


def cookie_name(settings: Settings, name: str) -> str:
    """A cookie's name, bound to this host and to https where that is served."""
    return f"__Host-{name}" if is_https(settings) else name


def configuration(settings: Settings) -> dict[str, Any]:
    """What Flask and its form protection are told."""
    return {
        "SECRET_KEY": secrets.sign(settings.secret_key.get_secret_value(), "web-forms", ""),
        "SESSION_COOKIE_NAME": cookie_name(settings, "forms"),
        "SESSION_COOKIE_SECURE": is_https(settings),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": _MOST_BYTES,
        _MOST_UPLOADED: _MOST_BYTES + settings.attachment_max_bytes * 4 // 3,  # the API takes base64
        "MAX_FORM_MEMORY_SIZE": _MOST_BYTES,
        "MAX_FORM_PARTS": 100,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        "WTF_CSRF_TIME_LIMIT": None,  # ends with the login
        "WTF_CSRF_SSL_STRICT": False,  # asks for the Referer that we tell browsers not to send
    }


def admit(app: Flask) -> None:
    """Let only those requests be large that take files; asked for before anybody reads a body."""

    @app.before_request
    def _size() -> None:
        if request.endpoint in _TAKES_FILES:
            request.max_content_length = app.config[_MOST_UPLOADED]
        if request.endpoint in _TAKES_ESTATES:
            request.max_content_length = request.max_form_memory_size = _MOST_OF_AN_ESTATE


def protect(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer of the application."""

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Frame-Options", "DENY")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        if is_https(settings):
            headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}; includeSubDomains"
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        return response
