"""The hand that sets the double of AWS up, plays AWS's side, and breaks it."""

from __future__ import annotations

import base64
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.aws import cost, health, sts, support
from tests.aws.faults import Fault, Faults, strike
from tests.aws.wire import Call, Nowhere, Refused, check
from tests.aws.world import Account, Attachment, Case, Communication, Entity, HealthEvent, Said, World

PERFORM: dict[str, Callable[[World, Call], dict[str, Any]]] = {
    "support": support.perform,
    "health": health.perform,
    "cost-optimization-hub": cost.performing(cost.HUB),
    "compute-optimizer": cost.performing(cost.OPTIMIZER),
    "ce": cost.performing(cost.EXPLORER),
    "trustedadvisor": cost.performing(cost.ADVISOR),
    "organizations": health.organization,
    "sts": lambda world, call: sts.OPERATIONS[call.operation](world, call),
}
TRUSTED_ADVISOR = "DescribeTrustedAdvisor"
ORDERS = ("account", "case", "aws_replies", "console_replies", "set_status", "set_severity", "edit", "forget")
ORDERS += ("event", "update_event", "fault", "clear_faults", "latency", "advance", "expire_keys", "setup")
ORDERS += ("recommendation", "spend", "forget_calls", "busiest", "counts", "ids")
Files = Iterable[tuple[str, bytes | str]]


