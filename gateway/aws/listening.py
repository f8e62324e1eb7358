"""Long polling of the queues that EventBridge fills: one thread a queue, beside the rounds and never in their way.

A message is deleted only after what it asked for is committed; what nobody can read is left to the queue's own end.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from gateway.aws import events, partitions
from gateway.aws.events import Coalescing, Fate
from gateway.aws.faults import Fault
from gateway.aws.parts import Parts

WAIT_SECONDS: Final = 20
BATCH: Final = 10
FORGET_SECONDS: Final = 3600.0
_FIRST_RETRY: Final = 5.0
_LAST_RETRY: Final = 300.0
_REGION: Final = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/", re.ASCII)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of ours. Shape: `region` is empty for the partition's own."""

    partition: str
    url: str
    region: str = ""


@dataclass
class Listener:
    """Brings what is on the queues to the streams it names. `counts` are messages by what became of them."""

    parts: Parts
    queues: Sequence[Queue]
    wait_seconds: int = WAIT_SECONDS
    counts: Counter[Fate] = field(default_factory=Counter)
    _coalescing: Coalescing = field(default_factory=Coalescing)
    _forgotten_at: float = 0.0

    def start(self, stop: threading.Event) -> list[threading.Thread]:
        """Threads that listen until told to stop; they end with the process."""
        threads = [
            threading.Thread(target=self.listen, args=(queue, stop), name="aws-events", daemon=True)
            for queue in self.queues
        ]
        for each in threads:
            each.start()
        return threads

    def listen(self, queue: Queue, stop: threading.Event) -> None:
        """Take message after message from a queue; whatever fails is tried again, at the latest in five minutes."""
        failures = 0
        while not stop.is_set():
            try:
                self.take(queue)
                failures = 0
            except (Fault, sa.exc.SQLAlchemyError) as fault:
                failures += 1
                seconds = min(_FIRST_RETRY * 2.0 ** (failures - 1), _LAST_RETRY)
                said = fault.code if isinstance(fault, Fault) else type(fault).__name__
                _log.warning("queue of AWS events in %s: %s; again in %d s", queue.partition, said, seconds)
                stop.wait(seconds)

    def take(self, queue: Queue) -> Counter[Fate]:
        """Wait for messages and act on them; how many had which fate.

        Errors: `faults.Fault`; what was not deleted comes again and is known then.
        """
        answer = self._call(
            queue, "receive_message", MaxNumberOfMessages=BATCH, WaitTimeSeconds=self.wait_seconds
        )
        messages: list[Mapping[str, Any]] = answer.get("Messages") or []
        self._forget()
        if not messages:
            return Counter()
        at = self.parts.now()
        with self.parts.transaction() as session:
            fates = [
                events.take(
                    session, str(each.get("Body", "")), queue.partition, coalescing=self._coalescing, at=at
                )
                for each in messages
            ]
        self._note(queue, messages, fates)
        done = [each for each, fate in zip(messages, fates, strict=True) if fate is not Fate.MALFORMED]
        if done:
            entries = [
                {"Id": str(index), "ReceiptHandle": each["ReceiptHandle"]} for index, each in enumerate(done)
            ]
            self._call(queue, "delete_message_batch", Entries=entries)
        return Counter(fates)

    def _note(self, queue: Queue, messages: Sequence[Mapping[str, Any]], fates: Sequence[Fate]) -> None:
        self.counts.update(fates)
        for each, fate in zip(messages, fates, strict=True):
            if fate not in (Fate.TAKEN, Fate.AGAIN):
                _log.warning(
                    "AWS event %s in %s: %s", str(each.get("MessageId"))[:100], queue.partition, fate
                )

    def _forget(self) -> None:
        at = time.monotonic()
        if self._forgotten_at and at < self._forgotten_at + FORGET_SECONDS:
            return
        self._forgotten_at = at
        with self.parts.transaction() as session:
            events.forget(session, self.parts.now())

    def _call(self, queue: Queue, operation: str, **request: Any) -> dict[str, Any]:
        return self.parts.clients.hub_call(
            queue.partition, "sqs", operation, region=queue.region, QueueUrl=queue.url, **request
        )


def queues_of(setting: str) -> list[Queue]:
    """The queues a setting names: `aws=URL,aws-cn=URL`, several of a partition allowed.

    Errors: ValueError.

    >>> queues_of("aws-cn=https://sqs.cn-north-1.amazonaws.com.cn/999988887778/helpdesk")[0].region
    'cn-north-1'
    """
    found = []
    for part in (each.strip() for each in setting.split(",") if each.strip()):
        partition, separator, url = part.partition("=")
        if (
            not separator
            or partition not in partitions.PARTITIONS
            or not url.startswith(("https://", "http://"))
        ):
            raise ValueError("queues of AWS events are named as aws=URL,aws-cn=URL")
        region = _REGION.match(url)
        found.append(Queue(partition, url, region[1] if region else ""))
    return found
