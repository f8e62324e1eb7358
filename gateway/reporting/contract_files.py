"""The written contract as files: one PDF with its annexes, for signing, and a page for each part, for reading."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from gateway.reporting import contract
from gateway.reporting.contract_facts import Facts

FORMS: Final = ("pdf", "html")
_UNFIT: Final = re.compile(r"[^\w.-]+")


def files(facts: Facts, language: str, *, forms: Collection[str] = FORMS) -> Mapping[str, bytes]:
    """The content of each file, by its name.

    Shape: names like NQ-2026-014-v1-zh.pdf, NQ-2026-014-v1-zh-annex-a.html.
    """
    made: dict[str, bytes] = {}
    stem = name_of(facts, language)
    if "pdf" in forms:
        made[f"{stem}.pdf"] = pdf_of(facts, language)
    if "html" in forms:
        made |= {f"{stem}-{part}.html": page for part, page in _pages(facts, language).items()}
    return made


def name_of(facts: Facts, language: str) -> str:
    """What the files of a contract are called, without their endings: safe in any folder and any header field."""
    return f"{_UNFIT.sub('-', facts.number).strip('.-') or 'contract'}-v{facts.version}-{language}"


def pdf_of(facts: Facts, language: str) -> bytes:
    """The agreement with its annexes."""
    from gateway.reporting.pdf import pdf  # typst's 40 MB, which pages that only link to it do without

    return pdf(
        contract.whole(facts, language),
        {},
        header=contract.header(facts, language),
        language=language,
        at=facts.as_of,
        author=facts.provider.name,
    )


def _pages(facts: Facts, language: str) -> Mapping[str, bytes]:
    from gateway.reporting import page_html

    parts = contract.documents(facts, language)
    return {name: page_html.whole(part, {}).encode() for name, part in parts.items()}
