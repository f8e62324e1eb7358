"""The DNS as mail checks need it: a budget of time per mail, a small cache, and no waiting while it is down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

MAX_CACHED: Final = 10_000
MAX_ANSWERS: Final = 100
MAX_TTL: Final = 300.0
EMPTY_TTL: Final = 60.0
UNANSWERED_TTL: Final = 30.0
PROBE_SECONDS: Final = 0.5
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 60.0


class Unanswered(OSError):
    """A DNS question without an answer: timeout, server failure, budget spent, or DNS known to be down."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one name and type. Shape: MX values are (preference, exchange), others (0, value)."""

    values: tuple[tuple[int, bytes], ...] = ()
    seconds: float = EMPTY_TTL

    @property
    def texts(self) -> list[str]:
        """The values as text."""
        return [value.decode("ascii", "replace") for _, value in self.values]


class Ask(Protocol):
    """One question to the DNS; no such name or record is an empty answer. Errors: Unanswered."""

    def __call__(self, name: str, kind: str, seconds: float) -> Answer:
        """The answer, waited for at most `seconds`."""


def system(name: str, kind: str, seconds: float) -> Answer:
    """An answer of the machine's own resolvers."""
    try:
        found = dns.resolver.resolve(name, kind, lifetime=seconds, raise_on_no_answer=False, search=False)
    except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
        return Answer()
    except (dns.name.BadEscape, dns.name.IDNAException, UnicodeError):
        return Answer()
    except (dns.exception.DNSException, OSError) as fault:
        raise Unanswered(f"no answer: {type(fault).__name__}") from fault
    if found.rrset is None:
        return Answer()
    records = list(found.rrset)[:MAX_ANSWERS]
    return Answer(tuple(map(_value, records)), min(MAX_TTL, float(found.rrset.ttl)))


def _value(record: object) -> tuple[int, bytes]:
    """One record's value. Shape: names without their last dot."""
    if (strings := getattr(record, "strings", None)) is not None:
        return 0, b"".join(strings)
    if (exchange := getattr(record, "exchange", None)) is not None:
        return int(getattr(record, "preference", 0)), exchange.to_text(omit_final_dot=True).encode()
    target = getattr(record, "target", None)
    return 0, (target.to_text(omit_final_dot=True) if target is not None else str(record)).encode()


@dataclass(slots=True)
class Dns:
    """The process's view of the DNS, shared by its threads.

    A question without an answer is held against its name for a while. Whether the DNS as a whole is down is then
    asked at the root, so that a stranger's silent name servers never switch the checks off for others; while it is
    down every question is refused at once. Units: seconds.
    """

    seconds: float
    ask: Ask = system
    clock: Callable[[], float] = time.monotonic
    _cache: dict[tuple[str, str], tuple[float, Answer | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _down_until: float = 0.0
    _pause: float = 0.0

    def for_mail(self) -> Budget:
        """A resolver for the checks of one mail."""
        return Budget(self, self.clock() + self.seconds)

    def answer(self, name: str, kind: str, deadline: float) -> Answer:
        """The answer to one question, from the cache where it still holds. Errors: Unanswered."""
        key = (name.lower(), kind)
        held = self._cache.get(key)
        if held is not None and held[0] > self.clock():
            if held[1] is None:
                raise Unanswered("not answered a moment ago")
            return held[1]
        if self._down():
            raise Unanswered("the DNS is down")
        left = deadline - self.clock()
        if left <= 0:
            raise Unanswered("the time for this mail is spent")
        try:
            found = self.ask(name, kind, left)
        except Unanswered:
            self._probe()
            if not self._pause:
                self._keep(key, None, UNANSWERED_TTL)
            raise
        self._keep(key, found, found.seconds)
        return found

    def _keep(self, key: tuple[str, str], found: Answer | None, seconds: float) -> None:
        with self._lock:
            self._cache.pop(key, None)
            while len(self._cache) >= MAX_CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[key] = (self.clock() + seconds, found)

    def _down(self) -> bool:
        """Whether to refuse at once; the first to ask after a pause finds out whether it is over."""
        if not self._pause:
            return False
        with self._lock:
            if self.clock() < self._down_until:
                return True
            self._down_until = self.clock() + PROBE_SECONDS
        self._probe()
        return bool(self._pause)

    def _probe(self) -> None:
        """Ask the root; without an answer the DNS counts as down, each time for longer."""
        try:
            self.ask(".", "NS", PROBE_SECONDS)
        except Unanswered:
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
            self._down_until = self.clock() + self._pause
        else:
            self._pause = 0.0


@dataclass(frozen=True, slots=True)
class Budget:
    """A resolver that answers until a deadline. Errors: Unanswered in every method."""

    dns: Dns
    deadline: float

    def txt(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined."""
        return [value for _, value in self.dns.answer(name, "TXT", self.deadline).values]

    def a(self, name: str) -> list[str]:
        """The IPv4 addresses of a name."""
        return self.dns.answer(name, "A", self.deadline).texts

    def aaaa(self, name: str) -> list[str]:
        """The IPv6 addresses of a name."""
        return self.dns.answer(name, "AAAA", self.deadline).texts

    def mx(self, name: str) -> list[tuple[int, str]]:
        """Preference and exchange of a name's MX records."""
        answer = self.dns.answer(name, "MX", self.deadline)
        return [(preference, text) for (preference, _), text in zip(answer.values, answer.texts, strict=True)]

    def ptr(self, name: str) -> list[str]:
        """The names a reverse name points to."""
        return self.dns.answer(name, "PTR", self.deadline).texts
