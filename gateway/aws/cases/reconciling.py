"""Whether AWS has a write whose answer was lost, by looking for its marker, or for its words where AWS redacted that.

Both a new case and its communication are younger than the write, so the ambiguous `afterTime` is safe here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.aws.cases import echoes
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Parts
from gateway.domain import case_text
from gateway.store.models import WriteKind

PATIENCE: Final = timedelta(seconds=60)
"""How long after a lost answer AWS is first asked, and how long between two looks: its lists lag behind."""
_MARGIN: Final = timedelta(minutes=10)
_MOST_PAGES: Final = 20
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """A write that is looked for. Shape: `case_id` is AWS's name of its case, empty for a new one."""

    kind: WriteKind
    marker: str
    body: str
    number: str
    since: datetime
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What AWS has: the case it made, or the one that has the words."""

    case_id: str
    display_id: str = ""
    severity: str = ""


def look(parts: Parts, account: Account, sought: Sought) -> Found | None:
    """What AWS has of a write, or None where it shows no trace.

    Errors: `faults.Fault`.
    """
    if sought.kind is WriteKind.CREATE:
        return _new_case(parts, account, sought)
    if sought.kind is WriteKind.RESOLVE:
        return _resolved(parts, account, sought)
    there = _said(parts, account, sought.case_id, sought)
    return Found(sought.case_id) if there else None


def _new_case(parts: Parts, account: Account, sought: Sought) -> Found | None:
    request = {"includeResolvedCases": True, "includeCommunications": True, "afterTime": _after(sought)}
    for page in _pages(parts, account, "describe_cases", request):
        for case in page.get("cases", ()):
            if _is_it(parts, account, case, sought):
                return _found(case)
    return None


def _is_it(parts: Parts, account: Account, case: Mapping[str, Any], sought: Sought) -> bool:
    """Whether a case carries the marker; of one with many words only the five newest are listed."""
    recent = case.get("recentCommunications") or {}
    if any(_is(each, sought) for each in recent.get("communications") or ()):
        return True
    ours = str(case.get("subject", "")).rstrip().endswith(f"[{sought.number}]")
    return ours and bool(recent.get("nextToken")) and _said(parts, account, str(case["caseId"]), sought)


def _resolved(parts: Parts, account: Account, sought: Sought) -> Found | None:
    answer = parts.clients.call(
        account, "support", "describe_cases", caseIdList=[sought.case_id], includeResolvedCases=True,
        includeCommunications=False,
    )  # fmt: skip
    cases = answer.get("cases", ())
    return next((_found(case) for case in cases if case.get("status") == "resolved"), None)


def _said(parts: Parts, account: Account, case_id: str, sought: Sought) -> bool:
    request = {"caseId": case_id, "afterTime": _after(sought)}
    return any(
        _is(each, sought)
        for page in _pages(parts, account, "describe_communications", request)
        for each in page.get("communications", ())
    )


def _is(said: Mapping[str, Any], sought: Sought) -> bool:
    body = str(said.get("body") or "")
    return case_text.carries(body, sought.marker) or echoes.alike(body, sought.body)


def _pages(
    parts: Parts, account: Account, operation: str, request: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    token = ""
    for _ in range(_MOST_PAGES):
        more = {"nextToken": token} if token else {}
        page = parts.clients.call(account, "support", operation, maxResults=_PAGE, **request, **more)
        yield page
        token = str(page.get("nextToken") or "")
        if not token:
            return
    raise Fault(Kind.LOST, "TooManyPages", "there is more than can be looked through")


def _after(sought: Sought) -> str:
    """Support takes instants as texts."""
    return (sought.since - _MARGIN).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _found(case: Mapping[str, Any]) -> Found:
    return Found(str(case["caseId"]), str(case.get("displayId") or ""), str(case.get("severityCode") or ""))
