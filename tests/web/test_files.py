import re
from datetime import timedelta

import time_machine

from gateway import clock
from tests.web import desk as desks
from tests.web.desk import PNG, RAW, Desk
from web.files import disposition

HTML = (
    '<p>Hello <script>alert(1)</script><img src="http://tracker.example/x.png"><img src="cid:logo">'
    '<a href="javascript:alert(1)">x</a><form action="https://evil.example"><input></form></p>'
)


def attach(
    desk: Desk, name: str, kind: str, content: bytes = b"x", content_id: str = "", html: str = ""
) -> int:
    number = desks.open_ticket(desk)
    return desks.add_mail(desk, number, files=((name, kind, content, content_id),), html=html)


def test_attachment_is_a_download_that_runs_nothing(desk: Desk) -> None:
    attach(desk, "报告.pdf", "application/pdf", b"%PDF")
    answer = desk.signed_in().get("/attachments/token1001x1x0")
    assert answer.data == b"%PDF"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf"
    )
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_html_and_svg_never_keep_their_type(desk: Desk) -> None:
    for kind in ("text/html", "image/svg+xml", "application/xhtml+xml", "TEXT/HTML"):
        attach(desk, "a.html", kind, b"<script>alert(1)</script>")
    client = desk.signed_in()
    for number in range(4):
        answer = client.get(f"/attachments/token{1001 + number}x{1 + number}x0")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_name_splits_no_header_and_leaves_no_folder(desk: Desk) -> None:
    attach(desk, '../x\r\nSet-Cookie: a=b"\\.txt', "text/plain")
    answer = desk.signed_in().get("/attachments/token1001x1x0")
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]
    assert 'filename=".._x__Set-Cookie: a=b__.txt"' in answer.headers["Content-Disposition"]


def test_name_of_lone_surrogates_is_still_a_header() -> None:
    assert disposition("\ud800.txt") == "attachment; filename=\"_.txt\"; filename*=UTF-8''%3F.txt"


def test_original_mail_comes_back_byte_for_byte(desk: Desk) -> None:
    message_id = attach(desk, "a.txt", "text/plain")
    answer = desk.signed_in().get(f"/messages/{message_id}/original")
    assert answer.data == RAW
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_message_written_by_hand_has_no_original(desk: Desk) -> None:
    desks.open_ticket(desk)
    assert desk.signed_in().get("/messages/1/original").status_code == 404


def test_html_view_is_a_sandbox_that_fetches_nothing(desk: Desk) -> None:
    message_id = attach(desk, "logo.png", "image/png", PNG, "logo", HTML)
    answer = desk.signed_in().get(f"/messages/{message_id}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox") and "default-src 'none'" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy and "allow-forms" not in policy
    for nasty in ("<script", "tracker.example", "javascript:", "<form", "<input"):
        assert nasty not in answer.text


def test_blocked_pictures_are_counted(desk: Desk) -> None:
    message_id = attach(desk, "logo.png", "image/png", PNG, "logo", HTML)
    page = desk.signed_in().get(f"/messages/{message_id}/view").text
    assert "1 remote image is blocked." in page
    assert 'sandbox="allow-popups' in page


def test_inline_picture_opens_without_cookie_for_minutes(desk: Desk) -> None:
    message_id = attach(desk, "logo.png", "image/png", PNG, "logo", HTML)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        page = desk.signed_in().get(f"/messages/{message_id}/html").text
        address = re.search(r'src="(/inline/[^"]+)"', page)
        assert address is not None
        assert desk.client().get(address[1]).data == PNG
        assert desk.client().get(address[1][:-1] + "a" * 2).status_code == 404
        traveller.shift(timedelta(minutes=11))
        assert desk.client().get(address[1]).status_code == 404


def test_drawing_that_can_run_is_never_inline(desk: Desk) -> None:
    message_id = attach(desk, "logo.svg", "image/svg+xml", b"<svg/>", "logo", HTML)
    assert "/inline/" not in desk.signed_in().get(f"/messages/{message_id}/html").text
