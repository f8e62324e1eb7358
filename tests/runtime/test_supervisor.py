"""The supervisor keeps programs running, drains them in order and leaves nothing behind."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.runtime import supervisor
from gateway.runtime.supervisor import next_delay
from tests.redis_server import wait_for

ROOT = Path(supervisor.__file__).parents[2]
POLITE = (
    "import signal,sys; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=True); signal.pause()"
)
STUBBORN = (
    "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
)


class Running:
    """A supervisor in a process of its own, and the lines it has written."""

    def __init__(self, *programs: str, before: str = "") -> None:
        listed = ", ".join(programs)
        script = f"""
import sys
from gateway.runtime.supervisor import Program, run
def python(name, code, **keywords):
    return Program(name, [sys.executable, "-u", "-c", code], **keywords)
{before}
run([{listed}])
print("drained", flush=True)
"""
        self.process = subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put("")

    def until(self, text: str) -> str:
        """The next line that contains the text."""
        while text not in (line := self._queue.get(timeout=30)):
            self.lines.append(line)
            assert line or self.process.poll() is None, f"ended before {text!r}: {self.lines}"
        self.lines.append(line)
        return line

    def rest(self) -> list[str]:
        """All further lines, to the end."""
        return list(iter(lambda: self._queue.get(timeout=30), ""))

    def stop(self) -> None:
        self.process.terminate()


@pytest.fixture
def started() -> Iterator[list[Running]]:
    running: list[Running] = []
    yield running
    for each in running:
        each.process.kill()
        each.process.wait()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_waits_before_restarts_double_up_to_a_bound_and_start_again_after_a_steady_run() -> None:
    waits = [next_delay(0, 1)]
    for _ in range(7):
        waits.append(next_delay(waits[-1], 1))
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert next_delay(10.0, 30.0) == 0.2


def test_each_line_carries_its_programs_name(started: list[Running]) -> None:
    started.append(
        Running(
            "python('web', 'print(1); import sys; print(2, file=sys.stderr); input()')", "python('clock', '')"
        )
    )
    assert started[0].until(" | 1") == "web   | 1"
    assert started[0].until(" | 2") == "web   | 2"


def test_line_without_an_end_is_passed_on(started: list[Running]) -> None:
    started.append(Running("""python('web', 'print("x" * 40000, end=""); print("y" * 10, end="")')"""))
    started[0].until("ended with 0")
    assert sum(line.count("x") for line in started[0].lines) == 40000
    assert started[0].lines[-2].endswith("y" * 10)


def test_program_that_dies_is_started_again(started: list[Running]) -> None:
    code = "import os,signal; print(os.getpid(), flush=True); signal.pause()"
    started.append(Running(f"python('web', {code!r})"))
    first = int(started[0].until("web").split()[-1])
    os.kill(first, signal.SIGKILL)
    assert "ended by SIGKILL, again in 0.2 s" in started[0].until("ended")
    assert int(started[0].until("web").split()[-1]) != first


def test_program_that_cannot_be_started_does_not_stop_the_others(started: list[Running]) -> None:
    started.append(Running("Program('gone', ['/no/such/program'])", f"python('web', {POLITE!r})"))
    started[0].until("gone | ended with 1")
    assert started[0].until("up") == "web  | up"


def test_function_runs_in_a_fork_of_its_own(started: list[Running]) -> None:
    before = """
import os, signal
def work():
    print("function", os.getpid() != SUPERVISOR, flush=True)
    signal.pause()
