"""Requests of boto3 read into a `Call`, checked against botocore's models, and answers written for it."""

from __future__ import annotations

import functools
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import ServiceModel, Shape

TARGETS = {
    "AWSSupport_20130415": "support",
    "AWSHealth_20160804": "health",
    "CostOptimizationHubService": "cost-optimization-hub",
    "ComputeOptimizerService": "compute-optimizer",
    "AWSInsightsIndexService": "ce",
    "AWSOrganizationsV20161128": "organizations",
}
REGIONS = {
    "support": {"us-east-1", "us-west-2", "eu-west-1", "cn-north-1"},
    "health": {"us-east-1", "us-east-2", "cn-north-1", "cn-northwest-1"},
    "cost-optimization-hub": {"us-east-1"},
    "ce": {"us-east-1", "cn-northwest-1"},
    "trustedadvisor": {
        "ap-northeast-2",
        "ap-southeast-2",
        "eu-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    },
}
"""Where a service has a host at all; a call signed for elsewhere is to a name that does not resolve."""
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
REST = {
    re.compile(r"/v1/recommendations"): "ListRecommendations",
    re.compile(r"/v1/recommendations/(?P<recommendationIdentifier>[^/]+)"): "GetRecommendation",
    re.compile(r"/v1/recommendations/(?P<recommendationIdentifier>.+)/resources"): (
        "ListRecommendationResources"
    ),
    re.compile(r"/v1/checks"): "ListChecks",
}


class Refused(Exception):
    """An error AWS answers with: its code, its words, its HTTP status."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        """An error as the service would put it."""
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


class Nowhere(Exception):
    """The host of this service in this region does not exist."""


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came off the socket."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """One HTTP answer."""

    status: int
    body: bytes
    kind: str = "application/x-amz-json-1.1"


@dataclass
class Call:
    """One call of an operation, by whom and where."""

    service: str
    operation: str
    region: str
    key: str
    token: str
    input: dict[str, Any]
    account: str = ""
    caller: str = ""
    dry: bool = field(default=False)

    @property
    def partition(self) -> str:
        """The partition the request was sent to."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    def unless_dry(self) -> None:
        """Nothing; a dry run ends here, before anything changes."""
        if self.dry:
            raise Refused(
                "DryRunOperationException", "Request would have succeeded, but DryRun flag is set.", 412
            )


@functools.cache
def model(service: str) -> ServiceModel:
    """Botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def call_of(request: Request) -> Call:
    """What was asked, by which key, for which region."""
    found = CREDENTIAL.search(request.headers.get("authorization", ""))
    if found is None:
        raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
    key, region, signed_for = found.groups()
    token = request.headers.get("x-amz-security-token", "")
    service, operation, given = _asked(request, signed_for)
    if service in REGIONS and region not in REGIONS[service]:
        raise Nowhere(service, operation, region)
    call = Call(service, operation, region, key, token, given)
    call.dry = bool(given.get("dryRun"))
    return call


def _asked(request: Request, signed_for: str) -> tuple[str, str, dict[str, Any]]:
    prefix, _, operation = request.headers.get("x-amz-target", "").partition(".")
    if prefix in TARGETS:
        return TARGETS[prefix], operation, json.loads(request.body or b"{}")
    if signed_for == "sts":
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        return "sts", form.pop("Action", ""), form
    if signed_for == "trustedadvisor":
        return _rest(request)
    raise Refused("UnknownOperationException", f"{signed_for} {request.target}", 404)


def _rest(request: Request) -> tuple[str, str, dict[str, Any]]:
    address = urlsplit(request.target)
    query: dict[str, Any] = {name: values[0] for name, values in parse_qs(address.query).items()}
    if query.get("maxResults", "").isdigit():
        query["maxResults"] = int(query["maxResults"])
    for pattern, operation in REST.items():
        if found := pattern.fullmatch(address.path):
            named = {name: unquote(value) for name, value in found.groupdict().items()}
            return "trustedadvisor", operation, {**query, **named}
    raise Refused("ResourceNotFoundException", address.path, 404)


# What AWS would not take.


def check(call: Call) -> None:
    """Nothing; input beyond what the service's model allows is refused as AWS refuses it."""
    if call.operation not in model(call.service).operation_names:
        raise Refused("UnknownOperationException", call.operation)
    shape = model(call.service).operation_model(call.operation).input_shape
    if shape is not None and call.service != "sts":
        _checked(shape, call.input, "")


def _refuse(path: str, value: object, must: str) -> None:
    said = f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: {must}"
    raise Refused("ValidationException", said[:2000])


def _checked(shape: Shape, value: Any, path: str) -> None:
    if shape.type_name == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                _refuse(_under(path, name), "null", "Member must not be null")
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _checked(member, value[name], _under(path, name))
    elif shape.type_name == "list":
        _measured(shape, len(value), path, "length")
        for each in value:
            _checked(shape.member, each, path + ".member")
    elif shape.type_name == "string":
        _measured(shape, len(value), path, "length")
        if getattr(shape, "enum", None) and value not in shape.enum:
            _refuse(path, value, f"Member must satisfy enum value set: {shape.enum}")
    elif shape.type_name in ("integer", "long"):
        _measured(shape, value, path, "value")


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _measured(shape: Shape, size: int, path: str, what: str) -> None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        _refuse(path, size, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        _refuse(path, size, f"Member must have {what} less than or equal to {most}")


# Answers.


def answered(call: Call, output: dict[str, Any]) -> Response:
    """The answer of an operation."""
    if call.service == "sts":
        inner = "".join(_xml(name, value) for name, value in output.items())
        said = (
            f'<{call.operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<{call.operation}Result>{inner}</{call.operation}Result>"
            f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
            f"</{call.operation}Response>"
        )
        return Response(200, said.encode(), "text/xml")
    rest = call.service == "trustedadvisor"
    return Response(200, json.dumps(output, default=_plain).encode(), _kind(call.service, rest=rest))


def refused(service: str, error: Refused) -> Response:
    """An error in the form of the service's protocol."""
    if service == "sts":
        said = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )
        return Response(error.status, said.encode(), "text/xml")
    status = _status(service, error)
    said = json.dumps({"__type": f"com.amazonaws.{service}#{error.code}", "message": error.message})
    return Response(status, said.encode(), _kind(service, rest=service == "trustedadvisor"))


def _status(service: str, error: Refused) -> int:
    """The HTTP status the service's model gives an error, else the one it was made with."""
    if service not in ("cost-optimization-hub", "compute-optimizer", "ce", "trustedadvisor"):
        return error.status
    shape = next((each for each in model(service).error_shapes if each.name == error.code), None)
    return (
        int((shape.metadata.get("error") or {}).get("httpStatusCode", error.status))
        if shape
        else error.status
    )


def _kind(service: str, *, rest: bool) -> str:
    if rest:
        return "application/json"
    older = service in ("support", "health", "ce", "organizations")
    return "application/x-amz-json-1.1" if older else "application/x-amz-json-1.0"


def _xml(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_xml(key, each) for key, each in value.items())}</{name}>"
    if isinstance(value, datetime):
        value = value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"<{name}>{escape(str(value))}</{name}>"


def _plain(value: object) -> object:
    """Instants as JSON protocols carry them: seconds since the epoch."""
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)
