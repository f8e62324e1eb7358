"""AWS Support: cases, communications, attachments, and what may be chosen for a new case."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.aws.wire import Call, Refused
from tests.aws.world import (
    Account,
    Attachment,
    AttachmentSet,
    Case,
    Communication,
    World,
    instant,
    next_token,
    page,
    stamp,
)

AWS = "Amazon Web Services"
FILES_PER_SET, FILE_BYTES, SET_LIVES = 3, 5 * 1024 * 1024, timedelta(hours=1)
RECENT, REOPENS_WITHIN = 5, timedelta(days=14)
SEVERITY_NAMES = {
    "low": "Low",
    "normal": "Normal",
    "high": "High",
    "urgent": "Urgent",
    "critical": "Critical",
}
LANGUAGES = {
    "en": ("English", "English"),
    "zh": ("Chinese", "中文"),
    "ja": ("Japanese", "日本語"),
    "ko": ("Korean", "한국어"),
}
SERVICES: dict[str, tuple[str, dict[str, str]]] = {
    "amazon-elastic-compute-cloud-linux": (
        "Elastic Compute Cloud (EC2 - Linux)",
        {
            "instance-issue": "Instance Issue",
            "network-connectivity": "Network connectivity",
            "other": "Other",
        },
    ),
    "amazon-relational-database-service-mysql": (
        "Relational Database Service (MySQL)",
        {"availability": "Availability", "performance": "Performance", "other": "Other"},
    ),
    "amazon-simple-storage-service": (
        "Simple Storage Service (S3)",
        {"performance": "Performance", "general-guidance": "General Guidance", "other": "Other"},
    ),
    "aws-lambda": ("Lambda", {"function-errors": "Function errors", "other": "Other"}),
    "general-info": ("General Info and Getting Started", {"using-aws": "How to use AWS", "other": "Other"}),
    "customer-account": ("Account", {"security": "Security", "other-account-issues": "Other"}),
}
PLANLESS = "Amazon Web Services Premium Support Subscription is required to use this service."


def perform(world: World, call: Call) -> dict[str, Any]:
    """The answer of one operation; a dry run that would have succeeded is refused as one."""
    account = world.account_of(call.account)
    if account.plan is None:
        raise Refused("SubscriptionRequiredException", PLANLESS)
    output = OPERATIONS[call.operation](world, call, account)
    call.unless_dry()
    return output


# Writing.


def create_case(world: World, call: Call, account: Account) -> dict[str, Any]:
    """A new case with its first communication."""
    given = call.input
    _chosen(given, account)
    files = _files(world, call, take=False)
    since = world.now() - timedelta(hours=1)
    recent = [case for case in world.cases.values() if case.account == call.account and case.at > since]
    if len(recent) >= world.cases_per_hour:
        raise Refused(
            "CaseCreationLimitExceeded", "The case creation limit for the account has been exceeded."
        )
    call.unless_dry()
    files = _files(world, call, take=True)
    case = new_case(
        world,
        call.account,
        subject=world.stored(given["subject"]),
        severity=given.get("severityCode") or "low",
        service=given.get("serviceCode") or "general-info",
        category=given.get("categoryCode") or "other",
        language=given.get("language") or "en",
        by=caller_name(account, call),
    )
    case.cc, case.issue_type = tuple(given.get("ccEmailAddresses") or ()), given.get("issueType", "technical")
    case.communications.append(
        Communication(world.stored(given["communicationBody"]), case.by, case.at, files)
    )
    return {"caseId": case.case_id}


def new_case(world: World, account_id: str, **values: Any) -> Case:
    """A case row with the numbers AWS would give it."""
    at = values.pop("at", None) or world.now()
    language = "mu" if values["language"] != "en" else "ex"
    case_id = f"case-{account_id}-{language}{values['language'][:2]}-{at:%Y}-{secrets.token_hex(8)}"
    display_id = f"17{next(world.serial):010d}"
    values.setdefault("status", "unassigned")
    case = Case(case_id=case_id, display_id=display_id, account=account_id, at=at, **values)
    world.cases[case_id] = case
    return case


def caller_name(account: Account, call: Call) -> str:
    """How AWS names a customer who wrote through a role."""
    role = call.caller.split("/")[-2] if "assumed-role/" in call.caller else "hub"
    return f"{role} (Role) <{account.email or f'root@{account.account_id}.example'}>"


def _chosen(given: dict[str, Any], account: Account) -> None:
    service, category = given.get("serviceCode"), given.get("categoryCode")
    wrong = {
        "serviceCode": service is not None and service not in SERVICES,
        "categoryCode": category is not None and category not in SERVICES.get(str(service), ("", {}))[1],
        "severityCode": (given.get("severityCode") or "low") not in account.allowed_severities(),
        "language": (given.get("language") or "en") not in account.languages,
        "issueType": given.get("issueType", "technical") not in ("technical", "customer-service"),
        "subject": not given["subject"].strip(),
    }
    for name, bad in wrong.items():
        if bad:
            said = f"Invalid value specified for parameter {name}: {given.get(name)}"
            raise Refused("InvalidParameterValueException", said)


def add_communication(world: World, call: Call, account: Account) -> dict[str, Any]:
    """A customer's communication; on a resolved case it reopens it."""
    case = _case(world, call)
    at = world.now()
    if case.resolved_at and at - case.resolved_at > REOPENS_WITHIN:
        raise Refused("InvalidParameterValueException", "The case can no longer be reopened.")
    _files(world, call, take=False)
    call.unless_dry()
    body = world.stored(call.input["communicationBody"])
    files = _files(world, call, take=True)
    case.communications.append(Communication(body, caller_name(account, call), at, files))
    customer_wrote(case)
    return {"result": True}


