"""The life of AWS Health events from AWS's wire to the letters, for three customers of whom one is not touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.aws.fake import FakeAws
from tests.aws.life import FIRST, HARBOUR, LAST, ORCHARD, SECOND, WAREHOUSE, Life, Ticking
from tests.aws.speaking import clients_of, unhurried
from tests.databases import Desk


@pytest.fixture
def life(desk: Desk, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Life:
    aws.clock = desk.clock = Ticking()
    return Life(desk, aws, clients_of(aws, monkeypatch, tmp_path, pace=unhurried()))


HARBOURS, ORCHARDS = "it@harbour.example", "it@orchard.example"


def both(letter: str) -> list[tuple[str, str]]:
    return [(letter, HARBOURS), (letter, ORCHARDS)]


def impaired(**more: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    return {HARBOUR: [("i-0abc", "IMPAIRED")], ORCHARD: [("i-0def", "IMPAIRED")]} | more


BETTER = impaired(**{HARBOUR: [("i-0abc", "UNIMPAIRED")]})
WIDER = BETTER | {WAREHOUSE: [("i-0fed", "IMPAIRED"), ("i-0bad", "UNKNOWN")]}
WELL = {account: [(value, "RESOLVED") for value, _ in told] for account, told in WIDER.items()}
AGAIN = LAST + "\n\n[12:00] Errors rise again."
CHANGES: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("AWS says more", {"description": SECOND}, both("health-changed")),
    ("nothing changes", {}, []),
    ("a resource recovers", {"accounts": BETTER}, [("health-changed", HARBOURS)]),
    ("only blanks change", {"description": SECOND.replace("\n\n", "\n \n"), "bump": False}, []),
    ("AWS says it in other order", {"accounts": dict(reversed(BETTER.items())), "zone": "eu-west-1a"}, []),
    ("an account is added", {"accounts": WIDER, "bump": False}, [("health-changed", HARBOURS)]),
    ("it is over", {"accounts": WELL, "description": LAST, "status": "closed"}, both("health-closed")),
    ("it goes on", {"accounts": WIDER, "description": AGAIN, "status": "open"}, both("health-changed")),
]


def test_event_is_followed_from_its_opening_to_its_second_life(life: Life) -> None:
    arn = life.event(accounts=impaired())
    life.look()
    life.look()
    assert life.letters() == both("health-opened")
    harbour, orchard = life.ticket_of("harbour").id, life.ticket_of("orchard").id
    for what, change, letters in CHANGES:
        if what == "it goes on":
            assert {life.ticket(each).proposal for each in (harbour, orchard)} == {"aws-health-closed"}
            life.resolve(orchard)
        life.update(arn, **change)
        life.look()
        life.look()
        assert (what, life.letters()) == (what, letters)
    assert (life.ticket(orchard).status, life.ticket(harbour).proposal) == ("open", "")
    assert {each.id for each in life.desk.tickets()} == {harbour, orchard}
    assert life.log(harbour) == ["opened", "changed", "changed", "changed", "closed", "reopened"]
    assert life.log(orchard) == ["opened", "changed", "closed", "reopened"]
    told = AGAIN.split("\n\n")
    assert (life.said(harbour), life.said(orchard)) == (told, told)
    assert life.row_of("elsewhere", arn) is None


def test_each_customer_is_written_to_in_their_language_and_only_of_their_own(life: Life) -> None:
    life.event(accounts=impaired())
    life.look()
    english, chinese = life.texts("health-opened")
    assert "AWS reports an event that affects you." in english
    assert (
        "Your accounts: harbour 1111 (111122223333)\nResources: 1 impaired\nNamed by AWS: i-0abc (Impaired)"
        in english
    )
    assert (
        "涉及账号：orchard 5555 (555566667777)\n资源状态：1 个受影响\nAWS 所列资源：i-0def (受影响)"
        in chinese
    )
    assert FIRST in english and FIRST in chinese
    assert "i-0def" not in english and "i-0abc" not in chinese


def test_letter_of_a_change_tells_what_is_new_and_nothing_else_of_awss_words(life: Life) -> None:
    arn = life.event(accounts=impaired())
    life.look()
    life.update(arn, description=SECOND, accounts=impaired(**{WAREHOUSE: []}))
    life.look()
    english, chinese = life.texts("health-changed")
    assert "Now affected too: harbour 4444 (444455556666)" in english
    for text in (english, chinese):
        assert "[09:30] We have found the cause." in text and FIRST not in text


def test_account_that_aws_names_no_more_is_told_and_noted(life: Life) -> None:
    arn = life.event(accounts=impaired(**{WAREHOUSE: []}))
    life.look()
    life.letters()
    life.update(arn, accounts=impaired())
    life.look()
    life.look()
    assert life.letters() == [("health-changed", HARBOURS)]
    ticket = life.ticket_of("harbour").id
    assert life.entries(ticket)[-1]["gone"] == [WAREHOUSE]
    assert life.entries(ticket)[-1]["accounts"] == [HARBOUR]


def test_event_that_names_none_of_a_customers_accounts_any_more_is_over_for_them(life: Life) -> None:
    arn = life.event(accounts=impaired())
    life.look()
    life.letters()
    life.update(arn, accounts={ORCHARD: [("i-0def", "IMPAIRED")]})
    life.look()
    assert life.letters() == [("health-closed", HARBOURS)]
    assert "AWS no longer names your accounts in this event." in life.texts("health-closed")[0]
    assert life.ticket_of("harbour").proposal == "aws-health-closed"
    assert life.row_of("orchard", arn).state == "open"
