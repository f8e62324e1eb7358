"""A contract's terms in an import file: every part of `domain.terms.agreed`, each fault with its line."""

from __future__ import annotations

from typing import Any, Final

from gateway.domain.terms import Audience, BadTerms, Priority, agreed
from gateway.operations.estate_values import hours, minutes, one_of, percent, share
from gateway.operations.records import Field, Findings, Record, Table, Wrong, listing, plain, record
from gateway.operations.yaml_tree import Scalar, Tree

_TARGETS: Final = Table(
    "a target", {"first_response_minutes": Field(minutes), "resolution_minutes": Field(minutes)}
)
_STEP: Final = record(
    Table(
        "a step of the ladder",
        {"percent": Field(percent, required=True), "tells": Field(listing(one_of(Audience), "audiences"))},
    )
)
_BAND: Final = Table(
    "a band", {"at_least": Field(share, required=True), "discount": Field(share, required=True)}
)


def _step(tree: Tree, findings: Findings) -> Any:
    """A step that says its percentage alone, or also whom it tells."""
    if not isinstance(tree, Scalar):
        return _STEP(tree, findings)
    try:
        return percent(tree, findings)
    except Wrong as wrong:
        raise Wrong(f"a step of the ladder: {wrong}") from None


_TERMS: Final = Table(
    "the terms",
    {
        "targets": Field(record(Table("targets", {each: Field(record(_TARGETS)) for each in Priority}))),
        "progress_minutes": Field(
            record(Table("progress_minutes", {each: Field(minutes) for each in Priority}))
        ),
        "ladder": Field(listing(_step, "percentages")),
        "confirmation_hours": Field(
            record(Table("confirmation_hours", {"remind": Field(hours), "close": Field(hours)}))
        ),
        "bands": Field(listing(record(_BAND), "bands")),
        "maintenance_notice_hours": Field(hours),
    },
)


def terms(tree: Tree, findings: Findings) -> dict[str, Any]:
    """What a contract says differently from the default terms."""
    known = len(findings.faults)
    found: Record = record(_TERMS)(tree, findings)
    told: dict[str, Any] = plain(found)
    if len(findings.faults) == known:
        for part, value in told.items():
            try:
                agreed({part: value})
            except BadTerms as fault:
                findings.add(found.line_of(part), f"terms: {fault}")
    return told