def customer_wrote(case: Case) -> None:
    """The status after the customer's side wrote."""
    if case.status == "resolved":
        case.status, case.resolved_at = "reopened", None
    elif case.status == "pending-customer-action":
        case.status = "customer-action-completed"


def resolve_case(world: World, call: Call, account: Account) -> dict[str, Any]:
    """The case, resolved."""
    case = _case(world, call)
    call.unless_dry()
    before, case.status = case.status, "resolved"
    case.resolved_at = case.resolved_at or world.now()
    return {"initialCaseStatus": before, "finalCaseStatus": "resolved"}


def _case(world: World, call: Call) -> Case:
    case = world.cases.get(call.input.get("caseId", ""))
    if case is None or case.account != call.account:
        raise Refused(
            "CaseIdNotFound", f"The requested caseId: {call.input.get('caseId')} could not be found."
        )
    return case


# Attachments.


def add_attachments(world: World, call: Call, account: Account) -> dict[str, Any]:
    """A set of files, new or grown; it lives for an hour from its last file."""
    given = call.input
    files = [(each["fileName"], base64.b64decode(each["data"])) for each in given["attachments"]]
    name = given.get("attachmentSetId")
    held = _set(world, call.account, name) if name else AttachmentSet(call.account, world.now())
    if len(held.attachments) + len(files) > FILES_PER_SET or any(len(data) > FILE_BYTES for _, data in files):
        said = "The limits are three attachments and 5 MB per attachment."
        raise Refused("AttachmentSetSizeLimitExceeded", said)
    call.unless_dry()
    name = name or f"as-{secrets.token_hex(16)}"
    held.attachments += [new_attachment(world, call.account, *each) for each in files]
    held.expires_at = world.now() + SET_LIVES
    world.sets[name] = held
    return {"attachmentSetId": name, "expiryTime": stamp(held.expires_at)}


def new_attachment(world: World, account_id: str, name: str, content: bytes) -> Attachment:
    """A file as it can be fetched later."""
    made = Attachment(f"attachment-{secrets.token_hex(12)}", name, content)
    world.attachments[made.attachment_id] = (account_id, made)
    return made


def _set(world: World, account_id: str, name: str) -> AttachmentSet:
    held = world.sets.get(name)
    if held is None or held.account != account_id:
        raise Refused("AttachmentSetIdNotFound", f"An attachment set with ID {name} could not be found.")
    if held.expires_at <= world.now():
        raise Refused("AttachmentSetExpired", f"The attachment set {name} has expired.")
    return held


