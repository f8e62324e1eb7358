"""The scanner's protocol: only a plain OK is clean; whatever else it does is a finding, a refusal or no answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.scanner import Away, Clamd, Unsure, Verdict, open_scanner
from tests import clamd_server
from tests.clamd_server import EICAR, FOUND


@pytest.fixture(params=["tcp", "unix"])
def daemon(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[clamd_server.Clamd]:
    with clamd_server.running(tmp_path / "clamd.ctl" if request.param == "unix" else None) as made:
        yield made


def scanner(daemon: clamd_server.Clamd, seconds: float = 10.0) -> Clamd:
    made = open_scanner(daemon.url, seconds=seconds)
    assert made is not None
    return made


def test_clean_content_is_clean(daemon: clamd_server.Clamd) -> None:
    verdict = scanner(daemon).scan(b"a plan\n")
    assert (verdict, verdict.clean, daemon.scanned) == (Verdict(), True, [b"a plan\n"])


def test_finding_is_named(daemon: clamd_server.Clamd) -> None:
    verdict = scanner(daemon).scan(b"before " + EICAR)
    assert (verdict.found, verdict.clean) == (FOUND, False)


def test_large_content_arrives_whole(daemon: clamd_server.Clamd) -> None:
    content = bytes(range(256)) * 40_000
    assert scanner(daemon).scan(content).clean
    assert daemon.scanned == [content]


def test_content_beyond_the_daemons_limit_is_refused_not_clean(tmp_path: Path) -> None:
    with clamd_server.running(tmp_path / "clamd.ctl", most_bytes=1000) as daemon:
        verdict = scanner(daemon).scan(b"x" * 5_000_000)
    assert (verdict.refused, verdict.clean) == ("larger than the scanner takes", False)


def test_content_that_was_looked_at_in_part_is_refused_not_clean(daemon: clamd_server.Clamd) -> None:
    daemon.fault = "in part"
    verdict = scanner(daemon).scan(b"x")
    assert (verdict.found, verdict.clean) == ("", False)
    assert "in part" in verdict.refused


@pytest.mark.parametrize("fault", ["error", "odd"])
def test_answer_that_is_no_verdict_is_none(daemon: clamd_server.Clamd, fault: str) -> None:
    daemon.fault = fault
    with pytest.raises(Unsure):
        scanner(daemon).scan(b"x")


@pytest.mark.timeout(10)
@pytest.mark.parametrize("fault", ["hangs", "closes", "drips"])
def test_daemon_that_does_not_answer_is_away(daemon: clamd_server.Clamd, fault: str) -> None:
    daemon.fault = fault
    for ask in (lambda one: one.scan(b"x" * 100_000), lambda one: one.version()):
        with pytest.raises(Away):
            ask(scanner(daemon, 0.5))


def test_daemon_that_is_not_there_is_away(tmp_path: Path) -> None:
    for url in (f"clamd://{tmp_path}/nobody.ctl", "clamd://127.0.0.1:1"):
        made = open_scanner(url, seconds=5)
        assert made is not None
        with pytest.raises(Away):
            made.scan(b"x")


def test_version_is_told(daemon: clamd_server.Clamd) -> None:
    assert scanner(daemon).version() == "ClamAV 1.4.3/27800"


@pytest.mark.parametrize(("url", "address"), [
    ("clamd:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ("clamd://scan.desk.example", ("scan.desk.example", 3310)),
    ("clamd://[::1]:3311", ("::1", 3311)),
])  # fmt: skip
def test_address_names_a_socket_or_a_host(url: str, address: object) -> None:
    made = open_scanner(url)
    assert made is not None
    assert made.address == address


def test_no_address_is_no_scanner() -> None:
    assert open_scanner("") is None


@pytest.mark.parametrize("url", ["clamd://", "http://scan.desk.example", "/run/clamav/clamd.ctl"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="clamd:///path"):
        open_scanner(url)
