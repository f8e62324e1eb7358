"""Signing in without a password: a typed address, a mailed link, a press of its button, and nothing less."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest

from gateway import clock
from gateway.operations import visiting
from gateway.operations.visiting import Browser
from gateway.store.models import (
    AuditEntry,
    Contact,
    Customer,
    EntryLink,
    MailReport,
    Outbox,
    Reason,
    Suppression,
    Visit,
)
from tests.web.desk import Desk, form_token, log_in
from tests.web.visitors import LI_NA, ask, forged, links, mailed, press, send, visitor


def plain(text: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text)


def visits(desk: Desk) -> int:
    with desk.reading() as rows:
        return rows.query(Visit).count()


def test_stranger_is_sent_to_the_door_and_back_to_where_they_wanted(either_desk: Desk) -> None:
    client = either_desk.client()
    sent = client.get("/my/profile?a=b")
    assert (sent.status_code, sent.location) == (302, "/enter?next=/my/profile%3Fa%3Db")
    ask(client, LI_NA, next="/my/profile?a=b")
    send(either_desk)
    entered = press(client, links(either_desk)[0])
    assert (entered.status_code, entered.location) == (303, "/my/profile?a=b")
    assert "Li Na" in client.get("/my/profile").text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/tickets/1", "/my/../tickets", "/my/\\x"]
)
def test_link_leads_only_to_customers_pages(desk: Desk, wanted: str) -> None:
    client = desk.client()
    ask(client, LI_NA, next=wanted)
    send(desk)
    assert press(client, links(desk)[0]).location == "/dashboard"


def test_answer_is_the_same_for_known_unknown_suppressed_and_limited_addresses(desk: Desk) -> None:
    with desk.changing() as rows:
        customer = rows.query(Customer).one()
        customer.contacts.append(Contact(email="gone@harbourline.example", name="Gone"))
        report = MailReport(address="gone@harbourline.example", action="failed", proof="smtp", at=clock.now())
        rows.add(report)
        rows.flush()
        rows.add(
            Suppression(
                address="gone@harbourline.example", reason=Reason.HARD, report_id=report.id, since=clock.now()
            )
        )
    pages = set()
    asked = [LI_NA, "nobody@elsewhere.example", "gone@harbourline.example", LI_NA, LI_NA, LI_NA]
    for email in asked:
        answer = ask(desk.client(), email)
        headers = tuple(
            sorted((k, v) for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length", "Vary"))
        )
        cookies = tuple(
            re.sub(r"=[^;]+", "=", each, count=1) for each in answer.headers.getlist("Set-Cookie")
        )
        pages.add(
            (
                answer.status_code,
                plain(answer.text).replace(email, "X"),
                headers,
                re.sub(r"Expires=[^;]+", "", str(cookies)),
            )
        )
    send(desk)
    assert len(pages) == 1
    with desk.reading() as rows:
        states = [row.state for row in rows.query(Outbox).filter_by(letter="entry").order_by(Outbox.id)]
    assert sorted(states) == ["cancelled", "pending", "pending", "pending"]


def test_asking_writes_the_same_for_known_and_unknown_addresses(either_desk: Desk) -> None:
    shapes = []
    for email in (LI_NA, "nobody@elsewhere.example"):
        ask(either_desk.client(), email)
        with either_desk.reading() as rows:
            row = rows.query(EntryLink).order_by(EntryLink.id.desc()).first()
            assert row is not None
            shapes.append((row.contact_id, row.token_digest, rows.query(Outbox).count()))
    assert shapes == [(None, None, 0), (None, None, 0)]


def test_looking_at_a_link_does_not_use_it(desk: Desk) -> None:
    client = desk.client()
    path = mailed(desk, client)
    scanner = desk.client()
    for look in (scanner.get, scanner.head, scanner.get, client.head, client.get):
        assert look(path).status_code == 200
    assert visits(desk) == 0
    assert press(client, path).status_code == 303


def test_press_without_the_forms_token_does_nothing(desk: Desk) -> None:
    client = desk.client()
    path = mailed(desk, client)
    assert client.post(path).status_code == 400
    assert visits(desk) == 0


def test_scanner_that_presses_the_button_does_not_get_in(desk: Desk) -> None:
    client, scanner = desk.client(), desk.client()
    path = mailed(desk, client)
    assert press(scanner, path).status_code == 200
    assert press(scanner, path, email="someone@harbourline.example").status_code == 403
    assert visits(desk) == 0
    assert press(client, path).status_code == 303


def test_other_browser_gets_in_with_the_address_typed_again(desk: Desk) -> None:
    path = mailed(desk, desk.client())
    phone = desk.client()
    shown = phone.get(path).text
    assert "l…@harbourline.example" in shown and LI_NA not in shown
    assert press(phone, path, email=" Li.Na@Harbourline.example ").status_code == 303
    assert "Li Na" in phone.get("/my/profile").text


def test_link_is_void_after_five_wrong_addresses(desk: Desk) -> None:
    client = desk.client()
    path = mailed(desk, client)
    thief = desk.client()
    token = form_token(thief.get(path))
    for _ in range(5):
        assert (
            thief.post(path, data={"csrf_token": token, "email": "x@harbourline.example"}).status_code == 403
        )
    assert thief.post(path, data={"csrf_token": token, "email": LI_NA}).status_code == 404
    assert client.get(path).status_code == 404


def test_used_expired_and_forged_links_answer_alike(desk: Desk) -> None:
    client = desk.client()
    used = mailed(desk, client)
    press(client, used)
    late = mailed(desk, desk.client())
    with desk.changing() as rows:
        for row in rows.query(EntryLink):
            row.ends_at = min(row.ends_at, clock.now())
    other = desk.client()
    answers = [other.get(path) for path in (used, late, forged())]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {
        plain(answer.text.replace(path, ""))
        for answer, path in zip(answers, (used, late, answers[2].request.path), strict=True)
    }
    assert len(bodies) == 1


def test_link_lets_in_once(either_desk: Desk) -> None:
    client = either_desk.client()
    path = mailed(either_desk, client)
    token = form_token(client.get(path))
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    again = either_desk.client()
    token = form_token(again.get("/enter"))
    assert again.post(path, data={"csrf_token": token, "email": LI_NA}).status_code == 404
    assert visits(either_desk) == 1


def test_using_a_link_voids_the_others(desk: Desk) -> None:
    client = desk.client()
    first, second = mailed(desk, client), mailed(desk, client)
    assert client.get(first).status_code == client.get(second).status_code == 200
    press(client, second)
    assert client.get(first).status_code == 404


def test_link_of_a_contact_who_was_removed_opens_nothing(desk: Desk) -> None:
    client = desk.client()
    path = mailed(desk, client)
    with desk.changing() as rows:
        rows.delete(rows.query(Contact).one())
    assert client.get(path).status_code == 404


def test_visit_ends_when_its_contact_is_removed_or_its_customer_no_longer_one(either_desk: Desk) -> None:
    client = visitor(either_desk)
    assert client.get("/my/profile").status_code == 200
    with either_desk.changing() as rows:
        rows.query(Customer).one().active = False
    assert client.get("/my/profile").status_code == 302
    with either_desk.changing() as rows:
        rows.query(Customer).one().active = True
    assert client.get("/my/profile").status_code == 200
    with either_desk.changing() as rows:
        rows.delete(rows.query(Contact).one())
    assert client.get("/my/profile").status_code == 302
    assert visits(either_desk) == 0


@pytest.mark.parametrize(
    ("column", "length", "status"),
    [
        ("seen_at", timedelta(hours=1, minutes=59), 200),
        ("seen_at", timedelta(hours=2), 302),
        ("ends_at", timedelta(0), 302),
    ],
)
def test_visit_ends_after_two_idle_hours_and_at_its_end(
    desk: Desk, column: str, length: timedelta, status: int
) -> None:
    client = visitor(desk)
    with desk.changing() as rows:
        setattr(rows.query(Visit).one(), column, clock.now() - length)
    assert client.get("/my/profile").status_code == status


def test_visit_lasts_twelve_hours_at_most(desk: Desk) -> None:
    visitor(desk)
    with desk.reading() as rows:
        one = rows.query(Visit).one()
    assert one.ends_at - one.created_at == timedelta(hours=12)


def test_post_after_the_end_keeps_what_was_written(desk: Desk) -> None:
    client = visitor(desk)
    token = form_token(client.get("/my/profile"))
    with desk.changing() as rows:
        rows.query(Visit).delete()
    answer = client.post("/my/visits/end", data={"csrf_token": token, "text": "my words"})
    assert answer.status_code == 401 and "my words" in answer.text


def test_signing_out_ends_the_visit(desk: Desk) -> None:
    client = visitor(desk)
    kept = client.get_cookie("visitor")
    assert kept is not None
    answer = client.post("/my/leave", data={"csrf_token": form_token(client.get("/my/profile"))})
    assert (answer.status_code, answer.location) == (303, "/enter")
    client.set_cookie("visitor", kept.value)
    assert client.get("/my/profile").status_code == 302


def test_profile_ends_other_visits_and_only_ones_own(desk: Desk) -> None:
    one, other = visitor(desk), visitor(desk)
    token = form_token(one.get("/my/profile"))
    assert one.post("/my/visits/end", data={"csrf_token": token, "visit": "999"}).status_code == 303
    assert visits(desk) == 2
    one.post("/my/visits/end", data={"csrf_token": token})
    assert other.get("/my/profile").status_code == 302
    assert one.get("/my/profile").status_code == 200


def test_engineers_cookie_opens_no_customers_page_nor_the_other_way_round(desk: Desk) -> None:
    engineer, contact = desk.signed_in(), visitor(desk)
    assert engineer.get("/my/profile").location == "/enter?next=/my/profile"
    assert contact.get("/").location.startswith("/login")
    swapped = desk.client()
    cookie = contact.get_cookie("visitor")
    assert cookie is not None
    swapped.set_cookie("desk", cookie.value)
    assert swapped.get("/").location.startswith("/login")


def test_cookies_are_bound_to_the_host_where_https_is_served(tmp_path) -> None:
    from tests.web import desk as desks

    served = desks.open_desk(tmp_path, base_url="https://desk.northquay.example")
    client = served.client()
    answer = ask(client, LI_NA)
    said = [each for each in answer.headers.getlist("Set-Cookie") if "asking" in each]
    assert said[0].startswith("__Host-asking=") and "Secure" in said[0] and "HttpOnly" in said[0]
    assert "SameSite=Lax" in said[0] and "Path=/" in said[0] and "Domain" not in said[0]
    served.services.engine.dispose()


def test_links_and_visits_are_stored_only_as_digests(desk: Desk) -> None:
    client = desk.client()
    path = mailed(desk, client)
    press(client, path)
    cookie = client.get_cookie("visitor")
    assert cookie is not None
    with desk.reading() as rows:
        kept = [str(vars(row)) for kind in (EntryLink, Visit, AuditEntry) for row in rows.query(kind)]
    assert not any(path.rpartition("/")[2] in row or cookie.value in row for row in kept)
    assert len(path.rpartition("/")[2]) * 5 >= 128 and len(cookie.value) * 5 >= 128


def test_no_log_names_a_link_or_an_address(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    client = desk.client()
    with caplog.at_level(logging.DEBUG):
        path = mailed(desk, client)
        press(client, path)
    assert path.rpartition("/")[2] not in caplog.text and LI_NA not in caplog.text


def test_audit_names_who_asked_and_came_in(desk: Desk) -> None:
    client = desk.client()
    press(client, mailed(desk, client))
    with desk.reading() as rows:
        noted = [
            (row.act, row.actor, row.about) for row in rows.query(AuditEntry) if row.act.startswith("visit")
        ]
        who = rows.query(Contact).one().id
    assert noted == [("visit.asked", "", f"contact:{who}"), ("visit.began", f"contact:{who}", "")]


def test_door_speaks_the_visitors_language(desk: Desk) -> None:
    client = desk.client()
    client.set_cookie("lang", "zh")
    assert "登录" in client.get("/enter").text
    assert "发送链接" in client.get("/enter").text


def test_page_of_a_link_sends_no_referrer_and_is_not_stored(desk: Desk) -> None:
    client = desk.client()
    answer = client.get(mailed(desk, client))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_engineers_login_still_works(desk: Desk) -> None:
    assert log_in(desk.client(), "chen.wei@northquay.example").status_code == 303


def limited(desk: Desk, asks: list[tuple[str, str, float]]) -> int:
    """How many letters come of asks: an address, a client, minutes after the first."""
    start = clock.now() - timedelta(days=1)
    for email, client, minutes in asks:
        at = start + timedelta(minutes=minutes)
        with desk.changing() as rows:
            visiting.ask(rows, email=email, browser=Browser(client), language="en", wanted="", at=at)
            rows.flush()
            newest = rows.query(EntryLink).order_by(EntryLink.id.desc()).first()
            assert newest is not None
            visiting.keep(rows, desk.services.letterhead, str(newest.id), at)
    with desk.reading() as rows:
        return rows.query(Outbox).filter_by(letter="entry").count()


@pytest.mark.parametrize(
    ("asks", "written"),
    [
        ([(LI_NA, "192.0.2.1", 0)] * 3, 3),
        ([(LI_NA, "192.0.2.1", 0)] * 4, 3),
        ([(LI_NA, "192.0.2.1", 0)] * 3 + [(LI_NA, "192.0.2.1", 14.9)], 3),
        ([(LI_NA, "192.0.2.1", 0)] * 3 + [(LI_NA, "192.0.2.1", 15)], 4),
        ([(LI_NA, f"192.0.2.{n}", 60 * n) for n in range(10)], 10),
        ([(LI_NA, f"192.0.2.{n}", 60 * n) for n in range(11)], 10),
        ([(LI_NA, f"192.0.2.{n}", 60 * n) for n in range(10)] + [(LI_NA, "192.0.2.9", 1440)], 11),
        ([(f"n{n}@elsewhere.example", "192.0.2.1", n) for n in range(20)] + [(LI_NA, "192.0.2.1", 20)], 0),
        ([(f"n{n}@elsewhere.example", "192.0.2.1", n) for n in range(20)] + [(LI_NA, "192.0.2.1", 60)], 1),
        ([(f"n{n}@elsewhere.example", "192.0.2.1", n) for n in range(20)] + [(LI_NA, "192.0.2.2", 20)], 1),
    ],
)
def test_asks_are_limited_by_address_and_by_client(
    desk: Desk, asks: list[tuple[str, str, float]], written: int
) -> None:
    assert limited(desk, asks) == written


@pytest.mark.parametrize("state", ["pending", "sent", "cancelled"])
def test_no_engineer_reads_a_link_in_the_outbox(desk: Desk, state: str) -> None:
    path = mailed(desk, desk.client())
    with desk.changing() as rows:
        row = rows.query(Outbox).filter_by(letter="entry").one()
        row.state = state
        number = row.id
    lead = desk.signed_in("lin.yue@northquay.example")
    shown = lead.get(f"/outbox/{number}")
    assert shown.status_code == 200 and "/enter/…" in shown.text
    assert path not in shown.text
    assert lead.get(f"/outbox/{number}/original").status_code == 403
