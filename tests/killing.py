"""The walk with a kill at a chosen step: parts as in production, wrapped so that a process may die at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.inbound.pipeline import Pipeline
from gateway.inbound.receive import Arrival
from gateway.mail.reader import read_frame
from gateway.relay import Relay
from gateway.store import blobs as blob_store
from gateway.store import deliveries
from gateway.store.blobs import Blobs, Place
from gateway.store.models import Delivery, Outbox
from gateway.transport import Reply
from tests.builders import PASSED
from tests.databases import MONDAY, SUPPORT, Desk


class Killed(BaseException):
    """SIGKILL: nothing catches it, nothing is tidied up but what the operating system and the database do."""


class Steps:
    """Counts the steps of each kind, notes their names, and kills at one of them, or raises another fault there."""

    def __init__(self, kill_at: str = "", fault: BaseException | None = None) -> None:
        self.kill_at, self.seen, self.killed = kill_at, list[str](), False
        self.fault = fault or Killed(kill_at)

    def reach(self, name: str) -> None:
        """Die here if this is the step."""
        self.seen.append(name)
        if name == self.kill_at and not self.killed:
            self.killed = True
            raise self.fault

    def counted(self, name: str) -> str:
        """The name with the number of this occurrence."""
        return f"{name} {sum(each.startswith(f'before {name} ') for each in self.seen) + 1}"

    def transactions(
        self, made: Callable[[], AbstractContextManager[Session]], name: str
    ) -> Callable[[], AbstractContextManager[Session]]:
        """Transactions with a step before and after each commit."""

        @contextmanager
        def transaction() -> Iterator[Session]:
            with made() as session:
                yield session
                step = self.counted(f"{name} commit")
                self.reach(f"before {step}")
            self.reach(f"after {step}")

        return transaction


class KillingPlace:
    """A place for large blobs with a step before and after each write."""

    def __init__(self, inner: Place, steps: Steps) -> None:
        self._inner, self._steps = inner, steps

    def write(self, key: str, content: bytes) -> None:
        step = self._steps.counted("blob write")
        self._steps.reach(f"before {step}")
        self._inner.write(key, content)
        self._steps.reach(f"after {step}")

    def read(self, key: str) -> bytes:
        return self._inner.read(key)


class KillingReader:
    """The reader with a step before and after each mail."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def call(self, payload: bytes) -> bytes:
        step = self._steps.counted("read")
        self._steps.reach(f"before {step}")
        answer = read_frame(payload)
        self._steps.reach(f"after {step}")
        return answer


class NextServer:
    """A transport to a server in memory, with a step before and after whatever travels."""

    def __init__(self, steps: Steps) -> None:
        self.steps, self.taken = steps, list[bytes]()
        self.answer = Reply(250, "ok")

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        step = self.steps.counted("offer")
        self.steps.reach(f"before {step}")
        self.steps.reach(f"after {step}")
        return dict.fromkeys(recipients, self.answer)

    def transfer(self, content: bytes) -> Reply:
        step = self.steps.counted("transfer")
        self.steps.reach(f"before {step}")
        self.taken.append(content)
        self.steps.reach(f"after {step}")
        return Reply(250, "ok")

    def close(self) -> None:
        """Nothing to close."""


class Walk:
    """A desk whose processes can be killed, and a client that sends again what was not answered 250."""

    def __init__(self, desk: Desk, kill_at: str = "", fault: BaseException | None = None) -> None:
        self.desk, self.steps = desk, Steps(kill_at, fault)
        self.server = NextServer(self.steps)
        services = desk.services
        place = KillingPlace(blob_store.open_place(services.settings.blobs), self.steps)
        self.blobs = Blobs(place)
        self.pipeline: Pipeline = replace(
            desk.pipeline,
            transaction=self.steps.transactions(services.transaction, "inbound"),
            blobs=self.blobs,
            reader=KillingReader(self.steps),
            now=desk.clock,
        )
        self.relay = Relay(
            services.sessions,
            self.steps.transactions(services.transaction, "outbound"),
            self.server,
            desk.head,
            "relay",
            5,
            desk.clock,
        )

    def send(self, raw: bytes) -> None:
        """Hand a mail to the door as a client does: again, until the door answers 250."""
        while not self._accepted(raw):
            pass

    def _accepted(self, raw: bytes) -> bool:
        arrival = Arrival(
            raw,
            "li@harbour.example",
            (SUPPORT,),
            self.desk.clock(),
            "smtp",
            "192.0.2.1",
            "mx.example",
            "",
            PASSED,
        )
        door = self.steps.transactions(self.desk.services.transaction, "door")
        try:
            with door() as session:
                deliveries.accept(session, self.blobs, [arrival])
        except (Killed, sa.exc.OperationalError):
            return False
        return True

    def run(self) -> None:
        """File and send everything, starting processes anew after a kill, until nothing is left to do."""
        for work in (self.pipeline.drain, self.relay.drain, self.pipeline.drain, self.relay.drain):
            try:
                work(self.desk.clock() + timedelta(seconds=5))
            except (Killed, sa.exc.OperationalError):
                self._wait_for_the_leases()
                self.desk.clock.pass_(seconds=5)
                work(self.desk.clock() + timedelta(seconds=5))
            self.desk.clock.pass_(seconds=5)

    def _wait_for_the_leases(self) -> None:
        with self.desk.services.transaction() as session:
            for rows in (Delivery, Outbox):
                ended = sa.update(rows).where(rows.lease_until.is_not(None)).values(lease_until=MONDAY)
                session.execute(ended, execution_options={"synchronize_session": False})
