"""What is live, as people see it: a real server, a real Redis, real browsers. Chromium comes from Debian."""

from __future__ import annotations

import contextlib
import http.client
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway import clock
from gateway.domain.terms import Priority
from gateway.operations import access
from gateway.tickets import handling
from tests.web import desk as desks
from tests.web.live import PATIENCE, Served, serving, sign_in
from web.live import MOST_STREAMS

MS = PATIENCE * 1000
LIN = "lin.yue@northquay.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One desk for the tests of this file; each opens tickets of its own."""
    with serving(tmp_path_factory.mktemp("live")) as made:
        yield made


@pytest.fixture
def contexts(browser: Any) -> Iterator[Any]:
    """Makes browsers that know nothing of each other."""
    made = []

    def make(**options: Any) -> Any:
        made.append(browser.new_context(viewport={"width": 1280, "height": 900}, **options))
        made[-1].set_default_timeout(MS)
        return made[-1]

    yield make
    for each in made:
        each.close()


def live(page: Any) -> None:
    page.wait_for_selector(".live:not([hidden]):not(.away)")


def events(stream: http.client.HTTPResponse, wanted: str) -> str:
    """The data of the next event of a name."""
    name = ""
    while line := stream.readline().decode():
        field, _, value = line.rstrip("\n").partition(": ")
        name = value if field == "event" else name
        if field == "data" and name == wanted:
            return value
    raise AssertionError(f"the stream ended before it said {wanted}")


def test_change_by_one_engineer_shows_in_the_queue_of_another(served: Served, contexts: Any) -> None:
    number = desks.open_ticket(served.desk, "Packet loss on the uplink")
    chen, lin = sign_in(contexts(), served.address), sign_in(contexts(), served.address, LIN)
    live(chen)
    lin.goto(f"{served.address}/tickets/{number}")
    lin.click("text=Assign to me")
    chen.wait_for_selector(f"#t{number} .q-asg:has-text('Lin Yue')")
    assert chen.complaints == []


def test_new_ticket_waits_for_a_key_and_takes_no_rows_place(served: Served, contexts: Any) -> None:
    desks.open_ticket(served.desk, "A ticket before")
    page = sign_in(contexts(), served.address)
    live(page)
    before = page.eval_on_selector_all("#list tr[id]", "rows => rows.map(row => row.id)")
    number = desks.open_ticket(served.desk, "A fresh ticket")
    page.wait_for_selector("#fresh:has-text('1 new ticket')")
    assert page.eval_on_selector_all("#list tr[id]", "rows => rows.map(row => row.id)") == before
    page.keyboard.press(".")
    page.wait_for_selector(f"#t{number}")
    assert page.inner_text("#fresh") == ""


def test_row_that_burns_sooner_changes_where_it_stands(served: Served, contexts: Any) -> None:
    desks.open_ticket(served.desk, "First of two")
    number = desks.open_ticket(served.desk, "Second of two")
    page = sign_in(contexts(), served.address)
    live(page)
    before = page.eval_on_selector_all("#list tr[id]", "rows => rows.map(row => row.id)")
    raise_priority(served, number)
    page.wait_for_selector(f"#t{number} .prio-critical")
    assert page.eval_on_selector_all("#list tr[id]", "rows => rows.map(row => row.id)") == before
    page.click("#fresh button")
    page.wait_for_selector(f"#t{number}:first-child")


def raise_priority(served: Served, number: int) -> None:
    with served.desk.changing() as rows:
        handling.change_priority(
            rows, served.desk.services.letterhead, number, author=served.desk.engineer(LIN),
            priority=Priority.CRITICAL, reason="All stores are down.", at=clock.now(),
        )  # fmt: skip


def test_queue_says_since_when_it_is_not_live_and_is_live_again(served: Served, contexts: Any) -> None:
    number = desks.open_ticket(served.desk, "While Redis is away")
    page = sign_in(contexts(), served.address)
    live(page)
    served.redis.kill()
    page.wait_for_selector(".live.away:has-text('Not live since')")
    raise_priority(served, number)
    served.redis.start()
    live(page)
    page.wait_for_selector(f"#t{number} .prio-critical")


def test_page_asks_by_itself_while_redis_is_away(served: Served, contexts: Any) -> None:
    number = desks.open_ticket(served.desk, "Asked for every 30 s")
    context = contexts()
    page = sign_in(context, served.address)
    live(page)
    served.redis.kill()
    try:
        page.wait_for_selector(".live.away")
        page.clock.install()
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        raise_priority(served, number)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_selector(f"#t{number} .prio-critical")
    finally:
        served.redis.start()


def test_ticket_page_tells_who_wrote_meanwhile_and_keeps_the_draft(served: Served, contexts: Any) -> None:
    number = desks.open_ticket(served.desk, "Two engineers at once")
    page = sign_in(contexts(), served.address)
    page.goto(f"{served.address}/tickets/{number}")
    live(page)
    last = page.get_attribute("input[name=last]", "value")
    page.fill("#text", "My own words.")
    with served.desk.changing() as rows:
        handling.reply(
            rows, served.desk.services.letterhead, number, author=served.desk.engineer(LIN),
            text="We are at it.", at=clock.now(),
        )  # fmt: skip
    page.wait_for_selector("#news-words:has-text('Lin Yue wrote meanwhile')")
    page.click("[data-swap]")
    page.wait_for_selector(".thread >> text=We are at it.")
    assert page.input_value("#text") == "My own words."
    assert page.get_attribute("input[name=last]", "value") != last
    assert page.complaints == []


