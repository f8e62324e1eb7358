"""`helpdesk contract render`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import time_machine

from gateway.cli import contract
from gateway.store.models import Contract
from tests.builders import a_customer
from tests.cli.conftest import Call
from tests.databases import Desk

PARTS = ("agreement", "annex-a", "annex-b", "annex-c")


@time_machine.travel("2026-05-10T00:00:00Z")
def test_contract_is_written_in_its_own_language(call: Call, desk: Desk, tmp_path: Path) -> None:
    desk.add(a_customer())
    folder = tmp_path / "made" / "here"
    result = call(contract.command, "render", "harbour", "--output", folder)
    assert result.exit_code == 0, result.stderr
    names = ["NQ-2026-014-v1-en.pdf", *(f"NQ-2026-014-v1-en-{part}.html" for part in PARTS)]
    assert result.stdout.splitlines() == [str(folder / name) for name in names]
    assert sorted(each.name for each in folder.iterdir()) == sorted(names)
    assert (folder / names[0]).read_bytes().startswith(b"%PDF-")
    assert "Harbourline Logistics" in (folder / names[1]).read_text("utf-8")


@time_machine.travel("2026-05-10T00:00:00Z")
def test_language_and_format_can_be_chosen(call: Call, desk: Desk, tmp_path: Path) -> None:
    desk.add(a_customer())
    result = call(
        contract.command, "render", "harbour", "--lang", "zh", "--format", "html", "--output", tmp_path
    )
    assert result.exit_code == 0, result.stderr
    told = (tmp_path / "NQ-2026-014-v1-zh-agreement.html").read_text("utf-8")
    assert "第一条 服务内容" in told
    assert "本文本为译本" in told
    assert list(tmp_path.glob("*.pdf")) == []


@time_machine.travel("2026-05-10T00:00:00Z")
def test_version_and_day_choose_the_terms(call: Call, desk: Desk, tmp_path: Path) -> None:
    party = a_customer()
    later = {"targets": {"critical": {"first_response_minutes": 11}}}
    party.contracts.append(
        Contract(number="NQ-2026-014", version=2, starts_on=date(2026, 1, 1), effective_on=date(2026, 9, 1),
                 time_zone="Asia/Singapore", language="en", currency="SGD", monthly_fee=1, terms=later)
    )  # fmt: skip
    desk.add(party)
    for chosen, version in ((), 1), (("--version", 2), 2), (("--on", "2026-09-01"), 2):
        result = call(
            contract.command, "render", "harbour", "--format", "html", "--output", tmp_path, *chosen
        )
        assert result.exit_code == 0, result.stderr
        told = (tmp_path / f"NQ-2026-014-v{version}-en-agreement.html").read_text("utf-8")
        assert ("≤ 11 minutes" in told, "≤ 15 minutes" in told) == (version == 2, version == 1)


@time_machine.travel("2026-05-10T00:00:00Z")
def test_what_is_not_there_is_told_plainly(call: Call, desk: Desk, tmp_path: Path) -> None:
    desk.add(a_customer())
    for arguments, said in (
        (("nobody",), "There is no customer nobody."),
        (("harbour", "--contract", "NONE"), "There is no contract NONE of harbour."),
        (("harbour", "--version", 9), "There is no version 9 of NQ-2026-014."),
        (("harbour", "--on", "2025-12-31", "--version", 0), "0 is not in the range x>=1"),
    ):
        result = call(contract.command, "render", *arguments, "--output", tmp_path)
        assert (result.exit_code > 0, said in result.stderr) == (True, True), result.stderr
    assert list(tmp_path.glob("*.pdf")) == []


@time_machine.travel("2026-05-10T00:00:00Z")
def test_a_folder_that_cannot_be_made_is_told_plainly(call: Call, desk: Desk, tmp_path: Path) -> None:
    desk.add(a_customer())
    (tmp_path / "file").write_text("")
    result = call(contract.command, "render", "harbour", "--output", tmp_path / "file" / "folder")
    assert (result.exit_code, "Not a directory" in result.stderr) == (1, True)


def test_terms_that_make_no_sense_are_told_plainly(call: Call, desk: Desk, tmp_path: Path) -> None:
    party = a_customer()
    party.contracts[0].terms = {"ladder": [0]}
    desk.add(party)
    result = call(contract.command, "render", "harbour", "--output", tmp_path)
    assert (result.exit_code, "The terms of this version make no sense: the ladder" in result.stderr) == (
        1,
        True,
    )
