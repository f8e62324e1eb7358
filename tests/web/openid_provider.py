"""An OpenID provider on a real socket, whose answers a test may spoil."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from gateway import clock

CLIENT_ID, CLIENT_SECRET = "the-desk", "a secret between desk and provider"


@dataclass
class Provider:
    """A provider with one person, who is let in without a question."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signed_by_another: bool = False
    issuer: str = ""
    denies: bool = False
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    logins: list[dict[str, str]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    def person(self, **claims: Any) -> None:
        """Who logs in next."""
        self.claims = {
            "sub": "person-7", "email": "chen.wei@northquay.example", "email_verified": True, **claims
        }  # fmt: skip

    def id_token(self, nonce: str) -> str:
        """The ID token, spoilt as the test wants it."""
        now = int(clock.now().timestamp())
        told = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.claims,
        }
        told = {name: value for name, value in told.items() if value is not None}
        if self.algorithm == "none":
            return f"{_part({'alg': 'none'})}.{_part(told)}."
        if self.algorithm == "HS256":  # our public key taken for a secret
            text = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(told)}"
            return f"{text}.{_text(hmac.digest(self.key.as_pem(private=False), text.encode(), 'sha256'))}"
        key = self.other if self.signed_by_another else self.key
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, told, key)


def _part(value: Mapping[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def application(provider: Provider) -> Flask:
    """The provider's pages."""
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        at = provider.address
        return jsonify({
            "issuer": provider.issuer or at, "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks", "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], **provider.metadata,
        })  # fmt: skip

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(KeySet([provider.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        asked = request.args.to_dict()
        back, state = asked["redirect_uri"], asked["state"]
        if provider.denies:
            return redirect(f"{back}?error=access_denied&state={state}")
        code = f"code-{len(provider.asked)}"
        provider.asked[code] = asked
        provider.logins.append(asked)
        return redirect(f"{back}?code={code}&state={state}")

    @app.post("/token")
    def token() -> Any:
        given = request.authorization
        asked = provider.asked.pop(request.form["code"], None)
        known = given is not None and (given.username, given.password) == (CLIENT_ID, CLIENT_SECRET)
        if asked is None or not known or not _proved(asked, request.form.get("code_verifier", "")):
            return jsonify({"error": "invalid_grant"}), 400
        told = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        return jsonify(told | {"id_token": provider.id_token(asked["nonce"])})

    return app


def _proved(asked: Mapping[str, str], verifier: str) -> bool:
    """Whether the verifier is the challenge's (RFC 7636)."""
    made = _text(hashlib.sha256(verifier.encode()).digest())
    return asked.get("code_challenge_method") == "S256" and asked.get("code_challenge") == made


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider on a socket of its own."""
    provider = Provider()
    provider.person()
    server = make_server("127.0.0.1", 0, application(provider), threaded=True)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
