"""How many mails a second the SMTP door takes, durably, against a bare aiosmtpd sink.

`python -m bench.accept_rate [--connections 8] [--mails 600] [--rounds 3]` runs both servers, each in a process of its
own, and loads them in turn from this one; it prints rates, CPU a mail and their ratio.
`--stream mixed` is 85 % of mails around 8 KB and 15 % with a 0.5 MB attachment (mean 78 KB); `--stream small` is
8 KB only.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import logging
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import structlog

COMMANDS = (b"MAIL FROM:<ann@client.example>\r\n", b"RCPT TO:<support@desk.example>\r\n", b"DATA\r\n")
STREAMS = ("mixed", "small")


def mail(number: int, rng: random.Random, stream: str) -> bytes:
    """One mail as it goes over the wire, dots stuffed, with its end."""
    text_bytes = round(rng.lognormvariate(8.9, 0.35))
    words = " ".join(
        rng.choice(("server", "down", "please", "invoice", "region", "thanks", "error")) for _ in range(40)
    )
    lines = itertools.cycle(words[at : at + 72] for at in range(0, 200, 9))
    body = b"\r\n".join(next(lines).encode() for _ in range(text_bytes // 74 + 1))
    head = (
        f"From: Ann <ann@client.example>\r\nTo: support@desk.example\r\nSubject: Question {number}\r\n"
        f"Message-ID: <{number}.{rng.getrandbits(64):x}@client.example>\r\n"
        "Date: Mon, 05 Jan 2026 08:00:00 +0000\r\n\r\n"
    ).encode()
    attachment = b""
    if stream == "mixed" and rng.random() < 0.15:
        attachment = base64.encodebytes(rng.randbytes(350_000)).replace(b"\n", b"\r\n")
    return (head + body + b"\r\n" + attachment).replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"


class Connection:
    """One client session that sends mail after mail, waiting for each reply."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.recv(1000)
        self.socket.sendall(b"EHLO client.example\r\n")
        while b"250 " not in self.socket.recv(1000):
            pass
        self.latencies: list[float] = []
        self._steps: Iterator[bytes] = iter(())
        self._sent_at = 0.0
        self._in_text = False

    def step(self, mails: Iterator[bytes]) -> bool:
        """Send what comes next; false when there is no more mail."""
        following = next(self._steps, None)
        if following is None:
            if self._in_text:
                self.latencies.append(time.perf_counter() - self._sent_at)
                self._in_text = False
            text = next(mails, None)
            if text is None:
                return False
            self._steps = iter((*COMMANDS[1:], text))
            following = COMMANDS[0]
        self.socket.sendall(following)
        if following not in COMMANDS:
            self._sent_at, self._in_text = time.perf_counter(), True
        return True


def load(port: int, mails: Sequence[bytes], connections: int) -> tuple[float, list[float]]:
    """Seconds to send all mails, and seconds from each end of text to its 250."""
    clients = [Connection(port) for _ in range(connections)]
    selector = selectors.DefaultSelector()
    queue = iter(mails)
    began = time.perf_counter()
    for client in clients:
        if client.step(queue):
            selector.register(client.socket, selectors.EVENT_READ, client)
    while selector.get_map():
        for key, _ in selector.select():
            reply = key.data.socket.recv(1000)
            if reply[:1] not in {b"2", b"3"}:
                raise RuntimeError(f"refused: {reply!r}")
            if not key.data.step(queue):
                selector.unregister(key.fileobj)
    seconds = time.perf_counter() - began
    for client in clients:
        client.socket.close()
    return seconds, [each for client in clients for each in client.latencies]


async def door(folder: Path) -> None:
    """Our door with a store that writes and fsyncs one file a batch."""
    from gateway import smtpd
    from gateway.inbound.receive import Arrival, Intake, Recipient
    from gateway.settings import Settings

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    numbers = itertools.count()

    def commit_batch(batch: Sequence[Arrival]) -> list[str]:
        number = next(numbers)
        with (folder / f"{number}.batch").open("wb") as file:
            file.writelines(arrival.raw for arrival in batch)
            file.flush()
            os.fsync(file.fileno())
        return [f"{number}.{at}" for at in range(len(batch))]

    settings = Settings(_env_file=None, smtp_listen="127.0.0.1:0")  # type: ignore[call-arg]
    with Intake(commit_batch, lambda: None) as intake:
        await smtpd.serve(
            settings,
            intake,
            recipients=lambda address: Recipient.OURS,
            ready=lambda bound: print(bound["smtp"][1], flush=True),
            stop=asyncio.Event(),
        )


def start(*command: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def cpu_seconds(process: subprocess.Popen[str]) -> float:
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def compare(options: argparse.Namespace, folder: Path) -> None:
    rng = random.Random(7)
    mails = [mail(number, rng, options.stream) for number in range(options.mails)]
    (folder / "sink").mkdir()
    (folder / "door").mkdir()
    servers = {
        "sink": start("bench.smtp_sink", str(folder / "sink")),
        "door": start("bench.accept_rate", "--serve", str(folder / "door")),
    }
    rates: dict[str, list[float]] = {name: [] for name in servers}
    cpu: dict[str, list[float]] = {name: [] for name in servers}
    waits: dict[str, list[float]] = {name: [] for name in servers}
    try:
        for _ in range(options.rounds):
            for name, (process, port) in servers.items():
                before = cpu_seconds(process)
                seconds, latencies = load(port, mails, options.connections)
                rates[name].append(len(mails) / seconds)
                cpu[name].append((cpu_seconds(process) - before) / len(mails) * 1000)
                waits[name] += latencies
    finally:
        for process, _ in servers.values():
            process.kill()
    mean_kb = statistics.mean(map(len, mails)) / 1000
    print(f"stream {options.stream}, mean {mean_kb:.0f} KB, {options.connections} connections")
    for name in servers:
        rate, cost = statistics.median(rates[name]), statistics.median(cpu[name])
        half, most = (percentile(waits[name], share) * 1000 for share in (0.5, 0.99))
        print(
            f"{name}: {rate:7.0f} mails/s  {cost:5.2f} ms CPU a mail  250 after p50 {half:.1f}, p99 {most:.1f} ms"
        )
    ratios = [ours / theirs for ours, theirs in zip(rates["door"], rates["sink"], strict=True)]
    print(
        f"ratio of rates {statistics.median(ratios):.2f} (rounds: {', '.join(f'{each:.2f}' for each in ratios)})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--mails", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stream", choices=STREAMS, default="mixed")
    parser.add_argument("--serve", type=Path)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(door(options.serve))
        return
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        compare(options, Path(folder))


if __name__ == "__main__":
    main()
