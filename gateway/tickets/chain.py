"""The chain of a ticket's log: how each entry is tied to the one before, and where a chain does not hold.

The chain covers codes and digests. What somebody wrote stands beside it and can be erased: the chain holds only its
salted digest and stays verifiable. An entry that is not the last of its change also says so in its hash, so that the
end of a change cannot vanish; that nothing vanished after the last change, the ticket's own row tells (`changed_at`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final, Protocol

_MORE: Final = "more"


@unique
class Fault(StrEnum):
    """What is wrong at an entry."""

    MISSING = "missing"
    CHANGED = "changed"
    WORDS = "words"


class Link(Protocol):
    """An entry as the table holds it."""

    @property
    def ticket_id(self) -> int: ...  # noqa: D102
    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def recorded_at(self) -> datetime: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def data(self) -> Mapping[str, object]: ...  # noqa: D102
    @property
    def words(self) -> str | None: ...  # noqa: D102
    @property
    def salt(self) -> str | None: ...  # noqa: D102
    @property
    def hash(self) -> str: ...  # noqa: D102


@dataclass(slots=True)
class Walk:
    """A walk along one ticket's log, entry by entry.

    Shape: `more` says that the last entry announced another one of the same change.
    """

    seq: int = 0
    last: str = ""
    more: bool = False

    def follow(self, row: Link) -> Fault | None:
        """What is wrong at the next entry; the walk goes on from what the table holds."""
        expected, last = self.seq + 1, self.last
        self.seq, self.last, self.more = row.seq, row.hash, False
        if row.seq != expected:
            return Fault.MISSING
        if row.hash != _hash_of(last, row, more=False):
            self.more = row.hash == _hash_of(last, row, more=True)
            if not self.more:
                return Fault.CHANGED
        erased = row.words is None
        kept = erased or row.data.get("words") == digest(row.words or "", row.salt or "")
        return None if kept else Fault.WORDS


def chained(last: str, *parts: object, more: bool) -> str:
    """The hash of an entry; `last` is that of the one before, `more` whether another of the same change follows."""
    told = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    canonical = json.dumps(
        [last, *told, *([_MORE] if more else [])],
        sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str,
    )  # fmt: skip
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def digest(words: str, salt: str) -> str:
    """What the chain holds of somebody's words."""
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()


def _hash_of(last: str, row: Link, *, more: bool) -> str:
    return chained(
        last, row.ticket_id, row.seq, row.kind, row.at, row.recorded_at, row.actor, row.data, more=more
    )
