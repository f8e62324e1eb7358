"""Each job does the work of its kind, in order, and rings again when some is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway import clock, queues
from workers import jobs


class FakeKind:
    def __init__(self, name: str, calls: list[str], left: bool = False) -> None:
        self.name, self.calls, self.left = name, calls, left
        self.until = datetime.min.replace(tzinfo=UTC)

    def drain(self, until: datetime) -> bool:
        self.calls.append(self.name)
        self.until = until
        return self.left


class FaultyKind(FakeKind):
    def drain(self, until: datetime) -> bool:
        super().drain(until)
        raise RuntimeError("an alarm that cannot be told")


class FakeServices:
    def __init__(self, *left: str) -> None:
        self.calls: list[str] = []
        self.alarms = FakeKind("alarms", self.calls, "alarms" in left)
        self.appointments = FakeKind("appointments", self.calls, "appointments" in left)
        self.inbound = FakeKind("inbound", self.calls, "inbound" in left)
        self.relay = FakeKind("relay", self.calls, "relay" in left)
        self.slow = FakeKind("slow", self.calls, "slow" in left)
        self.aws = FakeKind("aws", self.calls, "aws" in left)

    def ring(self, queue: str) -> None:
        self.calls.append(f"ring {queue}")


def calls_of(queue: str, *left: str) -> list[str]:
    services = FakeServices(*left)
    jobs.use(lambda: services)
    function = {"mail": jobs.drain_mail, "out": jobs.drain_out, "slow": jobs.drain_slow,
                "aws": jobs.drain_aws}[queue]  # fmt: skip
    function()
    return services.calls


def test_due_alarms_go_before_incoming_mail() -> None:
    assert calls_of("mail") == ["alarms", "appointments", "inbound"]


def test_mail_is_read_though_an_alarm_fails() -> None:
    services = FakeServices()
    services.alarms = FaultyKind("alarms", services.calls)
    jobs.use(lambda: services)

    jobs.drain_mail()

    assert services.calls == ["alarms", "appointments", "inbound"]


def test_letters_are_handed_on_by_the_out_job() -> None:
    assert calls_of("out") == ["relay"]


def test_heavy_work_is_done_by_the_slow_job() -> None:
    assert calls_of("slow") == ["slow"]


def test_accounts_at_aws_are_read_by_a_job_of_their_own() -> None:
    assert calls_of("aws") == ["aws"]


@pytest.mark.parametrize("left", ["alarms", "appointments", "inbound"])
def test_mail_job_rings_again_while_anything_is_left(left: str) -> None:
    assert calls_of("mail", left) == ["alarms", "appointments", "inbound", "ring mail"]


def test_out_job_rings_its_own_queue_again() -> None:
    assert calls_of("out", "relay") == ["relay", "ring out"]


def test_each_kind_gets_a_slice_of_five_seconds() -> None:
    services = FakeServices()
    jobs.use(lambda: services)
    before = clock.now()
    jobs.drain_mail()
    after = clock.now()
    assert before <= services.alarms.until - timedelta(seconds=5) <= after


def test_every_job_on_the_allow_list_exists() -> None:
    names = {name.rpartition(".")[2] for name in queues.JOBS.values()}
    assert {name for name in names if callable(getattr(jobs, name))} == {
        "drain_mail",
        "drain_out",
        "drain_slow",
        "drain_aws",
    }
