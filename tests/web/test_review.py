import pytest

from gateway import clock
from gateway.store.models import Delivery, DeliveryState, Outbox
from tests.web.desk import RAW, Desk, form_token


def add_delivery(desk: Desk, state: str, **more: object) -> int:
    with desk.changing() as rows:
        now = clock.now()
        row = Delivery(arrival="a", accepted_at=now, door="smtp", reverse_path="bulk@nordlicht.example", forward_path="support@northquay.example",
                       blob_key=desk.services.blobs.put(rows, RAW, now), size_bytes=len(RAW), state=state, next_attempt_at=now, **more)  # fmt: skip
        rows.add(row)
        rows.flush()
        return row.id


def add_letter(desk: Desk, state: str) -> int:
    with desk.changing() as rows:
        now = clock.now()
        row = Outbox(letter="reply", occasion=f"x{state}{now}", promise="at-least-once", message_id=f"m{state}@northquay.example", recipients=["li.na@harbourline.example"],
                     first_recipient="li.na@harbourline.example", subject="Re: down", content=b"x", created_at=now, state=state, next_attempt_at=now,
                     expires_at=now, last_reply="connection lost after DATA")  # fmt: skip
        rows.add(row)
        rows.flush()
        return row.id


def test_nothing_to_review_says_so(desk: Desk) -> None:
    assert "Nothing waits for review." in desk.signed_in().get("/review").text


def test_held_and_quarantined_mail_stand_with_their_reasons(desk: Desk) -> None:
    add_delivery(desk, "quarantined", rule="quarantine", error="61 nested parts, limit 50")
    add_delivery(desk, "held", rule="impersonation", error="own-address", subject="Invoice")
    add_delivery(desk, "done", subject="not shown")
    page = desk.signed_in().get("/review").text
    assert "61 nested parts, limit 50" in page
    assert "It names one of our own addresses as its author" in page
    assert "not shown" not in page


def test_replay_makes_a_delivery_due_again(desk: Desk) -> None:
    key = add_delivery(desk, "quarantined")
    client = desk.signed_in()
    answer = client.post(
        f"/deliveries/{key}/replay", data={"csrf_token": form_token(client.get("/")), "next": "/review"}
    )
    assert answer.location == "/review"
    with desk.reading() as rows:
        assert rows.get_one(Delivery, key).state == DeliveryState.RECEIVED


def test_replay_of_what_is_done_is_refused_in_words(desk: Desk) -> None:
    key = add_delivery(desk, "done")
    client = desk.signed_in()
    client.post(
        f"/deliveries/{key}/replay", data={"csrf_token": form_token(client.get("/")), "next": "/review"}
    )
    assert "only held or quarantined mail can be judged again" in client.get("/review").text


def test_original_of_a_delivery_is_downloaded(desk: Desk) -> None:
    key = add_delivery(desk, "quarantined")
    answer = desk.signed_in().get(f"/deliveries/{key}/original")
    assert answer.data == RAW
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_outbox_shows_what_is_under_way_with_the_servers_answer(desk: Desk) -> None:
    for state in ("failed", "sent"):
        add_letter(desk, state)
    page = desk.signed_in().get("/outbox").text
    assert page.count("connection lost after DATA") == 1
    assert "Refused" in page


@pytest.mark.parametrize(("decision", "state"), [("retry", "pending"), ("give-up", "cancelled")])
def test_person_decides_on_an_uncertain_letter(desk: Desk, decision: str, state: str) -> None:
    key = add_letter(desk, "uncertain")
    client = desk.signed_in()
    client.post(
        f"/outbox/{key}/{decision}", data={"csrf_token": form_token(client.get("/outbox")), "next": "/outbox"}
    )
    with desk.reading() as rows:
        assert rows.get_one(Outbox, key).state == state


def test_letter_sent_again_after_uncertainty_may_come_twice(desk: Desk) -> None:
    key = add_letter(desk, "uncertain")
    client = desk.signed_in()
    client.post(
        f"/outbox/{key}/retry", data={"csrf_token": form_token(client.get("/outbox")), "next": "/outbox"}
    )
    with desk.reading() as rows:
        assert rows.get_one(Outbox, key).maybe_twice


def test_menu_counts_what_waits_for_people(desk: Desk) -> None:
    add_letter(desk, "uncertain")
    add_delivery(desk, "held")
    add_delivery(desk, "quarantined")
    page = desk.signed_in().get("/").text
    assert 'Review<span class="n bad">2</span>' in page
    assert 'Outbox<span class="n bad">1</span>' in page


@pytest.mark.parametrize("path", ["/outbox?state=nowhere", "/outbox?cursor=x", "/review?cursor=1.x"])
def test_unknown_values_are_400(desk: Desk, path: str) -> None:
    assert desk.signed_in().get(path).status_code == 400


def test_letter_is_read_as_its_recipients_read_it(desk: Desk) -> None:
    key = add_letter(desk, "kept")
    client = desk.signed_in()
    with desk.changing() as rows:
        content = b"From: support@northquay.example\r\nTo: li.na@harbourline.example\r\nSubject: Re: down\r\n\r\nIt is <up>.\r\n"
        rows.get_one(Outbox, key).content = content
    assert "Re: down" in client.get("/outbox?state=kept").text
    page = client.get(f"/outbox/{key}").text
    assert "It is &lt;up&gt;." in page
    assert "Kept here" in page
    assert client.get(f"/outbox/{key}/original").status_code == 403
    assert desk.signed_in("lin.yue@northquay.example").get(f"/outbox/{key}/original").data == content
    assert client.get("/outbox/4711").status_code == 404
