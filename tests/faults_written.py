"""bench/FAULTS.md: the figures of the parts that ran, beside those of parts that ran before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gateway import clock
from tests.faults_desk import Found, Options

FILE: Final = Path(__file__).parents[1] / "bench" / "FAULTS.md"
TITLE: Final = """# Faults borne

What becomes of mail while the world around us fails, as `make faults` finds it: `make faults ARGS="--full --write"`
measures anew, `make faults ARGS="imap --seed 7"` runs one part with other dice. Nothing here is a test's pass mark
alone: each line says how often a fault was played and what was found. *Wrong* must be 0.
"""
ABOUT: Final[Mapping[str, str]] = {
    "imap": "A real Dovecot behind a proxy that cuts, closes and renumbers (K10). Goal: nothing lost, nothing twice, "
    "the next mail within 60 s of one that can never be fetched.",
    "out": "A next server that refuses, hangs, drops and babbles at each stage, 20 letters of each of three promises "
    "(K11). Goal: at most 6 tries in the first hour, 5 minutes apart, others' letters within 30 s.",
    "loops": "Machines that answer our letters. Goal: silence after at most 5 letters.",
    "aws": "Answers of AWS Support that get lost before and after AWS has done its part, and processes killed around "
    "the call, while cases are opened and answered (K18). Goal: no case and no words twice, none lost.",
    "storms": "A running installation under a flood while others write (L3). Goal: at most 5 acknowledgements to the "
    "flood, others' requests ticketed within 10 s at the 95th percentile, nothing accepted lost.",
}


def write(
    file: Path, found: Mapping[str, Sequence[Found]], took: Mapping[str, float], options: Options
) -> None:
    """Put the sections of these parts into the file; the other sections stay."""
    sections = _sections(file.read_text(encoding="utf-8") if file.exists() else "")
    for part, some in found.items():
        sections[part] = _section(part, some, took[part], options)
    told = [TITLE, *(sections[part] for part in ABOUT if part in sections)]
    file.write_text("\n".join(told), encoding="utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.split(maxsplit=1)[0]: f"## {part.rstrip()}\n" for part in parts}


def _section(part: str, found: Sequence[Found], took: float, options: Options) -> str:
    wrong = sum(1 for each in found if each.wrong)
    size = "full" if options.full else "small"
    head = [
        f"## {part}\n", f"{ABOUT[part]}\n",
        f"{len(found)} faults, {wrong} wrong; {size} size, seed {options.seed}, {took:.0f} s on {clock.now():%Y-%m-%d}.\n",
    ]  # fmt: skip
    rows = [_row(each) for each in found]
    names = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if any(row.get(name) for row in rows)
    ]
    table = [names, ["---"] * len(names), *([_cell(row.get(name)) for name in names] for row in rows)]
    return "\n".join([*head, *(f"| {' | '.join(cells)} |" for cells in table), ""])


def _row(found: Found) -> dict[str, Any]:
    """The figures of a fault by the words of its table's head."""
    told = {name.replace("_", " "): value for name, value in vars(found).items() if name != "steps"}
    return told | {"wrong": "; ".join(found.wrong) or "0"}


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        states = {str(state): count for each in value.values() for state, count in each.items()}
        return ", ".join(sorted(states))
    return "" if value is None else str(value).replace("|", "/")
