"""The command that plays faults: one line of JSON each, 1 where one was not borne, figures kept beside older ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import faults
from tests.faults_desk import Missing, Options


@dataclass
class Borne:
    fault: str
    letters: int = 0
    wrong: list[str] = field(default_factory=list)


FOUND = {"loops": [Borne("a circle", 3)], "storms": [Borne("a flood", 1)]}


def parts(**found: list[Borne]) -> faults.Parts:
    """Parts that find these; `imap` finds no server."""

    def missing(_: Options) -> Iterator[Borne]:
        raise Missing("it needs Dovecot")
        yield

    some = {name: lambda _, each=each: iter(each) for name, each in (FOUND | found).items()}
    return {"imap": missing} | some  # type: ignore[return-value]


def test_each_fault_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main(["loops", "storms"], parts()) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {"part": "loops", "fault": "a circle", "letters": 3, "wrong": []},
        {"part": "storms", "fault": "a flood", "letters": 1, "wrong": []},
    ]


def test_one_fault_that_was_not_borne_is_a_failure() -> None:
    worse = parts(loops=[Borne("a circle", 3), Borne("a long circle", 9, ["9 letters until silence"])])
    assert faults.main(["loops"], worse) == 1
    assert faults.main(["storms"], worse) == 0


def test_part_whose_server_is_missing_is_skipped_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main([], parts()) == 0
    assert "imap: skipped, it needs Dovecot" in capsys.readouterr().err


def test_figures_of_parts_that_did_not_run_again_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "FAULTS.md"
    faults.main(["loops", "storms", "--write"], parts(), file)
    faults.main(["loops", "--write", "--seed", "7"], parts(loops=[Borne("a circle", 4)]), file)
    written = file.read_text("utf-8")
    assert "| a circle | 4 | 0 |" in written
    assert "| a flood | 1 | 0 |" in written
    assert written.count("## loops") == written.count("## storms") == 1
    assert "seed 7" in written
