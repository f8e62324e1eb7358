"""The written contract as a PDF, drawn on demand for whoever may see what is agreed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Response, abort, make_response, request

from gateway.domain.terms import BadTerms
from gateway.reporting import contract_facts, contract_files
from gateway.reporting.contract_facts import Facts, Wanted
from gateway.tickets import NotFound
from web import visit
from web.files import disposition
from web.report_press import Busy, Press

_MOST_BYTES: Final = 4_000_000
_MOST_VERSIONS: Final = 100_000
_RETRY_SECONDS: Final = 3
_press: Final = Press(most_bytes=_MOST_BYTES)


def pdf(customer_id: int) -> Response:
    """A contract of a customer: `?contract=` names it, else the one in effect; `?version=`; `?lang=zh` or `en`.

    Without a language it is in the contract's own. Errors: 404 where there is none; 503 while too many others are
    being drawn.
    """
    facts = _facts(customer_id)
    asked = request.args.get("lang", "")
    language = asked if asked in ("zh", "en") else facts.language
    facts = replace(facts, as_of=facts.as_of.replace(hour=0, minute=0, second=0, microsecond=0))
    try:
        content = _press.drawn((language, repr(facts)), lambda: contract_files.pdf_of(facts, language))
    except Busy:
        return _later()
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = disposition(f"{contract_files.name_of(facts, language)}.pdf")
    return answer


def _facts(customer_id: int) -> Facts:
    number, version = request.args.get("contract", "")[:100], request.args.get("version", "")
    if version and not (version.isascii() and version.isdigit() and int(version[:9]) < _MOST_VERSIONS):
        abort(404)
    wanted = Wanted(str(customer_id), number, int(version) if version else None)
    provider = contract_facts.provider_of(visit.services().settings)
    try:
        with visit.reading() as rows:
            return contract_facts.gather(rows, wanted, provider, at=visit.now())
    except (NotFound, BadTerms):
        abort(404)


def _later() -> Response:
    said = visit.say("Many documents are being drawn just now. Try again in a few seconds.")
    return make_response(
        said, 503, {"Retry-After": str(_RETRY_SECONDS), "Content-Type": "text/plain; charset=utf-8"}
    )
