"""Untrusted bytes are worked on under limits, and a bomb costs its own call only."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.runtime import sandbox_child
from gateway.runtime.sandbox import CALLS, LOOK_EVERY, Crashed, Sandbox, TimedOut

TARGETS = "tests.runtime.sandbox_targets"
MEMORY = 256 << 20


@pytest.fixture
def box() -> Iterator[Sandbox]:
    box = Sandbox(f"{TARGETS}:act", seconds=5, memory_bytes=MEMORY)
    yield box
    box.close()


@pytest.fixture
def hasty() -> Iterator[Sandbox]:
    box = Sandbox(f"{TARGETS}:act", seconds=0.3, memory_bytes=MEMORY)
    yield box
    box.close()


def state_of(pid: int) -> str:
    """R running, S sleeping, Z ended but not yet waited for; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_alive(pid: int) -> bool:
    return state_of(pid) not in ("", "Z")


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 80_000, 50 << 20])
def test_payload_of_any_size_comes_back_whole(size: int) -> None:
    box = Sandbox(f"{TARGETS}:echo", seconds=10, memory_bytes=512 << 20)
    payload = os.urandom(1024) * (size // 1024) + b"x" * (size % 1024)
    assert box.call(payload) == payload
    box.close()


def test_child_serves_many_calls(box: Sandbox) -> None:
    assert box.call(b"pid") == box.call(b"pid") != str(os.getpid()).encode()


@pytest.mark.parametrize("action", [b"hang", b"spin"])
def test_call_that_does_not_end_times_out(hasty: Sandbox, action: bytes) -> None:
    with pytest.raises(TimedOut):
        hasty.call(action)


def test_call_after_a_timeout_gets_a_fresh_child(hasty: Sandbox) -> None:
    before = hasty.call(b"pid")
    with pytest.raises(TimedOut):
        hasty.call(b"hang")
    assert hasty.call(b"pid") != before
    assert not is_alive(int(before))


@pytest.mark.parametrize(
    ("action", "reason"),
    [(b"eat", "MemoryError"), (b"die", "SIGSEGV"), (b"exit", "exit 3"), (b"raise", "KeyError")],
)
def test_fault_in_the_child_is_reported_by_its_name(box: Sandbox, action: bytes, reason: str) -> None:
    with pytest.raises(Crashed, match=reason):
        box.call(action)


@pytest.mark.parametrize("action", [b"eat", b"die", b"exit", b"raise"])
def test_call_after_a_fault_is_served(box: Sandbox, action: bytes) -> None:
    with pytest.raises(Crashed):
        box.call(action)
    assert box.call(b"pid").isdigit()


def test_child_that_dies_while_a_big_frame_is_sent_does_not_hang_the_parent() -> None:
    box = Sandbox("tests.runtime.sandbox_targets:echo", seconds=10, memory_bytes=96 << 20)
    with pytest.raises(Crashed):
        box.call(b"x" * (300 << 20))
    box.close()


def test_child_that_died_while_idle_is_replaced_before_the_call(box: Sandbox) -> None:
    before = int(box.call(b"pid"))
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    assert int(box.call(b"pid")) != before


def test_missing_target_is_a_crash_and_no_hang() -> None:
    box = Sandbox(f"{TARGETS}:absent", seconds=5, memory_bytes=MEMORY)
    with pytest.raises(Crashed, match="exit 1"):
        box.call(b"")
    box.close()


def test_output_of_the_target_never_mixes_into_the_answer(
    box: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    assert box.call(b"print") == b"quiet"
    assert box.call(b"pid").isdigit()
    assert capfd.readouterr() == ("", "")


def test_child_writes_no_files(box: Sandbox, tmp_path: Path) -> None:
    assert box.call(b"write " + bytes(tmp_path / "file")) == b"refused"


def test_child_sees_no_settings_of_ours(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_SECRET_KEY", "must stay here")
    assert b"must stay here" not in box.call(b"environment")


def test_child_is_limited_in_memory_and_leaves_no_core(box: Sandbox) -> None:
    assert box.call(b"limits") == repr([MEMORY, 0]).encode()


def test_child_is_replaced_after_many_calls(box: Sandbox) -> None:
    first = box.call(b"pid")
    answers = {box.call(b"pid") for _ in range(CALLS)}
    assert len(answers - {first}) == 1


def test_child_that_keeps_memory_is_replaced(box: Sandbox) -> None:
    first, second = box.call(b"keep"), box.call(b"keep")
    later = [box.call(b"pid") for _ in range(LOOK_EVERY)]
    assert first == second == later[0] != later[-1]


@pytest.mark.timeout(10)
def test_process_started_by_the_target_ends_with_its_child(box: Sandbox) -> None:
    grandchild = int(box.call(b"child"))
    box.close()
    while is_alive(grandchild):
        pass


def test_closing_ends_the_child(box: Sandbox) -> None:
    child = int(box.call(b"pid"))
    box.close()
    assert not is_alive(child)


def test_callers_in_many_threads_get_their_own_answers() -> None:
    box = Sandbox(f"{TARGETS}:echo", seconds=10, memory_bytes=MEMORY)
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        answers[number] = box.call(str(number).encode() * 50_000)

    threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number).encode() * 50_000 for number in range(8)}
    box.close()


@pytest.mark.parametrize("busy", [False, True])
def test_child_ends_after_its_parent_was_killed(busy: bool) -> None:
    script = f"""
import sys
from gateway.runtime.sandbox import Sandbox
box = Sandbox("{TARGETS}:act", seconds=1, memory_bytes={MEMORY})
print(box.call(b"pid").decode(), flush=True)
sys.stdin.read(1)
box.call(b"spin") if {busy} else sys.stdin.read()
"""
    command = [sys.executable, "-c", script]
    root = Path(sandbox_child.__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        pid = int(parent.stdout.readline())
        child = os.pidfd_open(pid)
        parent.stdin.write(b"x")
        parent.stdin.flush()
        while busy and state_of(pid) != "R":
            pass
        parent.kill()
    assert select.select([child], [], [], 10)[0] == [child]
