"""What a customer's people see of their tickets and do with them, and what they never see."""

from __future__ import annotations

import io
import re

import pytest

from gateway import clock
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Attachment, Direction, Message, Outbox, Participant, Ticket
from gateway.tickets import closure, excluding, handling
from gateway.tickets.claims import Claim
from tests.web import desk as desks
from tests.web.desk import Desk, form_token
from tests.web.visitors import BOSS, LI_NA, RIVAL, ZHAO, opened, visitor, with_people

EVERYBODY = (LI_NA, ZHAO, BOSS)


@pytest.fixture
def two(desk: Desk) -> tuple[Desk, int, int]:
    """A ticket of Li Na's, and one of another company."""
    with_people(desk)
    return desk, opened(desk), opened(desk, "Rival's secret matter", email=RIVAL)


def reply(desk: Desk, number: int, text: str, status: Status | None = None) -> None:
    with desk.changing() as rows:
        handling.reply(
            rows,
            desk.services.letterhead,
            number,
            author=desk.engineer(),
            text=text,
            then=status,
            at=clock.now(),
        )


def once(page_text: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page_text)
    assert found
    return found[1]


def send(client, path: str, form_of: str, **fields: object):
    page = client.get(form_of)
    told = {"csrf_token": form_token(page)}
    if 'name="once"' in page.text:
        told["once"] = once(page.text)
    return client.post(path, data=told | fields)


