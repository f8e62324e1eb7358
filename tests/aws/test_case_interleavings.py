"""Any order of words, edits, statuses, reads and readers: nothing of AWS's is lost, and nothing arrives twice."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateway import services as wiring
from gateway.aws.answers import fault_of
from gateway.aws.cases import reading, taking
from gateway.aws.faults import Fault
from gateway.aws.parts import Account
from gateway.store.models import AwsCase, AwsCommunication, Message
from tests.aws import support
from tests.aws.case_desk import ACCOUNT, US, CaseDesk
from tests.aws.fake import FakeAws
from tests.aws.wire import Call, Refused
from tests.databases import Desk, settings_for

MODEL = {"describe_cases": "DescribeCases", "describe_communications": "DescribeCommunications",
         "describe_attachment": "DescribeAttachment"}  # fmt: skip


class InProcess:
    """`parts.Clients` on the double without a wire between; `before` happens ahead of every answer."""

    def __init__(self, aws: FakeAws, page: int) -> None:
        self.aws, self.page = aws, page
        self.before: Callable[[], None] = lambda: None

    def call(
        self, account: Account, service: str, operation: str, *, region: str = "", **request: Any
    ) -> dict[str, Any]:
        self.before()
        call = Call(
            service, MODEL[operation], "us-east-1", "key", "", dict(request) | {"maxResults": self.page}
        )
        call.account = account.account_id
        try:
            answer = support.perform(self.aws, call)
        except Refused as error:
            from botocore.exceptions import ClientError

            told = {"Error": {"Code": error.code, "Message": error.message}}
            raise fault_of(ClientError(told, operation)) from None  # type: ignore[arg-type]
        if "attachment" in answer:
            answer["attachment"]["data"] = base64.b64decode(answer["attachment"]["data"])
        return answer

    def write(self, *_: Any, **__: Any) -> dict[str, Any]:
        raise NotImplementedError

    hub_call = write

    def has(self, *_: Any) -> bool:
        return False


@contextmanager
def a_desk(template: Path, page: int) -> Iterator[CaseDesk]:
    folder = Path(tempfile.mkdtemp())
    shutil.copy(template, folder / "helpdesk.db")
    services = wiring.build(settings_for(folder))
    try:
        desk = Desk(services)
        aws = FakeAws(desk.clock)
        aws.redacts = False
        aws.account(ACCOUNT)
        yield CaseDesk(desk, aws, InProcess(aws, page))
    finally:
        services.engine.dispose()
        shutil.rmtree(folder)


WHO = st.sampled_from(["aws", "console", "us"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 1), WHO, st.sampled_from(["Yes.", "No.", "Thanks."])),
        st.tuples(st.just("burst"), st.integers(2, 9), WHO, st.just("Thanks.")),
        st.tuples(st.just("edit"), st.integers(0, 20), WHO, st.sampled_from(["[REDACTED_BY_AWS]", "No."])),
        st.tuples(st.just("status"), st.integers(0, 3), WHO, st.just("")),
        st.tuples(st.just("read"), st.integers(0, 30), WHO, st.just("")),
        st.tuples(st.just("read while AWS writes"), st.integers(1, 4), WHO, st.just("Wait.")),
        st.tuples(st.just("two readers"), st.just(0), WHO, st.just("")),
    ),
    max_size=14,
)
STATUSES = ("work-in-progress", "pending-customer-action", "resolved", "reopened")


class History:
    """What happens to one adopted case, and what must have come of it."""

    def __init__(self, cases: CaseDesk) -> None:
        self.cases, self.case_id = cases, cases.followed()
        self.mailed = Counter[str]()

    def say(self, who: str, body: str, milliseconds: int = 0) -> None:
        self.cases.desk.clock.pass_(milliseconds=milliseconds)
        if who == "aws":
            self.cases.aws.aws_replies(self.case_id, body, status=self.cases.aws.cases[self.case_id].status)
        else:
            by = {"by": US} if who == "us" else {}
            self.cases.aws.console_replies(self.case_id, body, **by)
        self.mailed[who] += 1

    def act(self, what: str, number: int, who: str, body: str) -> None:
        clients = self.cases.clients
        assert isinstance(clients, InProcess)
        if what == "say":
            self.say(who, body, number)
        elif what == "burst":
            for _ in range(number):
                self.say(who, body)
        elif what == "edit":
            said = self.cases.aws.cases[self.case_id].communications
            self.cases.aws.edit(self.case_id, number % len(said), body)
        elif what == "status":
            self.cases.aws.set_status(self.case_id, STATUSES[number])
        elif what == "read":
            self.cases.read(number)
        elif what == "read while AWS writes":
            left = iter(range(number))
            clients.before = lambda: self.say(who, body) if next(left, None) is not None else None
            with suppress(Fault):  # a listing that does not stand still is read again at the next read
                self.cases.read(1)
            clients.before = lambda: None
        else:
            self._stale()

    def _stale(self) -> None:
        """What a reader had read before another took more arrives after it."""
        cases, aws = self.cases, self.cases.aws
        seen = reading.asking.by_ids(cases.clients, cases.account, [self.case_id])[0][0]
        self.say("aws", "Later.")
        cases.read(1)
        if not seen.more:
            taking.take(cases.parts, cases.account, taking.Read(seen, seen.recent))
        assert aws.cases

    def check(self) -> None:
        self.cases.aws.set_status(
            self.case_id, "reopened"
        )  # of a resolved one only the newest words are read
        self.cases.read(25 * 60)
        self.cases.read(2 * 60)
        there = self.cases.aws.cases[self.case_id].communications
        stored = self.cases.rows(AwsCommunication)
        assert Counter((row.at, row.submitted_by, row.body) for row in stored) == Counter(
            (each.at, each.by, each.body) for each in there
        )
        shown = self.cases.rows(Message, Message.ticket_id == self.cases.ticket_id)[1:]
        assert Counter(row.text for row in shown) == Counter(each.body for each in there)
        letters = [letter for letter, _ in self.cases.told()]
        assert letters.count("aws-reply") == self.mailed["aws"] + self.mailed["console"]
        assert self.cases.rows(AwsCase)[0].status == self.cases.aws.cases[self.case_id].status


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(steps=STEPS, page=st.integers(10, 12))
def test_whatever_happens_all_of_it_arrives_once(
    sqlite_template: Path, steps: list[tuple[str, int, str, str]], page: int
) -> None:
    with a_desk(sqlite_template, page) as cases:
        history = History(cases)
        for step in steps:
            history.act(*step)
        history.check()


@pytest.mark.parametrize("more", [1, 8, 40])
def test_words_that_arrive_between_two_pages_are_neither_lost_nor_doubled(
    sqlite_template: Path, more: int
) -> None:
    with a_desk(sqlite_template, 10) as cases:
        history = History(cases)
        for number in range(35):
            history.say("aws", "Thanks." if number % 3 else f"Part {number}.", number % 2)
        history.act("read while AWS writes", more, "aws", "Thanks.")
        history.check()


def test_what_is_read_before_a_fault_is_kept_and_not_told_again(sqlite_template: Path) -> None:
    with a_desk(sqlite_template, 100) as cases:
        history = History(cases)
        history.say("aws", "Thanks.")
        other = cases.aws.case(ACCOUNT)
        cases.read(1)
        cases.adopt(other)
        cases.aws.forget(other)
        for _ in range(3):
            cases.read(1)
        history.check()


def test_listing_that_goes_in_circles_is_a_fault(sqlite_template: Path) -> None:
    with a_desk(sqlite_template, 10) as cases:
        clients = cases.clients
        assert isinstance(clients, InProcess)
        clients.call = lambda *_, **__: {"cases": [], "nextToken": "again"}  # type: ignore[method-assign]
        with pytest.raises(Fault):
            cases.read()
