"""Whether engineers can log in as the settings mean it: the OpenID provider answers, a second factor is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import requests

from gateway.settings import Settings

Told = tuple[str, str, str]
"""Level, what was found, what to do about it."""
_SECONDS: Final = 5.0
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def answers(settings: Settings) -> Iterator[Told]:
    """What is found of the ways to log in; nothing is said where only passwords are used in development."""
    if settings.environment == "production" and not settings.two_factor_required:
        yield "warn", "engineers may log in without a second factor", "set HELPDESK_TWO_FACTOR=required"
    if settings.oidc_issuer:
        yield _provider(settings)


def _provider(settings: Settings) -> Told:
    """What the provider says of itself. Source: OpenID Connect Discovery §4.3: its issuer is the one we asked."""
    address = settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        answer = requests.get(address, timeout=_SECONDS)
        answer.raise_for_status()
        metadata = answer.json()
    except (requests.RequestException, ValueError) as fault:
        return "wrong", f"the OpenID provider does not answer: {type(fault).__name__}", f"look at {address}"
    if not isinstance(metadata, dict) or metadata.get("issuer") != settings.oidc_issuer:
        return (
            "wrong",
            "the OpenID provider calls itself otherwise than HELPDESK_OIDC_ISSUER",
            "write the issuer exactly as the provider does",
        )
    if missing := [name for name in _ENDPOINTS if not metadata.get(name)]:
        return "wrong", f"the OpenID provider does not tell its {', '.join(missing)}", f"look at {address}"
    return "ok", f"the OpenID provider answers: {settings.oidc_issuer}", ""
