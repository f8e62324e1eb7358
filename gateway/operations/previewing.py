"""What an import would change, seen before it does: the import itself, done and taken back.

Whoever confirms a preview confirms its effect. Applying does the import once more, compares what it does with what
was confirmed, and takes it back where that is not the same, since somebody changed the desk meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.operations import auditing, estate_differences, importing, pruning
from gateway.operations.estate_differences import Change, State, Turn
from gateway.operations.importing import Draft
from gateway.operations.yaml_tree import Fault, Unreadable
from gateway.settings import Settings

MOST_PASSWORDS: Final = 100
"""New passwords that a page takes at once: each costs a twentieth of a second and is hashed twice."""
_PURPOSE: Final = "import-preview"
_LIFE: Final = timedelta(hours=1)


class Desk(Protocol):
    """Where to import: the services of a process."""

    @property
    def settings(self) -> Settings:
        """Settings of the process."""

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that commits."""

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only reads."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file does to the desk.

    Shape: `remarks` are codes of the import, each with whose it is; `beyond` is what would end besides if the file
    were everything.
    """

    changes: tuple[Change, ...]
    remarks: tuple[tuple[str, str], ...] = ()
    beyond: tuple[Change, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the desk is as the file says already."""
        return not self.changes

    @property
    def digest(self) -> str:
        """What tells this effect from any other."""
        return hashlib.sha256(msgspec.json.encode([asdict(each) for each in self.changes])).hexdigest()

    def counted(self) -> dict[str, int]:
        """How many things are added, changed and ended."""
        return {str(turn): sum(each.turn is turn for each in self.changes) for turn in Turn}


class Otherwise(Exception):
    """The import would not do what was confirmed; `preview` is what it would do now."""

    def __init__(self, preview: Preview) -> None:
        super().__init__("the desk changed since the preview")
        self.preview = preview


class _TakenBack(Exception):
    """Ends a transaction without committing it."""


def preview(desk: Desk, content: bytes, *, prune: bool, at: datetime) -> Preview:
    """What importing a file would do; nothing is written. Errors: Unreadable with every fault."""
    draft, hashes = _read(desk, content)
    try:
        with desk.transaction() as session:
            found, after = _done(session, desk, draft, hashes, prune=prune, at=at)
            beyond = () if prune else _beyond(session, draft, after)
            raise _TakenBack
    except _TakenBack:
        return replace(found, beyond=beyond)


def apply(desk: Desk, content: bytes, *, prune: bool, confirmed: str, actor: str, client: str,
          at: datetime) -> Preview:  # fmt: skip
    """Import a file whose preview had the digest `confirmed`; what it did.

    Errors: Unreadable; Otherwise where it would do something else by now. Nothing is written then.
    """
    draft, hashes = _read(desk, content)
    with desk.transaction() as session:
        found, _ = _done(session, desk, draft, hashes, prune=prune, at=at)
        if found.digest != confirmed:
            raise Otherwise(found)
        told = found.counted() | {"digest": hashlib.sha256(content).hexdigest()[:16]}
        auditing.note(session, actor=actor, act="import.applied", client=client, data=told, at=at)
    return found


def grant(desk: Desk, found: Preview, content: bytes, *, prune: bool, actor: str, at: datetime) -> str:
    """A token by which the same person may apply the same file to the same effect, for an hour."""
    return secrets.grant(
        _key(desk), _PURPOSE, _bound(found.digest, content, prune=prune, actor=actor), at + _LIFE
    )


def granted(desk: Desk, token: str, content: bytes, *, prune: bool, actor: str, at: datetime) -> str:
    """The digest of the effect that a token confirms.

    Errors: secrets.BadToken where it is for another file or person, or older than an hour.
    """
    digest = secrets.granted(_key(desk), _PURPOSE, token, at).partition("-")[0]
    bound = _bound(digest, content, prune=prune, actor=actor)
    if not token.startswith(f"{bound}."):
        raise secrets.BadToken("for another file")
    return digest


def _bound(digest: str, content: bytes, *, prune: bool, actor: str) -> str:
    return f"{digest}-{hashlib.sha256(content).hexdigest()}-{int(prune)}-{actor}"


def _read(desk: Desk, content: bytes) -> tuple[Draft, Mapping[str, str]]:
    draft = importing.read(content)
    secret = [each for each in draft.file.listed("engineers") if each.get("password")]
    if len(secret) > MOST_PASSWORDS:
        line = secret[MOST_PASSWORDS].line_of("password")
        raise Unreadable([Fault(line, f"more than {MOST_PASSWORDS} passwords: use `helpdesk import`")])
    with desk.reading() as session:
        return draft, importing.hashed(session, draft)


def _done(
    session: Session, desk: Desk, draft: Draft, hashes: Mapping[str, str], *, prune: bool, at: datetime
) -> tuple[Preview, State]:
    """Import into a session; what that changed there, and the state it led to."""
    before = estate_differences.state(session)
    summary = importing.apply(session, draft, hashes, at=at, key=_key(desk))
    if prune:
        pruning.prune(session, draft.file, importing.current(session), really=True)
    after = estate_differences.state(session)
    return Preview(estate_differences.between(before, after), tuple(summary.remarks)), after


def _beyond(session: Session, draft: Draft, before: State) -> tuple[Change, ...]:
    """What pruning would end after an import that led to a state."""
    pruning.prune(session, draft.file, importing.current(session), really=True)
    return estate_differences.between(before, estate_differences.state(session))


def _key(desk: Desk) -> str:
    return desk.settings.secret_key.get_secret_value()
