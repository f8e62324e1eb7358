"""Mailboxes of an import file: how each is reached and what is done there. Secrets stand in no file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from gateway import outages
from gateway.operations.estate_values import email, one_of, text, truth
from gateway.operations.records import Field, Findings, Record, Table, Wrong, listing, record
from gateway.operations.yaml_tree import Tree
from gateway.store import mailboxes
from gateway.store.models import After, MailSource, SignIn

Note = Callable[[str, str, list[str] | None], None]
_PROVIDERS: Final = ("", "microsoft", "google")
_ATOM: Final = frozenset('(){ %*"\\]')


def whole(least: int, most: int) -> Callable[[Tree, Findings], int]:
    """A reader of whole numbers between two."""

    def read(tree: Tree, findings: Findings) -> int:
        found = text(10)(tree, findings)
        if not (found.isascii() and found.isdigit() and least <= int(found) <= most):
            raise Wrong(f'"{found}" is no whole number from {least} to {most}')
        return int(found)

    return read


def endpoint(tree: Tree, findings: Findings) -> str:
    """An address that tokens come from."""
    found: str = text(500)(tree, findings)
    parts = urlsplit(found)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname))
    ):
        raise Wrong("must be an https:// address")
    return found


def no_secret(tree: Tree, findings: Findings) -> None:
    """Nothing: secrets are not read from files."""
    raise Wrong("secrets do not stand in files: helpdesk mailbox secret NAME stores one, encrypted")


MAILBOX: Final = Table("a mailbox", {
    "name": Field(text(100), required=True),
    "address": Field(email, required=True),
    "host": Field(text(255), required=True),
    "port": Field(whole(1, 65535)),
    "user": Field(text(320), required=True),
    "folders": Field(listing(text(255), "names of folders")),
    "after": Field(one_of(After)),
    "move_to": Field(text(255)),
    "flag": Field(text(100)),
    "poll_seconds": Field(whole(5, 1500)),
    "alarm_minutes": Field(whole(1, 1440)),
    "authserv_id": Field(text(255, may_be_empty=True)),
    "ca_file": Field(text(1000, may_be_empty=True)),
    "plain": Field(truth),
    "active": Field(truth),
    "sign_in": Field(one_of(SignIn)),
    "provider": Field(one_of(_PROVIDERS[1:])),
    "tenant": Field(text(100, may_be_empty=True)),
    "client_id": Field(text(300, may_be_empty=True)),
    "token_url": Field(endpoint),
    "device_url": Field(endpoint),
    "scope": Field(text(1000, may_be_empty=True)),
    "password": Field(no_secret),
    "client_secret": Field(no_secret),
    "refresh_token": Field(no_secret),
})  # fmt: skip
MAILBOXES: Final = Field(listing(record(MAILBOX), "mailboxes"))
_DEFAULTS: Final[Mapping[str, Any]] = {
    "port": 993, "folders": ["INBOX"], "after": "move", "poll_seconds": 60, "alarm_minutes": 15, "authserv_id": "",
    "ca_file": "", "plain": False, "active": True, "sign_in": "password", "provider": "", "tenant": "",
    "client_id": "", "token_url": "", "device_url": "", "scope": "",
}  # fmt: skip
_PLAIN_FIELDS: Final = ("address", "host", "user", *_DEFAULTS)
_TARGETS: Final = {
    After.MOVE: ("move_to", "Helpdesk"),
    After.FLAG: ("flag", "\\Seen"),
    After.DELETE: ("", ""),
}


def check_file(listed: Sequence[Record], findings: Findings) -> None:
    """Note mailboxes that stand twice, or make no sense."""
    seen: dict[str, int] = {}
    for one in listed:
        name = one.get("name")
        if name in seen:
            findings.add(one.line, f"the mailbox {name} stands twice (first in line {seen[name]})")
        seen.setdefault(name, one.line)
        _check_reach(one, findings)
        _check_marking(one, findings)
        _check_sign_in(one, findings)


def apply(session: Session, listed: Sequence[Record], note: Note, *, at: datetime) -> None:
    """Make mailboxes what the file says; their secrets stay as they are."""
    known = {each.name: each for each in mailboxes.everything(session)}
    for one in listed:
        name = one.values["name"]
        row = known.get(name)
        if row is None:
            row = MailSource(name=name, watched_since=at, target="", **_DEFAULTS)
            session.add(row)
        changes = _merge(row, one, at)
        note("mailbox", name, changes if name in known else None)
    session.flush()
    if listed:
        outages.watch(session, at)


def export(session: Session) -> list[dict[str, Any]]:
    """Every mailbox as the file describes it, without what stands there anyhow."""
    return [_exported(row) for row in mailboxes.everything(session)]


def removals(session: Session, file: Record) -> list[tuple[str, Callable[[], Any]]]:
    """Mailboxes that the file has no more: they are not read any longer."""
    if "mailboxes" not in file.values:
        return []
    named = {each.values["name"] for each in file.listed("mailboxes")}
    gone = [row for row in mailboxes.active(session) if row.name not in named]
    return [(f"read mailbox {row.name} no more", partial(setattr, row, "active", False)) for row in gone]


def _merge(row: MailSource, one: Record, at: datetime) -> list[str]:
    was_active = row.active
    wanted = {name: one.values[name] for name in _PLAIN_FIELDS if name in one.values}
    after = After(wanted.get("after", row.after))
    field, otherwise = _TARGETS[after]
    stays = row.target if row.target and after == row.after else otherwise
    wanted["target"] = one.get(field) or stays
    changes = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changes:
        setattr(row, name, wanted[name])
    if row.active and not was_active:
        row.watched_since = at
    return [field if name == "target" and field else name for name in changes]


def _exported(row: MailSource) -> dict[str, Any]:
    told = {"name": row.name, "address": row.address, "host": row.host, "user": row.user}
    told |= {name: getattr(row, name) for name in _DEFAULTS if getattr(row, name) != _DEFAULTS[name]}
    field, otherwise = _TARGETS[After(row.after)]
    return told | ({field: row.target} if field and row.target != otherwise else {})


def _check_reach(one: Record, findings: Findings) -> None:
    if one.get("plain") and not _loopback(one.get("host") or ""):
        findings.add(one.line_of("plain"), "plain: only a server on this machine may be read without TLS")
    if not one.listed("folders") and "folders" in one.values:
        findings.add(one.line_of("folders"), "folders: name at least one, as INBOX")


def _check_marking(one: Record, findings: Findings) -> None:
    folders, target = one.listed("folders") or ["INBOX"], one.get("move_to") or "Helpdesk"
    if one.get("after") in (None, After.MOVE) and target in folders:
        findings.add(one.line_of("move_to"), f"move_to: {target} is read itself")
    for field, after in (("move_to", After.MOVE), ("flag", After.FLAG)):
        if one.get(field) and one.get("after") not in (after, *((None,) if after is After.MOVE else ())):
            findings.add(one.line_of(field), f"{field} goes with after: {after}")
    flag = (one.get("flag") or "").removeprefix("\\")
    if not flag.isascii() or _ATOM & set(flag):
        findings.add(one.line_of("flag"), f'flag: "{one.get("flag")}" is no flag, as \\Seen or $Taken is one')


def _check_sign_in(one: Record, findings: Findings) -> None:
    way = one.get("sign_in") or SignIn.PASSWORD
    if way == SignIn.PASSWORD:
        return
    if not one.get("client_id"):
        findings.add(one.line, f"a mailbox that signs in by {way} needs the field client_id")
    if not one.get("provider") and not one.get("token_url"):
        findings.add(one.line, f"a mailbox that signs in by {way} needs a provider, or the field token_url")
    if way == SignIn.DEVICE and not one.get("provider") and not one.get("device_url"):
        findings.add(one.line, "a mailbox that signs in by device needs a provider, or the field device_url")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