def test_desk_is_walked_with_keys_alone(served: Served, contexts: Any) -> None:
    number = desks.open_ticket(served.desk, "Walked with keys", priority=Priority.CRITICAL)
    page = sign_in(contexts(), served.address)
    page.keyboard.press("/")
    page.keyboard.type("walked")
    page.keyboard.press("Escape")
    page.goto(f"{served.address}/?priority=critical")
    for _ in range(page.locator("#list tr[id]").count()):
        page.keyboard.press("j")
        if page.get_attribute("tr[aria-current]", "id") == f"t{number}":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{number}")
    page.keyboard.press("n")
    page.keyboard.type("r is a letter of this note, not a key")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("article.is-note:has-text('a letter of this note')")
    page.keyboard.press("u")
    page.wait_for_selector("#list")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/review")


def test_keys_are_shown_and_closed_again(served: Served, contexts: Any) -> None:
    page = sign_in(contexts(), served.address)
    in_chinese(page, served)
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open] >> text=下一张工单")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def in_chinese(page: Any, served: Served) -> None:
    page.context.add_cookies([{"name": "lang", "value": "zh", "url": served.address}])
    page.goto(served.address)


def test_shift_j_selects_and_escape_clears(served: Served, contexts: Any) -> None:
    for index in range(3):
        desks.open_ticket(served.desk, f"Selected {index}")
    page = sign_in(contexts(), served.address)
    page.keyboard.press("j")
    page.keyboard.press("Shift+J")
    page.wait_for_selector(".bulk:has-text('2 selected')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".bulk", state="hidden")


def test_ticked_tickets_are_assigned_at_once(served: Served, contexts: Any) -> None:
    numbers = [desks.open_ticket(served.desk, f"Assigned at once {index}") for index in range(2)]
    page = sign_in(contexts(), served.address)
    for number in numbers:
        page.check(f"#t{number} input[name=ids]")
    page.click(".bulk button[value=assign]")
    page.wait_for_selector(".say.good")
    assert [desks.ticket(served.desk, number).assignee_id for number in numbers] == [
        served.desk.engineer().id
    ] * 2


@pytest.mark.parametrize(
    ("language", "soon", "late"), [("en", "10 min left", "25 min late"), ("zh", "剩 10 分钟", "超时 25 分钟")]
)
def test_countdown_says_what_the_server_would_say(
    served: Served, contexts: Any, language: str, soon: str, late: str
) -> None:
    number = desks.open_ticket(served.desk, "Counted down")
    page = sign_in(contexts(), served.address)
    page.clock.install()
    page.context.add_cookies([{"name": "lang", "value": language, "url": served.address}])
    page.goto(served.address)
    due = int(page.get_attribute(f"#t{number} .due", "data-due"))
    assert counted(page, number, due / 1000 - 630) == (soon, "due warm")
    assert counted(page, number, due / 1000 + 1530) == (late, "due late")


def counted(page: Any, number: int, at: float) -> tuple[str, str]:
    """What a row's clock says at a time of the browser, within a minute of the server's, and how it looks."""
    page.clock.set_fixed_time(at)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return page.inner_text(f"#t{number} .due b"), page.get_attribute(f"#t{number} .due", "class")


def test_queue_works_without_script(served: Served, contexts: Any) -> None:
    number = desks.open_ticket(served.desk, "Without script")
    page = sign_in(contexts(java_script_enabled=False), served.address)
    assert page.is_hidden("#live")
    page.check(f"#t{number} input[name=ids]")
    page.select_option("#b-who", "me")
    page.click(".bulk button[value=assign]")
    page.wait_for_selector(".say.good")
    page.click("#help")
    page.wait_for_selector("#keys")


def test_stream_carries_numbers_only(served: Served) -> None:
    stream = served.listening(served.cookie())
    assert events(stream, "state") == "live"
    number = desks.open_ticket(served.desk, "Nobody reads this in the stream")
    assert events(stream, "tickets") == str(number)
    stream.close()


def test_stream_of_one_ticket_hears_of_no_other(served: Served) -> None:
    wanted = desks.open_ticket(served.desk, "The one")
    stream = served.listening(served.cookie(), f"/live?ticket={wanted}")
    assert events(stream, "state") == "live"
    desks.open_ticket(served.desk, "Another")
    raise_priority(served, wanted)
    assert events(stream, "tickets") == str(wanted)
    stream.close()


def test_stream_wants_a_login(served: Served) -> None:
    connection = http.client.HTTPConnection(served.listen, timeout=PATIENCE)
    connection.request("GET", "/live")
    assert connection.getresponse().status == 302
    connection.close()


def test_stream_ends_with_its_session(served: Served) -> None:
    cookie = served.cookie(LIN)
    stream = served.listening(cookie)
    assert events(stream, "state") == "live"
    with served.desk.changing() as rows:
        access.end_sessions(rows, served.desk.engineer(LIN).id)
    ends = time.monotonic() + 60
    while stream.readline():
        assert time.monotonic() < ends, "the stream outlived its session"


def test_one_browser_too_many_is_sent_away_and_pages_stay_fast(served: Served) -> None:
    cookie = served.cookie()
    with contextlib.ExitStack() as opened:
        answers = []
        for _ in range(MOST_STREAMS + 1):
            answers.append(served.listening(cookie))
            opened.callback(answers[-1].close)
        refused = [each for each in answers if each.status != 200]
        assert [each.status for each in refused] == [503]
        with urllib.request.urlopen(f"{served.address}/healthz", timeout=10) as page:
            assert page.status == 200


def test_streams_end_with_the_server(tmp_path: Path) -> None:
    with serving(tmp_path) as own:
        stream = own.listening(own.cookie())
        assert events(stream, "state") == "live"
        own.process.send_signal(signal.SIGTERM)
        while stream.readline():
            pass
        assert own.process.wait(PATIENCE) == 0
