"""Letters as they read, in both languages, with sample values."""

from __future__ import annotations

import pytest

from gateway.mail import letters
from gateway.mail.letter_variants import VARIANTS
from tests.web.desk import Desk
from web.admin.letter_words import CUSTOMER, ENGINEER


def test_every_letter_is_listed_once_and_has_a_sample() -> None:
    assert CUSTOMER.keys() | ENGINEER.keys() == set(letters.OPTIONAL)
    assert CUSTOMER.keys() & ENGINEER.keys() == set()
    assert {name for name, _ in VARIANTS} == set(letters.OPTIONAL)


def test_every_letter_is_shown_in_each_way_it_may_read(desk: Desk) -> None:
    client = desk.signed_in()
    for name, variant in VARIANTS:
        assert client.get(f"/admin/letters/{name}?variant={variant}").status_code == 200, (name, variant)


def test_both_languages_stand_side_by_side_in_the_providers_name(desk: Desk) -> None:
    page = desk.signed_in().get("/admin/letters/acknowledgement").text
    assert "We have your request" in page
    assert "已收到您的请求" in page
    assert "Northquay Cloud" in page and "北港云" not in page
    assert 'src="/admin/letters/acknowledgement/zh?variant="' in page


def test_html_runs_nothing_and_fetches_nothing(desk: Desk) -> None:
    answer = desk.signed_in().get("/admin/letters/reply/en")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox") and "default-src 'none'" in policy and "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "The tunnel is up again." in answer.text


@pytest.mark.parametrize(
    "path",
    ["nothing", "reply?variant=nothing", "reply/fr", "reply/en?variant=nothing", "nothing/en", "..%2Freply"],
)
def test_unknown_letters_are_not_found(desk: Desk, path: str) -> None:
    assert desk.signed_in().get(f"/admin/letters/{path}").status_code == 404


def test_list_says_what_each_is_for(desk: Desk) -> None:
    assert "As soon as a ticket is open." in desk.signed_in().get("/admin/letters").text
    chinese = desk.signed_in(language="zh").get("/admin/letters").text
    assert "工单建立时立即发出。" in chinese
    assert "找不到可负责的人时。" in chinese
