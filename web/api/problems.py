"""Every error of the API as problem details, with nothing of the inside.

Source: RFC 9457 §3; RFC 6750 §3 for what a missing token is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Response
from pydantic import BaseModel, Field

MEDIA_TYPE: Final = "application/problem+json"
_KEPT_HEADERS: Final = ("Allow", "Retry-After", "WWW-Authenticate")
_WORDS: Final = {
    400: "The request cannot be read.",
    401: "A valid bearer token is needed.",
    403: "The token's role does not allow this.",
    404: "There is no such thing.",
    405: "This address does not take this method.",
    409: "The ticket does not allow this now.",
    413: "The request is too large.",
    415: "The body must be application/json.",
    422: "The request has values that do not fit.",
    500: "Something went wrong on our side.",
}


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field("about:blank", description="kind of problem")
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field("", description="what was wrong with this request")
    errors: dict[str, list[str]] = Field(default_factory=dict, description="what does not fit, by field")


def of_status(status: int, *, detail: str = "", errors: Mapping[str, list[str]] | None = None,
              headers: Mapping[str, str] | None = None) -> Response:  # fmt: skip
    """The response for a status, in our words where none are given."""
    told = ProblemDetails(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail or _WORDS.get(status, ""),
        errors=dict(errors or {}),
    )
    body = json.dumps(told.model_dump(), ensure_ascii=False)
    kept = {name: value for name, value in (headers or {}).items() if name in _KEPT_HEADERS}
    if status == HTTPStatus.UNAUTHORIZED:
        kept["WWW-Authenticate"] = 'Bearer realm="helpdesk"'
    return Response(body, status, kept, content_type=MEDIA_TYPE)


def by_field(detail: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a validation error says, by field."""
    found: dict[str, list[str]] = {}
    for fields in detail.values():
        for name, said in fields.items() if isinstance(fields, Mapping) else ():
            found[str(name)] = [str(each) for each in said]
    return found
