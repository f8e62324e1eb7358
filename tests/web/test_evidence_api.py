"""The evidence sheet over the API: whoever has only its JSON reckons the same verdicts, by other code (P1, P11)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.operations import access
from gateway.store.models import Engineer, Role
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk

CARRIER = {"kind": "document", "reference": "Carrier's report 4711"}
WORDS = "The carrier's fibre was cut."


class Api:
    """The API with somebody's bearer token."""

    def __init__(self, desk: Desk, engineer: Engineer | None = None, role: Role | None = None) -> None:
        self.client: FlaskClient = desk.client()
        with desk.services.transaction() as rows:
            who = engineer or desk.engineer()
            token = access.make_token(rows, engineer=who, role=role or Role(who.role), at=clock.now())
        self.headers = {"Authorization": f"Bearer {token}"}

    def sheet(self, number: int) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/tickets/{number}/sla", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()  # type: ignore[no-any-return]

    def post(self, path: str, body: object = None) -> Any:
        return self.client.post(f"/api/v1/tickets/{path}", json=body, headers=self.headers)

    def exclude(self, number: int, start: datetime, end: datetime | None, **more: object) -> Any:
        body = {"reason": "third-party", "start": start.isoformat(), "proof": CARRIER, "words": WORDS}
        return self.post(f"{number}/exclusions", body | ({"end": end.isoformat()} if end else {}) | more)


@pytest.fixture
def api(desk: Desk) -> Api:
    return Api(desk)


def manager_of(desk: Desk) -> Engineer:
    with desk.services.transaction() as rows:
        made = Engineer(email="wu.lan@northquay.example", name="Wu Lan", role=Role.MANAGER, skills=[])
        rows.add(made)
        return made


# The independent reckoning: instants as numbers of seconds, walked piece by piece; nothing of the house is used.


def seconds(told: str) -> float:
    return datetime.fromisoformat(told).timestamp()


class Walk:
    """The time of a ticket cut at every boundary of an exclusion."""

    def __init__(self, sheet: dict[str, Any]) -> None:
        self.spans = [
            (seconds(each["start"]), seconds(each["end"]))
            for each in sheet["exclusions"]
            if each["struck"] is None and each["end"]
        ]

    def forward(self, start: float, amount: float) -> float:
        """Where this many counted seconds have passed."""
        cuts = sorted({edge for span in self.spans for edge in span if edge > start})
        at = start
        for cut in cuts:
            if not self.excluded(at):
                if at + amount <= cut:
                    return at + amount
                amount -= cut - at
            at = cut
        return at + amount

    def excluded(self, at: float) -> bool:
        return any(start <= at < end for start, end in self.spans)


def met(sheet: dict[str, Any], target: str) -> float | None:
    """When a target was met, by the entries alone."""
    if target == "first_response":
        sent: dict[object, float] = {}
        for event in sheet["events"]:
            if event["kind"] == "reply":
                sent.setdefault(event["data"]["message"], seconds(event["at"]))
            if event["kind"] == "reply-refused":
                sent.pop(event["data"]["message"], None)
        return min(sent.values(), default=None)
    resolved = None
    for event in sheet["events"]:
        if event["kind"] == "status":
            to = event["data"]["to"]
            resolved = seconds(event["at"]) if to == "resolved" else resolved if to == "closed" else None
    return resolved


def due(sheet: dict[str, Any], target: str) -> float:
    """When a target is due, by the promised seconds, the entries about priority and the exclusions."""
    walk, order = Walk(sheet), ["critical", "high", "medium", "low"]
    levels = [event for event in sheet["events"] if event["kind"] in ("opened", "priority")]
    opened, done = seconds(levels[0]["at"]), met(sheet, target)

    def promised(event: dict[str, Any]) -> float:
        return float(sheet["promised"][event["data"]["priority"]][f"{target}_seconds"])

    at = walk.forward(opened, promised(levels[0]))
    for before, event in itertools.pairwise(levels):
        change = seconds(event["at"])
        if change > at or (done is not None and done <= change):
            break
        step = order.index(event["data"]["priority"]) - order.index(before["data"]["priority"])
        if step < 0:
            at = min(at, walk.forward(change, promised(event)))
        elif step > 0:
            at = max(at, walk.forward(opened, promised(event)))
    return at


