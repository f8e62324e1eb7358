"""AWS Health: events, their details and affected entities, for one account and for an organization."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from tests.aws.support import PLANLESS
from tests.aws.wire import Call, Refused
from tests.aws.world import Account, Entity, HealthEvent, World, instant, page

TOKEN = "InvalidPaginationToken"


def perform(world: World, call: Call) -> dict[str, Any]:
    """The answer of one operation."""
    account = world.account_of(call.account)
    if account.plan is None:
        raise Refused("SubscriptionRequiredException", PLANLESS)
    if call.input.get("locale", "en") != "en":
        raise Refused("UnsupportedLocale", f"Locale {call.input['locale']} is not supported.")
    if call.operation.endswith("ForOrganization"):
        _allowed(call, account)
    return OPERATIONS[call.operation](world, call, account)


def organization(world: World, call: Call) -> dict[str, Any]:
    """The accounts of an organization, as its administrators may list them."""
    account = world.account_of(call.account)
    if account.organization is None or not account.administrator:
        raise Refused("AccessDeniedException", "You don't have permissions to access this resource.")
    of = [each for each in world.accounts.values() if each.organization == account.organization]
    rows = [
        {"Id": each.account_id, "Status": "SUSPENDED" if each.suspended else "ACTIVE"}
        for each in sorted(of, key=lambda each: each.account_id)
    ]
    given = {"maxResults": call.input.get("MaxResults"), "nextToken": call.input.get("NextToken")}
    rows, token = page(rows, given, most=20, code="InvalidInputException")
    return {"Accounts": rows} | ({"NextToken": token} if token else {})


def _allowed(call: Call, account: Account) -> None:
    if call.partition == "aws-cn":
        raise Refused("ValidationException", "Organizational view is not supported in this partition.")
    if account.organization is None or not account.administrator:
        said = f"{call.caller} is not a management or delegated administrator account"
        raise Refused("AccessDeniedException", said)
    if not account.organizational_health and call.operation != "DescribeHealthServiceStatusForOrganization":
        raise Refused("AccessDeniedException", "Organizational view is not enabled.")


def _events(world: World, call: Call) -> list[HealthEvent]:
    """What there is to see: public events of the partition, and those of the accounts concerned."""
    mine = _accounts(world, call)
    return [
        event
        for event in world.events.values()
        if event.partition == call.partition and (event.scope == "PUBLIC" or mine & event.accounts.keys())
    ]


def _accounts(world: World, call: Call) -> set[str]:
    if not call.operation.endswith("ForOrganization"):
        return {call.account}
    of = world.account_of(call.account).organization
    return {each.account_id for each in world.accounts.values() if each.organization == of}


# Events.


def describe_events(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Events that pass the filter, the last changed first."""
    wanted = call.input.get("filter") or {}
    rows = [event for event in _events(world, call) if _passes(event, wanted, _accounts(world, call))]
    rows.sort(key=lambda event: (event.updated_at, event.arn), reverse=True)
    rows, token = page(rows, call.input, most=100, code=TOKEN)
    zone = not call.operation.endswith("ForOrganization")
    output: dict[str, Any] = {"events": [_told(event, zone=zone) for event in rows]}
    return output | ({"nextToken": token} if token else {})


def _passes(event: HealthEvent, wanted: dict[str, Any], mine: set[str]) -> bool:
    entities = [each.value for account in mine for each in event.accounts.get(account, ())]
    plain = {
        "eventArns": [event.arn],
        "eventTypeCodes": [event.type_code],
        "services": [event.service],
        "regions": [event.region],
        "availabilityZones": [event.zone],
        "eventTypeCategories": [event.category],
        "eventStatusCodes": [event.status],
        "actionabilities": [event.actionability],
        "personas": list(event.personas),
        "entityValues": entities,
        "awsAccountIds": sorted(mine & event.accounts.keys()),
    }
    spans = {"startTime": event.started_at, "endTime": event.ended_at, "lastUpdatedTime": event.updated_at}
    return all(not wanted.get(name) or set(wanted[name]) & set(has) for name, has in plain.items()) and all(
        _spanned(at, wanted.get(name + "s"), wanted.get(name)) for name, at in spans.items()
    )


def _spanned(at: datetime | None, several: list[dict[str, Any]] | None, one: dict[str, Any] | None) -> bool:
    spans = several or ([one] if one else [])
    return not spans or (at is not None and any(_inside(at, span) for span in spans))


def _inside(at: datetime, span: dict[str, Any]) -> bool:
    since, until = instant(span.get("from")), instant(span.get("to"))
    return (since is None or at >= since) and (until is None or at <= until)


