"""STS: a role is assumed where its trust policy allows the caller."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.aws.wire import Call, Refused
from tests.aws.world import HUB_KEYS, HUBS, Key, World

ROLE = re.compile(r"arn:(aws|aws-cn):iam::(\d{12}):role/(.+)")


def assume_role(world: World, call: Call) -> dict[str, Any]:
    """Credentials of a role; every reason to refuse looks the same, as with AWS."""
    found = ROLE.fullmatch(call.input.get("RoleArn", ""))
    name = call.input.get("RoleSessionName", "")
    if found is None or not 2 <= len(name) <= 64:
        raise Refused("ValidationError", f"{call.input.get('RoleArn')} is invalid")
    partition, account_id, role = found.groups()
    account = world.accounts.get(account_id)
    trusted = (
        account is not None
        and account.trusted
        and not account.suspended
        and (partition, role) == (account.partition, account.role)
        and partition == call.partition
        and call.input.get("ExternalId") == account.external_id
    )
    if not trusted:
        said = f"User: {call.caller} is not authorized to perform: sts:AssumeRole on resource: "
        raise Refused("AccessDenied", said + str(call.input.get("RoleArn")), 403)
    return _credentials(world, call, account_id, f"{role}/{name}")


def _credentials(world: World, call: Call, account_id: str, session: str) -> dict[str, Any]:
    serial = next(world.serial)
    letter = "C" if call.partition == "aws-cn" else "A"
    key = f"ASIA{letter}{account_id}{serial:07d}"
    seconds = world.session_seconds or float(call.input.get("DurationSeconds", 3600))
    expires_at = world.now() + timedelta(seconds=seconds)
    caller = f"arn:{call.partition}:sts::{account_id}:assumed-role/{session}"
    world.keys[key] = Key(account_id, call.partition, caller, f"token-{serial}", expires_at)
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": "not-a-secret",
            "SessionToken": f"token-{serial}",
            "Expiration": _up(expires_at),
        },
        "AssumedRoleUser": {"AssumedRoleId": f"AROA{serial:017d}:{session}", "Arn": caller},
    }


def _up(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def get_caller_identity(world: World, call: Call) -> dict[str, Any]:
    """Who is calling."""
    return {"UserId": call.key, "Account": call.account, "Arn": call.caller}


OPERATIONS: dict[str, Callable[[World, Call], dict[str, Any]]] = {
    "AssumeRole": assume_role,
    "GetCallerIdentity": get_caller_identity,
}


def recognise(world: World, call: Call) -> None:
    """Nothing; the call now knows whose it is. A foreign, unknown or expired key is refused."""
    sts = call.service == "sts"
    for partition, key in HUB_KEYS.items():
        if call.key == key and call.partition == partition:
            call.account, call.caller = HUBS[partition], f"arn:{partition}:iam::{HUBS[partition]}:user/hub"
            return
    known = world.keys.get(call.key)
    if known is None or known.partition != call.partition or known.token != call.token:
        code = "InvalidClientTokenId" if sts else "UnrecognizedClientException"
        raise Refused(code, "The security token included in the request is invalid.", 403 if sts else 400)
    call.account, call.caller = known.account, known.caller
    if known.expires_at <= world.now():
        code = "ExpiredToken" if sts else "ExpiredTokenException"
        said = "The security token included in the request is expired"
        raise Refused(code, said, 403 if sts else 400)
