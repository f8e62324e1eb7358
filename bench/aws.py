"""Support cases of very many AWS accounts, read in rounds from a double of AWS that answers as slowly as AWS."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from unittest import mock

import psutil
import sqlalchemy as sa

from bench.results import Table
from bench.stack import SECRET, Stack
from bench.yard import Yard
from gateway import clock, secrets
from gateway import services as wiring
from gateway.aws import accounts as aws_accounts
from gateway.aws import streams
from gateway.aws.cases import reading
from gateway.aws.clients import AwsClients
from gateway.aws.parts import Parts
from gateway.aws.rounds import Rounds
from gateway.aws.turns import Work
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.services import Services
from gateway.store.models import (
    AwsAccount,
    AwsCase,
    AwsCommunication,
    AwsStream,
    Customer,
    Engineer,
    Stream,
    table,
)
from gateway.tickets import case_following, intake
from tests.aws.control import RemoteAws
from tests.aws.fixtures import environment

ACCOUNTS, CASES, CYCLES = 500, 5, 20
ROOT = Path(__file__).resolve().parents[1]
LATENCY = 0.02
PATIENCE = timedelta(minutes=10)
NOTES = (
    "{accounts} accounts with {cases} open cases each, every case on a ticket; the double in a process of its own "
    "answers after 20 ms. A cycle reads every account once. The busy one brings a reply of AWS in each account: a "
    "message, a letter to the customer and one to the engineer."
)


def run(yard: Yard) -> list[Table]:
    """One table."""
    count_ = 50 if yard.quick else ACCOUNTS
    found = [_measured(yard, url, count_) for _, url in yard.databases()]
    result = Table(
        "AWS Support cases of very many accounts",
        NOTES.format(accounts=count_, cases=CASES),
        ("", "SQLite", "PostgreSQL", "goal"),
    )
    goals = ("≤ 60 s", "≤ 60 s", "≤ 60 s", "≤ 60 s", "", "≤ 5", "", "", "≤ 10 MB")
    for name, goal in zip(found[0], goals, strict=True):
        cells = [f"{each[name]:.1f}" for each in found]
        result.add(name, *cells, *[""] * (2 - len(cells)), goal)
    return [result]


def _measured(yard: Yard, url: str, wanted: int) -> dict[str, float]:
    stack = Stack(yard.fresh(), url, relay_port=9)
    try:
        with _double() as aws, _told(environment(aws, Path(tempfile.mkdtemp(dir=yard.folder)))):
            return _cycles(stack.services, aws, wanted)
    finally:
        stack.close()


def _cycles(services: Services, aws: RemoteAws, wanted: int) -> dict[str, float]:
    ids = [f"{number:012d}" for number in range(100_000_000_000, 100_000_000_000 + wanted)]
    cases = _fill(services, aws, ids)
    aws.latency(LATENCY)
    rounds, busiest, seconds = _rounds(services), 0, []
    first = _cycle(services, rounds)
    for each in cases[::CASES]:
        aws.aws_replies(each, "Please look at the instance again and tell us what you see.")
    aws.forget_calls()
    busy = _cycle(services, rounds)
    busiest = max(busiest, int(aws.busiest()))
    _complete(services, wanted)
    memory, spent = [], time.process_time()
    for _ in range(CYCLES):
        aws.forget_calls()
        seconds.append(_cycle(services, rounds))
        busiest = max(busiest, int(aws.busiest()))
        memory.append(_memory())
    spent = (time.process_time() - spent) / CYCLES
    calls = sum(aws.counts().values())
    return {
        "first cycle, all histories (s)": first,
        "busy cycle (s)": busy,
        "quiet cycle, median (s)": median(seconds),
        "quiet cycle, slowest (s)": max(seconds),
        "processor time of a quiet cycle (s)": spent,
        "most calls a second in one account": float(busiest),
        "calls of a quiet cycle": float(calls),
        "memory after the first quiet cycle (MB)": memory[0],
        f"growth until cycle {CYCLES} (MB)": memory[-1] - memory[0],
    }


def _fill(services: Services, aws: RemoteAws, ids: list[str]) -> list[str]:
    """Accounts on both sides, cases in them, tickets that follow these; the cases in the accounts' order."""
    cases: list[str] = []
    serial = count(1)
    for account_id in ids:
        aws.account(account_id, external_id="s3cret")
        made = [aws.case(account_id, subject=f"Case {number}") for number in range(CASES)]
        _follow(services, account_id, made, next(serial))
        cases += made
    with services.transaction() as session:
        streams.keep_in_step(session, clock.now())
    return cases


