"""What a call's failure means: botocore's many exceptions as one `Fault`.

Codes are compared as texts: `SubscriptionRequiredException` is in no model of Support or Health.

Source: AWS Support and Health API references, common errors; botocore.exceptions and botocore.httpsession.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from botocore import exceptions as ex

from gateway.aws.faults import Fault, Kind

DRY_RUN: Final = frozenset({"DryRunOperation", "DryRunOperationException"})
"""Codes by which AWS says that a call would have succeeded."""

_KINDS: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType({
    Kind.NO_PLAN: frozenset({"SubscriptionRequiredException", "OptInRequired"}),
    Kind.SUSPENDED: frozenset({"AccountSuspended", "AccountSuspendedException", "AccountProblem", "Blocked",
                               "InactiveAccount", "InactiveAccountException"}),
    Kind.EXPIRED: frozenset({"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
                             "InvalidClientTokenId", "InvalidToken", "InvalidTokenException",
                             "InvalidAccessKeyId", "TokenRefreshRequired"}),
    Kind.HUB: frozenset({"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException",
                         "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
                         "MissingAuthenticationToken", "MissingAuthenticationTokenException"}),
    Kind.DENIED: frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized",
                            "NotAuthorizedException", "UnauthorizedException"}),
    Kind.LIMIT: frozenset({"CaseCreationLimitExceeded", "AttachmentLimitExceeded",
                           "AttachmentSetSizeLimitExceeded", "DescribeAttachmentLimitExceeded",
                           "LimitExceededException", "ServiceQuotaExceededException"}),
    Kind.THROTTLED: frozenset({"Throttling", "ThrottlingException", "ThrottledException", "TooManyRequests",
                               "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled",
                               "RequestThrottledException", "SlowDown", "PriorRequestNotComplete"}),
    Kind.MISSING: frozenset({"CaseIdNotFound", "AttachmentIdNotFound", "AttachmentSetIdNotFound",
                             "AttachmentSetExpired", "UploadIdNotFound", "ResourceNotFoundException",
                             "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}),
    Kind.REFUSED: frozenset({"ValidationException", "ValidationError", "InvalidParameterValueException",
                             "InvalidParameterValue", "InvalidParameterCombination", "InvalidParameter",
                             "InvalidParameterException", "MissingParameter", "InvalidAction",
                             "UnknownOperationException", "SerializationException", "InvalidPaginationToken",
                             "InvalidNextToken", "InvalidNextTokenException", "UnsupportedLocale",
                             "InvalidRequest", "InvalidRequestException", "OptInRequiredException",
                             "DataUnavailableException", "BillExpirationException"}),
})  # fmt: skip
_KIND_OF: Final = {code: kind for kind, codes in _KINDS.items() for code in codes}
_OWN_IDENTITY: Final = (
    ex.NoCredentialsError, ex.PartialCredentialsError, ex.CredentialRetrievalError, ex.ProfileNotFound,
    ex.ConfigNotFound, ex.ConfigParseError, ex.TokenRetrievalError, ex.SSOError, ex.InvalidConfigError,
    ex.RefreshWithMFAUnsupportedError, ex.MetadataRetrievalError, ex.InfiniteLoopConfigError,
)  # fmt: skip
_NOT_SENT: Final = (ex.EndpointConnectionError, ex.ConnectTimeoutError, ex.ProxyConnectionError)
_OUR_MISTAKE: Final = (
    ex.ParamValidationError, ex.MissingParametersError, ex.UnknownServiceError, ex.UnknownEndpointError,
    ex.EndpointProviderError, ex.UnsupportedServiceProtocolsError,
)  # fmt: skip
_SECRETS: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\b(?=[A-Za-z0-9/+=]*[/+=0-9])[A-Za-z0-9/+=]{40,}")


def fault_of(error: Exception) -> Fault:
    """What an exception of botocore means; one that may have left AWS changed says so by `sent`.

    Errors: the exception itself where it is none of botocore's.
    """
    if isinstance(error, Fault):
        return error
    if isinstance(error, ex.ClientError):
        return _of_answer(error)
    name = type(error).__name__
    if isinstance(error, _OWN_IDENTITY):
        return Fault(Kind.HUB, name, plain(str(error)))
    if isinstance(error, _NOT_SENT):
        return Fault(Kind.UNREACHED, name, plain(str(error)))
    if isinstance(error, _OUR_MISTAKE):
        return Fault(Kind.REFUSED, name, plain(str(error)))
    if isinstance(error, ex.BotoCoreError | ex.HTTPClientError):
        return Fault(Kind.LOST, name, plain(str(error)), sent=True)
    raise error


def of_hub(fault: Fault, *, role: bool) -> Fault:
    """What a failure of AssumeRole, or of a call as ourselves, means: whose identity is at fault.

    Shape: `role` for AssumeRole, where a refusal is the account's; anything about our own credentials is ours.
    """
    if fault.kind is Kind.EXPIRED:
        return Fault(Kind.HUB, fault.code, fault.words)
    if role and fault.kind in (Kind.DENIED, Kind.REFUSED, Kind.MISSING):
        return Fault(Kind.ROLE, fault.code, fault.words)
    if role and fault.sent:
        return Fault(Kind.UNREACHED, fault.code, fault.words)  # nothing was asked of the account itself yet
    return fault


def plain(words: str) -> str:
    """What AWS said, without anything that looks like a key or a token."""
    return " ".join(_SECRETS.sub("…", words[:2000]).split())


def _of_answer(error: ex.ClientError) -> Fault:
    """A fault AWS names. Of a code nobody knows, nobody knows either whether something was done."""
    answer: Mapping[str, Any] = error.response
    told = answer.get("Error", {})
    code = str(told.get("Code", "")).rpartition("#")[2].partition(":")[0] or "Unnamed"
    words = plain(str(told.get("Message", "")))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)
    kind = _KIND_OF.get(code)
    if kind is None and status == 429:  # noqa: PLR2004  Too Many Requests (RFC 6585 §4)
        kind = Kind.THROTTLED
    if kind is None:
        return Fault(Kind.LOST, code[:100], words, sent=True)
    return Fault(kind, code, words)
