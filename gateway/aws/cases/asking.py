"""What AWS says of cases, as values: open ones, those asked for by name, communications, files.

AWS's texts are cut to what rows hold and cleaned of what databases refuse; instants are kept to the millisecond.

Source: AWS Support API reference: DescribeCases (maxResults 10 to 100, at most 100 identifiers, the five newest
communications of each case), DescribeCommunications, DescribeAttachment (5 MB).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Clients
from gateway.domain.support_case import Case, Communication, File
from gateway.mail.charset import clean

PAGE: Final = 100
MOST_PAGES: Final = 200
MOST_LISTINGS: Final = 5
NO_CASE: Final = "CaseIdNotFound"
_SUPPORT: Final = "support"


def open_cases(clients: Clients, account: Account) -> list[Case]:
    """Every case of an account that is not resolved, with its newest communications. Errors: Fault."""
    pages = _pages(clients, account, "describe_cases", includeResolvedCases=False, includeCommunications=True)
    found = [_case(each) for page in pages for each in page.get("cases") or ()]
    return list({each.case_id: each for each in found}.values())  # a listing that moves may tell one twice


def by_ids(clients: Clients, account: Account, case_ids: Sequence[str]) -> tuple[list[Case], list[str]]:
    """The cases of some identifiers, resolved or not, and the identifiers AWS does not know. Errors: Fault."""
    found: list[Case] = []
    unknown: list[str] = []
    groups = [list(case_ids[start : start + PAGE]) for start in range(0, len(case_ids), PAGE)]
    while groups:
        group = groups.pop()
        try:
            found += _named(clients, account, caseIdList=group)
        except Fault as fault:
            if fault.code != NO_CASE:
                raise
            half = len(group) // 2
            if half:
                groups += [group[:half], group[half:]]
            else:
                unknown += group
    return found, unknown


def by_number(clients: Clients, account: Account, number: str) -> Case | None:
    """The case of the number people quote, resolved or not. Errors: Fault."""
    try:
        return next(iter(_named(clients, account, displayId=number)), None)
    except Fault as fault:
        if fault.code == NO_CASE or fault.kind is Kind.REFUSED:
            return None
        raise


def communications(clients: Clients, account: Account, case: Case, *,
                   after: datetime | None) -> list[Communication]:  # fmt: skip
    """What was said in a case since an instant, oldest first; everything without one. Errors: Fault.

    The listing ends with the newest that is known, so that what arrives meanwhile shifts no page. Of several pages
    one may still tell what another told, where equal words arrive in one millisecond: they are read until they agree.
    """
    times: dict[str, str] = {"afterTime": _stamp(after)} if after else {}
    if case.more and case.recent:
        times["beforeTime"] = _stamp(max(each.at for each in case.recent), later=True)
    before: list[Communication] | None = None
    for _ in range(MOST_LISTINGS):
        pages = list(_pages(clients, account, "describe_communications", caseId=case.case_id, **times))
        said = [_communication(each) for page in pages for each in page.get("communications") or ()][::-1]
        if len(pages) == 1 or said == before:
            return said
        before = said
    raise Fault(Kind.LOST, "MovingListing", "the communications of a case do not stand still")


def attachment(clients: Clients, account: Account, attachment_id: str) -> bytes:
    """The content of a file. Errors: Fault."""
    answer = clients.call(account, _SUPPORT, "describe_attachment", attachmentId=attachment_id)
    content = (answer.get("attachment") or {}).get("data")
    if not isinstance(content, bytes):
        raise Fault(Kind.LOST, "NoContent", "the answer holds no file")
    return content


def _named(clients: Clients, account: Account, **which: Any) -> list[Case]:
    pages = _pages(
        clients, account, "describe_cases", includeResolvedCases=True, includeCommunications=True, **which
    )
    return [_case(each) for page in pages for each in page.get("cases") or ()]


def _pages(clients: Clients, account: Account, operation: str, **request: Any) -> Iterator[Mapping[str, Any]]:
    """Every page of a listing. Errors: Fault, also where AWS goes in circles."""
    token, seen = None, set[str]()
    for _ in range(MOST_PAGES):
        more: dict[str, Any] = {"nextToken": token} if token else {}
        page = clients.call(account, _SUPPORT, operation, maxResults=PAGE, **request, **more)
        yield page
        token = page.get("nextToken")
        if not token:
            return
        if token in seen:
            break
        seen.add(token)
    raise Fault(Kind.LOST, "EndlessListing", f"{operation} does not end")


def _case(told: Mapping[str, Any]) -> Case:
    recent = told.get("recentCommunications") or {}
    said = [_communication(each) for each in recent.get("communications") or ()]
    return Case(
        case_id=_text(told, "caseId", 100),
        display_id=_text(told, "displayId", 40),
        subject=" ".join(_text(told, "subject", 500).split()),
        status=_text(told, "status", 40),
        service=_text(told, "serviceCode", 100),
        category=_text(told, "categoryCode", 100),
        severity=_text(told, "severityCode", 20),
        language=_text(told, "language", 10),
        submitted_by=_text(told, "submittedBy", 300),
        opened_at=_instant(told.get("timeCreated")),
        recent=tuple(said[::-1]),
        more=bool(recent.get("nextToken")),
    )


def _communication(told: Mapping[str, Any]) -> Communication:
    files = [*(told.get("attachmentSet") or ()), *(told.get("attachments") or ())]
    named = {_text(each, "attachmentId", 255): _text(each, "fileName", 255) for each in files}
    return Communication(
        at=_instant(told.get("timeCreated")),
        submitted_by=_text(told, "submittedBy", 300),
        body=clean(str(told.get("body") or "")),
        files=tuple(File(key, name or key) for key, name in named.items() if key),
    )


def _text(told: Mapping[str, Any], name: str, most: int) -> str:
    return clean(str(told.get(name) or ""))[:most]


def _instant(told: object) -> datetime:
    """An instant of Support, `2026-11-22T01:02:03.456Z`. Errors: Fault where it is none."""
    try:
        at = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    except ValueError:
        raise Fault(Kind.LOST, "NoInstant", "an instant could not be read") from None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _stamp(at: datetime, *, later: bool = False) -> str:
    milliseconds = at.microsecond // 1000
    if later and milliseconds < 999:  # noqa: PLR2004  the next millisecond, so that this one is within
        milliseconds += 1
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"