SUPERVISOR = os.getpid()
"""
    started.append(Running("Program('web', work)", before=before))
    assert started[0].until("function") == "web | function True"
    started[0].stop()
    started[0].until("ended by SIGTERM")
    started[0].until("drained")


@pytest.mark.parametrize(
    ("end", "line", "code"),
    [
        ("return", "ended with 0", 0),
        ("sys.exit(3)", "ended with 3", 3),
        ("sys.exit('a sentence')", "a sentence", 1),
        ("raise ValueError('a fault')", "ValueError: a fault", 1),
    ],
)
def test_function_ends_as_a_program_would(started: list[Running], end: str, line: str, code: int) -> None:
    started.append(Running("Program('web', work)", before=f"def work():\n    {end}\n"))
    started[0].until(line)
    if line != f"ended with {code}":
        started[0].until(f"ended with {code}")


def test_signal_sent_to_a_function_does_not_reach_the_supervisor(started: list[Running]) -> None:
    before = "import os, signal\ndef work():\n    print(os.getpid(), flush=True); signal.pause()\n"
    started.append(Running("Program('web', work)", before=before))
    first = int(started[0].until("web").split()[-1])
    os.kill(first, signal.SIGTERM)
    started[0].until("ended by SIGTERM")
    assert int(started[0].until("web").split()[-1]) != first


def test_function_inherits_nothing_of_the_supervisors(started: list[Running]) -> None:
    before = "import os\ndef work():\n    print(sorted(os.listdir('/proc/self/fd'))[:-1], flush=True); time.sleep(60)\nimport time"
    started.append(Running("Program('first', work)", "Program('second', work)", before=before))
    assert started[0].until("second").endswith("| ['0', '1', '2']")


def test_program_that_closes_its_output_is_left_in_peace(started: list[Running]) -> None:
    quiet = "import os,signal; print(os.getpid(), flush=True); os.close(1); os.close(2); signal.pause()"
    started.append(Running(f"python('web', {quiet!r})"))
    pid = int(started[0].until("web").split()[-1])
    started[0].stop()
    started[0].until("drained")
    assert not is_alive(pid)


def test_stages_drain_one_after_the_other(started: list[Running], tmp_path: Path) -> None:
    note = tmp_path / "note"
    code = (
        "import signal,sys,time\n"
        "def end(*_):\n"
        f"    open({str(note)!r}, 'a').write('NAME asked '); time.sleep(0.2)\n"
        f"    open({str(note)!r}, 'a').write('NAME ended '); sys.exit(0)\n"
        "signal.signal(15, end); print('up', flush=True); signal.pause()"
    )
    programs = [f"python({name!r}, {code.replace('NAME', name)!r}, stage={stage})"
                for name, stage in (("redis", 2), ("worker", 1), ("smtp", 0))]  # fmt: skip
    started.append(Running(*programs))
    for _ in programs:
        started[0].until("up")
    started[0].stop()
    started[0].until("drained")
    assert note.read_text() == "smtp asked smtp ended worker asked worker ended redis asked redis ended "


def test_supervisor_ends_with_success_after_draining(started: list[Running]) -> None:
    started.append(Running(f"python('web', {POLITE!r})"))
    started[0].until("up")
    started[0].stop()
    assert started[0].process.wait(timeout=10) == 0


def test_program_that_overstays_is_killed(started: list[Running]) -> None:
    started.append(Running(f"python('web', {STUBBORN!r}, drain_seconds=0.2)"))
    started[0].until("up")
    started[0].stop()
    assert started[0].until("killed") == "web | does not end: killed"
    started[0].until("drained")


def test_second_signal_a_little_later_kills_without_waiting(started: list[Running]) -> None:
    started.append(Running(f"python('web', {STUBBORN!r}, drain_seconds=3600)"))
    started[0].until("up")

    def asked_again() -> bool:
        started[0].process.send_signal(signal.SIGINT)
        return started[0].process.poll() is not None

    wait_for(asked_again, seconds=10)
    assert "web | does not end: killed" in started[0].rest()


def test_same_signal_sent_twice_at_once_still_drains(started: list[Running]) -> None:
    slow = "import signal,sys,time; signal.signal(15, lambda *_: (time.sleep(0.3), sys.exit(0))); print('up', flush=True); signal.pause()"
    started.append(Running(f"python('web', {slow!r})"))
    started[0].until("up")
    started[0].process.send_signal(signal.SIGINT)
    started[0].process.send_signal(signal.SIGTERM)
    assert started[0].rest() == ["web | ended with 0", "drained"]


def test_programs_end_when_the_supervisor_is_killed(started: list[Running]) -> None:
    code = "import os,signal; signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True)\nwhile True: signal.pause()"
    started.append(Running(f"python('web', {code!r})"))
    pid = int(started[0].until("web").split()[-1])
    started[0].process.kill()
    wait_for(lambda: not is_alive(pid), seconds=10)


def test_process_left_behind_by_a_program_ends_with_it(started: list[Running]) -> None:
    code = (
        "import os,subprocess; p = subprocess.Popen(['sleep', '3600']); print(p.pid, flush=True); os._exit(1)"
    )
    started.append(Running(f"python('web', {code!r})"))
    pid = int(started[0].until("web").split()[-1])
    started[0].until("ended with 1")
    wait_for(lambda: not is_alive(pid), seconds=10)


def test_orphans_handed_to_the_supervisor_leave_no_zombies(started: list[Running]) -> None:
    orphan = "import os\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0: os._exit(0)\n print(os.getpid(), flush=True); os._exit(0)\n"
    subreaper = "import ctypes; ctypes.CDLL(None).prctl(36, 1)"
    started.append(Running(f"python('web', {orphan!r})", before=subreaper))
    started[0].until("ended with 0")
    supervisor_pid = started[0].process.pid
    wait_for(lambda: not zombies_of(supervisor_pid), seconds=10)


def zombies_of(parent: int) -> list[str]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, ppid = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state == "Z" and int(ppid) == parent:
            found.append(stat.parent.name)
    return found
