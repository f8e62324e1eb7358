"""The evidence page and the forms for excluded time, as engineers, managers and printers see them (P11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Status
from gateway.operations import access
from gateway.store.models import Direction, Engineer, Role, TicketEvent
from gateway.tickets import contesting, excluding, handling
from gateway.tickets.claims import Claim
from tests.web import desk as desks
from tests.web.desk import PASSWORD, Desk
from web.exclusions import instant

MANAGER = "wu.lan@northquay.example"


class Case:
    """A High ticket of ten hours ago, answered after half an hour."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.start = desks.long_ago(10).replace(microsecond=0)
        self.number = desks.open_ticket(desk, at=self.start)
        with desk.services.transaction() as rows:
            person = Engineer(email=MANAGER, name="Wu Lan", role=Role.MANAGER, skills=[])
            rows.add(person)
            rows.flush()
            access.set_password(rows, person, PASSWORD)
        self.do(handling.reply, 0.5, text="We look into it.")
        self.client = desk.signed_in()

    def at(self, hours: float) -> datetime:
        return self.start + timedelta(hours=hours)

    def do(self, verb: Callable[..., object], hours: float, **how: object) -> object:
        with self.desk.services.transaction() as rows:
            head = self.desk.services.letterhead
            return verb(rows, head, self.number, author=self.desk.engineer(), at=self.at(hours), **how)

    def exclude(self, start: float, end: float | None, **more: object) -> None:
        ends = self.at(end) if end is not None else None
        told = {
            "reason": Reason.THIRD_PARTY,
            "proof": Proof("document", "Report <4711>"),
            "words": "Fibre <cut>.",
        } | more
        claim = Claim(told["reason"], self.at(start), ends, told["proof"], told["words"])  # type: ignore[arg-type]
        self.do(excluding.enter, 9, claim=claim)

    def contest(self) -> None:
        with self.desk.services.transaction() as rows:
            contesting.contest(
                rows,
                self.desk.services.letterhead,
                self.number,
                exclusion="x1",
                words="It was back.",
                at=self.at(9.5),
            )

    def propose(self) -> None:
        claim = Claim(
            Reason.AWS, self.at(1), self.at(2), Proof("health-event", "arn:aws:health::1"), "EC2 down."
        )
        with self.desk.services.transaction() as rows:
            excluding.propose(rows, self.desk.services.letterhead, self.number, claim=claim, at=self.at(9))

    def page(self, client: FlaskClient | None = None) -> str:
        answer = (client or self.client).get(f"/tickets/{self.number}/sla")
        assert answer.status_code == 200
        return answer.text

    def post(self, path: str = "", client: FlaskClient | None = None, **form: str) -> TestResponse:
        who = client or self.client
        token = desks.form_token(who.get(f"/tickets/{self.number}"))
        return who.post(f"/tickets/{self.number}/exclusions{path}", data={"csrf_token": token, **form})

    def enter(self, **changes: str) -> TestResponse:
        told = {
            "reason": "aws", "start": f"{self.at(1):%Y-%m-%dT%H:%M:%S}", "end": f"{self.at(3):%Y-%m-%dT%H:%M:%S}",
            "kind": "case", "reference": "case-1", "text": "EC2 was down.",
        }  # fmt: skip
        return self.post(**(told | changes))

    def kinds(self) -> list[str]:
        with self.desk.reading() as rows:
            found = rows.query(TicketEvent.kind).filter_by(ticket_id=self.number).order_by(TicketEvent.seq)
            return [kind for (kind,) in found]

    def due(self) -> datetime:
        return desks.ticket(self.desk, self.number).resolution_due_at


@pytest.fixture
def case(desk: Desk) -> Case:
    return Case(desk)


# The page.


def test_page_tables_every_stretch_with_its_running_sum(case: Case) -> None:
    case.exclude(2, 3.5)
    case.do(handling.reply, 9, text="Restarted.", then=Status.RESOLVED)
    table = re.findall(r'<td class="num">(\d+:\d\d:\d\d)</td>', case.page())
    assert table == ["0:30:00", "0:30:00", "2:00:00", "2:00:00", "1:30:00", "2:00:00", "5:30:00", "7:30:00"]


