"""Pages reached by the signed links of letters: looking changes nothing, one press acts, twice says so (P4, P5)."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from flask.testing import FlaskClient

from gateway import clock
from gateway.domain.lifecycle import Status
from gateway.mail.message import Mailbox
from gateway.store.models import Direction, TicketEvent
from gateway.tickets import grants, handling
from gateway.tickets.grants import Act
from tests.web import desk as desks
from tests.web.desk import Desk

LI, OPS = Mailbox("Li Na", "li.na@harbourline.example"), Mailbox("Ops", "ops@harbourline.example")


def link(desk: Desk, number: int, act: Act, who: Mailbox = LI, *, age: timedelta = timedelta()) -> str:
    """The path of somebody's link, from a letter that was written some time ago."""
    head = desk.services.letterhead
    return grants.link(head, number, act, who, at=clock.now() - age).removeprefix(head.base_url)


def resolved(desk: Desk, *, language: str = "en") -> int:
    number = desks.open_ticket(desk)
    with desk.changing() as rows:
        how = {"author": desk.engineer(), "at": clock.now()}
        handling.add_participant(rows, desk.services.letterhead, number, person=OPS, **how)
        handling.reply(rows, desk.services.letterhead, number, text="Restarted.", then=Status.RESOLVED, **how)
    if language != "en":
        with desk.changing() as rows:
            rows.merge(desks.ticket(desk, number)).language = language
    return number


def state(desk: Desk, number: int) -> tuple[str, int, int]:
    with desk.reading() as rows:
        entries = rows.query(TicketEvent).filter_by(ticket_id=number).count()
    return desks.ticket(desk, number).status, entries, len(desks.letters(desk, number))


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(desk: Desk, act: Act, method: str) -> None:
    number = resolved(desk)
    before = state(desk, number)
    for _ in range(3):
        assert getattr(desk.client(), method)(link(desk, number, act)).status_code == 200
    assert state(desk, number) == before


def test_page_says_who_acts_on_what_and_nothing_of_the_thread(desk: Desk) -> None:
    number = resolved(desk)
    page = desk.client().get(link(desk, number, Act.CONFIRM, OPS)).text
    for words in ("Northquay Cloud", f"HD-{number}", "Direct Connect down", "ops@harbourline.example"):
        assert words in page
    assert page.count("<button") == 1
    assert "Restarted" not in page
    assert "li.na@" not in page


def test_pages_leave_no_trace_elsewhere(desk: Desk) -> None:
    answer = desk.client().get(link(desk, resolved(desk), Act.CONFIRM))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_confirming_closes_once_and_says_so_again(desk: Desk) -> None:
    number = resolved(desk)
    path = link(desk, number, Act.CONFIRM, OPS)
    first = desk.client().post(path)
    after = state(desk, number)
    second = desk.client().post(path)
    assert (first.status_code, second.status_code, after[0]) == (200, 200, "closed")
    assert "Thank you" in first.text
    assert "done already" in second.text
    assert state(desk, number) == after
    told = [letter for letter in desks.letters(desk, number) if letter.letter == "status"]
    assert sorted(letter.first_recipient for letter in told) == [LI.address, OPS.address]
    assert b"Ops confirmed" in told[0].content


def test_not_fixed_reopens_once_with_the_text_as_the_customers_message(desk: Desk) -> None:
    number = resolved(desk)
    path = link(desk, number, Act.NOT_FIXED)
    first = desk.client().post(path, data={"text": "The scanners are still offline.\r\nAll of them."})
    after = state(desk, number)
    second = desk.client().post(path, data={"text": "The scanners are still offline.\r\nAll of them."})
    assert (desks.ticket(desk, number).status, desks.ticket(desk, number).resolved_at) == ("open", None)
    assert "We work on it again" in first.text
    assert "done already" in second.text
    assert state(desk, number) == after
    (message,) = desks.messages(desk, number, Direction.INBOUND)[1:]
    assert (message.text, message.author_email) == (
        "The scanners are still offline.\nAll of them.",
        LI.address,
    )
    assert message.authenticated


def test_not_fixed_needs_no_text(desk: Desk) -> None:
    number = resolved(desk)
    desk.client().post(link(desk, number, Act.NOT_FIXED))
    assert desks.ticket(desk, number).status == "open"
    assert len(desks.messages(desk, number, Direction.INBOUND)) == 1


def test_text_sent_after_the_ticket_was_reopened_is_not_lost(desk: Desk) -> None:
    number = resolved(desk)
    desk.client().post(link(desk, number, Act.NOT_FIXED, OPS))
    answer = desk.client().post(link(desk, number, Act.NOT_FIXED), data={"text": "Nothing works."})
    assert "on the ticket" in answer.text
    assert desks.messages(desk, number, Direction.INBOUND)[-1].text == "Nothing works."


