"""What is asked of AWS Health, for one account or for a whole organization, and its answers as the desk's values.

Everything comes in pages, names go in tens, and what AWS could not tell (`failedSet`) stands apart from what is so.
Source: AWS Health API reference; the view of an organization does not exist in the partition aws-cn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol

from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Clients
from gateway.domain.impact import Event
from gateway.mail.charset import clean

TEN: Final = 10
PAGE: Final = 100
MOST_PAGES: Final = 100
LONGEST: Final = 100_000
_UNFINISHED: Final = ["open", "upcoming"]
_GONE: Final = frozenset({"InvalidArnError", "InvalidAccountInputError", "AccessDeniedError"})
Entities = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Described:
    """Events with their words. Shape: `unknown` are those AWS says are not for the asker; the rest may come later."""

    events: Mapping[str, Event] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


class View(Protocol):
    """One way of looking at Health."""

    def events(self, since: datetime | None) -> dict[str, Event]:
        """What lasts or is to come, and what changed since; by name, without words."""

    def accounts(self, event: Event, ours: Iterable[str]) -> tuple[str, ...]:
        """Which of our accounts an event names; none where it is public or AWS knows nothing of it."""

    def described(self, events: Sequence[Event], whose: Mapping[str, Sequence[str]]) -> Described:
        """Events with their words; `whose` names the accounts of each."""

    def entities(self, whose: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], Entities]:
        """The affected resources by event and account, for those AWS told of."""


@dataclass(frozen=True, slots=True)
class OwnView:
    """Health as an account sees it for itself."""

    clients: Clients
    account: Account

    def events(self, since: datetime | None) -> dict[str, Event]:
        """As `View.events`."""
        wanted: list[dict[str, Any]] = [{"eventStatusCodes": _UNFINISHED}]
        if since is not None:
            wanted.append({"lastUpdatedTimes": [{"from": since}]})
        return {
            event.arn: event
            for asked in wanted
            for row in _paged(self, "describe_events", "events", filter=asked)
            if (event := _event(row)) is not None
        }

    def accounts(self, event: Event, ours: Iterable[str]) -> tuple[str, ...]:
        """As `View.accounts`: an account is told only of what names it."""
        return () if event.public else (self.account.account_id,)

    def described(self, events: Sequence[Event], whose: Mapping[str, Sequence[str]]) -> Described:
        """As `View.described`."""
        found: dict[str, Event] = {}
        unknown: set[str] = set()
        for some in _tens([each.arn for each in events]):
            answer = self.clients.call(self.account, "health", "describe_event_details", eventArns=some)
            _take_details(answer, found, unknown)
        return Described(found, frozenset(unknown))

    def entities(self, whose: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], Entities]:
        """As `View.entities`."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for some in _tens(list(whose)):
            for arn in some:
                found[arn, self.account.account_id] = {}
            rows = _paged(self, "describe_affected_entities", "entities", filter={"eventArns": some})
            _take_entities(rows, found, self.account.account_id)
        return {key: tuple(sorted(told.items())) for key, told in found.items()}


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """Health as the management account or a delegated administrator sees it for all accounts."""

    clients: Clients
    account: Account

    def events(self, since: datetime | None) -> dict[str, Event]:
        """As `View.events`."""
        wanted: list[dict[str, Any]] = [{"eventStatusCodes": _UNFINISHED}]
        if since is not None:
            wanted.append({"lastUpdatedTime": {"from": since}})
        return {
            event.arn: event
            for asked in wanted
            for row in _paged(self, "describe_events_for_organization", "events", filter=asked)
            if (event := _event(row)) is not None
        }

    def accounts(self, event: Event, ours: Iterable[str]) -> tuple[str, ...]:
        """As `View.accounts`."""
        if event.public:
            return ()
        name = "describe_affected_accounts_for_organization"
        try:
            rows = set(_paged(self, name, "affectedAccounts", eventArn=event.arn))
        except Fault as fault:
            if fault.kind is Kind.REFUSED:  # the event is not there any more
                return ()
            raise
        return tuple(each for each in ours if each in rows)

    def described(self, events: Sequence[Event], whose: Mapping[str, Sequence[str]]) -> Described:
        """As `View.described`. All accounts are told the same words, so one of them is asked for."""
        found: dict[str, Event] = {}
        unknown: set[str] = {each.arn for each in events if not each.public and not whose.get(each.arn)}
        asked = [each for each in events if each.arn not in unknown]
        filters = [_filter(each.arn, () if each.public else whose[each.arn][:1]) for each in asked]
        for some in _tens(filters):
            answer = self.clients.call(
                self.account, "health", "describe_event_details_for_organization",
                organizationEventDetailFilters=some,
            )  # fmt: skip
            _take_details(answer, found, unknown)
        return Described(found, frozenset(unknown))

    def entities(self, whose: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], Entities]:
        """As `View.entities`."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        pairs = [(arn, account_id) for arn, accounts in whose.items() for account_id in accounts]
        for some in _tens(pairs):
            found |= {pair: {} for pair in some}
            asked = [_filter(arn, (account_id,)) for arn, account_id in some]
            failed: list[Mapping[str, Any]] = []
            rows = _paged(
                self, "describe_affected_entities_for_organization", "entities", failed,
                organizationEntityFilters=asked,
            )  # fmt: skip
            _take_entities(rows, found, "")
            for each in failed:
                found.pop((str(each.get("eventArn")), str(each.get("awsAccountId"))), None)
        return {key: tuple(sorted(told.items())) for key, told in found.items()}


def members(clients: Clients, account: Account) -> tuple[str, ...] | None:
    """The accounts of the organization that an account administers; None where it may not be asked."""
    found: list[str] = []
    request: dict[str, Any] = {}
    try:
        for _ in range(MOST_PAGES):
            answer = clients.call(account, "organizations", "list_accounts", **request)
            found += [str(each["Id"]) for each in answer.get("Accounts", ())]
            if not answer.get("NextToken"):
                break
            request = {"NextToken": answer["NextToken"]}
    except Fault as fault:
        if fault.kind in (Kind.DENIED, Kind.REFUSED, Kind.ABSENT, Kind.MISSING, Kind.LOST):
            return None
        raise
    return tuple(found) or None


def _paged(view: OwnView | OrganizationView, operation: str, member: str,
           failed: list[Mapping[str, Any]] | None = None, **request: Any) -> Iterator[Any]:  # fmt: skip
    """The rows of every page. Shape: `failed` collects what AWS says it could not tell."""
    token: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        answer = view.clients.call(view.account, "health", operation, **request, maxResults=PAGE, **token)
        yield from answer.get(member) or ()
        if failed is not None:
            failed += answer.get("failedSet") or ()
        if not answer.get("nextToken"):
            return
        token = {"nextToken": answer["nextToken"]}


def _tens(items: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), TEN):
        yield list(items[start : start + TEN])


def _filter(arn: str, account: Sequence[str]) -> dict[str, str]:
    return {"eventArn": arn} | ({"awsAccountId": account[0]} if account else {})


def _take_details(answer: Mapping[str, Any], found: dict[str, Event], unknown: set[str]) -> None:
    for each in answer.get("successfulSet") or ():
        event = _event(each.get("event") or {})
        if event is not None:
            words = str((each.get("eventDescription") or {}).get("latestDescription") or "")
            found[event.arn] = replace(event, description=clean(words[:LONGEST]))
    for each in answer.get("failedSet") or ():
        if each.get("errorName") in _GONE and each.get("eventArn"):
            unknown.add(str(each["eventArn"]))


def _take_entities(
    rows: Iterable[Mapping[str, Any]], found: dict[tuple[str, str], dict[str, str]], account_id: str
) -> None:
    """Each resource once, as it was told of last: AWS lists some of them again and again."""
    for row in rows:
        key = (str(row.get("eventArn")), account_id or str(row.get("awsAccountId")))
        if key in found and row.get("entityValue"):
            found[key][clean(str(row["entityValue"])[:500])] = str(row.get("statusCode") or "UNKNOWN")[:20]


def _event(row: Mapping[str, Any]) -> Event | None:
    """An event as the desk keeps it, every word bounded by its column; None for what has no name."""
    arn = str(row.get("arn") or "")
    if not arn or len(arn) > 500:
        return None
    return Event(
        arn=arn,
        service=_word(row, "service", 60),
        type_code=_word(row, "eventTypeCode", 150),
        category=_word(row, "eventTypeCategory", 30),
        scope=_word(row, "eventScopeCode", 20) or "NONE",
        status=_word(row, "statusCode", 10),
        region=_word(row, "region", 30),
        zone=_word(row, "availabilityZone", 30),
        starts_at=row.get("startTime"),
        ends_at=row.get("endTime"),
        updated_at=row.get("lastUpdatedTime"),
        actionability=_word(row, "actionability", 30),
        personas=tuple(str(each)[:30] for each in row.get("personas") or ()),
    )


def _word(row: Mapping[str, Any], name: str, longest: int) -> str:
    return clean(str(row.get(name) or ""))[:longest]
