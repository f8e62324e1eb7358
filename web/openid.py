"""Logging in at an OpenID provider: authorization code with PKCE, state and nonce, all of it bound to this browser.

The provider is trusted to know its people, and nothing else: its keys sign the ID token with an asymmetric algorithm,
issuer, audience, expiry and nonce are checked, and only somebody whose address it has verified becomes an engineer
of ours. A second factor counts as shown where the token's `amr` says `mfa` (RFC 8176), or where the operator says
that the provider asks everybody (HELPDESK_OIDC_TRUST_MFA); else our own is asked for on top.

Source: OpenID Connect Core §3.1.3.7; OpenID Connect Discovery §4.3; RFC 7636; RFC 9700 §2.1.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Final

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy.exc import IntegrityError

from gateway.operations.access_identities import Claimed, Refusal, engineer_of
from gateway.settings import Settings
from gateway.store.models import Engineer
from web import access_words, auth, entrance, visit

pages = Blueprint("openid", __name__, url_prefix="/login/openid")
_log = logging.getLogger(__name__)

_NAME: Final = "provider"
_SECONDS: Final = 5.0
_LEEWAY_SECONDS: Final = 60
_METADATA_SECONDS: Final = 3600.0
_ASYMMETRIC: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
_MULTIPLE_FACTORS: Final = "mfa"
_room: Final = BoundedSemaphore(4)


class Invalid(ValueError):
    """An answer of the provider that does not hold."""


class Busy(ValueError):
    """Enough requests wait for the provider already."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom the provider names, and whether it asked for more than one factor."""

    claimed: Claimed
    proved: bool


def install(app: Flask, settings: Settings) -> None:
    """Know the provider, where one is set; nothing is fetched yet."""
    if not settings.oidc_issuer:
        return
    secret = settings.oidc_client_secret.get_secret_value()
    OAuth(app).register(
        _NAME,
        client_id=settings.oidc_client_id,
        client_secret=secret or None,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.oidc_scopes,
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        },
    )


@pages.post("")
def begin() -> ResponseReturnValue:
    """On to the provider. A page that leads on, since browsers forbid a form to be answered from another host."""
    client = _client()
    session.clear()
    try:
        with _asking():
            _metadata(client)
            there = client.create_authorization_url(_back())
            if not there["url"].startswith(("https://", "http://")):
                raise Invalid("no address of the web")
    except (RequestException, ValueError, KeyError, RuntimeError) as fault:
        _log.warning("OpenID provider does not answer: %s", type(fault).__name__)
        return _refused("away", 503)
    client.save_authorize_data(redirect_uri=_back(), **there)
    session["wanted"] = auth.own_path(request.form.get("next", ""))
    answer = make_response(render_template("web/login_away.html", there=there["url"]))
    answer.headers["Refresh"] = f"0; url={there['url']}"
    return answer


@pages.get("/back")
def back() -> ResponseReturnValue:
    """Back from the provider, with a code that is worth one look at who came."""
    client, wanted = _client(), auth.own_path(str(session.get("wanted", "/")))
    try:
        with _asking():
            person = _person(client)
    except (RequestException, Busy) as fault:
        _log.warning("OpenID provider does not answer: %s", type(fault).__name__)
        return _refused("away", 503)
    except OAuthError as fault:
        known = fault.error in ("access_denied", "login_required", "consent_required")
        _log.warning("OpenID login failed: %s", type(fault).__name__)
        return _refused("refused" if known else "invalid", 401)
    except (JoseError, ValueError, KeyError, RuntimeError, TypeError) as fault:
        _log.warning("OpenID login is not valid: %s", type(fault).__name__)
        return _refused("invalid", 401)
    found = _engineer(person.claimed)
    if isinstance(found, Refusal):
        _log.warning("OpenID login refused: %s, client %s", found, visit.client())
        entrance.noted("login.refused", data={"why": str(found)})
        return _refused(str(found), 403)
    return entrance.proceed(found, method="openid", wanted=wanted, proved=person.proved)


def _engineer(claimed: Claimed) -> Engineer | Refusal:
    try:
        with visit.services().transaction() as rows:
            found = engineer_of(rows, claimed, client=visit.client(), at=visit.now())
            rows.flush()
            rows.expunge_all()
            return found
    except IntegrityError:  # two first logins at once
        return Refusal.OTHER_SUBJECT


def _person(client: Any) -> _Person:
    """Whom the provider names. Errors: those of authlib, joserfc and requests; Invalid."""
    settings = visit.services().settings
    metadata = _metadata(client)
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    token = client.authorize_access_token(claims_options=options, leeway=_LEEWAY_SECONDS)
    claims: Mapping[str, Any] = token.get("userinfo") or {}
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= 255:
        raise Invalid("no subject")
    told: Mapping[str, Any] = claims
    if "email" not in claims and metadata.get("userinfo_endpoint"):
        told = client.userinfo(token=token)
        if told.get("sub") != subject:
            raise Invalid("the user information is about somebody else")
    email = told.get("email") if isinstance(told.get("email"), str) else ""
    verified = told.get("email_verified") in (True, "true")
    amr = claims.get("amr") if isinstance(claims.get("amr"), list) else []
    claimed = Claimed(metadata["issuer"], subject, str(email)[:320].replace("\x00", ""), verified)
    return _Person(claimed, settings.oidc_trust_mfa or _MULTIPLE_FACTORS in (amr or []))


def _metadata(client: Any) -> dict[str, Any]:
    """What the provider says of itself, at most an hour old, with symmetric and absent signatures struck out."""
    kept = client.server_metadata
    if visit.now().timestamp() - kept.get("_loaded_at", 0.0) > _METADATA_SECONDS:
        for name in ("_loaded_at", "jwks"):
            kept.pop(name, None)
    metadata: dict[str, Any] = client.load_server_metadata()
    if metadata.get("issuer") != visit.services().settings.oidc_issuer:
        kept.pop("_loaded_at", None)
        raise Invalid("the provider calls itself otherwise")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in _ASYMMETRIC]
    return metadata


@contextmanager
def _asking() -> Iterator[None]:
    """Room to ask the provider, which a provider that hangs cannot fill every thread of ours with. Errors: Busy."""
    if not _room.acquire(blocking=False):
        raise Busy("too many wait")
    try:
        yield
    finally:
        _room.release()


def _client() -> Any:
    found = current_app.extensions.get("authlib.integrations.flask_client")
    return found.create_client(_NAME) if found else abort(404)


def _back() -> str:
    return visit.services().settings.web_base + "/login/openid/back"


def _refused(why: str, status: int) -> ResponseReturnValue:
    said = visit.say(access_words.OPENID[why])
    return render_template("web/login.html", said=said, wanted="/"), status
