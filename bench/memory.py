"""What everything that `helpdesk up` starts keeps in memory, after mail and pages."""

from __future__ import annotations

import contextlib
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import psutil

from bench import client
from bench.results import Table
from bench.stack import LOGIN, PASSWORD, Stack, listening, sink
from bench.stream import Stream
from bench.yard import Yard

PAGES = ("/", "/tickets/{}", "/review", "/outbox", "/healthz")
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def run(yard: Yard) -> list[Table]:
    """One table."""
    table = Table(
        "Memory of `helpdesk up`",
        "Proportional set size after 60 mails of the mixed stream, a login and page views. Goal: ≤ 600 MB together.",
        ("process", "SQLite"),
    )
    folder = yard.fresh()
    folder.mkdir()
    with sink(folder) as relay:
        stack = Stack(folder / "data", "", relay.port)
        try:
            stack.start(up=["up"])
            stack.wait("the doors", lambda: listening(stack.smtp_port) and listening(stack.web_port))
            stream = Stream("mixed")
            client.send(stack.smtp_port, stream.batch(30))
            stack.settle()
            client.send(stack.smtp_port, stream.batch(30, stack.threads()))
            stack.settle()
            _browse(stack.web_port, [each.number for each in stack.threads()[:10]])
            sizes = _sizes(stack.processes["up"])
        finally:
            stack.close()
    for name, size in sizes:
        table.add(name, f"{size:.0f} MB")
    table.add("**together**", f"**{sum(size for _, size in sizes):.0f} MB**")
    return [table]


def _browse(port: int, tickets: list[int]) -> None:
    """Log in as an engineer and look around."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    base = f"http://127.0.0.1:{port}"
    found = _TOKEN.search(browser.open(f"{base}/login").read().decode())
    form = {"email": LOGIN, "password": PASSWORD, "next": "/", "csrf_token": found[1] if found else ""}
    page = browser.open(f"{base}/login", urllib.parse.urlencode(form).encode())
    if page.url.endswith("/login"):
        raise RuntimeError("the login was refused")
    for number in tickets:
        for path in PAGES:
            _page(browser, base + path.format(number))


def _page(browser: urllib.request.OpenerDirector, address: str) -> None:
    try:
        browser.open(address).read()
    except urllib.error.HTTPError as fault:
        raise RuntimeError(f"{address} answered {fault.code}") from fault


def _sizes(root: psutil.Process) -> list[tuple[str, float]]:
    """Name and MB of each process of a tree."""
    sizes = []
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            name = _name(process)
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
            kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            sizes.append((name, kilobytes * 1024 / 1e6))
    return sizes


def _name(process: psutil.Process) -> str:
    """What the supervisor called it, else what it runs."""
    called = Path(f"/proc/{process.pid}/comm").read_text().strip()
    command = process.cmdline()
    if any("sandbox_child" in part for part in command):
        return "parse child"
    if "valkey" in called or "redis" in called:
        return "redis"
    return called.removeprefix("helpdesk-") if called.startswith("helpdesk-") else command[-1]
