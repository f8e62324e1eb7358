"""Cases, writes and Health events as pages draw them: words, a shape, and what may be done about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain import support_case
from gateway.store.models import AwsAccount, AwsCase, AwsWrite, HealthEvent, HealthImpact
from gateway.store.models.aws import WriteKind, WriteState
from gateway.store.queries.cases import Told
from gateway.tickets import casework, health_words
from web import visit
from web.aws import words
from web.timeline import Tag
from web.visit import Reader

_SETTLED: Final = (WriteState.SENT, WriteState.CANCELLED)
_ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    WriteState.QUEUED: ("cancel",),
    WriteState.FAILED: ("retry", "cancel"),
    WriteState.ASKED: ("settle", "retry", "cancel"),
}
_INLINE: Final = 6
_MOST_ENTITIES: Final = 500
_ORDER: Final = tuple(health_words.STATES)


@dataclass(frozen=True, slots=True)
class Write:
    """Something on its way to AWS. Shape: `acts` are retry, cancel, settle."""

    row: AwsWrite
    kind: str
    tag: Tag
    fault: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A Support case. Shape: `wanted` is empty where AWS took the severity that was asked for."""

    row: AwsCase
    account: AwsAccount | None
    status: Tag
    severity: str
    wanted: str
    awaits_since: datetime | None
    takes_words: bool
    writes: tuple[Write, ...]

    @property
    def name(self) -> str:
        """The number that people quote, else AWS's own name."""
        return self.row.display_id or self.row.case_id

    @property
    def live(self) -> bool:
        """Whether AWS still works on it."""
        return not support_case.is_over(self.row.status)


@dataclass(frozen=True, slots=True)
class Entities:
    """The entities of one account in one state, the first few apart from the rest."""

    state: str
    words: str
    first: tuple[str, ...]
    rest: tuple[str, ...]
    hidden: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.first) + len(self.rest) + self.hidden


@dataclass(frozen=True, slots=True)
class Impact:
    """What an event means for one account."""

    row: HealthImpact
    account: AwsAccount
    entities: tuple[Entities, ...]


def case(
    row: AwsCase, accounts: Mapping[str, AwsAccount], writes: Sequence[AwsWrite], reader: Reader
) -> Case:
    """A case with what is on its way to it."""
    said = words.said(words.CASE_STATUSES, row.status, reader)
    status = Tag(words.CASE_TAGS.get(row.status, "aws"), "aws", said)
    differs = row.severity_wanted and row.severity_wanted != row.severity
    return Case(
        row=row,
        account=accounts.get(row.account_id),
        status=status,
        severity=words.severity(row.severity, reader),
        wanted=words.severity(row.severity_wanted, reader) if differs else "",
        awaits_since=row.awaits_us_since,
        takes_words=row.status != support_case.LOST and casework.takes_words(row, visit.now()),
        writes=tuple(write(each, reader) for each in writes if each.state not in _SETTLED),
    )


def write(row: AwsWrite, reader: Reader) -> Write:
    """A write with how far it came."""
    kind = words.said(words.WRITE_KINDS, row.kind, reader)
    if row.parts > 1:
        kind = reader.say("%(what)s, part %(part)s of %(parts)s", what=kind, part=row.part, parts=row.parts)
    return Write(row, kind, write_tag(row.state, reader), row.fault, _ACTS.get(row.state, ()))


def write_tag(state: str, reader: Reader) -> Tag:
    """How far a write came, in words."""
    css, icon = words.WRITE_TAGS.get(state, ("", "eye"))
    return Tag(css, icon, words.said(words.WRITE_STATES, state, reader))


def unbound(writes: Iterable[AwsWrite], reader: Reader) -> tuple[Write, ...]:
    """Writes of no case yet: new ones that AWS has not named."""
    return tuple(
        write(each, reader)
        for each in writes
        if each.aws_case_id is None and each.kind == WriteKind.CREATE and each.state not in _SETTLED
    )


def marks(
    cases: Sequence[AwsCase], writes: Sequence[AwsWrite], told: Mapping[int, Sequence[Told]], reader: Reader
) -> dict[int, tuple[Tag, ...]]:
    """What stands beside each message of a ticket about AWS: its case, how far it came, whether it was edited."""
    names = {row.id: row.display_id or row.case_id for row in cases}
    found = {key: _told(each, names, reader) for key, each in told.items()}
    for message_id, row in _worst(writes).items():
        tag = write_tag(row.state, reader)
        if number := names.get(row.aws_case_id or 0, ""):
            tag = Tag(
                tag.kind, tag.icon, reader.say("%(words)s, case %(number)s", words=tag.words, number=number)
            )
        found[message_id] = [tag, *found.get(message_id, [])[1:]]
    return {key: tuple(tags) for key, tags in found.items()}


def _told(told: Sequence[Told], names: Mapping[int, str], reader: Reader) -> list[Tag]:
    tags = [Tag("aws", "", reader.say("Case %(number)s", number=names.get(told[0].case_id, "")))]
    edits = [each.communication.edited_at for each in told if each.communication.edited_at]
    if edits:
        tags.append(Tag("", "pen", reader.say("Edited by AWS %(time)s", time=reader.instant(max(edits)))))
    for state, said in words.FILE_STATES.items():
        missing = [file.filename for each in told for file in each.files if file.state == state]
        tags += [Tag("warn", "clip", reader.say(said, file=name)) for name in missing[:_INLINE]]
    return tags


def _worst(writes: Sequence[AwsWrite]) -> dict[int, AwsWrite]:
    """By message the part that came least far: a text is at AWS only when all of it is."""
    found: dict[int, AwsWrite] = {}
    for row in writes:
        if row.message_id is not None and row.kind != WriteKind.RESOLVE:
            before = found.get(row.message_id)
            if before is None or before.state == WriteState.SENT:
                found[row.message_id] = row
    return found


def impact(row: HealthImpact, account: AwsAccount, reader: Reader) -> Impact:
    """An impact with its entities by state, what is impaired first."""
    by_state: dict[str, list[str]] = {}
    for each in row.entities:
        value, state = (str(part) for part in (*each, "", "")[:2])
        by_state.setdefault(state or "UNKNOWN", []).append(_entity(value, reader))
    ranked = sorted(
        by_state, key=lambda state: (_ORDER.index(state) if state in _ORDER else len(_ORDER), state)
    )
    return Impact(row, account, tuple(_entities(state, by_state[state], reader) for state in ranked))


def event_tag(row: HealthEvent, reader: Reader) -> Tag:
    """How an event stands."""
    css, icon = words.EVENT_TAGS.get(row.status, ("", "eye"))
    return Tag(css, icon, words.said(words.EVENT_STATUSES, row.status, reader))


def title(row: HealthEvent, reader: Reader) -> str:
    """An event in one line, as tickets about it are called."""
    where = row.zone or row.region
    return health_words.subject(
        row.service, row.type_code, row.category, region=where, language=reader.language
    )


def _entities(state: str, values: list[str], reader: Reader) -> Entities:
    first = values[:_INLINE]
    rest = values[_INLINE:_MOST_ENTITIES]
    return Entities(
        state=state,
        words=health_words.state(state, reader.language),
        first=tuple(first),
        rest=tuple(rest),
        hidden=len(values) - len(first) - len(rest),
    )


def _entity(value: str, reader: Reader) -> str:
    """AWS's two stand-ins for a name, in words."""
    if value == "AWS_ACCOUNT":
        return reader.say("the whole account")
    return reader.say("not named by AWS") if value == "UNKNOWN" else value
