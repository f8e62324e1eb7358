"""`helpdesk import` and `helpdesk export` as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli import exporting, importing
from tests.cli.conftest import Call

ENGINEERS = "engineers:\n  - {email: chen@desk.example, name: Chen Wei, password: correct horse battery}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(ENGINEERS)
    return path


def test_import_tells_each_change_and_the_sums(call: Call, file: Path) -> None:
    assert call(importing.command, file).stdout == (
        "added engineer chen@desk.example\n1 added, 0 changed, 0 unchanged\n"
    )
    assert call(importing.command, file).stdout == "0 added, 0 changed, 1 unchanged\n"


def test_fault_names_file_and_line_and_fails(call: Call, file: Path) -> None:
    file.write_text(ENGINEERS + "  - {email: x}\n")
    result = call(importing.command, file)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f'{file}:3: email: "x" is no mail address: An email address must have an @-sign.',
        f"{file}:3: an engineer needs the field name",
        "Error: 2 faults; nothing was imported",
    ]


def test_no_fault_repeats_a_password(call: Call, file: Path) -> None:
    file.write_text("engineers:\n  - {email: x, name: X, password: geheim}\n  - {password: [geheim]}\n")
    assert "geheim" not in call(importing.command, file).output


def test_prune_shows_and_removes_only_when_confirmed(call: Call, file: Path) -> None:
    call(importing.command, file)
    file.write_text("engineers: []\n")
    assert (
        "would prune: deactivate engineer chen@desk.example"
        in call(importing.command, file, "--prune").stdout
    )
    done = call(importing.command, file, "--prune", "--yes").stdout
    assert "pruned: deactivate engineer chen@desk.example" in done


def test_dry_run_says_so_and_adds_nothing(call: Call, file: Path) -> None:
    assert "dry run: nothing was changed" in call(importing.command, file, "--dry-run").stdout
    assert "1 added" in call(importing.command, file).stdout


def test_export_can_be_imported(call: Call, file: Path, tmp_path: Path) -> None:
    call(importing.command, file)
    written = tmp_path / "export.yaml"
    written.write_text(call(exporting.command).stdout)
    assert call(importing.command, written).stdout == "0 added, 0 changed, 1 unchanged\n"


def test_export_shows_hashes_only_when_asked(call: Call, file: Path) -> None:
    call(importing.command, file)
    assert "password" not in call(exporting.command).stdout
    assert "password_hash: $argon2id$" in call(exporting.command, "--with-hashes").stdout
