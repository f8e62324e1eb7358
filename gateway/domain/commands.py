"""What an engineer's mail tells the desk to do: its first lines, each a command, and the text below them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from gateway.domain import escalation
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority

CARRYING: Final = ("engineer-assigned", "engineer-message")
"""The letters to engineers that bring what a customer wrote: an answer to one answers the customer."""
NOTED: Final = (
    *escalation.LETTERS,
    "engineer-unassigned",
    "engineer-undelivered",
    "engineer-contested",
    "engineer-health",
    "understood",
)
"""The other letters to engineers about a ticket: an answer to one is a work note."""
MOST: Final = 10
_LONGEST_ARGUMENT: Final = 500


@unique
class Verb(StrEnum):
    """What a command asks for; `UNKNOWN` is a word that we do not know."""

    NOTE = "note"
    REPLY = "reply"
    ASSIGN = "assign"
    TAKE = "take"
    PRIORITY = "priority"
    ESCALATE = "escalate"
    WAIT = "wait"
    RESOLVE = "resolve"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. Shape: `argument` is the rest of its line, `said` the line as it was written."""

    verb: Verb
    argument: str
    said: str


@dataclass(frozen=True, slots=True)
class Order:
    """The commands of a mail, in order, and the text below them."""

    commands: tuple[Command, ...] = ()
    text: str = ""

    def asks(self, *verbs: Verb) -> bool:
        """Whether one of these verbs is among the commands."""
        return any(each.verb in verbs for each in self.commands)


_WORDS: Final[Mapping[str, Verb]] = MappingProxyType(
    {each.value: each for each in Verb if each is not Verb.UNKNOWN}
    | {
        "备注": Verb.NOTE, "備註": Verb.NOTE, "内部备注": Verb.NOTE,
        "回复": Verb.REPLY, "回覆": Verb.REPLY, "答复": Verb.REPLY,
        "指派": Verb.ASSIGN, "分配": Verb.ASSIGN,
        "接手": Verb.TAKE, "认领": Verb.TAKE,
        "优先级": Verb.PRIORITY, "優先級": Verb.PRIORITY,
        "升级": Verb.ESCALATE, "升級": Verb.ESCALATE,
        "等待": Verb.WAIT,
        "解决": Verb.RESOLVE, "解決": Verb.RESOLVE,
    }
)  # fmt: skip
_PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {each.value: each for each in Priority}
    | {"紧急": Priority.CRITICAL, "緊急": Priority.CRITICAL, "高": Priority.HIGH, "中": Priority.MEDIUM,
       "低": Priority.LOW}
)  # fmt: skip
_WAITS: Final[Mapping[str, Status]] = MappingProxyType(
    {
        "": Status.WAITING_CUSTOMER, "customer": Status.WAITING_CUSTOMER, "客户": Status.WAITING_CUSTOMER,
        "aws": Status.WAITING_AWS, "third-party": Status.WAITING_THIRD_PARTY, "第三方": Status.WAITING_THIRD_PARTY,
    }
)  # fmt: skip
_MARKED: Final = re.compile(r"[#＃]([ \t]?)([^\W\d_]+)(.*)", re.DOTALL)
_SEPARATOR: Final = re.compile(r"[\s:：,，、]")
_TAKING: Final = (Verb.NOTE, Verb.ASSIGN, Verb.PRIORITY)
_BETWEEN: Final = " \t:：,，、　"


def read(text: str) -> Order:
    """The commands that stand in a text's first lines, and what stands below.

    A word that nobody knows counts as a command too, since it may be one mistyped, and so does a known one behind a
    space. Any other heading is text, and so is a number.

    >>> order = read("#take\\n#priority high Two sites are down.\\n\\nWe look at it.")
    >>> [(each.verb.value, each.argument) for each in order.commands], order.text
    ([('take', ''), ('priority', 'high Two sites are down.')], 'We look at it.')
    >>> read("＃备注：先别告诉客户").commands[0].argument
    '先别告诉客户'
    """
    lines = text.split("\n")
    found: list[Command] = []
    at = 0
    while at < len(lines) and len(found) < MOST:
        command = _command(lines[at].strip()) if lines[at].strip() else None
        if command is None and lines[at].strip():
            break
        found += [command] if command else []
        at += 1
    return Order(tuple(found), "\n".join(lines[at:]).strip("\n")) if found else Order((), text)


