"""How answers travel: compressed for whoever takes that, kept by browsers where their address tells their content."""

from __future__ import annotations

import gzip

from gateway.store.models import Attachment
from tests.web import desk as desks
from tests.web.desk import Desk
from web import asset, wire

TAKES = {"Accept-Encoding": "gzip, br"}


def test_page_travels_compressed_and_says_the_same(desk: Desk) -> None:
    desks.open_ticket(desk)
    client = desk.signed_in()
    answer = client.get("/keys", headers=TAKES)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "</html>" in gzip.decompress(answer.data).decode()


def test_page_stays_plain_for_whoever_takes_nothing_else(desk: Desk) -> None:
    answer = desk.signed_in().get("/keys", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers
    assert "</html>" in answer.text


def test_length_of_a_compressed_page_is_left_to_chance() -> None:
    page = b"the same page " * 500
    lengths = {len(wire.compressed(page, 100)) for _ in range(60)}
    assert len(lengths) > 10
    assert gzip.decompress(wire.compressed(page, 100)) == page


def test_own_file_travels_compressed_and_is_kept_for_a_year(desk: Desk) -> None:
    answer = desk.client().get(asset("desk.js"), headers=TAKES)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == (desk.client().get(asset("desk.js"))).data


def test_own_file_that_is_known_is_not_sent_again(desk: Desk) -> None:
    client = desk.client()
    tag = client.get(asset("desk.css"), headers=TAKES).headers["ETag"]
    answer = client.get(asset("desk.css"), headers=TAKES | {"If-None-Match": tag})
    assert answer.status_code == 304


def test_attachment_is_not_compressed(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    message_id = desks.add_mail(desk, number, files=(("log.txt", "text/plain", b"line\n" * 2000, ""),))
    with desk.reading() as rows:
        token = rows.query(Attachment).filter_by(message_id=message_id).one().token
    answer = desk.signed_in().get(f"/attachments/{token}", headers=TAKES)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
