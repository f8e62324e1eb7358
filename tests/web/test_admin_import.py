"""Import by file in the page: previewed, confirmed, refused; and the export."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.store.models import AuditEntry, Contact, Customer
from tests.web.admin_desk import administered, token
from tests.web.desk import Desk

FILE = """\
customers:
  - reference: harbourline
    name: Harbourline Logistics
    contacts:
      - {email: li.na@harbourline.example, name: Li Na Tan}
      - {email: wu.lan@harbourline.example, name: 吴岚}
"""


def send(client: FlaskClient, text: str = "", **more: object) -> TestResponse:
    data = {"csrf_token": token(client), "text": text} | more
    return client.post("/admin/import", data=data, content_type="multipart/form-data")


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    form = page.partition('action="/admin/import/confirm"')[2].partition("</form>")[0]
    return {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def names(desk: Desk) -> list[str]:
    with desk.reading() as rows:
        return [each.name for each in rows.query(Contact).order_by(Contact.email)]


def test_preview_shows_every_change_and_makes_none(desk: Desk) -> None:
    page = send(administered(desk), FILE)
    assert page.status_code == 200
    assert "<del>Li Na</del> → <ins>Li Na Tan</ins>" in page.text
    assert "Added 1, Altered 1" in page.text
    assert "wu.lan@harbourline.example" in page.text
    assert names(desk) == ["Li Na"]


def test_confirmed_preview_is_imported_and_entered(desk: Desk) -> None:
    client = administered(desk)
    answer = client.post("/admin/import/confirm", data=fields(send(client, FILE).text))
    assert (answer.status_code, answer.location) == (303, "/admin/import")
    assert "Imported: Added 1, Altered 1." in client.get("/admin/import").text
    assert names(desk) == ["Li Na Tan", "吴岚"]
    with desk.reading() as rows:
        assert [each.act for each in rows.query(AuditEntry).filter_by(act="import.applied")] == [
            "import.applied"
        ]


def test_file_that_was_chosen_counts_whatever_its_line_ends(desk: Desk) -> None:
    client = administered(desk)
    page = send(client, file=(io.BytesIO(FILE.replace("\n", "\r\n").encode()), "estate.yaml"))
    assert client.post("/admin/import/confirm", data=fields(page.text)).status_code == 303
    assert names(desk) == ["Li Na Tan", "吴岚"]


def test_nothing_to_import_offers_no_button(desk: Desk) -> None:
    page = send(
        administered(desk), "customers:\n  - {reference: harbourline, name: Harbourline Logistics}\n"
    ).text
    assert "There is nothing to import." in page
    assert "/admin/import/confirm" not in page


def test_change_meanwhile_shows_a_new_preview(desk: Desk) -> None:
    client = administered(desk)
    confirmed = fields(send(client, FILE).text)
    with desk.changing() as rows:
        rows.query(Contact).one().name = "Li Na Wong"
    answer = client.post("/admin/import/confirm", data=confirmed)
    assert answer.status_code == 409
    assert "Somebody changed the desk meanwhile." in answer.text
    assert "<del>Li Na Wong</del>" in answer.text
    assert names(desk) == ["Li Na Wong"]
    assert client.post("/admin/import/confirm", data=fields(answer.text)).status_code == 303
    assert names(desk) == ["Li Na Tan", "吴岚"]


def test_text_other_than_the_previewed_one_is_previewed_anew(desk: Desk) -> None:
    client = administered(desk)
    confirmed = fields(send(client, FILE).text)
    confirmed["carried"] = fields(send(client, FILE.replace("Tan", "Evil")).text)["carried"]
    answer = client.post("/admin/import/confirm", data=confirmed)
    assert (answer.status_code, names(desk)) == (409, ["Li Na"])


def test_confirming_is_bound_to_the_person_who_previewed(desk: Desk) -> None:
    client = administered(desk)
    confirmed = fields(send(client, FILE).text)
    with desk.changing() as rows:
        from gateway.store.models import Engineer, Role

        rows.query(Engineer).filter_by(email="chen.wei@northquay.example").one().role = Role.ADMIN
    other = desk.signed_in()
    answer = other.post("/admin/import/confirm", data=confirmed | {"csrf_token": token(other)})
    assert (answer.status_code, names(desk)) == (409, ["Li Na"])


@pytest.mark.parametrize("change", [{"carried": "%%%"}, {"carried": ""}, {"grant": ""}, {"grant": "a.b.c"}])
def test_broken_confirmation_imports_nothing(desk: Desk, change: dict[str, str]) -> None:
    client = administered(desk)
    answer = client.post("/admin/import/confirm", data=fields(send(client, FILE).text) | change)
    assert answer.status_code in (400, 409)
    assert names(desk) == ["Li Na"]


def test_faults_are_shown_with_their_lines_and_the_text_is_kept(desk: Desk) -> None:
    answer = send(administered(desk), FILE.replace("name: Harbourline", "nam: Harbourline"))
    assert answer.status_code == 422
    assert '<td class="num">3</td>' in answer.text and "did you mean &#34;name&#34;?" in answer.text
    assert "nam: Harbourline Logistics" in answer.text


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a: &a [*a]", "\x00", "- " * 600_000], ids=["deep", "cycle", "nul", "many"]
)
def test_hostile_text_is_refused(desk: Desk, text: str) -> None:
    assert send(administered(desk), text).status_code == 422


def test_empty_form_asks_for_a_file(desk: Desk) -> None:
    answer = send(administered(desk))
    assert answer.status_code == 400
    assert "Choose a file, or paste its text." in answer.text


def test_file_above_the_limit_is_refused(desk: Desk) -> None:
    answer = send(administered(desk), file=(io.BytesIO(b"#" * (5 * 1024 * 1024 + 1)), "estate.yaml"))
    assert answer.status_code == 422
    assert "larger than 5 MB" in answer.text


def test_upload_far_above_the_limit_is_not_even_read(desk: Desk) -> None:
    answer = send(administered(desk), file=(io.BytesIO(b"#" * (9 * 1024 * 1024)), "estate.yaml"))
    assert answer.status_code == 413


def test_large_file_within_the_limit_is_carried_to_the_confirmation(desk: Desk) -> None:
    client = administered(desk)
    page = send(client, file=(io.BytesIO(FILE.encode() + b"# \n" * 1_500_000), "estate.yaml"))
    assert client.post("/admin/import/confirm", data=fields(page.text)).status_code == 303
    assert names(desk) == ["Li Na Tan", "吴岚"]


def test_things_that_would_end_are_named_apart(desk: Desk) -> None:
    client = administered(desk)
    page = send(client, "customers: []\n").text
    assert "1 thing is not in the file and stays as it is" in page
    pruned = send(client, "customers: []\n", prune="on").text
    client.post("/admin/import/confirm", data=fields(pruned))
    with desk.reading() as rows:
        assert rows.query(Customer).one().active is False


def test_words_of_the_file_are_never_markup(desk: Desk) -> None:
    page = send(administered(desk), FILE.replace("Li Na Tan", '"<script>alert(1)</script>"')).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_export_imports_as_nothing(desk: Desk) -> None:
    client = administered(desk)
    answer = client.post("/admin/export", data={"csrf_token": token(client)})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "There is nothing to import." in send(client, answer.text).text


def test_only_administrators_import_or_export(desk: Desk) -> None:
    client = desk.signed_in()
    given = token(client, "/")
    assert client.get("/admin/import").status_code == 403
    for path in ("/admin/import", "/admin/import/confirm", "/admin/export"):
        assert client.post(path, data={"csrf_token": given, "text": FILE}).status_code == 403


def test_page_reads_chinese(desk: Desk) -> None:
    page = send(administered(desk, "zh"), FILE).text
    assert "新增 1，更改 1" in page
    assert "按此导入" in page
