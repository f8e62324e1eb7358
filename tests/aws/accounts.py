"""AWS accounts of a desk under test, with the rounds over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gateway import secrets
from gateway.aws import accounts, streams
from gateway.aws.parts import Clients, Parts, Read
from gateway.aws.rounds import Rounds
from gateway.aws.turns import Work, Write
from gateway.store.models import AwsAccount, AwsStream, Customer, Stream
from tests.builders import a_customer
from tests.databases import SECRET, Desk

ONE, TWO, CHINA = "111122223333", "444455556666", "777788889999"


def an_account(account_id: str = ONE, **changes: Any) -> AwsAccount:
    """A customer's account whose role the desk knows; `external_id` is given in clear."""
    partition = changes.setdefault("partition", "aws")
    external_id = changes.pop("external_id", "s3cret")
    sealed = secrets.seal(SECRET, accounts.purpose(account_id), external_id)
    known: dict[str, Any] = {
        "name": f"account {account_id[:4]}", "environment": "production", "state": "ok", "told": "ok",
        "role_arn": f"arn:{partition}:iam::{account_id}:role/HelpdeskGateway", "external_id": sealed,
    }  # fmt: skip
    return AwsAccount(account_id=account_id, **(known | changes))


def settle_in(desk: Desk, *rows: AwsAccount) -> None:
    """Give a desk a customer with these accounts, each with its streams."""
    with desk.services.transaction() as session:
        customer = session.scalars(sa.select(Customer)).first() or a_customer()
        customer.accounts.extend(rows)
        session.add(customer)
        streams.keep_in_step(session, desk.clock.at)


def parts_of(desk: Desk, clients: Clients) -> Parts:
    services = desk.services
    return Parts(
        services.transaction, services.reading, desk.head, services.blobs, clients, services.owner, desk.clock
    )


def rounds_of(
    desk: Desk, clients: Clients, reads: Mapping[Stream, Read], write: Write | None = None
) -> Rounds:
    return Rounds(
        lambda: parts_of(desk, clients),
        desk.services.sessions,
        desk.clock,
        SECRET,
        lambda: Work(reads, write),
    )


def drain(desk: Desk, rounds: Rounds) -> bool:
    return rounds.drain(desk.clock.at + timedelta(seconds=60))


def stream_of(desk: Desk, what: Stream, account_id: str = ONE) -> AwsStream:
    with desk.services.reading() as session:
        return session.scalars(
            sa.select(AwsStream).where(AwsStream.account_id == account_id, AwsStream.what == str(what))
        ).one()


def account_of(desk: Desk, account_id: str = ONE) -> AwsAccount:
    with desk.services.reading() as session:
        return session.get_one(AwsAccount, account_id)
