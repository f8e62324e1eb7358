"""Reading mail as `helpdesk explain` does, against mail-parser alone, on the same files."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import mailparser

from bench.results import Table, told
from bench.stack import HERE, replayed
from bench.stream import STREAMS, Stream
from bench.yard import Yard
from gateway.cli import judging


def run(yard: Yard) -> list[Table]:
    """One table."""
    count, rounds = (60, 2) if yard.quick else (150, 5)
    table = Table(
        "Reading mail: `helpdesk explain` against mail-parser alone",
        "In this process, mail by mail: parse, quotes, classification, language, priority, intent, rule, JSON; "
        "against `mailparser.parse_from_bytes` with body and attachments. The last column is the command itself with "
        "its limited children, start included.",
        ("stream", "explain mails/s", "CPU ms a mail", "mail-parser mails/s", "CPU ms a mail", "times mail-parser",
         "command, mails/s"),
    )  # fmt: skip
    for kind in STREAMS:
        batch = Stream(kind).batch(count)
        raws = [each.raw for each in batch]
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_timed(raws, _explain))
            theirs.append(_timed(raws, _parse))
        ratios = [their[0] / our[0] for our, their in zip(ours, theirs, strict=True)]
        table.add(
            f"{kind}: {replayed(batch)}",
            told([count / wall for wall, _ in ours], 0, best="max"),
            told([cpu / count * 1000 for _, cpu in ours], 2),
            told([count / wall for wall, _ in theirs], 0, best="max"),
            told([cpu / count * 1000 for _, cpu in theirs], 2),
            told(ratios, 2, best="max"),
            f"{count / _command(yard.fresh(), raws):.0f}",
        )
    return [table]


def _timed(raws: list[bytes], read: object) -> tuple[float, float]:
    """Seconds of wall and of processor time."""
    assert callable(read)
    wall, cpu = time.perf_counter(), time.process_time()
    for raw in raws:
        read(raw)
    return time.perf_counter() - wall, time.process_time() - cpu


def _explain(raw: bytes) -> None:
    judging.explain_frame(b'["support@desk.example"]\n' + raw)


def _parse(raw: bytes) -> None:
    mail = mailparser.parse_from_bytes(raw)
    _ = (mail.subject, mail.from_, mail.date, mail.message_id, mail.body, mail.attachments)


def _command(folder: Path, raws: list[bytes]) -> float:
    """Seconds of the whole command on a folder of files."""
    folder.mkdir()
    for number, raw in enumerate(raws):
        (folder / f"{number}.eml").write_bytes(raw)
    began = time.perf_counter()
    command = [sys.executable, "-m", "gateway.cli", "explain", "--json", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, env=HERE)
    return time.perf_counter() - began
