"""Who is let in: logins, sessions, API tokens. The only writer of web_session, api_token and login_failure.

Checking a password costs time and 19 MB, so it happens outside any transaction and at most twice at once:
`attempt` counts the try before it is known to fail, `verify` checks, `forgive` ends the try, `open_session` lets in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain import weak_passwords
from gateway.store.models import ApiToken, Engineer, HalfLogin, LoginFailure, Role, WebSession
from gateway.store.queries import people

FAILURE_PERIOD: Final = timedelta(minutes=15)
FAILURES_OF_ADDRESS: Final = 5
FAILURES_OF_CLIENT: Final = 20
IDLE: Final = timedelta(hours=2)
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256

_TOUCH: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=1)
_hashing = BoundedSemaphore(2)


class WeakPassword(ValueError):
    """A password that is not taken. Shape: `code` says why: length, common, personal."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class How:
    """How somebody logged in: by what, from where, with which browser, and whether a second factor was shown."""

    method: str = "password"
    client: str = ""
    browser: str = ""
    proved: bool = False


_UNKNOWN: Final = How()


def attempt(session: Session, *, email: str, client: str, at: datetime) -> int | None:
    """Count a login that is about to be tried; None where too many have failed lately."""
    email, client = email.strip().lower()[:320], client[:64]
    failed = people.failures_since(session, email, client, at - FAILURE_PERIOD)
    if failed.of_address >= FAILURES_OF_ADDRESS or failed.of_client >= FAILURES_OF_CLIENT:
        return None
    session.execute(delete(LoginFailure).where(LoginFailure.at < at - _KEPT))
    tried = LoginFailure(email=email, client=client, at=at)
    session.add(tried)
    session.flush()
    return tried.id


def verify(engineer: Engineer | None, password: str) -> bool:
    """Whether the password is the engineer's; takes the same time where there is no such engineer."""
    with _hashing:
        return secrets.verify_password(
            engineer.password_hash if engineer else "", password[:LONGEST_PASSWORD]
        )


def forgive(session: Session, attempt_id: int) -> None:
    """Forget a try: it did not fail after all."""
    session.execute(delete(LoginFailure).where(LoginFailure.id == attempt_id))


def open_session(session: Session, *, engineer_id: int, lifetime: timedelta, at: datetime,
                 attempt_id: int | None = None, how: How = _UNKNOWN) -> str:  # fmt: skip
    """A new session's token; the try that led to it did not fail after all."""
    if attempt_id is not None:
        forgive(session, attempt_id)
    session.execute(delete(WebSession).where(WebSession.ends_at <= at))
    token = secrets.random_token(32)
    session.add(
        WebSession(
            token_digest=secrets.digest(token),
            engineer_id=engineer_id,
            created_at=at,
            seen_at=at,
            ends_at=at + lifetime,
            client=how.client[:64],
            browser=how.browser[:200],
            method=how.method[:20],
            proved=how.proved,
        )
    )
    return token


def visitor(
    session: Session, token: str, at: datetime, *, idle: timedelta = IDLE
) -> tuple[WebSession, Engineer] | None:
    """The login a cookie's token opens; None where it has ended, idled too long or its engineer left."""
    found = people.login(session, secrets.digest(token), at)
    return None if found is None or found[0].seen_at <= at - idle else found


def touch_due(used: WebSession | ApiToken, at: datetime) -> bool:
    """Whether the last use of a session or token is old enough to be written again."""
    return used.seen_at is None or at - used.seen_at >= _TOUCH


def touch(session: Session, token: str, at: datetime) -> None:
    """Note that a session is in use, so that it does not idle out."""
    login = session.get(WebSession, secrets.digest(token))
    if login is not None:
        login.seen_at = at


def end_session(session: Session, token: str) -> None:
    """End one session: its token opens nothing any more."""
    session.execute(delete(WebSession).where(WebSession.token_digest == secrets.digest(token)))


def end_sessions(session: Session, engineer_id: int, *, but: str = "") -> int:
    """End every session of an engineer, but the one of this token; how many ended."""
    ended = session.execute(
        delete(WebSession)
        .where(WebSession.engineer_id == engineer_id, WebSession.token_digest != secrets.digest(but))
        .returning(WebSession.token_digest)
    )
    session.execute(delete(HalfLogin).where(HalfLogin.engineer_id == engineer_id))
    return len(ended.all())


def handle(login: WebSession) -> str:
    """The name of a session on a page, which opens nothing."""
    return secrets.digest(f"handle:{login.token_digest}")[:20]


def end_named(session: Session, engineer_id: int, name: str) -> bool:
    """End the session of an engineer that has this handle; whether there was one."""
    for login in people.logins(session, engineer_id):
        if handle(login) == name:
            session.delete(login)
            return True
    return False


def check_password(password: str, *, names: Iterable[str] = ()) -> None:
    """Errors: WeakPassword where nobody should have this password, or nobody of these names."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPassword("length", f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if weak_passwords.common(password):
        raise WeakPassword("common", "this password is one of those that are tried first")
    if weak_passwords.personal(password, names):
        raise WeakPassword("personal", "this password is made of a name that others know")


def hashed(password: str) -> str:
    """The hash of a password, made outside any transaction, since it takes its time."""
    with _hashing:
        return secrets.hash_password(password)


def set_password(session: Session, engineer: Engineer, password: str, *, hash_: str = "") -> None:
    """Give an engineer a password, hashed already or not, and end all of the engineer's sessions.

    Errors: WeakPassword.
    """
    check_password(password)
    engineer.password_hash = hash_ or hashed(password)
    end_sessions(session, engineer.id)


def make_token(session: Session, *, engineer: Engineer, role: Role, at: datetime, lifetime: timedelta | None = None,
               name: str = "") -> str:  # fmt: skip
    """A new API token in clear, which nobody can read again later.

    Errors: ValueError for a role above the engineer's own.
    """
    if role.rank > Role(engineer.role).rank:
        raise ValueError(f"{engineer.email} is {engineer.role} and cannot have a token for {role}")
    token = secrets.random_token(32)
    session.add(
        ApiToken(
            engineer_id=engineer.id,
            token_digest=secrets.digest(token),
            role=role,
            name=name[:100],
            created_at=at,
            ends_at=at + lifetime if lifetime else None,
        )
    )
    return token


def revoke_token(session: Session, token_id: int) -> bool:
    """End an API token; whether there was one."""
    found = session.get(ApiToken, token_id)
    if found is None:
        return False
    session.delete(found)
    return True


def bearer(session: Session, token: str, at: datetime) -> tuple[ApiToken, Engineer] | None:
    """The API token of this text, with the engineer it speaks for; None where it opens nothing."""
    return people.bearer(session, secrets.digest(token), at)


def rights(token: ApiToken, engineer: Engineer) -> Role:
    """What a token may do: never more than its engineer may today."""
    return min(Role(token.role), Role(engineer.role), key=lambda role: role.rank)


def touch_token(session: Session, token_id: int, at: datetime) -> None:
    """Note when an API token was last used."""
    token = session.get(ApiToken, token_id)
    if token is not None:
        token.seen_at = at
