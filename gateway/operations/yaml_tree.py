"""YAML as a tree that remembers its lines, read without trusting it.

Nothing is constructed from tags, depth and number of nodes are bounded before the tree is composed (the C library
would otherwise end the process), and an alias shares its anchor's tree instead of copying it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

LARGEST_BYTES: Final = 5 * 1024 * 1024
DEEPEST: Final = 20
MOST_NODES: Final = 500_000
_MOST_FAULTS: Final = 200
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PREFIX: Final = "tag:yaml.org,2002:"
_TAGS: Final = frozenset(
    _PREFIX + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge")
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line, in plain words."""

    line: int
    text: str


class Unreadable(ValueError):
    """A file with faults; `faults` are in the order of their lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(dict.fromkeys(faults), key=lambda fault: fault.line)[:_MOST_FAULTS]
        super().__init__("; ".join(f"line {fault.line}: {fault.text}" for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its text as written, and what YAML takes it for (str, int, float, bool, null, timestamp)."""

    line: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    line: int
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping of names: each with the line of the name, and its value."""

    line: int
    entries: dict[str, tuple[int, Tree]]


Tree = Scalar | Listing | Fields


def read(content: bytes) -> tuple[Tree, list[Fault]]:
    """The tree of one document, and what is wrong with its names; an empty file is an empty mapping.

    Errors: Unreadable where it is no YAML, too large or too deep.
    """
    if len(content) > LARGEST_BYTES:
        raise Unreadable([Fault(1, f"the file is larger than {LARGEST_BYTES // (1024 * 1024)} MB")])
    text = _decoded(content)
    try:
        _bound(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        raise Unreadable([Fault(line, "a character that YAML does not allow")]) from None
    except yaml.MarkedYAMLError as fault:
        raise Unreadable([_of_mark(fault)]) from None
    if node is None:
        return Fields(1, {}), []
    converter = _Converter()
    return converter.convert(node), converter.faults


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise Unreadable([Fault(line, "the file is not UTF-8 text")]) from None


def _bound(text: str) -> None:
    """Look at the events, which costs no stack, before anything is composed."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST or count > MOST_NODES:
            mark = event.start_mark
            why = (
                f"nested deeper than {DEEPEST} levels" if depth > DEEPEST else "too many entries in one file"
            )
            raise Unreadable([Fault(mark.line + 1 if mark else 1, why)])


def _of_mark(fault: yaml.MarkedYAMLError) -> Fault:
    mark = fault.problem_mark or fault.context_mark
    return Fault(mark.line + 1 if mark else 1, f"no valid YAML: {fault.problem or fault.context}")


class _Converter:
    """Turns composed nodes into trees, each node once, however many aliases point to it."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._known: dict[int, Tree] = {}
        self._open: set[int] = set()

    def convert(self, node: yaml.Node) -> Tree:
        found = self._known.get(id(node))
        if found is not None:
            return found
        line = node.start_mark.line + 1
        if id(node) in self._open:
            raise Unreadable([Fault(line, "an alias inside of its own anchor")])
        self._open.add(id(node))
        tree = self._converted(node, line)
        self._open.discard(id(node))
        self._known[id(node)] = tree
        return tree

    def _converted(self, node: yaml.Node, line: int) -> Tree:
        if isinstance(node, yaml.MappingNode):
            return self._fields(node, line)
        if isinstance(node, yaml.SequenceNode):
            return Listing(line, tuple(self.convert(each) for each in node.value))
        if node.tag not in _TAGS:
            self.faults.append(Fault(line, f"the tag {node.tag.replace(_PREFIX, '!!')} is not allowed here"))
        return Scalar(line, str(node.value), node.tag.removeprefix(_PREFIX))

    def _fields(self, node: yaml.MappingNode, line: int) -> Fields:
        entries: dict[str, tuple[int, Tree]] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(at, "a name must be a plain word"))
            elif key.tag == f"{_PREFIX}merge":
                self.faults.append(Fault(at, "merging with << is not known here: repeat the fields"))
            elif key.value in entries:
                self.faults.append(
                    Fault(at, f"{key.value} stands twice (first in line {entries[key.value][0]})")
                )
            else:
                entries[key.value] = (at, self.convert(value))
        return Fields(line, entries)