def _follow(services: Services, account_id: str, made: list[str], number: int) -> None:
    sealed = secrets.seal(SECRET, aws_accounts.purpose(account_id), "s3cret")
    with services.transaction() as session:
        customer = session.scalars(sa.select(Customer).order_by(Customer.id)).first()
        engineer = session.scalars(sa.select(Engineer).order_by(Engineer.id)).first()
        assert customer is not None and engineer is not None
        role = f"arn:aws:iam::{account_id}:role/HelpdeskGateway"
        session.add(AwsAccount(account_id=account_id, customer_id=customer.id, role_arn=role, external_id=sealed,
                               state="ok", told="ok"))  # fmt: skip
        session.flush()
        for index, case_id in enumerate(made):
            who = Mailbox("Li Na", f"li{number}.{index}@harbour.example")
            asked = intake.Request(customer.id, who, f"Case {index}", "See the console.", Priority.MEDIUM)
            ticket = intake.open_by_hand(session, services.letterhead, asked, author=engineer, at=clock.now())
            case_following.adopt(
                session, services.letterhead, ticket.id, author=engineer, account_id=account_id, case_ref=case_id,
                at=clock.now(),
            )  # fmt: skip


def _rounds(services: Services) -> Rounds:
    clients = AwsClients(wiring.identity(services.settings), clock.now)
    parts = Parts(services.transaction, services.reading, services.letterhead, services.blobs, clients,
                  services.owner, clock.now)  # fmt: skip
    work = Work({Stream.CASES: reading.read})
    return Rounds(lambda: parts, services.sessions, clock.now, SECRET, lambda: work)


def _cycle(services: Services, rounds: Rounds) -> float:
    """How long it takes to read every account once."""
    at = clock.now()
    with services.transaction() as session:
        session.execute(sa.update(table(AwsStream)).values(due_at=at + timedelta(days=1)))
        mine = table(AwsStream).c.what == str(Stream.CASES)
        session.execute(sa.update(table(AwsStream)).where(mine).values(due_at=at))
    began = time.monotonic()
    rounds.drain(clock.now() + PATIENCE)
    took = time.monotonic() - began
    read_at = table(AwsStream).c.read_at
    with services.reading() as session:
        late = sa.or_(read_at < at, read_at.is_(None))
        missed = session.execute(sa.select(AwsStream.account_id, AwsStream.fault).where(mine, late)).all()
    if missed:
        raise RuntimeError(f"{len(missed)} accounts were not read: {missed[0]}")
    return took


def _complete(services: Services, wanted: int) -> None:
    """Nothing, where every case and every word arrived."""
    with services.reading() as session:
        rows = session.scalar(sa.select(sa.func.count()).select_from(AwsCase))
        said = session.scalar(sa.select(sa.func.count()).select_from(AwsCommunication))
    if (rows, said) != (wanted * CASES, wanted * (CASES + 1)):
        raise RuntimeError(f"{rows} cases and {said} communications of {wanted} accounts")


def _memory() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


@contextlib.contextmanager
def _double() -> Iterator[RemoteAws]:
    run_ = subprocess.Popen(
        [sys.executable, "-m", "tests.aws.server"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run_.stdout is not None
    try:
        yield RemoteAws(run_.stdout.readline().strip())
    finally:
        run_.kill()
        run_.wait(10)


def _told(variables: dict[str, str]) -> contextlib.AbstractContextManager[object]:
    """The variables of boto3's own chain, for as long as it lasts."""
    return mock.patch.dict(os.environ, variables)  # noqa: TID251  boto3 reads them, not we
