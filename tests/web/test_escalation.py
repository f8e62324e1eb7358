"""What called on a ticket stands on its page until somebody acknowledges it, and the log tells it in words (P5)."""

from __future__ import annotations

from datetime import timedelta

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Engineer, Role, TicketEvent
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.desk import Desk, form_token
from tests.web.test_ticket import post


def climbed(desk: Desk, minutes: int = 31, **how: object) -> int:
    """A High ticket, an hour for the answer, opened so many minutes ago, with every alarm due by now."""
    number = desks.open_ticket(desk, at=clock.now() - timedelta(minutes=minutes), **how)  # type: ignore[arg-type]
    desk.services.alarms.drain(clock.now() + timedelta(seconds=10))
    return number


def events(desk: Desk, number: int, kind: str) -> list[TicketEvent]:
    with desk.reading() as rows:
        return rows.query(TicketEvent).filter_by(ticket_id=number, kind=kind).order_by(TicketEvent.seq).all()


def test_alarm_waits_on_the_page_with_who_was_told_and_what_comes_next(desk: Desk) -> None:
    number = climbed(desk)
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "50 % of the first response target used. Told: Lin Yue." in page
    assert "it is passed on to: on call." in page
    assert f'action="/tickets/{number}/acknowledge"' in page
    assert 'aria-keyshortcuts="Shift+E"' in page


def test_ticket_on_which_nothing_called_asks_for_nothing(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert "/acknowledge" not in desk.signed_in().get(f"/tickets/{number}").text


def test_pressing_the_button_acknowledges_and_the_page_asks_no_more(desk: Desk) -> None:
    number = climbed(desk)
    client = desk.signed_in()
    assert post(client, number, "acknowledge").status_code == 303
    (acknowledged,) = events(desk, number, "acknowledged")
    assert (acknowledged.actor, acknowledged.data) == (f"engineer:{desk.engineer().id}", {"by": "page"})
    page = client.get(f"/tickets/{number}").text
    assert "/acknowledge" not in page
    assert "Acknowledged." in page


def test_second_press_changes_nothing(desk: Desk) -> None:
    number = climbed(desk)
    client = desk.signed_in()
    for _ in range(2):
        assert post(client, number, "acknowledge").status_code == 303
    assert len(events(desk, number, "acknowledged")) == 1


def test_nobody_acknowledges_without_the_forms_token(desk: Desk) -> None:
    number = climbed(desk)
    assert desk.signed_in().post(f"/tickets/{number}/acknowledge").status_code == 400
    assert events(desk, number, "acknowledged") == []


def test_ticket_that_does_not_exist_is_404(desk: Desk) -> None:
    client = desk.signed_in()
    token = form_token(client.get(f"/tickets/{desks.open_ticket(desk)}"))
    assert client.post("/tickets/4711/acknowledge", data={"csrf_token": token}).status_code == 404


def test_what_was_passed_on_is_told_in_words(desk: Desk) -> None:
    number = climbed(desk, 40)
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "Nobody acknowledged the 50 % step of the first response target. Passed on to: Lin Yue." in page
    assert "The step has nobody of its own, so other people were told." in page


def test_critical_ticket_says_who_was_told_at_once(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.add(Engineer(email="wu@northquay.example", name="Wu Lan", role=Role.MANAGER, skills=[]))
    number = desks.open_ticket(desk, priority=Priority.CRITICAL)
    assert "The ticket is Critical. Told at once: Wu Lan." in desk.signed_in().get(f"/tickets/{number}").text


def test_escalating_tells_people_and_says_whom(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    post(client, number, "escalate", text="No word from AWS.")
    page = client.get(f"/tickets/{number}").text
    assert "Escalation asked. Told: Lin Yue. “No word from AWS.”" in page
    assert [letter.letter for letter in desks.letters(desk, number)] == ["engineer-asked"]


def test_resolved_ticket_has_no_alarm_left_to_acknowledge(desk: Desk) -> None:
    number = climbed(desk)
    with desk.changing() as rows:
        head, author = desk.services.letterhead, desk.engineer()
        handling.reply(rows, head, number, author=author, text="Done.", then=Status.RESOLVED, at=clock.now())
    assert "/acknowledge" not in desk.signed_in().get(f"/tickets/{number}").text


def test_chinese_reader_reads_it_in_chinese(desk: Desk) -> None:
    number = climbed(desk, 40)
    page = desk.signed_in(language="zh").get(f"/tickets/{number}").text
    assert "首次响应时限已用 50%。已通知：Lin Yue。" in page
    assert "确认收到" in page
    assert "Told" not in page


def test_name_of_somebody_who_writes_markup_stays_text(desk: Desk) -> None:
    with desk.changing() as rows:
        rows.query(Engineer).filter_by(email="lin.yue@northquay.example").one().name = "<b>Lin</b>"
    number = climbed(desk)
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert "<b>Lin</b>" not in page and "&lt;b&gt;Lin&lt;/b&gt;" in page


def test_api_acknowledges_and_answers_with_the_ticket(desk: Desk) -> None:
    number = climbed(desk)
    answer = desk.client().post(
        f"/api/v1/tickets/{number}/acknowledge", headers={"Authorization": f"Bearer {desk.token()}"}
    )
    assert answer.status_code == 200
    assert answer.get_json()["events"][-1]["kind"] == "acknowledged"
    assert answer.get_json()["events"][-1]["data"] == {"by": "api"}


def test_api_without_a_token_acknowledges_nothing(desk: Desk) -> None:
    number = climbed(desk)
    assert desk.client().post(f"/api/v1/tickets/{number}/acknowledge").status_code == 401
    assert events(desk, number, "acknowledged") == []
