"""What is asked of AWS Support, in its own words.

Source: AWS Support API reference, CreateCase, AddCommunicationToCase, ResolveCase.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.store.models import WriteKind

OPERATIONS: Mapping[WriteKind, str] = {
    WriteKind.CREATE: "create_case",
    WriteKind.COMMUNICATION: "add_communication_to_case",
    WriteKind.RESOLVE: "resolve_case",
}


def request(kind: WriteKind, payload: Mapping[str, Any], case_id: str, set_id: str) -> dict[str, Any]:
    """The call of a write. Nobody is ever copied in: AWS would mail our own door, which would answer."""
    if kind is WriteKind.RESOLVE:
        return {"caseId": case_id}
    files = {"attachmentSetId": set_id} if set_id else {}
    if kind is WriteKind.COMMUNICATION:
        return {"caseId": case_id, "communicationBody": payload["body"]} | files
    return files | {
        "subject": payload["subject"],
        "communicationBody": payload["body"],
        "serviceCode": payload["service"],
        "categoryCode": payload["category"],
        "severityCode": payload["severity"],
        "language": payload["language"],
        "issueType": payload["issue_type"],
    }


def taken(kind: WriteKind, answer: Mapping[str, Any]) -> bool:
    """Whether an answer says that AWS did it; one that says neither is as good as none."""
    if kind is WriteKind.CREATE:
        return bool(answer.get("caseId"))
    return kind is WriteKind.RESOLVE or answer.get("result") is True
