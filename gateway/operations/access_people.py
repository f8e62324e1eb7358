"""What an admin does about engineers: role, whether they still work here, second factors, sessions, tokens.

Each is noted in the audit log, and whoever loses rights is signed out at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.operations import access, access_factors, access_identities, auditing
from gateway.store.models import ApiToken, Engineer, Role


class NotDone(ValueError):
    """What an admin asked is not possible. Shape: the text is a sentence's end in lower case, a message of ours."""


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for it, from where, and when. Shape: `actor` like `engineer:7` or `cli`."""

    actor: str
    at: datetime
    client: str = ""


def change(session: Session, engineer_id: int, *, role: Role, active: bool, by: By) -> bool:
    """Give an engineer a role, and say whether they still work here; whether that changed anything.

    Errors: NotDone.
    """
    engineer = _found(session, engineer_id)
    if (engineer.role, engineer.active) == (role, active):
        return False
    if by.actor == f"engineer:{engineer_id}":
        raise NotDone("nobody changes their own role")
    before = {"role": engineer.role, "active": engineer.active}
    engineer.role, engineer.active = role, active
    access.end_sessions(session, engineer_id)
    _note(session, by, "engineer.changed", engineer_id, before=before, role=role, active=active)
    return True


def reset_factor(session: Session, engineer_id: int, *, by: By) -> bool:
    """Take away an engineer's second factor, provider's identity and sessions; whether there was a factor."""
    _found(session, engineer_id)
    had = access_factors.remove(session, engineer_id)
    unbound = access_identities.unbind(session, engineer_id)
    access.end_sessions(session, engineer_id)
    _note(session, by, "factor.reset", engineer_id, had=had, identities=unbound)
    return had


def end_sessions(session: Session, engineer_id: int, *, by: By) -> int:
    """Sign an engineer out everywhere; of how many sessions."""
    _found(session, engineer_id)
    ended = access.end_sessions(session, engineer_id)
    _note(session, by, "session.ended", engineer_id, count=ended)
    return ended


def set_password(session: Session, engineer_id: int, password: str, *, by: By) -> None:
    """Give an engineer a new password. Errors: NotDone, WeakPassword."""
    engineer = _found(session, engineer_id)
    access.check_password(password, names=(engineer.name, engineer.email))
    access.set_password(session, engineer, password)
    _note(session, by, "password.changed", engineer_id)


def make_token(session: Session, engineer_id: int, *, role: Role, name: str, days: int | None, by: By) -> str:
    """A new API token in clear, this once. Errors: NotDone."""
    engineer = _found(session, engineer_id)
    if not engineer.active or role.rank > Role(engineer.role).rank:
        raise NotDone("a token may do no more than its engineer")
    lifetime = timedelta(days=days) if days else None
    token = access.make_token(session, engineer=engineer, role=role, at=by.at, lifetime=lifetime, name=name)
    session.flush()
    _note(session, by, "token.made", engineer_id, role=role, days=days)
    return token


def revoke_token(session: Session, token_id: int, *, by: By) -> bool:
    """End an API token; whether there was one."""
    found = session.get(ApiToken, token_id)
    if found is None or not access.revoke_token(session, token_id):
        return False
    _note(session, by, "token.revoked", found.engineer_id, token=token_id)
    return True


def _found(session: Session, engineer_id: int) -> Engineer:
    engineer = session.get(Engineer, engineer_id, with_for_update=True)
    if engineer is None:
        raise NotDone("there is no such engineer")
    return engineer


def _note(session: Session, by: By, act: str, engineer_id: int, **data: object) -> None:
    about = f"engineer:{engineer_id}"
    auditing.note(session, actor=by.actor, act=act, about=about, client=by.client, data=data, at=by.at)
