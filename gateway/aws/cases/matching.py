"""What was read of a case against what is stored: what is new, what was edited, who wrote it. Pure.

AWS names no communication, so that one is its instant, its author and its place among equals. Within such a group
equal bodies belong together first; what is left over on both sides was edited, since AWS takes secrets out of what
was written; what is left over of what was read is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final

from gateway.aws.cases import echoes
from gateway.domain.support_case import Case, Communication, digest
from gateway.store.models import Author

_Key = tuple[datetime, str]
_AWS: Final = "Amazon Web Services"
_ROLE: Final = "(Role)"
_COMPARED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """A stored communication. Shape: `body` is only asked for where an edit has to be told from another."""

    id: int
    at: datetime
    submitted_by: str
    occurrence: int
    digest: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A communication that is not stored, and its place among equals."""

    said: Communication
    occurrence: int


@dataclass(frozen=True, slots=True)
class Matched:
    """What a read brings: new ones in the order they were written, and edits by the row they belong to."""

    new: tuple[Fresh, ...] = ()
    edited: tuple[tuple[int, Communication], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether all is stored as it was read."""
        return not self.new and not self.edited


def match(said: Sequence[Communication], known: Iterable[Known]) -> Matched:
    """What of a read is new or edited. Shape: `said` in the order of arrival, whole or a stretch without gaps."""
    stored: dict[_Key, list[Known]] = defaultdict(list)
    for each in known:
        stored[each.at, each.submitted_by].append(each)
    groups: dict[_Key, list[Communication]] = defaultdict(list)
    for told in said:
        groups[told.at, told.submitted_by].append(told)
    new: list[Fresh] = []
    edited: list[tuple[int, Communication]] = []
    for key, group in groups.items():
        _match_group(group, stored.get(key, []), new, edited)
    return Matched(tuple(sorted(new, key=lambda fresh: fresh.said.at)), tuple(edited))


def reaches(case: Case, known: Iterable[Known]) -> bool:
    """Whether nothing can lie between a case's newest communications, as they were listed, and what is stored.

    So it is where the listing holds the whole case, or where the oldest it tells are stored as they stand there: of
    an instant that the listing may have cut, nothing could be told as new or edited.
    """
    if not case.more:
        return True
    if not case.recent:
        return False
    first = case.recent[0].at
    there = Counter((each.submitted_by, each.digest) for each in known if each.at == first)
    told = Counter((each.submitted_by, digest(each.body)) for each in case.recent if each.at == first)
    return told <= there


def author_of(submitted_by: str, role: str) -> Author:
    """Who wrote: AWS, we by our role, or somebody of the customer in the console.

    Shape: `role` is the name of our role in the account. A person is named with an address or a role; whoever has
    neither is AWS, whose name differs by partition.

    >>> author_of("HelpdeskGateway (Role) <root@harbour.example>", "HelpdeskGateway")
    <Author.US: 'us'>
    """
    name = submitted_by.strip()
    person = "@" in name or _ROLE in name
    if not person or (name.startswith(_AWS) and _ROLE not in name):
        return Author.AWS
    if role and name.startswith(f"{role} {_ROLE}"):
        return Author.US
    return Author.CONSOLE


def _match_group(group: Sequence[Communication], stored: Sequence[Known], new: list[Fresh],
                 edited: list[tuple[int, Communication]]) -> None:  # fmt: skip
    """Match communications of one instant and author."""
    left = sorted(stored, key=lambda each: each.occurrence)
    unmatched: list[Communication] = []
    for told in group:
        same = digest(told.body)
        twin = next((each for each in left if each.digest == same), None)
        if twin is None:
            unmatched.append(told)
        else:
            left.remove(twin)
    while left and unmatched:
        row, told = max(
            ((row, told) for row in left for told in unmatched),
            key=lambda pair: (*_alike(pair[0].body, pair[1].body), -pair[0].occurrence),
        )
        left.remove(row)
        unmatched.remove(told)
        edited.append((row.id, told))
    following = 1 + max((each.occurrence for each in stored), default=-1)
    new += [Fresh(told, following + index) for index, told in enumerate(unmatched)]


def _alike(before: str, after: str) -> tuple[bool, int]:
    """How likely one text became the other: AWS took something out, or they begin and end alike."""
    taken_out = after != before and echoes.alike(after, before)
    return taken_out, _prefix(before, after) + _prefix(before[::-1][:_COMPARED], after[::-1][:_COMPARED])


def _prefix(one: str, other: str) -> int:
    pairs = zip(one[:_COMPARED], other[:_COMPARED], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
