"""What differs between two states of the desk's customers, engineers, teams, rota, maintenance and mailboxes.

A state is what `exporting` writes of it, taken apart into things with plain fields, so that whatever a file can say
is compared, and nothing else. Passwords are compared by their hashes and shown by neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

import yaml
from sqlalchemy.orm import Session

from gateway.operations import exporting, importing
from gateway.store.models import AwsAccount

SECRET: Final = frozenset({"password_hash", "external_id"})
"""Fields of which no page says more than that they changed."""

Key = tuple[str, str, str]
"""What kind of thing, what it belongs to, and its name there."""
State = Mapping[Key, Mapping[str, str]]


@unique
class Turn(StrEnum):
    """What becomes of a thing."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, as it was and as it becomes; both empty where that is secret."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one thing. Shape: `what` is a key of `web.admin.import_words.THINGS`."""

    turn: Turn
    what: str
    belongs_to: str
    name: str
    fields: tuple[FieldChange, ...]


def state(session: Session) -> State:
    """The state that a session sees, things in the order in which a file names them."""
    session.flush()
    session.expire_all()
    current = importing.current(session)
    contracts = [row for each in current.customers for row in each.contracts]
    versions = {row.number: row.version for row in sorted(contracts, key=lambda row: row.version)}
    sealed = {row.account_id: row.external_id for row in session.query(AwsAccount)}
    found: dict[Key, dict[str, str]] = {}
    for key, fields in _things(exporting.tree(session, current, with_hashes=True)):
        told = dict(_flat(fields))
        if key[0] == "contract":
            told["version"] = str(versions[key[2]])
        if key[0] == "aws-account":
            told["external_id"] = sealed[key[2]]
        found[key] = told
    return found


def between(old: State, new: State) -> tuple[Change, ...]:
    """What became of every thing that differs, in the order of the new state, then what is gone."""
    found = []
    for key, fields in new.items():
        if key not in old:
            found.append(Change(Turn.ADDED, *key, _fields({}, fields)))
        elif changed := _fields(old[key], fields):
            found.append(Change(_turn(changed), *key, changed))
    found += [Change(Turn.ENDED, *key, ()) for key in old if key not in new]
    return tuple(found)


def _turn(fields: Sequence[FieldChange]) -> Turn:
    """Whoever is active no more has ended."""
    ended = any(each.name == "active" and each.new == "false" for each in fields)
    return Turn.ENDED if ended else Turn.CHANGED


def _fields(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[FieldChange, ...]:
    names = [*new, *(name for name in old if name not in new)]
    differ = [name for name in names if old.get(name, "") != new.get(name, "")]
    return tuple(
        FieldChange(name, "", "")
        if name in SECRET
        else FieldChange(name, old.get(name, ""), new.get(name, ""))
        for name in differ
    )


def _things(tree: Mapping[str, Any]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    for customer in tree["customers"]:
        yield from _customer(customer)
    for engineer in tree["engineers"]:
        yield ("engineer", "", engineer["email"]), _without(engineer, "email")
    for team in tree["teams"]:
        yield ("team", "", team["name"]), {}
        for member in team["members"]:
            yield ("member", team["name"], member), {}
    yield from _rota(tree["rota"])
    for window in tree.get("maintenance", ()):
        yield ("maintenance", "", window["reference"]), _without(window, "reference")
    for mailbox in tree.get("mailboxes", ()):
        yield ("mailbox", "", mailbox["name"]), _without(mailbox, "name")


def _customer(customer: Mapping[str, Any]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    name = customer["reference"]
    lists = {"contact": ("contacts", "email"), "contract": ("contracts", "number"),
             "aws-account": ("aws_accounts", "account_id")}  # fmt: skip
    yield (
        ("customer", "", name),
        _without(customer, "reference", "domains", *(field for field, _ in lists.values())),
    )
    for domain in customer["domains"]:
        yield ("domain", name, domain), {}
    for what, (field, key) in lists.items():
        for each in customer[field]:
            yield (what, name, each[key]), _without(each, key)


def _rota(rota: Mapping[str, Any]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    for calendar in rota["calendars"]:
        for each in calendar["days"]:
            yield ("holiday", calendar["name"], str(each["day"])), _without(each, "day")
    for place, shift in enumerate(rota["shifts"], start=1):
        yield ("shift", shift["team"], shift["name"]), _without(shift, "team", "name") | {"position": place}
    for what in ("override", "swap", "absence"):
        for each in rota[f"{what}s"]:
            span = f"{each['from']} – {each['to']}"  # known by all that it says, but for the reason
            known = [value for field, value in each.items() if field not in ("reason", "from", "to")]
            yield (what, "", f"{span} {' '.join(map(str, known))}"), {"reason": each["reason"]}


def _without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every plain value below with its path, as `terms.targets.high.resolution_minutes`."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif path:
        yield path, _said(value)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not all(isinstance(each, str | int | float) for each in value):
        return str(
            yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6).strip()[1:-1]
        )
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None or value == {} else str(value)