def reckon(sheet: dict[str, Any]) -> dict[str, tuple[float, float | None, bool]]:
    """Due, met and whether it was missed, for both targets."""
    resting = [
        seconds(each["start"]) for each in sheet["exclusions"] if each["struck"] is None and not each["end"]
    ]
    until = min([seconds(sheet["as_of"]), *resting])
    found = {}
    for target in ("first_response", "resolution"):
        done, at = met(sheet, target), due(sheet, target)
        found[target] = (at, done, (done if done is not None else until) > at)
    return found


def printed(sheet: dict[str, Any]) -> dict[str, tuple[float, float | None, bool]]:
    """The same as the sheet says it."""
    return {
        target: (
            seconds(sheet[target]["due_at"]),
            seconds(sheet[target]["met_at"]) if sheet[target]["met_at"] else None,
            sheet[target]["breached_at"] is not None,
        )
        for target in ("first_response", "resolution")
    }


def same(sheet: dict[str, Any]) -> None:
    """The sheet and the reckoning agree to the microsecond, as far as a float of this century can tell."""
    for target, (at, done, missed) in reckon(sheet).items():
        assert printed(sheet)[target] == (
            pytest.approx(at, abs=1e-5),
            done if done is None else pytest.approx(done, abs=1e-5),
            missed,
        )


