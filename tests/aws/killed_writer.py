"""A process that writes to AWS and is killed at a chosen step: forked again for each write, so that dying is cheap."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import orm

from gateway import clock, secrets
from gateway import services as wiring
from gateway.aws import streams
from gateway.aws.cases import writing
from gateway.aws.clients import AwsClients, Identity
from gateway.aws.parts import Account, Parts
from gateway.aws.turns import Turns, Work, Writing
from gateway.store import leases
from gateway.store.models import AwsWrite
from tests.aws.speaking import unhurried
from tests.databases import SECRET, Desk, settings_for

ROOT: Final = Path(__file__).parents[2]
STEPS: Final = ("before", "after")
"""Before the call, when the row says that it is being made; after AWS has done it, before anybody noted that."""


@dataclass
class Dying:
    """Clients in whose hands the process dies."""

    inner: AwsClients
    step: str

    def call(self, account: Account, service: str, operation: str, **request: Any) -> dict[str, Any]:
        return self.inner.call(account, service, operation, **request)

    def write(self, account: Account, service: str, operation: str, **request: Any) -> dict[str, Any]:
        if self.step == "after":
            self.inner.write(account, service, operation, **request)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("a killed process goes on")


class Killer:
    """The hand that starts such processes; `kill` says by which signal one ended."""

    def __init__(self, run: subprocess.Popen[str]) -> None:
        self._run = run

    def kill(self, desk: Desk, step: str) -> int:
        """Let a process take up one due write and die at a step; the signal that ended it."""
        settings = desk.services.settings
        told = {"folder": str(settings.data_dir), "database": settings.database_url.get_secret_value(), "step": step,
                "at": desk.clock().isoformat(), "undo": desk.head.undo.total_seconds()}  # fmt: skip
        assert self._run.stdin is not None and self._run.stdout is not None
        self._run.stdin.write(json.dumps(told) + "\n")
        self._run.stdin.flush()
        return int(self._run.stdout.readline())


@contextmanager
def killer() -> Iterator[Killer]:
    """A process that forks those that die; the environment says where AWS is."""
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.aws.killed_writer"], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Killer(run)
    finally:
        run.kill()
        run.wait(10)
        for each in (run.stdin, run.stdout):
            if each is not None:
                each.close()


def main() -> None:
    """Fork and wait for each order; everything that costs time is loaded before."""
    logging.disable(logging.CRITICAL)
    clients = AwsClients(Identity({}, https_only=False), clock.now, unhurried())
    clients._client("aws", "sts", "us-east-1", once=False)
    for once in (False, True):
        clients._client("", "support", "us-east-1", once=once)
    secrets.unseal("key", "warm", secrets.seal("key", "warm", "value"))
    orm.configure_mappers()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _work(json.loads(line), clients)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}\n")
        sys.stdout.flush()


def _work(told: dict[str, Any], inner: AwsClients) -> None:
    at = datetime.fromisoformat(told["at"])
    services = wiring.build(settings_for(Path(told["folder"]), told["database"]))
    head = replace(services.letterhead, undo=timedelta(seconds=told["undo"]))
    clients = Dying(inner, told["step"])
    parts = Parts(
        services.transaction, services.reading, head, services.blobs, clients, services.owner, lambda: at
    )
    with parts.transaction() as session:
        held = leases.claim(session, streams.CLAIM_WRITES, owner=parts.owner, at=at, limit=1)
        rows = [session.get_one(AwsWrite, each) for each in held]
        due = [Writing(row.id, held[row.id], row.account_id) for row in rows]
    for each in due:
        Turns(parts, Work({}, writing.write), SECRET).take(each)


if __name__ == "__main__":
    main()