def test_printed_lengths_add_up_although_instants_are_cut_to_the_second(case: Case) -> None:
    case.exclude(2.0001234, 3.5009876)
    case.exclude(4.1234567, 5.7654321)
    rows = re.findall(r'<td class="num">(\S+)</td><td>(.*?)</td><td class="num">(\S+)</td>', case.page())
    total = timedelta()
    for length, why, told in rows[1:]:
        total += seconds(length) if "counts" in why else timedelta()
        assert seconds(told) == total


def seconds(told: str) -> timedelta:
    hours, minutes, rest = map(int, told.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=rest)


def test_page_names_reason_author_proof_and_words_escaped(case: Case) -> None:
    case.exclude(2, 3)
    page = case.page()
    for told in ("Third-party supplier", "By Chen Wei", "Report &lt;4711&gt;", "Fibre &lt;cut&gt;."):
        assert told in page
    assert "<cut>" not in page


def test_proof_that_is_a_message_is_linked(case: Case) -> None:
    message = desks.messages(case.desk, case.number, Direction.OUTBOUND)[0]
    case.exclude(2, 3, proof=Proof("message", str(message.id)))
    assert f'href="/tickets/{case.number}#m{message.id}"' in case.page()


def test_page_shows_the_seal_of_the_last_entry(case: Case) -> None:
    with case.desk.reading() as rows:
        last = (
            rows.query(TicketEvent).filter_by(ticket_id=case.number).order_by(TicketEvent.seq.desc()).first()
        )
    assert last is not None
    assert f"{last.hash}</pre>" in case.page()
    assert f"Entry {last.seq}." in case.page()


def test_page_tells_a_breach_its_instant_and_by_how_much(case: Case) -> None:
    page = case.page()
    assert "Breached" in page
    assert f'<time datetime="{case.at(8).isoformat()}">' in page
    assert re.search(r"late by 2:00:\d\d", page)


def test_struck_time_is_shown_struck_and_counts(case: Case) -> None:
    case.exclude(2, 3)
    case.do(excluding.strike, 9, exclusion="x1", words="Wrong day.")
    page = case.page()
    assert "Struck, it counts" in page
    assert "Wrong day." in page
    assert ">x1</a>" not in page


def test_page_has_no_inline_style_and_no_inline_script(case: Case) -> None:
    case.exclude(2, 3)
    page = case.page()
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")
    assert "<rect" in page


def test_page_is_chinese_for_chinese_readers(case: Case) -> None:
    case.exclude(2, None)
    case.propose()
    client = case.desk.signed_in(MANAGER, language="zh")
    page = case.page(client)
    for word in ("承诺", "凭证", "第三方供应商", "尚未结束", "采纳"):
        assert word in page
    for word in ("Promised", "Proof", "Excluded", "Due", "Strike", "Entry"):
        assert f">{word}" not in page


def test_unknown_ticket_has_no_evidence(case: Case) -> None:
    assert case.client.get("/tickets/4711/sla").status_code == 404


def test_stranger_is_asked_to_log_in(case: Case) -> None:
    assert case.desk.client().get(f"/tickets/{case.number}/sla").status_code == 302


# The forms.


def test_time_is_excluded_from_the_tickets_page(case: Case) -> None:
    answer = case.enter()
    assert (answer.status_code, answer.location) == (303, f"/tickets/{case.number}")
    assert case.due() == case.at(10)
    assert "EC2 was down." in case.client.get(f"/tickets/{case.number}").text


def test_time_without_an_end_lasts(case: Case) -> None:
    case.enter(end="")
    assert "Paused" in case.client.get(f"/tickets/{case.number}").text
    answer = case.post("/x1/end", end=f"{case.at(2):%Y-%m-%dT%H:%M:%S}")
    assert (answer.status_code, answer.location) == (303, f"/tickets/{case.number}/sla")
    assert case.due() == case.at(9)


def test_times_are_read_in_the_readers_zone(case: Case) -> None:
    with case.desk.services.transaction() as rows:
        rows.query(Engineer).filter_by(role=Role.ENGINEER).one().time_zone = "Asia/Shanghai"
    start, end = case.at(1) + timedelta(hours=8), case.at(3) + timedelta(hours=8)
    case.enter(start=f"{start:%Y-%m-%dT%H:%M:%S}", end=f"{end:%Y-%m-%dT%H:%M:%S}")
    assert case.due() == case.at(10)