class FakeAws(World):
    """AWS as a test wants it: state, faults, latency and a log of every call."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        """An empty AWS on this clock."""
        super().__init__(clock)
        self.faults = Faults()
        self.log: list[Said] = []
        self.nowhere: list[tuple[str, str, str]] = []
        self.broken: list[str] = []
        self.latencies: dict[str | None, float] = {}
        self.url = ""

    # One call.

    def answer(self, call: Call) -> dict[str, Any]:
        """The output of a call that came in; raises what AWS would answer instead."""
        with self.lock:
            said = Said(
                "", call.service, call.operation, call.region, self.now(), time.monotonic(), call.input
            )
            self.log.append(said)
            try:
                sts.recognise(self, call)
                said.account = call.account
                output = self._answer(call)
            except Refused as error:
                said.outcome = error.code
                raise
            except Exception as error:
                said.outcome = str(error)
                raise
            said.outcome = "ok"
            return output

    def _answer(self, call: Call) -> dict[str, Any]:
        rule = self.faults.pick(call)
        if rule and rule.when == "before":
            strike(rule)
        self._admit(call)
        check(call)
        output = PERFORM[call.service](self, call)
        if rule:
            strike(rule)
        return output

    def _admit(self, call: Call) -> None:
        if call.service == "sts":
            return
        account = self.accounts.setdefault(call.account, Account(call.account, call.partition, plan=None))
        if account.throttled or self._too_fast(call):
            raise Refused("ThrottlingException", "Rate exceeded")
        if account.suspended:
            raise Refused("AccountProblem", "There is a problem with your AWS account.", 403)
        if account.denied & {f"{call.service}:{call.operation}", f"{call.service}:*"}:
            said = f"User: {call.caller} is not authorized to perform: {call.service}:{call.operation}"
            raise Refused("AccessDeniedException", said)

    def _too_fast(self, call: Call) -> bool:
        if self.calls_per_second is None or call.operation.startswith(TRUSTED_ADVISOR):
            return False
        since, count = time.monotonic() - 1, 0
        for said in reversed(self.log):
            if said.monotonic < since:
                break
            count += (said.account, said.service) == (call.account, call.service)
        return count > self.calls_per_second

    def break_down(self, call: Call, error: Exception) -> Refused:
        """What AWS would say of a mistake of its own; a test that met one fails in the end."""
        with self.lock:
            self.broken.append(f"{call.service} {call.operation}: {error!r}")
        return Refused("InternalFailure", f"the double is broken: {error!r}", 500)

    def lost(self, call: Nowhere) -> None:
        """Remember a call to a host that does not exist."""
        with self.lock:
            self.nowhere.append(call.args)  # type: ignore[arg-type]

    def delay(self, call: Call) -> float:
        """Seconds this call takes to come back."""
        return self.latencies.get(call.operation, self.latencies.get(None, 0.0))

    # What was asked.

    def calls(self, operation: str | None = None, account: str | None = None) -> list[Said]:
        """Calls that came in, in their order."""
        with self.lock:
            return [
                said
                for said in self.log
                if operation in (None, said.operation) and account in (None, said.account)
            ]

    def counts(self) -> dict[str, int]:
        """How often each operation was called."""
        found: dict[str, int] = defaultdict(int)
        for said in self.calls():
            found[said.operation] += 1
        return dict(found)

    def busiest(self, account: str | None = None, service: str = "support") -> int:
        """The most calls any account made of a service within any one second."""
        moments: dict[str, list[float]] = defaultdict(list)
        for said in self.calls(account=account):
            if said.service == service:
                moments[said.account].append(said.monotonic)
        return max((_most_within_a_second(each) for each in moments.values()), default=0)

    def forget_calls(self) -> None:
        """An empty log."""
        with self.lock:
            self.log.clear()

    # Setting up.

    def account(self, account_id: str, **values: Any) -> Account:
        """An account, made or changed: `plan=None`, `external_id=…`, `denied=[…]`, `suspended=True` and so on."""
        with self.lock:
            account = self.accounts.setdefault(account_id, Account(account_id))
            for name, value in values.items():
                if not hasattr(account, name):
                    raise TypeError(name)
                kind = type(getattr(account, name))
                setattr(account, name, kind(value) if kind in (set, tuple) else value)
            return account

    def setup(self, **values: Any) -> None:
        """Nothing; what holds for all changes: `cases_per_hour`, `session_seconds`, `redacts` and so on."""
        for name, value in values.items():
            if name not in vars(self):
                raise TypeError(name)
            setattr(self, name, value)

    def advance(self, seconds: float) -> None:
        """Nothing; it is later now."""
        self.ahead += timedelta(seconds=seconds)

    def expire_keys(self, account: str | None = None) -> None:
        """Nothing; credentials that were handed out are no longer good."""
        with self.lock:
            for name, key in list(self.keys.items()):
                if account in (None, key.account):
                    past = self.now() - timedelta(seconds=1)
                    self.keys[name] = key.__class__(key.account, key.partition, key.caller, key.token, past)

    # What goes wrong.

    def fault(self, kind: str, **values: Any) -> Fault:
        """A rule: `kind` drop, hang, garbage, 500, 503, throttle, expired or denied; `when` before or after."""
        rule = Fault(kind, **values)
        with self.lock:
            self.faults.rules.append(rule)
        return rule

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        with self.lock:
            self.faults.rules.clear()

    def latency(self, seconds: float, operation: str | None = None) -> None:
        """Nothing; every call, or those of one operation, now take this long."""
        self.latencies[operation] = seconds

    # AWS Support's other side.

    def case(self, account: str, **values: Any) -> str:
        """A case somebody opened in the console; its id."""
        body, files = values.pop("body", "Something is wrong."), values.pop("attachments", ())
        chosen: dict[str, Any] = {
            "subject": "A case from the console",
            "severity": "normal",
            "service": "amazon-elastic-compute-cloud-linux",
            "category": "other",
            "language": "en",
            "by": f"jane (User) <jane@{account}.example>",
        }
        with self.lock:
            case = support.new_case(self, account, **(chosen | values))
            attached = self._attached(account, files)
            case.communications.append(Communication(self.stored(body), case.by, case.at, attached))
            if case.status == "resolved":
                case.resolved_at = case.at
            return case.case_id

    def aws_replies(self, case_id: str, body: str, attachments: Files = (), **values: Any) -> None:
        """Nothing; AWS's engineer wrote: `status` afterwards, `by`, `at`."""
        with self.lock:
            case = self.cases[case_id]
            self._say(case, body, attachments, by=values.pop("by", support.AWS), at=values.pop("at", None))
            self._status(case, values.pop("status", "pending-customer-action"))
        if values:
            raise TypeError(*values)

    def console_replies(self, case_id: str, body: str, attachments: Files = (), **values: Any) -> None:
        """Nothing; somebody of the customer wrote in the console."""
        with self.lock:
            case = self.cases[case_id]
            by = values.pop("by", f"jane (User) <jane@{case.account}.example>")
            self._say(case, body, attachments, by=by, at=values.pop("at", None))
            support.customer_wrote(case)

    def _say(self, case: Case, body: str, files: Files, *, by: str, at: datetime | None) -> None:
        attached = self._attached(case.account, files)
        case.communications.append(Communication(self.stored(body), by, at or self.now(), attached))

    def _attached(self, account: str, files: Files) -> list[Attachment]:
        return [
            support.new_attachment(
                self, account, name, base64.b64decode(content) if isinstance(content, str) else content
            )
            for name, content in files
        ]

    def set_status(self, case_id: str, status: str) -> None:
        """Nothing; the case's status as AWS tells it."""
        with self.lock:
            self._status(self.cases[case_id], status)

    def _status(self, case: Case, status: str) -> None:
        case.status = status
        case.resolved_at = self.now() if status == "resolved" else None

    def set_severity(self, case_id: str, severity: str) -> None:
        """Nothing; AWS's people changed the severity."""
        with self.lock:
            self.cases[case_id].severity = severity

    def edit(self, case_id: str, number: int, body: str) -> None:
        """Nothing; the text of a communication (0 is the oldest, -1 the newest) reads differently now."""
        with self.lock:
            self.cases[case_id].communications[number].body = body

    def forget(self, case_id: str) -> None:
        """Nothing; AWS no longer knows the case."""
        with self.lock:
            del self.cases[case_id]

    def ids(self, account: str | None = None) -> list[str]:
        """The ids of the cases there are, the oldest first."""
        return [case.case_id for case in self.cases_of(account)]

    def cases_of(self, account: str | None = None) -> list[Case]:
        """The cases there are, the oldest first."""
        with self.lock:
            return [case for case in self.cases.values() if account in (None, case.account)]

    # AWS Health's other side.

    def event(self, **values: Any) -> str:
        """An event; its ARN. `accounts` maps each affected account to its (entity, status) pairs."""
        at = values.get("started_at") or self.now()
        chosen: dict[str, Any] = {
            "partition": "aws",
            "service": "EC2",
            "type_code": "AWS_EC2_OPERATIONAL_ISSUE",
            "category": "issue",
            "scope": "ACCOUNT_SPECIFIC",
            "region": "us-east-1",
            "zone": None,
            "started_at": at,
            "ended_at": None,
            "updated_at": at,
            "status": "open",
            "description": "We are investigating increased error rates.",
        }
        accounts = values.pop("accounts", {})
        chosen |= values
        serial = next(self.serial)
        arn = chosen.pop("arn", None) or _arn(chosen, serial)
        event = HealthEvent(arn=arn, **chosen)
        event.accounts = self._entities(accounts, event.updated_at)
        with self.lock:
            self.events[arn] = event
        return arn

    def update_event(self, arn: str, *, bump: bool = True, **values: Any) -> None:
        """Nothing; the event reads differently, with a new `updated_at` unless `bump` is off."""
        with self.lock:
            event = self.events[arn]
            at = values.pop("updated_at", None) or self.now()
            if (accounts := values.pop("accounts", None)) is not None:
                event.accounts = self._entities(accounts, at)
            for name, value in values.items():
                if not hasattr(event, name):
                    raise TypeError(name)
                setattr(event, name, value)
            if bump:
                event.updated_at = at

    def _entities(
        self, accounts: Mapping[str, Sequence[Sequence[str]]] | Sequence[str], at: datetime
    ) -> dict[str, list[Entity]]:
        pairs = accounts if isinstance(accounts, Mapping) else dict.fromkeys(accounts, ())
        return {
            account: [Entity(value, status, at) for value, status in entities]
            for account, entities in pairs.items()
        }

    # What could be saved and what was spent.

    def recommendation(self, account: str, source: str = "cost-optimization-hub", **values: Any) -> None:
        """Nothing; one of the sources now recommends this.

        Hub: `resource`, `region`, `saving`, `action` and its own fields. Compute Optimizer: `kind` ec2, ebs, rds,
        lambda or idle, `resource`, `region`, `saving`. Trusted Advisor: `check`, `name`, `origin`,
        `resources`.
        """
        serial = next(self.serial)
        if source == "cost-optimization-hub":
            row = cost.hub_row(account, serial, values)
        elif source == "trustedadvisor":
            row = cost.advisor_row(serial, values)
        else:
            kind = {"kind": "ec2", "resource": f"i-{serial:08x}", "region": "us-east-1"}
            row = kind | {"saving": 10.0, "finding": ""} | values
        with self.lock:
            self.costs.setdefault(account, {}).setdefault(source, []).append(row)

    def spend(self, account: str, month: str, amount: float, **values: str) -> None:
        """Nothing; a month like `2026-10` cost this much more, for `service` in `region`."""
        place = {"service": "Amazon Elastic Compute Cloud - Compute", "region": "us-east-1"} | values
        row = {"month": month, "amount": amount, **place}
        with self.lock:
            self.costs.setdefault(account, {}).setdefault("ce", []).append(row)


def _arn(chosen: Mapping[str, Any], serial: int) -> str:
    code = chosen["type_code"]
    where = f"arn:{chosen['partition']}:health:{chosen['region']}::event"
    return f"{where}/{chosen['service']}/{code}/{code}_{serial:06d}"


def _most_within_a_second(moments: list[float]) -> int:
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        most = max(most, last - first + 1)
    return most
