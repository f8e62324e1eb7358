"""AWS accounts of an import file: how each is reached. External ids are made where none is given, never exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.aws import accounts, freshness, partitions, streams
from gateway.operations.estate_values import account_id, one_of, tags, text, truth
from gateway.operations.records import Field, Findings, Record, Table, Wrong, listing
from gateway.operations.yaml_tree import Tree
from gateway.store.models import AccountState, AwsAccount, Stream
from gateway.store.queries.aws_streams import BY_HAND

Note = Callable[[str, str, list[str] | None], None]
_ENVIRONMENTS: Final = ("production", "staging", "test", "development", "sandbox")
_VIEWS: Final = ("account", "organization")
_EXTERNAL_ID: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@:/-_")


def role(tree: Tree, findings: Findings) -> str:
    """The ARN of a role, or its name; empty for none."""
    found: str = text(200, may_be_empty=True)(tree, findings)
    fits = partitions.ROLE if found.startswith("arn:") else partitions.ROLE_NAME
    if found and not fits.fullmatch(found):
        raise Wrong("must be the name of a role, or arn:aws:iam::ACCOUNT:role/NAME (arn:aws-cn: in China)")
    return found


def external_id(tree: Tree, findings: Findings) -> str:
    """What the account's role asks for. Source: IAM User Guide, external ids (2 to 1224 characters)."""
    found: str = text(200)(tree, findings)
    if len(found) < 2 or not _EXTERNAL_ID.issuperset(found):  # noqa: PLR2004  as AWS says
        raise Wrong("an external id has 2 or more letters, digits and + = , . @ : / - _")
    return found


ACCOUNT: Final = Table("an AWS account", {
    "account_id": Field(account_id, required=True),
    "name": Field(text(200, may_be_empty=True)),
    "environment": Field(one_of(_ENVIRONMENTS)),
    "regions": Field(listing(text(30), "regions")),
    "services": Field(listing(text(50), "services")),
    "tags": Field(tags),
    "partition": Field(one_of(partitions.PARTITIONS)),
    "role": Field(role),
    "external_id": Field(external_id),
    "view": Field(one_of(_VIEWS)),
    "partner_led": Field(truth),
    "suspended": Field(truth),
})  # fmt: skip
PLAIN: Final = ("name", "environment", "regions", "services", "tags", "partition", "view", "partner_led")


def check_file(listed: Sequence[Record], findings: Findings) -> None:
    """Note roles that belong to another account or partition, and views that China does not have."""
    for one in listed:
        wanted = one.get("partition") or partition_of(one)
        found = partitions.ROLE.fullmatch(one.get("role") or "")
        if found and found[1] != wanted:
            findings.add(one.line_of("role"), f"role: stands in {found[1]}, the account in {wanted}")
        if found and one.get("account_id") and found[2] != one.get("account_id"):
            findings.add(one.line_of("role"), f"role: belongs to the account {found[2]}")
        if wanted == partitions.CHINA and one.get("view") == "organization":
            findings.add(one.line_of("view"), "view: Health has no view of an organization in aws-cn")
        for region in one.get("regions") or ():
            if partitions.partition_of_region(region) not in (wanted, ""):
                findings.add(one.line_of("regions"), f"regions: {region} is not in {wanted}")


def partition_of(one: Record) -> str:
    """The partition of an account: the one its role names, else the one all its regions lie in, else aws."""
    found = partitions.ROLE.fullmatch(one.get("role") or "")
    if found:
        return found[1]
    lie_in = {partitions.partition_of_region(each) for each in one.get("regions") or ()}
    return partitions.CHINA if lie_in == {partitions.CHINA} else partitions.AWS


def apply(session: Session, listed: Sequence[Record], *, key: str, at: datetime) -> dict[str, list[str]]:
    """Give accounts their roles, and every account with a role its streams; account → what changed."""
    changed = {}
    for one in listed:
        row = session.get_one(AwsAccount, one.values["account_id"])
        found = [*_reached(row, one, key), *_suspended(session, row, one, at)]
        if found:
            changed[row.account_id] = found
    streams.keep_in_step(session, at)
    if any(one.get("role") for one in listed):
        freshness.watch(session, at)
    for number in changed:
        streams.poke(session, number, Stream.PROBE, at)
    return changed


def exported(row: AwsAccount) -> dict[str, Any]:
    """An account as the file describes it, without its external id."""
    told = {"account_id": row.account_id, "name": row.name, "environment": row.environment}
    more = {
        "regions": row.regions,
        "services": row.services,
        "tags": row.tags,
        "partition": row.partition if row.partition != partitions.AWS else "",
        "role": row.role_arn,
        "view": row.view if row.view != _VIEWS[0] else "",
        "partner_led": row.partner_led,
        "suspended": row.state_code == BY_HAND,
    }
    return told | {name: value for name, value in more.items() if value}


def _reached(row: AwsAccount, one: Record, key: str) -> list[str]:
    """What changed in how an account is reached."""
    before = row.role_arn, row.partition
    told = partitions.ROLE.fullmatch(one.get("role") or "") or one.get("regions")
    if "partition" not in one.values and told:
        row.partition = partition_of(one)
    if "role" in one.values:
        row.role_arn = _arn(row, one.values["role"])
    elif row.role_arn and not row.role_arn.startswith(f"arn:{row.partition}:"):
        row.role_arn = row.role_arn.replace(before[0].split(":")[1], row.partition, 1)
    changed = ["role"] if (row.role_arn, row.partition) != before else []
    purpose = accounts.purpose(row.account_id)
    known = (
        secrets.unseal(key, purpose, row.external_id)
        if row.external_id and "external_id" in one.values
        else ""
    )
    if "external_id" in one.values and one.values["external_id"] != known:
        row.external_id = secrets.seal(key, purpose, one.values["external_id"])
        changed.append("external_id")
    if row.role_arn and not row.external_id:
        row.external_id = secrets.seal(key, purpose, secrets.random_token(20))
    return changed


def _arn(row: AwsAccount, told: str) -> str:
    if not told or told.startswith("arn:"):
        return told
    return f"arn:{row.partition}:iam::{row.account_id}:role/{told.lstrip('/')}"


def _suspended(session: Session, row: AwsAccount, one: Record, at: datetime) -> list[str]:
    """A person's word that an account is suspended, or is so no more; a probe takes neither back."""
    by_hand = row.state_code == BY_HAND
    if "suspended" not in one.values or bool(one.values["suspended"]) == by_hand:
        return []
    session.flush()
    if one.values["suspended"]:
        accounts.settle(session, row.account_id, AccountState.SUSPENDED, code=BY_HAND, at=at)
    else:
        accounts.settle(session, row.account_id, AccountState.UNCHECKED, at=at)
    return ["suspended"]