def _files(world: World, call: Call, *, take: bool) -> list[Attachment]:
    """The files of the set a call names; a set that was used is used up."""
    name = call.input.get("attachmentSetId")
    if not name:
        return []
    held = _set(world, call.account, name)
    if take:
        del world.sets[name]
    return held.attachments


def describe_attachment(world: World, call: Call, account: Account) -> dict[str, Any]:
    """One file's content."""
    owner, found = world.attachments.get(call.input["attachmentId"], ("", None))
    if found is None or owner != call.account:
        raise Refused("AttachmentIdNotFound", "An attachment with the specified ID could not be found.")
    if len(found.content) > FILE_BYTES:
        raise Refused("InvalidParameterValueException", "Use GetAttachmentDownloadLink for this attachment.")
    return {"attachment": {"fileName": found.name, "data": base64.b64encode(found.content).decode()}}


# Reading.


def describe_cases(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Cases, the newest first, each with its five newest communications."""
    given = call.input
    rows = [case for case in world.cases.values() if case.account == call.account]
    if wanted := given.get("caseIdList"):
        known = {case.case_id for case in rows}
        for case_id in wanted:
            if case_id not in known:
                raise Refused("CaseIdNotFound", f"The requested caseId: {case_id} could not be found.")
        rows = [case for case in rows if case.case_id in wanted]
    rows = [case for case in rows if _fits(world, case, given)]
    rows.sort(key=lambda case: case.at, reverse=True)
    rows, token = page(rows, given, most=100, code="InvalidParameterValueException")
    output: dict[str, Any] = {"cases": [_told(case, given) for case in rows]}
    return output | ({"nextToken": token} if token else {})


def _fits(world: World, case: Case, given: dict[str, Any]) -> bool:
    instants = [case.at]
    if world.after_time_means == "communication":
        instants = [each.at for each in case.communications]
    return (
        (given.get("includeResolvedCases", False) or case.status != "resolved")
        and given.get("displayId") in (None, case.display_id)
        and given.get("language") in (None, case.language)
        and any(_between(at, given) for at in instants)
    )


def _between(at: datetime, given: dict[str, Any]) -> bool:
    try:
        after, before = instant(given.get("afterTime")), instant(given.get("beforeTime"))
    except ValueError:
        raise Refused("InvalidParameterValueException", "The date is not in a valid format.") from None
    return (after is None or at >= after) and (before is None or at <= before)


def _told(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "caseId": case.case_id,
        "displayId": case.display_id,
        "subject": case.subject,
        "status": case.status,
        "serviceCode": case.service,
        "categoryCode": case.category,
        "severityCode": case.severity,
        "submittedBy": case.by,
        "timeCreated": stamp(case.at),
        "ccEmailAddresses": list(case.cc),
        "language": case.language,
    }
    if given.get("includeCommunications", True):
        rows = _newest_first(case)
        recent: dict[str, Any] = {"communications": [_letter(case, each) for each in rows[:RECENT]]}
        if len(rows) > RECENT:
            recent["nextToken"] = next_token(RECENT, f'{{"caseId": "{case.case_id}"}}')
        told["recentCommunications"] = recent
    return told


def _newest_first(case: Case) -> list[Communication]:
    return sorted(reversed(case.communications), key=lambda each: each.at, reverse=True)


def _letter(case: Case, told: Communication) -> dict[str, Any]:
    files = [{"attachmentId": each.attachment_id, "fileName": each.name} for each in told.attachments]
    letter: dict[str, Any] = {
        "caseId": case.case_id,
        "body": told.body,
        "submittedBy": told.by,
        "timeCreated": stamp(told.at),
    }
    return letter | ({"attachmentSet": files} if files else {})


def describe_communications(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Communications of a case, the newest first."""
    case = _case(world, call)
    rows = [each for each in _newest_first(case) if _between(each.at, call.input)]
    rows, token = page(rows, call.input, most=100, code="InvalidParameterValueException")
    output: dict[str, Any] = {"communications": [_letter(case, each) for each in rows]}
    return output | ({"nextToken": token} if token else {})


# What may be chosen.


def describe_services(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Services and their categories."""
    wanted = call.input.get("serviceCodeList") or list(SERVICES)
    return {
        "services": [
            {"code": code, "name": name, "categories": _named(categories)}
            for code, (name, categories) in SERVICES.items()
            if code in wanted
        ]
    }


def _named(codes: dict[str, str]) -> Sequence[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in codes.items()]


def describe_severity_levels(world: World, call: Call, account: Account) -> dict[str, Any]:
    """The severities of the account's plan."""
    return {"severityLevels": _named({code: SEVERITY_NAMES[code] for code in account.allowed_severities()})}


def describe_supported_languages(world: World, call: Call, account: Account) -> dict[str, Any]:
    """The languages cases may be written in."""
    return {
        "supportedLanguages": [
            {"code": code, "language": LANGUAGES[code][0], "display": LANGUAGES[code][1]}
            for code in account.languages
        ]
    }


def describe_create_case_options(world: World, call: Call, account: Account) -> dict[str, Any]:
    """Whether a language is spoken, and when."""
    language = call.input["language"]
    known = "available" if language == "en" else "best_effort"
    hours = [{"startTime": "00:00", "endTime": "23:59"}]
    spoken = {"type": "web", "supportedHours": hours, "datesWithoutSupport": []}
    return {
        "languageAvailability": known if language in account.languages else "unavailable",
        "communicationTypes": [spoken] if language in account.languages else [],
    }


# Trusted Advisor as Support tells it.


def _checks(world: World, call: Call, account: Account) -> dict[str, Any]:
    _home(call)
    return {
        "checks": [
            {
                "id": each["check"],
                "name": each["name"],
                "description": each["name"],
                "category": "cost_optimizing",
                "metadata": ["Region", "Resource", "Estimated Monthly Savings"],
            }
            for each in world.costs.get(call.account, {}).get("trustedadvisor", [])
        ]
    }


def _check_result(world: World, call: Call, account: Account) -> dict[str, Any]:
    _home(call)
    for each in world.costs.get(call.account, {}).get("trustedadvisor", []):
        if each["check"] == call.input["checkId"]:
            return {"result": _result(world, each)}
    raise Refused("InvalidParameterValueException", "Invalid Trusted Advisor check.")


def _result(world: World, row: dict[str, Any]) -> dict[str, Any]:
    flagged = [
        {
            "status": "warning",
            "region": each["region"],
            "resourceId": each["resource"],
            "isSuppressed": False,
            "metadata": [each["region"], each["resource"], f"${each['saving']:.2f}"],
        }
        for each in row["resources"]
    ]
    saving = {"estimatedMonthlySavings": row["saving"], "estimatedPercentMonthlySavings": 0.1}
    counted = {"resourcesProcessed": len(flagged), "resourcesFlagged": len(flagged)}
    return {
        "checkId": row["check"],
        "timestamp": stamp(world.now()),
        "status": "warning",
        "resourcesSummary": {**counted, "resourcesIgnored": 0, "resourcesSuppressed": 0},
        "categorySpecificSummary": {"costOptimizing": saving},
        "flaggedResources": flagged,
    }


def _home(call: Call) -> None:
    if call.region != "us-east-1":
        raise Refused("InvalidParameterValueException", "Trusted Advisor is available in us-east-1 only.")


OPERATIONS: dict[str, Callable[[World, Call, Account], dict[str, Any]]] = {
    "CreateCase": create_case,
    "AddCommunicationToCase": add_communication,
    "ResolveCase": resolve_case,
    "AddAttachmentsToSet": add_attachments,
    "DescribeAttachment": describe_attachment,
    "DescribeCases": describe_cases,
    "DescribeCommunications": describe_communications,
    "DescribeServices": describe_services,
    "DescribeSeverityLevels": describe_severity_levels,
    "DescribeSupportedLanguages": describe_supported_languages,
    "DescribeCreateCaseOptions": describe_create_case_options,
    "DescribeTrustedAdvisorChecks": _checks,
    "DescribeTrustedAdvisorCheckResult": _check_result,
}
