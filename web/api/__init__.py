"""The JSON API under `/api/v1`: bearer tokens in, problem details out."""

from __future__ import annotations

from typing import Any, Final

from apiflask.exceptions import HTTPError
from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from gateway.domain.lifecycle import InvalidTransition
from gateway.operations import access
from gateway.settings import Settings
from gateway.store.queries.listing import BadCursor
from gateway.tickets import NotFound, Refused
from web import rights, visit
from web.api import (
    beside_aws,
    cases,
    customers,
    deliveries,
    evidence,
    files,
    keyed,
    notices,
    outbox,
    problems,
    reports,
    rota,
    tickets,
)
from web.api.endpoint import blueprint

SPEC_PATH: Final = "/api/v1/openapi.json"
_PARTS: Final = (
    tickets, cases, customers, reports, evidence, deliveries, outbox, files, notices, rota, beside_aws,
)  # fmt: skip
_LONGEST_TOKEN: Final = 200


def configuration(settings: Settings) -> dict[str, Any]:
    """What APIFlask is told."""
    return {
        "OPENAPI_VERSION": "3.1.0",
        "DESCRIPTION": "Tickets, deliveries and outgoing mail. Errors are problem details (RFC 9457).",
        "AUTO_SERVERS": False,
        "SERVERS": [{"url": settings.web_base}],
        "SECURITY_SCHEMES": {"bearer": {"type": "http", "scheme": "bearer"}},
        "VALIDATION_ERROR_SCHEMA": problems.ProblemDetails.model_json_schema(),
        "HTTP_ERROR_SCHEMA": problems.ProblemDetails.model_json_schema(),
    }


def install(app: Flask) -> None:
    """Put the API into the application."""
    app.register_blueprint(blueprint)
    keyed.install(app)
    app.register_error_handler(HTTPError, _unfit)


@blueprint.before_request
def let_in() -> ResponseReturnValue | None:
    """Learn whom the bearer token speaks for."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
        return problems.of_status(401)
    with visit.reading() as rows:
        found = access.bearer(rows, token, visit.now())
    if found is None:
        return problems.of_status(401)
    row, g.engineer = found
    g.rights = access.rights(row, g.engineer)
    if not rights.allows(g.rights, request.endpoint or "", request.method):
        return problems.of_status(403)
    if access.touch_due(row, visit.now()):
        with visit.services().transaction() as rows:
            access.touch_token(rows, row.id, visit.now())
    return None


blueprint.before_request(keyed.begin)  # once the caller is known
blueprint.after_request(keyed.keep)


def _unfit(error: HTTPError) -> ResponseReturnValue:
    errors = problems.by_field(error.detail) if isinstance(error.detail, dict) else {}
    return problems.of_status(error.status_code, errors=errors)


@blueprint.errorhandler(BadCursor)
def _bad_cursor(error: BadCursor) -> ResponseReturnValue:
    return problems.of_status(422, errors={"cursor": [str(error)]})


@blueprint.errorhandler(NotFound)
def _not_found(error: NotFound) -> ResponseReturnValue:
    return problems.of_status(404)


@blueprint.errorhandler(Refused)
@blueprint.errorhandler(InvalidTransition)
def _refused(error: ValueError) -> ResponseReturnValue:
    return problems.of_status(409, detail=str(error))


def as_problems(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification with what APIFlask leaves out: bodies are needed, errors are problem details."""
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            if method == "post":
                operation.setdefault("parameters", []).append(keyed.PARAMETER)
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if status >= "400" and "application/json" in content:
                    content[problems.MEDIA_TYPE] = content.pop("application/json")
    return spec