@pytest.mark.parametrize("changes", [{"start": "yesterday"}, {"start": ""}, {"end": "2026-13-01T00:00"}, {"start": "9" * 99},
                                     {"start": "2026-03-02T10:00+08:00"}, {"reference": " "}, {"text": ""}])  # fmt: skip
def test_refused_form_keeps_what_was_written(case: Case, changes: dict[str, str]) -> None:
    answer = case.enter(**changes)
    assert answer.status_code == 409
    assert "Your draft is kept." in answer.text
    assert changes.get("text", "EC2 was down.") in answer.text
    assert "excluded" not in case.kinds()


def test_words_no_form_of_ours_sends_are_a_bad_request(case: Case) -> None:
    assert case.enter(reason="weather").status_code == 400
    assert case.enter(kind="hearsay").status_code == 400
    assert case.post("/x1/forget").status_code == 404
    assert case.post("/x9/strike", text="x").status_code == 404


def test_maintenance_is_not_offered(case: Case) -> None:
    page = case.client.get(f"/tickets/{case.number}").text
    assert 'value="force-majeure"' in page
    assert 'value="maintenance"' not in page


def test_proposal_is_shown_on_the_ticket_and_accepted_there(case: Case) -> None:
    case.propose()
    assert "Proposed not to count" in case.client.get(f"/tickets/{case.number}").text
    answer = case.post("/p1/accept", next="ticket")
    assert answer.location == f"/tickets/{case.number}"
    assert case.due() == case.at(9)
    assert "Proposed not to count" not in case.client.get(f"/tickets/{case.number}").text


def test_proposal_is_declined(case: Case) -> None:
    case.propose()
    case.post("/p1/decline", text="Another region.")
    assert (case.kinds()[-1], case.due()) == ("exclusion-declined", case.at(8))


def test_engineer_enters_the_customers_contest_and_cannot_decide_it(case: Case) -> None:
    case.exclude(2, 3)
    case.post("/x1/contest", text="It was back at two.")
    page = case.page()
    assert "It was back at two." in page
    assert "/x1/strike" not in page
    assert "/x1/uphold" not in page
    refused = case.post("/x1/strike", text="Right.")
    assert refused.status_code == 409
    assert "only a manager decides" in refused.text
    assert ">Right.</textarea>" in refused.text


def test_manager_upholds(case: Case) -> None:
    case.exclude(2, 3)
    case.contest()
    manager = case.desk.signed_in(MANAGER)
    assert "/x1/uphold" in case.page(manager)
    assert case.post("/x1/uphold", manager, text="The report shows it.").status_code == 303
    assert case.kinds()[-1] == "exclusion-upheld"


def test_forms_need_their_token(case: Case) -> None:
    answer = case.client.post(f"/tickets/{case.number}/exclusions", data={"reason": "aws"})
    assert answer.status_code == 400
    assert case.kinds() == ["opened", "reply", "status"]


def test_review_lists_what_is_contested_and_proposed_until_it_is_decided(case: Case) -> None:
    case.exclude(2, 3)
    case.contest()
    case.propose()
    page = case.client.get("/review").text
    assert "The customer contests x1, a manager decides." in page
    assert "p1 is proposed not to count." in page
    manager = case.desk.signed_in(MANAGER)
    case.post("/x1/strike", manager, text="The customer is right.")
    case.post("/p1/decline", manager)
    assert "Nothing waits for review." in manager.get("/review").text


# Times of day.


def test_hour_that_comes_twice_never_excludes_too_much() -> None:
    start = instant("2026-10-25T02:30", "Europe/Berlin", late=True)
    end = instant("2026-10-25T02:30", "Europe/Berlin", late=False)
    assert (start, end) == (
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    )


def test_hour_that_is_skipped_is_no_time() -> None:
    with pytest.raises(ValueError, match="skip"):
        instant("2026-03-29T02:30", "Europe/Berlin", late=True)
