"""The verdicts a trusted hop wrote into Authentication-Results.

Only the topmost field with exactly the hop's authserv-id is read: a hop writes above what came before it and removes
foreign fields of its own name. Source: RFC 8601 §5.
"""

from __future__ import annotations

import re
from typing import Final

import authres
import authres.dmarc

from gateway.mail import header as headers
from gateway.mail.address import domain_of
from gateway.mail.header import Header
from gateway.mail.trust import Authentication, Verdict

MAX_FIELD_BYTES: Final = 8192
MAX_FIELDS: Final = 50

_CONTEXT: Final = authres.FeatureContext(authres.dmarc)
_IDENTIFIER: Final = re.compile(r"\s{0,99}([!#-'*+./0-9=?A-Z^_`a-z{|}~-]{1,255})(?=[\s(;]|$)")
_FAULTS: Final = (authres.AuthResError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_VERDICTS: Final = {
    "pass": Verdict.PASS,
    "fail": Verdict.FAIL,
    "softfail": Verdict.FAIL,
    "hardfail": Verdict.FAIL,
    "none": Verdict.NONE,
    "neutral": Verdict.NONE,
    "policy": Verdict.NONE,
    "permerror": Verdict.NONE,
}
# Of several DKIM results the best one counts, as any one valid signature is enough.
_BEST: Final = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL, Verdict.NONE)


def read(header: Header, author: str, authserv_id: str) -> Authentication:
    """The hop's verdicts; all unknown where it wrote none, or wrote them for another From domain."""
    value = _topmost(header, authserv_id)
    if not value:
        return Authentication(domain=author, source=authserv_id)
    try:
        results = _CONTEXT.parse_value(value).results
        said = [
            (str(one.method).lower(), _VERDICTS.get(str(one.result).lower()), _from(one)) for one in results
        ]
    except _FAULTS:
        return Authentication(domain=author, source=authserv_id)
    found = {
        method: min(verdicts, key=_BEST.index)
        for method in ("spf", "dkim", "dmarc")
        if (
            verdicts := [
                verdict or Verdict.UNKNOWN
                for name, verdict, domain in said
                if name == method and (method != "dmarc" or (author and domain in ("", author)))
            ]
        )
    }
    return Authentication(
        spf=found.get("spf", Verdict.NONE),
        dkim=found.get("dkim", Verdict.NONE),
        dmarc=found.get("dmarc", Verdict.UNKNOWN),
        domain=author,
        source=authserv_id,
    )


def _topmost(header: Header, authserv_id: str) -> str:
    """The value of the hop's own field; empty where there is none, or it is too long to be one."""
    for raw in header.every("authentication-results")[:MAX_FIELDS]:
        value = headers.plain(raw[: MAX_FIELD_BYTES + 1])
        match = _IDENTIFIER.match(value)
        if match and match[1].lower() == authserv_id.lower():
            return value if len(raw) <= MAX_FIELD_BYTES else ""
    return ""


def _from(result: object) -> str:
    """The domain of header.from in a DMARC result, or empty."""
    said = str(getattr(result, "header_from", "") or "")
    return domain_of(said if "@" in said else f"@{said}") if said else ""