class History:
    """A High ticket of thirty hours ago, and what befell it, hour by hour."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.api = desk, Api(desk)
        self.start = (clock.now() - timedelta(hours=30)).replace(microsecond=0)
        self.number = desks.open_ticket(desk, at=self.start)

    def at(self, hour: float) -> datetime:
        return self.start + timedelta(hours=hour)

    def do(self, verb: Callable[..., Any], hour: float, **how: object) -> Any:
        with self.desk.services.transaction() as rows:
            head = self.desk.services.letterhead
            return verb(rows, head, self.number, author=self.desk.engineer(), at=self.at(hour), **how)

    def exclude(self, start: float, end: float | None, **more: object) -> None:
        answer = self.api.exclude(
            self.number, self.at(start), self.at(end) if end is not None else None, **more
        )
        assert answer.status_code == 201, answer.text

    def sheet(self) -> dict[str, Any]:
        return self.api.sheet(self.number)


def untouched(history: History) -> None:
    pass


def answered_in_time_and_resolved_late(history: History) -> None:
    history.do(handling.reply, 0.5, text="We look into it.")
    history.do(handling.reply, 11, text="Restarted.", then=Status.RESOLVED)


def excluded_time_saves_the_resolution(history: History) -> None:
    answered_in_time_and_resolved_late(history)
    history.exclude(1, 3.5)
    history.exclude(3, 4.25, reason="force-majeure")


def struck_time_does_not_save_it(history: History) -> None:
    excluded_time_saves_the_resolution(history)
    history.api.post(f"{history.number}/exclusions/x2/strike", {"words": "There was no flood."})


def asked_and_never_answered(history: History) -> None:
    history.do(handling.reply, 0.5, text="Which site?", then=Status.WAITING_CUSTOMER)


def raised_late_and_lowered_later(history: History) -> None:
    history.do(handling.change_priority, 0.25, priority=Priority.CRITICAL, reason="All sites.")
    history.do(handling.change_priority, 2, priority=Priority.LOW, reason="One site.")
    history.do(handling.reply, 3, text="We look into it.")
    history.exclude(2.5, 5)


def resolution_lasts_open_exclusion(history: History) -> None:
    history.do(handling.reply, 0.5, text="We look into it.")
    history.exclude(6, None)


def closed_by_hand(history: History) -> None:
    history.do(handling.reply, 2, text="We look into it.")
    history.do(handling.reply, 5, text="Restarted.", then=Status.RESOLVED)
    history.do(handling.change_status, 6, status=Status.CLOSED)
    history.exclude(0.5, 1.75)


HISTORIES = [
    untouched, answered_in_time_and_resolved_late, excluded_time_saves_the_resolution, struck_time_does_not_save_it,
    asked_and_never_answered, raised_late_and_lowered_later, resolution_lasts_open_exclusion, closed_by_hand,
]  # fmt: skip


@pytest.mark.parametrize("history", HISTORIES, ids=lambda made: made.__name__)
def test_whoever_has_the_json_reckons_the_same_verdicts(
    desk: Desk, history: Callable[[History], None]
) -> None:
    made = History(desk)
    history(made)
    same(made.sheet())


@pytest.mark.parametrize("history", HISTORIES, ids=lambda made: made.__name__)
def test_stretches_of_a_sheet_cover_all_time_and_add_up(
    desk: Desk, history: Callable[[History], None]
) -> None:
    made = History(desk)
    history(made)
    for target in ("first_response", "resolution"):
        told = made.sheet()[target]
        total, reached = 0.0, seconds(made.sheet()["opened_at"])
        for stretch in told["stretches"]:
            assert seconds(stretch["start"]) == reached
            reached = seconds(stretch["end"])
            total += reached - seconds(stretch["start"]) if stretch["counts"] else 0
            assert stretch["total_seconds"] == pytest.approx(total, abs=1e-3)
        assert told["used_seconds"] == pytest.approx(total, abs=1e-3)


def test_verdicts_of_these_histories_differ(desk: Desk) -> None:
    """So that agreeing on them means something."""
    late, saved = History(desk), History(desk)
    answered_in_time_and_resolved_late(late)
    excluded_time_saves_the_resolution(saved)
    assert late.sheet()["resolution"]["outcome"] == "breached"
    assert saved.sheet()["resolution"]["outcome"] == "met"


# What the sheet tells.


def test_sheet_names_reason_author_and_proof_of_what_does_not_count(desk: Desk) -> None:
    made = History(desk)
    made.exclude(1, 3)
    (told,) = made.sheet()["exclusions"]
    assert (told["id"], told["reason"], told["counts"], told["words"]) == ("x1", "third-party", True, WORDS)
    assert told["author"] == {"actor": f"engineer:{desk.engineer().id}", "name": "Chen Wei"}
    assert told["proof"] == CARRIER


def test_sheet_tells_what_moved_the_due_instant_and_which_entry_did(desk: Desk) -> None:
    made = History(desk)
    made.exclude(0.25, 0.5)
    opening, late = made.sheet()["first_response"]["moves"]
    assert (opening["cause"], opening["before"], opening["entry"]) == ("opening", None, 1)
    assert (late["cause"], late["what"], late["entry"]) == ("late-exclusion", "x1", 2)
    assert seconds(late["after"]) - seconds(late["before"]) == 900


def test_sheet_holds_the_hash_of_the_last_entry(desk: Desk) -> None:
    made = History(desk)
    before = made.sheet()["last_entry"]
    made.exclude(1, 3)
    after = made.sheet()["last_entry"]
    assert (before["entry"], after["entry"]) == (1, 2)
    assert len(after["hash"]) == 64
    assert before["hash"] != after["hash"]


def test_sheet_without_contract_says_the_default_terms(desk: Desk) -> None:
    sheet = History(desk).sheet()
    assert sheet["contract"] == ""
    assert sheet["promised"]["high"] == {"first_response_seconds": 3600, "resolution_seconds": 28800}


def test_sheet_of_an_unknown_ticket_is_not_found(api: Api) -> None:
    assert api.client.get("/api/v1/tickets/4711/sla", headers=api.headers).status_code == 404


# The verbs.


def test_exclusion_is_entered_ended_and_struck(desk: Desk) -> None:
    made = History(desk)
    made.exclude(1, None)
    ended = made.api.post(f"{made.number}/exclusions/x1/end", {"end": made.at(2).isoformat()}).get_json()
    assert seconds(ended["resolution"]["due_at"]) == made.at(9).timestamp()
    struck = made.api.post(f"{made.number}/exclusions/x1/strike", {"words": "Wrong day."}).get_json()
    assert seconds(struck["resolution"]["due_at"]) == made.at(8).timestamp()
    assert struck["exclusions"][0]["struck"]["words"] == "Wrong day."


def test_contested_exclusion_is_upheld_by_a_manager_alone(desk: Desk) -> None:
    made = History(desk)
    made.exclude(1, 2)
    path = f"{made.number}/exclusions/x1"
    contested = made.api.post(f"{path}/contest", {"words": "It was back."}).get_json()
    assert contested["exclusions"][0]["under_review"] is True
    assert contested["exclusions"][0]["contested"]["by"] == {"actor": "customer", "name": ""}
    refused = made.api.post(f"{path}/uphold", {"words": "No."})
    assert (refused.status_code, refused.get_json()["detail"]) == (
        409,
        "only a manager decides about a contested exclusion",
    )
    upheld = Api(desk, manager_of(desk)).post(f"{path}/uphold", {"words": "The report shows it."}).get_json()
    assert upheld["exclusions"][0]["under_review"] is False
    assert upheld["exclusions"][0]["counts"] is True


def test_token_with_less_than_a_managers_rights_decides_nothing_contested(desk: Desk) -> None:
    made = History(desk)
    made.exclude(1, 2)
    made.api.post(f"{made.number}/exclusions/x1/contest", {"words": "It was back."})
    lesser = Api(desk, manager_of(desk), Role.LEAD)
    for verb in ("uphold", "strike"):
        assert lesser.post(f"{made.number}/exclusions/x1/{verb}", {"words": "No."}).status_code == 409
    assert made.sheet()["exclusions"][0]["under_review"] is True


def test_token_with_less_than_a_managers_rights_calls_no_violated_ticket_spam(desk: Desk) -> None:
    made, told = History(desk), {"as": "spam", "reason": "A robot wrote it."}
    manager = manager_of(desk)
    assert Api(desk, manager, Role.LEAD).post(f"{made.number}/mark", told).status_code == 409
    assert Api(desk, manager).post(f"{made.number}/mark", told).status_code == 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"reason": "weather"}, 422),
        ({"words": "  "}, 422),
        ({"words": "x" * 2001}, 422),
        ({"proof": {"kind": "hearsay", "reference": "x"}}, 422),
        ({"proof": {"kind": "case", "reference": " "}}, 422),
        ({"start": "2026-03-02T10:00:00"}, 422),
        ({"start": "0001-01-01T00:00:00+14:00"}, 409),
        ({"end": "9999-12-31T23:59:59-12:00"}, 409),
        ({"author": 1}, 422),
        ({"reason": "maintenance"}, 409),
        ({"proof": {"kind": "message", "reference": "99"}}, 409),
        ({"start": "2999-01-01T00:00:00Z"}, 409),
    ],
)
def test_exclusion_that_makes_no_sense_is_refused(desk: Desk, more: dict[str, object], status: int) -> None:
    made = History(desk)
    told = {
        "reason": "third-party",
        "start": made.at(1).isoformat(),
        "end": made.at(2).isoformat(),
        "proof": CARRIER,
        "words": WORDS,
    }
    assert made.api.post(f"{made.number}/exclusions", told | more).status_code == status
    assert made.sheet()["exclusions"] == []


@pytest.mark.parametrize("verb", ["end", "strike", "contest", "uphold", "accept", "decline"])
def test_unknown_exclusion_is_not_found(desk: Desk, verb: str) -> None:
    made = History(desk)
    body = {"end": {"end": made.at(2).isoformat()}, "accept": None}.get(verb, {"words": "x"})
    assert made.api.post(f"{made.number}/exclusions/x9/{verb}", body).status_code == 404
