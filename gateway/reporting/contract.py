"""The written contract: the agreement and its annexes A, B and C, in the letters' markup, from facts alone (P14).

Each is `templates/contract/{en,zh}/NAME.txt`. No figure stands in a template: each comes from the terms of the
version, from what is stored, or from the constant that the code works by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment

from gateway.domain.terms import Terms
from gateway.mail import letters
from gateway.mail.markup import blocks, plain
from gateway.reporting import contract_words
from gateway.reporting.contract_facts import Facts
from gateway.reporting.wording import Document

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates" / "contract"
PARTS: Final = ("agreement", "annex-a", "annex-b", "annex-c")
BLANK: Final = "_" * 24
"""What only people can fill in."""
_ROOM: Final = "\N{NO-BREAK SPACE}"
"""A line left free above what is signed or sealed."""


@dataclass(frozen=True, slots=True)
class BandRow:
    """A row of the credit table. Shape: `below` is None in the first one."""

    at_least: Fraction
    below: Fraction | None
    discount: Fraction


def documents(facts: Facts, language: str) -> Mapping[str, Document]:
    """The agreement and its annexes, by the names of `PARTS`."""
    words = _words(facts, language)
    return {name: _document(name, language, words) for name in PARTS}


def whole(facts: Facts, language: str) -> Document:
    """The agreement with its annexes, as one document."""
    parts = documents(facts, language)
    first = parts[PARTS[0]]
    found = tuple(block for name in PARTS for block in parts[name].blocks)
    return Document(first.title, first.preview, language, found)


def header(facts: Facts, language: str) -> str:
    """What stands on top of every page."""
    contract = (
        f"合同 {facts.number} 第 {facts.version} 版" if language == "zh"
        else f"Contract {facts.number}, version {facts.version}"
    )  # fmt: skip
    return f"{contract} · {facts.provider.name} · {facts.customer}"


def band_rows(terms: Terms) -> Iterator[BandRow]:
    """The credit table with both ends of each row."""
    below: Fraction | None = None
    for band in terms.bands:
        yield BandRow(band.at_least, below, band.discount)
        below = band.at_least


def _document(name: str, language: str, words: Mapping[str, object]) -> Document:
    source = environment().get_template(f"{language}/{name}.txt").render(words)
    head, _, body = source.lstrip("\n").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
    return Document(plain(fields["Title"]), plain(fields.get("Preview", "")), language, tuple(blocks(body)))


def _words(facts: Facts, language: str) -> dict[str, object]:
    return {
        "f": facts,
        "t": facts.terms,
        "p": facts.promised,
        "r": facts.reports,
        "bands": tuple(band_rows(facts.terms)),
        "blank": BLANK,
        "signed": f"{_ROOM}\n{_ROOM}\n{BLANK}",
        "language": language,
        "zone": facts.zone,
    }


@cache
def environment() -> Environment:
    """The contract's templates, compiled once."""
    made = letters.environment(TEMPLATES)
    made.filters.update(contract_words.FILTERS)
    return made
