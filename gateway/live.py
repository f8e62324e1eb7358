"""Who hears that a ticket changed: every process publishes numbers after its commit, the web passes them on.

Only numbers travel, never a word of a ticket: whoever hears one asks for what it may see. A lost number costs
time and nothing else, since browsers also ask by themselves.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.retry import Retry

from gateway.runtime.valkey import NotRunning

CHANNEL: Final = "helpdesk:tickets"
MOST_NUMBERS: Final = 200
"""More numbers than these are told as "anything": whoever hears it looks at its whole list."""
_ANYTHING: Final = "*"
_NUMBERS: Final = re.compile(r"[0-9]{1,18}(?:,[0-9]{1,18})*", re.ASCII)
_LONGEST: Final = MOST_NUMBERS * 20
_PING_SECONDS: Final = 5.0
_WAITS: Final = (0.5, 1.0, 2.0, 5.0)
_log = logging.getLogger(__name__)


def publish(connection: Redis, ticket_ids: Iterable[int]) -> None:
    """Tell every web process at once which tickets changed.

    Errors: redis.RedisError.
    """
    numbers = sorted(set(ticket_ids))
    told = ",".join(map(str, numbers)) if len(numbers) <= MOST_NUMBERS else _ANYTHING
    connection.publish(CHANNEL, told)


def heard(word: bytes) -> frozenset[int] | None:
    """The numbers of one message; None for anything, also for a word that no process of ours says.

    >>> heard(b"12,15") == {12, 15}, heard(b"*"), heard(b"1;2")
    (True, None, None)
    """
    said = word[: _LONGEST + 1].decode("ascii", "replace")
    if len(said) > _LONGEST or not _NUMBERS.fullmatch(said):
        return None
    return frozenset(map(int, said.split(",")))


@dataclass(frozen=True, slots=True)
class News:
    """What a browser has to hear. Shape: `live` is None until it is known whether Redis answers."""

    numbers: tuple[int, ...]
    anything: bool
    live: bool | None
    over: bool


class Ear:
    """What one browser has still to hear: a bounded set, however slowly it listens.

    Its `fileno` is readable while there is something to take.
    """

    def __init__(self, only: int | None, live: bool | None) -> None:
        self._only, self._live = only, live
        self._numbers: set[int] = set()
        self._anything = self._over = False
        self._lock = threading.Lock()
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def fileno(self) -> int:
        """What to wait on."""
        return self._read

    def take(self) -> News:
        """What has been told since it was last asked."""
        with self._lock:
            with contextlib.suppress(BlockingIOError):
                while os.read(self._read, 512):
                    pass
            news = News(tuple(sorted(self._numbers)), self._anything, self._live, self._over)
            self._numbers.clear()
            self._anything = False
        return news

    def tell(self, numbers: frozenset[int] | None) -> None:
        """Add numbers, of which it keeps those it was made for; None stands for anything."""
        with self._lock:
            wanted = numbers
            if numbers is not None and self._only is not None:
                wanted = numbers & {self._only}
            if wanted is not None and not wanted:
                return
            if wanted is None or len(self._numbers | wanted) > MOST_NUMBERS:
                self._anything = True
                self._numbers.clear()
            elif not self._anything:
                self._numbers |= wanted
            self._wake()

    def note(self, *, live: bool | None = None, over: bool = False) -> None:
        """Tell that Redis came or went, or that there is nothing more to hear."""
        with self._lock:
            self._live = self._live if live is None else live
            self._over = self._over or over
            self._wake()

    def close(self) -> None:
        """Give its descriptors back."""
        with self._lock:
            for each in (self._read, self._write):
                if each >= 0:
                    os.close(each)
            self._read = self._write = -1

    def _wake(self) -> None:
        if self._write >= 0:
            with contextlib.suppress(BlockingIOError):  # full: it will be read
                os.write(self._write, b".")


class Hub:
    """One reader of Redis for all browsers of a process; begins with the first of them.

    Shape: `address` gives the address of Redis, or raises valkey.NotRunning; `most` browsers at once.
    """

    def __init__(self, address: Callable[[], str], *, most: int) -> None:
        self._address, self._most = address, most
        self._ears: set[Ear] = set()
        self._lock = threading.Lock()
        self._live: bool | None = None
        self._closing = threading.Event()
        self._reader: threading.Thread | None = None

    def join(self, only: int | None = None) -> Ear | None:
        """An ear for one browser, of one ticket or of all; None where there are too many, or at the end."""
        with self._lock:
            if self._closing.is_set() or len(self._ears) >= self._most:
                return None
            ear = Ear(only, self._live)
            self._ears.add(ear)
            if self._reader is None:
                self._reader = threading.Thread(target=self._listen, name="live", daemon=True)
                self._reader.start()
        return ear

    def leave(self, ear: Ear) -> None:
        """Forget an ear. It may be asked twice."""
        with self._lock:
            self._ears.discard(ear)
        ear.close()

    def close(self) -> None:
        """Send every browser away: this process ends."""
        self._closing.set()
        for ear in self._all():
            ear.note(over=True)

    def _all(self) -> tuple[Ear, ...]:
        with self._lock:
            return tuple(self._ears)

    def _listen(self) -> None:
        failed = 0
        while not self._closing.is_set():
            try:
                with closing(self._connect()) as connection, closing(_channel(connection)) as channel:
                    channel.subscribe(CHANNEL)
                    self._follow(channel)
            except (RedisError, OSError, NotRunning) as fault:
                failed = 0 if self._live else failed
                if failed == 0:
                    _log.warning("pages are not live: %s", type(fault).__name__)
                self._set_live(False)
                self._closing.wait(_WAITS[min(failed, len(_WAITS) - 1)])
                failed += 1

    def _connect(self) -> Redis:
        """A client of its own that waits without end (redis-py would time out while nothing is said)."""
        return Redis.from_url(
            self._address(), socket_timeout=None, socket_connect_timeout=2.0, retry=Retry(NoBackoff(), 0)
        )

    def _follow(self, channel: PubSub) -> None:
        """Pass on what is said until the process ends.

        Errors: redis.RedisError, also where Redis hangs and answers no ping.
        """
        asked = False
        while not self._closing.is_set():
            message = channel.get_message(timeout=_PING_SECONDS)
            if message is None:
                if asked:
                    raise ConnectionError("no answer to a ping")
                channel.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "subscribe":
                self._set_live(True)
            elif message["type"] == "message":
                numbers = heard(message["data"])
                for ear in self._all():
                    ear.tell(numbers)

    def _set_live(self, live: bool) -> None:
        with self._lock:
            changed, self._live = self._live is not live, live
            ears = tuple(self._ears)
        if changed:
            for ear in ears:
                ear.note(live=live)


def _channel(connection: Redis) -> PubSub:
    made: PubSub = connection.pubsub()  # type: ignore[no-untyped-call]
    return made