def _told(event: HealthEvent, *, zone: bool = True) -> dict[str, Any]:
    told = {
        "arn": event.arn,
        "service": event.service,
        "eventTypeCode": event.type_code,
        "eventTypeCategory": event.category,
        "eventScopeCode": event.scope,
        "region": event.region,
        "availabilityZone": event.zone if zone else None,
        "startTime": event.started_at,
        "endTime": event.ended_at,
        "lastUpdatedTime": event.updated_at,
        "statusCode": event.status,
        "actionability": event.actionability,
        "personas": list(event.personas) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


# Details.


def describe_details(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Descriptions of events; those not seen from here are in the failed set."""
    seen = {event.arn: event for event in _events(world, call)}
    good, bad = [], []
    for arn in call.input["eventArns"]:
        if arn in seen:
            good.append(_detail(seen[arn]))
        else:
            bad.append(_failed(arn, "InvalidArnError", "The specified event does not exist."))
    return {"successfulSet": good, "failedSet": bad}


def describe_details_of_organization(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Descriptions per event and account; public events go without an account, others with one."""
    seen = {event.arn: event for event in _events(world, call)}
    good, bad = [], []
    for wanted in call.input["organizationEventDetailFilters"]:
        problem = _unfit(seen.get(wanted["eventArn"]), wanted.get("awsAccountId"))
        owner = {"awsAccountId": wanted["awsAccountId"]} if "awsAccountId" in wanted else {}
        if problem:
            bad.append(owner | _failed(wanted["eventArn"], *problem))
        else:
            good.append(owner | _detail(seen[wanted["eventArn"]]))
    return {"successfulSet": good, "failedSet": bad}


def _detail(event: HealthEvent) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event": _told(event),
        "eventDescription": {"latestDescription": event.description},
    }
    return told | ({"eventMetadata": event.metadata} if event.metadata else {})


def _failed(arn: str, name: str, message: str) -> dict[str, Any]:
    return {"eventArn": arn, "errorName": name, "errorMessage": message}


def _unfit(event: HealthEvent | None, account_id: str | None) -> tuple[str, str] | None:
    """Why an event cannot be asked for with this account, or None."""
    if event is None:
        return "InvalidArnError", "The specified event does not exist."
    if event.scope == "PUBLIC" and account_id is not None:
        return "InvalidAccountInputError", "Public events take no account."
    if event.scope != "PUBLIC" and account_id not in event.accounts:
        return "InvalidAccountInputError", "The account is missing or not affected."
    return None


# Entities.


def describe_entities(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Affected resources of this account."""
    wanted = call.input["filter"]
    seen = {event.arn: event for event in _events(world, call)}
    found = [
        _entity(seen[arn], call.account, each)
        for arn in wanted["eventArns"]
        if arn in seen
        for each in seen[arn].accounts.get(call.account, ())
        if _entity_passes(each, wanted)
    ]
    found, token = page(found, call.input, most=100, code=TOKEN)
    return {"entities": found} | ({"nextToken": token} if token else {})


def _entity_passes(each: Entity, wanted: dict[str, Any]) -> bool:
    return (
        (not wanted.get("entityValues") or each.value in wanted["entityValues"])
        and (not wanted.get("statusCodes") or each.status in wanted["statusCodes"])
        and _spanned(each.at, wanted.get("lastUpdatedTimes"), None)
    )


def _entity(event: HealthEvent, account_id: str, each: Entity) -> dict[str, Any]:
    return {
        "entityArn": f"arn:{event.partition}:health:{event.region}:{account_id}:entity/{zlib.crc32(each.value.encode())}",
        "eventArn": event.arn,
        "entityValue": each.value,
        "awsAccountId": account_id,
        "lastUpdatedTime": each.at,
        "statusCode": each.status,
    }


def describe_entities_of_organization(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Affected resources per event and account."""
    given = call.input
    filters = given.get("organizationEntityFilters") or given.get("organizationEntityAccountFilters") or []
    seen = {event.arn: event for event in _events(world, call)}
    found: list[dict[str, Any]] = []
    bad = []
    for wanted in filters:
        event, account_id = seen.get(wanted["eventArn"]), wanted.get("awsAccountId")
        if problem := _unfit(event, account_id):
            owner = {"awsAccountId": account_id} if account_id else {}
            bad.append(owner | _failed(wanted["eventArn"], *problem))
        elif event is not None:
            rows: Iterable[Entity] = event.accounts.get(account_id or "", ())
            found += [_entity(event, str(account_id), each) for each in rows if _entity_passes(each, wanted)]
    found, token = page(found, given, most=100, code=TOKEN)
    return {"entities": found, "failedSet": bad} | ({"nextToken": token} if token else {})


def describe_accounts(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Accounts of the organization an event concerns; none for a public one."""
    event = {each.arn: each for each in _events(world, call)}.get(call.input["eventArn"])
    if event is None:
        raise Refused("ValidationException", "The specified event does not exist.")
    public = event.scope == "PUBLIC"
    rows = [] if public else sorted(_accounts(world, call) & event.accounts.keys())
    rows, token = page(rows, call.input, most=100, code=TOKEN)
    output: dict[str, Any] = {"affectedAccounts": rows, "eventScopeCode": event.scope}
    return output | ({"nextToken": token} if token else {})


def describe_status(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Whether the organizational view is switched on."""
    status = "ENABLED" if account.organizational_health else "DISABLED"
    return {"healthServiceAccessStatusForOrganization": status}


OPERATIONS: dict[str, Callable[[World, Call, Account], dict[str, Any]]] = {
    "DescribeEvents": describe_events,
    "DescribeEventDetails": describe_details,
    "DescribeAffectedEntities": describe_entities,
    "DescribeEventsForOrganization": describe_events,
    "DescribeEventDetailsForOrganization": describe_details_of_organization,
    "DescribeAffectedEntitiesForOrganization": describe_entities_of_organization,
    "DescribeAffectedAccountsForOrganization": describe_accounts,
    "DescribeHealthServiceStatusForOrganization": describe_status,
}
