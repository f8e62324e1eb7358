"""Trees of YAML checked against tables of fields: every fault is collected with its line, none stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from gateway.operations.yaml_tree import Fault, Fields, Listing, Scalar, Tree, Unreadable

_MOST_VALUES: Final = 500_000


class Wrong(ValueError):
    """A value that its field does not take; the text says why, in plain words."""


@dataclass(slots=True)
class Findings:
    """The faults of one file, and how much of it was looked at, aliases counted each time."""

    faults: list[Fault] = field(default_factory=list)
    values: int = 0

    def add(self, line: int, text: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(line, text))

    def look(self, tree: Tree) -> None:
        """Count one value. Errors: Unreadable where aliases multiply what there is."""
        self.values += 1
        if self.values > _MOST_VALUES:
            raise Unreadable([Fault(tree.line, "too many entries: aliases repeat one another")])


Reader = Callable[[Tree, Findings], Any]
"""Makes a value of a tree. Errors: Wrong for a fault of the whole value; faults inside go to the findings."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read, and whether it must be there."""

    read: Reader
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The fields of one kind of thing. `later` are names that a later version will know."""

    what: str
    fields: Mapping[str, Field]
    later: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line it stands in."""

    line: int
    value: Any


@dataclass(frozen=True, slots=True)
class Record:
    """One thing as the file describes it: only the fields that are there, each with its line."""

    line: int
    values: dict[str, Any]
    lines: dict[str, int]

    def get(self, name: str) -> Any:
        """A field's value, or None."""
        return self.values.get(name)

    def line_of(self, name: str) -> int:
        """The line of a field, or of the record where the field is absent."""
        return self.lines.get(name, self.line)

    def listed(self, name: str) -> list[Any]:
        """A field that holds a list; empty where absent."""
        return list(self.values.get(name) or ())


def record(table: Table) -> Reader:
    """A reader of mappings with the fields of a table."""

    def read(tree: Tree, findings: Findings) -> Record:
        findings.look(tree)
        if not isinstance(tree, Fields):
            raise Wrong(f"{table.what} is described by fields, not by a {_kind(tree)}")
        made = Record(tree.line, {}, {})
        for name, (line, value) in tree.entries.items():
            if name not in table.fields:
                findings.add(line, _unknown(table, name))
                continue
            made.lines[name] = line
            try:
                made.values[name] = table.fields[name].read(value, findings)
            except Wrong as wrong:
                findings.add(value.line, f"{name}: {wrong}")
        for name, one in table.fields.items():
            if one.required and name not in tree.entries:
                findings.add(tree.line, f"{table.what} needs the field {name}")
        return made

    return read


def listing(each: Reader, what: str) -> Reader:
    """A reader of lists; an empty value is an empty list."""

    def read(tree: Tree, findings: Findings) -> list[Any]:
        findings.look(tree)
        if isinstance(tree, Scalar) and tree.kind == "null":
            return []
        if not isinstance(tree, Listing):
            raise Wrong(f"must be a list of {what}, not a {_kind(tree)}")
        made = []
        for item in tree.items:
            try:
                made.append(each(item, findings))
            except Wrong as wrong:
                findings.add(item.line, str(wrong))
        return made

    return read


def located(read: Reader) -> Reader:
    """A reader that keeps the line beside the value, for lists whose entries may be at fault with others."""

    def read_here(tree: Tree, findings: Findings) -> Located:
        return Located(tree.line, read(tree, findings))

    return read_here


def scalar(tree: Tree, findings: Findings) -> Scalar:
    """A single value. Errors: Wrong where it is a list or a mapping."""
    findings.look(tree)
    if not isinstance(tree, Scalar):
        raise Wrong(f"must be a single value, not a {_kind(tree)}")
    return tree


def plain(value: Any) -> Any:
    """Records as dictionaries, all the way down."""
    if isinstance(value, Record):
        return {name: plain(each) for name, each in value.values.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def suggestion(name: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """`; did you mean "email"?` where a known name is close, or an empty text."""
    close = get_close_matches(name[:100], list(known), 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def _unknown(table: Table, name: str) -> str:
    if name in table.later:
        return f"{name} is not known yet: a later version of the helpdesk will import it"
    hint = suggestion(name, table.fields) or f" (known are {', '.join(table.fields)})"
    return f'{table.what} has no field "{name[:100]}"{hint}'


def _kind(tree: Tree) -> str:
    if isinstance(tree, Listing):
        return "list"
    return "set of fields" if isinstance(tree, Fields) else "single value"