def test_text_sent_after_the_ticket_was_closed_is_shown_again(desk: Desk) -> None:
    number = resolved(desk)
    desk.client().post(link(desk, number, Act.CONFIRM))
    before = state(desk, number)
    answer = desk.client().post(link(desk, number, Act.NOT_FIXED), data={"text": "It <failed> again."})
    assert "stays closed" in answer.text
    assert "It &lt;failed&gt; again." in answer.text
    assert state(desk, number) == before


def test_confirming_what_is_being_worked_on_closes_nothing(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    path = link(desk, number, Act.CONFIRM)
    assert "<button" not in desk.client().get(path).text
    desk.client().post(path)
    assert desks.ticket(desk, number).status == "new"


def test_escalating_tells_people_once_and_names_them(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    path = link(desk, number, Act.ESCALATE)
    first = desk.client().post(path)
    after = state(desk, number)
    second = desk.client().post(path)
    assert desks.ticket(desk, number).asked_escalation
    assert "Lin Yue" in first.text
    assert "asked already" in second.text
    assert "Lin Yue" in second.text
    assert state(desk, number) == after


@pytest.mark.parametrize("other", ["x", "{token}x", "{token}.1", "1-a.9999999999." + "a" * 26])
def test_link_that_is_not_ours_is_not_found(desk: Desk, other: str) -> None:
    number = resolved(desk)
    token = link(desk, number, Act.CONFIRM).rpartition("/")[2]
    for method in ("get", "post"):
        assert getattr(desk.client(), method)("/c/" + other.format(token=token)).status_code == 404
    assert desks.ticket(desk, number).status == "resolved"


def test_link_for_one_thing_does_no_other(desk: Desk) -> None:
    number = resolved(desk)
    token = link(desk, number, Act.ESCALATE).rpartition("/")[2]
    assert desk.client().post(f"/c/{token}").status_code == 404
    assert desk.client().post(f"/n/{token}").status_code == 404
    assert desks.ticket(desk, number).status == "resolved"


def test_expired_link_and_one_of_somebody_who_takes_no_part_read_the_same(desk: Desk) -> None:
    number = resolved(desk)
    expired = desk.client().post(link(desk, number, Act.CONFIRM, age=timedelta(days=90)))
    foreign = desk.client().post(link(desk, number, Act.CONFIRM, Mailbox("Eve", "eve@else.example")))
    assert (expired.status_code, foreign.status_code) == (404, 404)
    assert expired.text == foreign.text
    assert f"HD-{number}" not in foreign.text
    assert desks.ticket(desk, number).status == "resolved"


@pytest.mark.parametrize(
    "fields",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_form_of_another_site_is_refused(desk: Desk, fields: dict[str, str]) -> None:
    number = resolved(desk)
    assert desk.client().post(link(desk, number, Act.CONFIRM), headers=fields).status_code == 403
    assert desks.ticket(desk, number).status == "resolved"


@pytest.mark.parametrize("fields", [{"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_form_of_our_own_page_needs_no_cookie(desk: Desk, fields: dict[str, str]) -> None:
    number = resolved(desk)
    client: FlaskClient = desk.app.test_client(use_cookies=False)
    assert client.post(link(desk, number, Act.CONFIRM), headers=fields).status_code == 200
    assert desks.ticket(desk, number).status == "closed"


def test_page_is_in_the_language_of_the_letter(desk: Desk) -> None:
    number = resolved(desk, language="zh-Hans")
    for act in Act:
        page = desk.client().get(link(desk, number, act), headers={"Accept-Language": "en"}).text
        assert 'lang="zh-Hans"' in page
        assert not re.search(r">\s*(We|It|You|Escalate)\b", page)


def test_every_reader_of_the_resolution_has_links_in_their_own_name(desk: Desk) -> None:
    number = resolved(desk)
    found = {}
    for letter in desks.letters(desk, number):
        if letter.letter == "reply":
            mail = message_from_bytes(letter.content, policy=policy.default)
            text = mail.get_body(("plain",)).get_content()
            found[letter.first_recipient] = set(re.findall(r"http://\S+/([ecn]/[^\s)]+)", text))
    head = desk.services.letterhead
    assert set(found) == {LI.address, OPS.address}
    for who, paths in found.items():
        assert sorted(path[0] for path in paths) == ["c", "e", "n"]
        with desk.reading() as rows:
            for act, path in grants.PATHS.items():
                (token,) = (each[2:] for each in paths if each[0] == path)
                holder = grants.holder(rows, head, act, token, at=clock.now())
                assert (holder.ticket.id, holder.person.address) == (number, who)


def test_fault_on_a_link_does_not_write_the_link_to_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    path = link(desk, resolved(desk), Act.CONFIRM)
    desk.services.engine.dispose()
    (desk.services.settings.data_dir / "helpdesk.db").rename(desk.services.settings.data_dir / "away")
    desk.client().get(path)
    assert "failed" in caplog.text
    assert path.rpartition("/")[2] not in caplog.text
