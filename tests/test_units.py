"""The systemd units, as systemd itself reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[1] / "deploy" / "systemd"
PROGRAM = "/opt/helpdesk/.venv/bin/helpdesk"


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        reason = "NO SYSTEMD: apt-get install systemd; the units were not verified"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return found


def instance(folder: Path, template: str, name: str) -> Path:
    """A unit of a template, whose program is one that exists here."""
    made = folder / template.replace("@", f"@{name}")
    made.write_text((UNITS / template).read_text().replace(PROGRAM, sys.executable))
    return made


def test_systemd_has_nothing_to_say_against_a_unit(tmp_path: Path, analyze: str) -> None:
    units = [
        *(
            instance(tmp_path, "helpdesk@.service", name)
            for name in ("smtp", "imap", "clock", "web", "redis")
        ),
        *(instance(tmp_path, "helpdesk-worker@.service", name) for name in ("mail", "out", "slow", "aws")),
    ]
    target = tmp_path / "helpdesk.target"
    target.write_text((UNITS / "helpdesk.target").read_text())
    asked = [analyze, "verify", "--man=no", "--recursive-errors=no", *map(str, [*units, target])]
    told = subprocess.run(
        asked,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert (told.returncode, told.stderr) == (0, "")


def test_unit_is_little_exposed(tmp_path: Path, analyze: str) -> None:
    unit = instance(tmp_path, "helpdesk@.service", "smtp")
    asked = [analyze, "security", "--offline=true", "--threshold=20", str(unit)]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stdout[-200:]


def test_target_starts_every_process_of_the_procfile() -> None:
    wanted = set(re.findall(r"helpdesk(?:-worker)?@(\w+)\.service", (UNITS / "helpdesk.target").read_text()))
    lines = (UNITS.parents[1] / "Procfile").read_text().splitlines()
    assert wanted | {"redis"} == {line.partition(":")[0] for line in lines}


def test_both_templates_differ_only_in_what_they_start() -> None:
    one, two = (
        {line for line in (UNITS / f"{name}.service").read_text().splitlines() if not line.startswith("#")}
        for name in ("helpdesk@", "helpdesk-worker@")
    )
    assert {line.partition("=")[0] for line in one ^ two} == {"Description", "ExecStart"}