def priority_of(argument: str) -> tuple[Priority | None, str]:
    """The priority an argument begins with, and the reason behind it.

    >>> priority_of("高 两个仓库都停了")
    (<Priority.HIGH: 'high'>, '两个仓库都停了')
    """
    word, reason = _parted(argument)
    return _PRIORITIES.get(word.casefold()), reason


def wait_of(argument: str) -> tuple[Status | None, str]:
    """For whom a ticket is to wait, and the text behind it; a text alone waits for the customer.

    >>> wait_of("aws case 123"), wait_of("please send the log")[0]
    ((<Status.WAITING_AWS: 'waiting-aws'>, 'case 123'), <Status.WAITING_CUSTOMER: 'waiting-customer'>)
    """
    word, rest = _parted(argument)
    known = _WAITS.get(word.casefold())
    return (known, rest) if known else (Status.WAITING_CUSTOMER, argument)


def named(name: str, people: Iterable[tuple[int, str, str]]) -> list[int]:
    """The people a name means: by address, by whole name, else by a part of it.

    Shape: `people` are identity, name and address.

    >>> people = [(1, "Chen Wei", "chen@desk.example"), (2, "Chen Hao", "hao@desk.example")]
    >>> named("chen@desk.example", people), named("Chen Hao", people), named("chen", people), named("Wu", people)
    ([1], [2], [1, 2], [])
    """
    wanted = _comparable(name).lstrip("@")
    known = [(each, _comparable(full), email.casefold()) for each, full, email in people]
    if not wanted:
        return []
    for fits in (
        lambda full, email: wanted in (email, full),
        lambda full, email: wanted in full.split() or wanted == email.partition("@")[0],
        lambda full, email: full.startswith(wanted),
    ):
        if found := [each for each, full, email in known if fits(full, email)]:
            return found
    return []


def contradictory(commands: Sequence[Command]) -> bool:
    """Whether the commands send one text two ways: to the customer and to nobody, or to a wait and to an end."""
    ways = {each.verb for each in commands} & {Verb.NOTE, Verb.REPLY, Verb.WAIT, Verb.RESOLVE}
    return len(ways - {Verb.REPLY}) > 1 or {Verb.NOTE, Verb.REPLY} <= ways


def _command(line: str) -> Command | None:
    found = _MARKED.match(line)
    if found is None:
        return None
    space, word, rest = found.groups()
    verb = _WORDS.get(word.casefold())
    if verb is None:
        verb, rest = _joined(word, rest)
    if space:  # a heading, or meant as a command: nobody can tell
        return Command(Verb.UNKNOWN, "", line[:_LONGEST_ARGUMENT]) if verb else None
    return Command(verb or Verb.UNKNOWN, rest.strip(_BETWEEN)[:_LONGEST_ARGUMENT], line[:_LONGEST_ARGUMENT])


def _joined(word: str, rest: str) -> tuple[Verb | None, str]:
    """A Chinese command whose argument follows it without a space; one that takes none might begin another word."""
    for known, verb in _WORDS.items():
        if verb in _TAKING and not known.isascii() and word.startswith(known):
            return verb, word[len(known) :] + rest
    return None, rest


def _parted(argument: str) -> tuple[str, str]:
    word, _, rest = _SEPARATOR.sub(" ", argument.strip(_BETWEEN), count=1).partition(" ")
    return word, rest.strip(_BETWEEN)


def _comparable(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