def bare(answer) -> tuple[int, bytes, list[tuple[str, str]]]:
    body = re.sub(rb'name="csrf_token" value="[^"]+"', b"", answer.data)
    kept = [(k, v) for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length", "Vary", "Date")]
    return answer.status_code, body, kept


@pytest.mark.parametrize("path", ["/my/tickets/%d", "/my/tickets/%d/files/abc"])
def test_foreign_ticket_answers_as_an_absent_one(two: tuple[Desk, int, int], path: str) -> None:
    desk, _, foreign = two
    for email in EVERYBODY:
        client = visitor(desk, email)
        assert bare(client.get(path % foreign)) == bare(client.get(path % 999_999))
        assert client.get(path % foreign).status_code == 404


@pytest.mark.parametrize("act", ["answer", "confirm", "not-fixed", "escalate", "contest"])
def test_acts_on_a_foreign_ticket_answer_as_on_an_absent_one(two: tuple[Desk, int, int], act: str) -> None:
    desk, own, foreign = two
    client = visitor(desk)
    token = form_token(client.get(f"/my/tickets/{own}"))
    before = len(desks.letters(desk, foreign))
    told = {"csrf_token": token, "text": "words", "once": "o", "exclusion": "x1"}
    answers = [client.post(f"/my/tickets/{n}/{act}", data=told) for n in (foreign, 999_999)]
    assert bare(answers[0]) == bare(answers[1])
    assert answers[0].status_code == 404
    assert len(desks.letters(desk, foreign)) == before


@pytest.mark.parametrize(("email", "seen"), [(LI_NA, False), (ZHAO, True), (BOSS, True), (RIVAL, False)])
def test_own_tickets_or_all_of_the_company(either_desk: Desk, email: str, seen: bool) -> None:
    desk = with_people(either_desk)
    number = opened(desk, "Zhao's matter", email=ZHAO)
    client = visitor(desk, email)
    assert (client.get(f"/my/tickets/{number}").status_code == 200) is seen
    assert ("Zhao&#39;s matter" in client.get("/my/tickets").text) is seen


def test_whoever_is_copied_in_sees_the_ticket(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    with desk.changing() as rows:
        rows.query(Participant).filter_by(ticket_id=own).delete()
    client = visitor(desk)
    assert client.get(f"/my/tickets/{own}").status_code == 404
    with desk.changing() as rows:
        rows.add(Participant(ticket_id=own, email=LI_NA, name="Li Na", role="cc"))
    assert client.get(f"/my/tickets/{own}").status_code == 200


def test_participant_of_another_company_sees_nothing(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    with desk.changing() as rows:
        rows.add(Participant(ticket_id=own, email=RIVAL, name="Rival", role="cc"))
    assert visitor(desk, RIVAL).get(f"/my/tickets/{own}").status_code == 404


def with_canaries(desk: Desk, number: int) -> None:
    """A note, a held mail, words of AWS both ways, a machine's mail, an exclusion's words, evidence of priority."""
    with desk.changing() as rows:
        head, me = desk.services.letterhead, desk.engineer()
        handling.note(rows, head, number, author=me, text="CANARY note", at=clock.now())
        for direction, text in ((Direction.FROM_AWS, "CANARY from aws"), (Direction.TO_AWS, "CANARY to aws")):
            rows.add(Message(ticket_id=number, direction=direction, at=clock.now(), text=text, new_text=text))
        rows.add(
            Message(
                ticket_id=number, direction=Direction.INBOUND, at=clock.now(), text="ROBOT", new_text="ROBOT",
                kind="auto-reply", author_email="robot@harbourline.example",
            )
        )  # fmt: skip
        row = rows.query(Ticket).filter_by(id=number).one()
        row.priority_evidence = [{"text": "CANARY evidence", "signal": "effect-down"}]
    desks.add_mail(
        desk,
        number,
        text="CANARY held",
        new="CANARY held",
        held=True,
        files=(("CANARY.txt", "text/plain", b"x", ""),),
    )


@pytest.mark.parametrize("email", EVERYBODY)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_for_engineers_alone_stands_on_no_page(
    two: tuple[Desk, int, int], email: str, language: str
) -> None:
    desk, own, _ = two
    with_canaries(desk, own)
    desk.index()
    client = visitor(desk, email, language)
    paths = ("", "?q=CANARY", "?show=all", "?q=note&show=all", f"/{own}", f"/{own}?all", "/new")
    for path in paths:
        page = client.get(f"/my/tickets{path}")
        assert page.status_code == 200
        assert "CANARY" not in page.text.replace('value="CANARY"', "").replace("q=CANARY", ""), path
        for trace in ("ROBOT", "Work note", "Trusted", "DMARC", "Rival"):
            assert trace not in page.text, (path, trace)
    assert "Direct Connect" not in client.get("/my/tickets?q=CANARY").text


def test_thread_shows_both_sides_and_changes(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    reply(desk, own, "We look into it.", Status.WAITING_CUSTOMER)
    page = visitor(desk).get(f"/my/tickets/{own}").text
    for words in ("nothing can be shipped", "We look into it.", "Waiting for your answer", "Chen Wei"):
        assert words in page


def test_search_finds_two_character_words_within_the_scope(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    reply(desk, own, "专线已恢复。")
    desk.index()
    assert f"/my/tickets/{own}" in visitor(desk).get("/my/tickets?q=专线").text
    assert "/my/tickets/1" not in visitor(desk, RIVAL).get("/my/tickets?q=专线").text


def test_list_goes_on_page_by_page(desk: Desk) -> None:
    with_people(desk)
    numbers = [opened(desk, f"matter {n}") for n in range(52)]
    client = visitor(desk)
    first = client.get("/my/tickets").text
    assert f"before={numbers[2]}" in first and f'/my/tickets/{numbers[1]}"' not in first
    second = client.get(f"/my/tickets?before={numbers[2]}").text
    assert f'/my/tickets/{numbers[1]}"' in second and f'/my/tickets/{numbers[2]}"' not in second


def test_answer_stands_on_the_ticket_as_the_customers_word(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    with desk.changing() as rows:
        me = desk.engineer()
        handling.assign(rows, desk.services.letterhead, own, author=me, assignee_id=me.id, at=clock.now())
    reply(desk, own, "Which router?", Status.WAITING_CUSTOMER)
    client = visitor(desk)
    answered = send(client, f"/my/tickets/{own}/answer", f"/my/tickets/{own}", text="Router two.")
    assert (answered.status_code, answered.location) == (303, f"/my/tickets/{own}")
    last = desks.messages(desk, own, Direction.INBOUND)[-1]
    assert (last.text, last.author_email, last.authenticated) == ("Router two.", LI_NA, True)
    assert last.authentication["source"] == "page"
    assert desks.ticket(desk, own).status == Status.OPEN
    assert "engineer-message" in {row.letter for row in desks.letters(desk, own)}
    assert "Your answer is on the ticket." in client.get(answered.location).text


def test_answer_of_a_colleague_makes_them_take_part(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    send(visitor(desk, ZHAO), f"/my/tickets/{own}/answer", f"/my/tickets/{own}", text="I see it, too.")
    with desk.reading() as rows:
        people = {row.email for row in rows.query(Participant).filter_by(ticket_id=own)}
    assert people == {LI_NA, ZHAO}


def test_form_posted_twice_writes_once(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk)
    page = client.get(f"/my/tickets/{own}")
    told = {"csrf_token": form_token(page), "once": once(page.text), "text": "Router two."}
    answers = [client.post(f"/my/tickets/{own}/answer", data=told) for _ in range(2)]
    assert [each.location for each in answers] == [f"/my/tickets/{own}"] * 2
    assert len(desks.messages(desk, own, Direction.INBOUND)) == 2


def test_same_words_in_a_new_form_are_written_again(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk)
    for _ in range(2):
        send(client, f"/my/tickets/{own}/answer", f"/my/tickets/{own}", text="Any news?")
    assert len(desks.messages(desk, own, Direction.INBOUND)) == 3


def test_form_of_another_contact_is_not_taken_for_the_same(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    for email in (LI_NA, ZHAO):
        client = visitor(desk, email)
        token = form_token(client.get(f"/my/tickets/{own}"))
        client.post(f"/my/tickets/{own}/answer", data={"csrf_token": token, "once": "same", "text": "Mine."})
    assert len(desks.messages(desk, own, Direction.INBOUND)) == 3


def test_sixty_forms_an_hour_are_enough(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk)
    token = form_token(client.get(f"/my/tickets/{own}"))
    answers = [
        client.post(
            f"/my/tickets/{own}/answer", data={"csrf_token": token, "once": f"o{n}", "text": f"word {n}"}
        ).status_code
        for n in range(61)
    ]
    assert answers == [303] * 60 + [429]


def test_answer_without_a_text_is_refused(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    refused = send(visitor(desk), f"/my/tickets/{own}/answer", f"/my/tickets/{own}", text="  ")
    assert refused.status_code == 409
    assert len(desks.messages(desk, own, Direction.INBOUND)) == 1


def test_file_goes_up_and_comes_down_as_a_download(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk)
    send(client, f"/my/tickets/{own}/answer", f"/my/tickets/{own}", text="See the trace.",
         files=(io.BytesIO(b"<script>1</script>"), "trace.html"))  # fmt: skip
    with desk.reading() as rows:
        token = rows.query(Attachment).one().token
    got = client.get(f"/my/tickets/{own}/files/{token}")
    assert got.data == b"<script>1</script>"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert visitor(desk, RIVAL).get(f"/my/tickets/{own}/files/{token}").status_code == 404


def test_file_of_a_held_message_is_not_there(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    with_canaries(desk, own)
    with desk.reading() as rows:
        token = rows.query(Attachment).one().token
    assert visitor(desk).get(f"/my/tickets/{own}/files/{token}").status_code == 404


def test_file_is_reached_only_by_its_own_ticket(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    other = opened(desk, "another")
    desks.add_mail(desk, other, files=(("a.txt", "text/plain", b"x", ""),))
    with desk.reading() as rows:
        token = rows.query(Attachment).one().token
    client = visitor(desk)
    assert client.get(f"/my/tickets/{own}/files/{token}").status_code == 404
    assert client.get(f"/my/tickets/{other}/files/{token}").status_code == 200


def test_request_opens_a_ticket_judged_as_a_mail_is(two: tuple[Desk, int, int]) -> None:
    desk, _, _ = two
    client = visitor(desk)
    made = send(client, "/my/tickets/new", "/my/tickets/new", subject="Production is down",
                text="Production is completely down for all users since 09:00.")  # fmt: skip
    assert made.status_code == 303
    number = int(made.location.rpartition("/")[2])
    row = desks.ticket(desk, number)
    assert (row.priority, row.requester_email, row.queue) == (Priority.CRITICAL, LI_NA, "main")
    with desk.reading() as rows:
        assert rows.query(Outbox).filter_by(ticket_id=number, letter="acknowledgement").count() == 1
    assert "We have your request." in client.get(made.location).text


def test_request_posted_twice_opens_one_ticket(two: tuple[Desk, int, int]) -> None:
    desk, _, _ = two
    client = visitor(desk)
    page = client.get("/my/tickets/new")
    told = {"csrf_token": form_token(page), "once": once(page.text), "subject": "Tags", "text": "Which tags?"}
    places = {client.post("/my/tickets/new", data=told).location for _ in range(2)}
    assert len(places) == 1


def test_answer_to_a_closed_ticket_opens_one_that_follows(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    reply(desk, own, "Done.", Status.RESOLVED)
    with desk.changing() as rows:
        closure.confirm_by_link(
            rows, desk.services.letterhead, own, person=Mailbox("Li Na", LI_NA), at=clock.now()
        )
    client = visitor(desk)
    page = client.get(f"/my/tickets/{own}").text
    assert "Your text opens a new ticket linked to it." in page
    made = send(client, f"/my/tickets/{own}/answer", f"/my/tickets/{own}", text="It is back.")
    number = int(made.location.rpartition("/")[2])
    assert number != own and desks.ticket(desk, number).follows_id == own
    assert desks.ticket(desk, own).status == Status.CLOSED


def test_confirm_closes_and_not_fixed_reopens(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk)
    reply(desk, own, "Done.", Status.RESOLVED)
    send(client, f"/my/tickets/{own}/not-fixed", f"/my/tickets/{own}", text="Still dark.")
    assert desks.ticket(desk, own).status == Status.OPEN
    assert desks.messages(desk, own, Direction.INBOUND)[-1].text == "Still dark."
    reply(desk, own, "Now it is.", Status.RESOLVED)
    send(client, f"/my/tickets/{own}/confirm", f"/my/tickets/{own}")
    assert desks.ticket(desk, own).status == Status.CLOSED


def test_escalation_says_who_was_told(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk)
    done = send(client, f"/my/tickets/{own}/escalate", f"/my/tickets/{own}")
    page = client.get(done.location).text
    assert "Escalated. We have told: " in page and "Lin Yue" in page
    again = send(client, f"/my/tickets/{own}/escalate", f"/my/tickets/{own}")
    assert "You have asked already." in client.get(again.location).text


def test_time_entered_by_a_person_can_be_contested_once(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    exclude(desk, own)
    client = visitor(desk)
    page = client.get(f"/my/tickets/{own}").text
    assert (
        "Contest this" in page
        and "Third-party supplier" in page
        and "The carrier&#39;s fibre was cut." in page
    )
    send(client, f"/my/tickets/{own}/contest", f"/my/tickets/{own}", exclusion="x1", text="It was not.")
    page = client.get(f"/my/tickets/{own}").text
    assert "Contested" in page and "Contest this" not in page
    assert (
        send(
            client, f"/my/tickets/{own}/contest", f"/my/tickets/{own}", exclusion="x9", text="It"
        ).status_code
        == 404
    )


def exclude(desk: Desk, number: int) -> None:
    first, at = desks.messages(desk, number, Direction.INBOUND)[0], clock.now()
    proof = Proof("message", str(first.id))
    claim = Claim(Reason.THIRD_PARTY, first.at, at, proof, "The carrier's fibre was cut.")
    with desk.changing() as rows:
        excluding.enter(rows, desk.services.letterhead, number, author=desk.engineer(), claim=claim, at=at)


def test_chinese_pages_hold_no_english_word(two: tuple[Desk, int, int]) -> None:
    desk, own, _ = two
    client = visitor(desk, BOSS, "zh")
    for path in ("/my/tickets", f"/my/tickets/{own}", "/my/tickets/new", "/my/profile"):
        page = client.get(path).text
        for word in (
            "Status",
            "Priority",
            "Send",
            "Ticket",
            "Open",
            "Overview",
            "Profile",
            "Answer",
            "Escalat",
        ):
            assert f">{word}" not in page, (path, word)
