"""Questions to one source for one account: pages, their bounds, and refusals that are an answer by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gateway.aws.cost.lines import Line, text
from gateway.aws.faults import Fault, Kind
from gateway.aws.parts import Account, Clients
from gateway.store.models import CostKind, CostSource

PASSING: Final = frozenset({Kind.THROTTLED, Kind.LIMIT, Kind.UNREACHED, Kind.LOST})
"""Faults that another try may not meet."""
_OTHERS: Final = frozenset({Kind.ROLE, Kind.HUB, Kind.EXPIRED, Kind.SUSPENDED})
"""Faults of the account or of ourselves, which say nothing of this source."""
_CODES: Final = {
    "OptInRequiredException": "not-enrolled",
    "DataUnavailableException": "no-data",
    "BillExpirationException": "no-data",
}
_BY_KIND: Final = {Kind.NO_PLAN: "no-plan", Kind.DENIED: "denied", Kind.ABSENT: "absent"}
_ACRONYMS: Final = frozenset({"ec2", "ebs", "rds"})


class Withheld(Exception):
    """A source that will not say: the line that stands instead."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.code)
        self.line = line


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows of a listing. Shape: `cut` where more were left than anybody reads."""

    rows: list[dict[str, Any]]
    cut: bool


@dataclass(frozen=True)
class Source:
    """One source, asked on behalf of one account in one region."""

    clients: Clients
    account: Account
    name: CostSource
    region: str = ""

    def ask(self, operation: str, *, needs: str = "", **request: Any) -> dict[str, Any]:
        """The answer.

        Shape: `needs` is what every answer has; botocore takes one that was cut short for one that says nothing.
        Errors: `Withheld` where the source will not say; `faults.Fault` where it may say later.
        """
        try:
            told = self.clients.call(self.account, str(self.name), operation, region=self.region, **request)
        except Fault as fault:
            if fault.kind in PASSING or fault.kind in _OTHERS:
                raise
            raise Withheld(self._instruction(operation, fault)) from None
        if needs and needs not in told:
            raise Fault(Kind.LOST, "EmptyAnswer", f"{operation} said nothing of {needs}", sent=True)
        return told

    def pages(self, operation: str, key: str, *, at_most: int, **request: Any) -> Pages:
        """The rows of at most so many pages. Errors: as `ask`."""
        rows: list[dict[str, Any]] = []
        token = ""
        for _ in range(at_most):
            answer = self.ask(operation, **request, **({"nextToken": token} if token else {}))
            rows += answer.get(key) or []
            token = answer.get("nextToken") or ""
            if not token:
                return Pages(rows, cut=False)
        return Pages(rows, cut=True)

    def instruction(self, code: str, **data: Any) -> Line:
        """A line that says why this source is silent."""
        return Line(self.name, CostKind.INSTRUCTION, code, region=self.region, data=data)

    def _instruction(self, operation: str, fault: Fault) -> Line:
        code = _CODES.get(fault.code) or _BY_KIND.get(fault.kind, "refused")
        said = fault.words.lower()
        if code == "denied" and ("not enrolled" in said or "not enabled" in said or "opted in" in said):
            code = "not-enrolled"
        return self.instruction(code, action=permission(self.name, operation), aws=text(fault.code))


def permission(source: CostSource, operation: str) -> str:
    """The IAM action of an operation in boto3's spelling.

    >>> permission(CostSource.OPTIMIZER, "get_ec2_instance_recommendations")
    'compute-optimizer:GetEC2InstanceRecommendations'
    """
    parts = [each.upper() if each in _ACRONYMS else each.capitalize() for each in operation.split("_")]
    return f"{source}:{''.join(parts)}"
