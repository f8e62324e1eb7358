"""The audit log: entries that nobody can change, and the page that shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.operations import auditing
from gateway.store.models import AuditEntry, Contact
from gateway.store.queries import audit
from gateway.store.queries.audit import AuditFilter
from tests.web.admin_desk import administered
from tests.web.desk import Desk

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def note(
    desk: Desk, act: str, *, actor: str = "cli", about: str = "", hours: int = 0, **data: object
) -> None:
    with desk.changing() as rows:
        auditing.note(rows, actor=actor, act=act, about=about, client="192.0.2.7", data=data,
                      at=NOON + timedelta(hours=hours))  # fmt: skip


def test_an_entry_says_who_did_what_to_what_and_when(either_desk: Desk) -> None:
    note(either_desk, "role.changed", actor="engineer:1", about="engineer:2", role="lead")
    with either_desk.reading() as rows:
        found = rows.scalars(sa.select(AuditEntry)).one()
    assert (found.at, found.actor, found.act, found.about) == (
        NOON,
        "engineer:1",
        "role.changed",
        "engineer:2",
    )
    assert (found.client, found.data) == ("192.0.2.7", {"role": "lead"})


def test_an_entry_belongs_to_the_transaction_that_acts(either_desk: Desk) -> None:
    with pytest.raises(RuntimeError), either_desk.changing() as rows:
        auditing.note(rows, actor="cli", act="import.applied", at=NOON)
        raise RuntimeError
    with either_desk.reading() as rows:
        assert audit.entries(rows, AuditFilter()) == ([], 0)


@pytest.mark.parametrize("statement", [sa.delete(AuditEntry), sa.update(AuditEntry).values(act="login.ok")])
def test_the_database_refuses_to_change_or_delete_an_entry(
    either_desk: Desk, statement: sa.Delete | sa.Update
) -> None:
    note(either_desk, "login.failed")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), either_desk.changing() as rows:
        rows.execute(statement)
    with either_desk.reading() as rows:
        assert rows.scalars(sa.select(AuditEntry.act)).all() == ["login.failed"]


def test_pages_of_the_log_neither_repeat_nor_skip_an_entry(either_desk: Desk) -> None:
    for number in range(7):
        note(either_desk, f"act.{number}")
    seen, before = [], 0
    with either_desk.reading() as rows:
        while True:
            found, before = audit.entries(rows, AuditFilter(), before=before, limit=3)
            seen += [each.act for each in found]
            if not before:
                break
    assert seen == [f"act.{number}" for number in (6, 5, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    "wanted",
    [AuditFilter(actor="contact:1"), AuditFilter(act="link.used"), AuditFilter(about="engineer:2"),
     AuditFilter(since=NOON + timedelta(hours=1)), AuditFilter(since=NOON, until=NOON + timedelta(hours=3), act="link.used")],
)  # fmt: skip
def test_the_log_is_filtered(either_desk: Desk, wanted: AuditFilter) -> None:
    note(either_desk, "login.failed")
    note(either_desk, "link.used", actor="contact:1", about="engineer:2", hours=2)
    with either_desk.reading() as rows:
        assert [each.act for each in audit.entries(rows, wanted)[0]] == ["link.used"]


def test_every_act_that_was_entered_may_be_asked_for(either_desk: Desk) -> None:
    for act in ("logout", "login.ok", "logout", "import.applied"):
        note(either_desk, act)
    with either_desk.reading() as rows:
        assert audit.acts(rows) == ["import.applied", "login.ok", "logout"]


def test_page_names_people_and_acts_in_words(desk: Desk) -> None:
    client = administered(desk)
    with desk.reading() as rows:
        contact = rows.query(Contact).one()
    note(desk, "visit.began", actor=f"contact:{contact.id}")
    note(desk, "engineer.changed", actor=f"engineer:{desk.engineer().id}", role="lead")
    page = client.get("/admin/audit").text
    assert "Li Na" in page and "Sign-in link used" in page
    assert "Chen Wei" in page and "Engineer changed" in page and "Role lead" in page


def test_page_is_filtered_by_day_in_the_readers_zone(desk: Desk) -> None:
    client = administered(desk)
    note(desk, "strange.act")
    assert "strange.act" in client.get("/admin/audit?from=2026-03-02&to=2026-03-02").text
    assert "Nothing like this was entered." in client.get("/admin/audit?act=strange.act&from=2026-03-03").text


@pytest.mark.parametrize("query", ["before=x", "from=2026-13-01", "to=yesterday", "to=9999-12-31"])
def test_nonsense_in_the_address_is_refused(desk: Desk, query: str) -> None:
    assert administered(desk).get(f"/admin/audit?{query}").status_code == 400


def test_only_administrators_read_the_log(desk: Desk) -> None:
    client = desk.signed_in()
    assert client.get("/admin/audit").status_code == 403
    assert "/admin/audit" not in client.get("/admin").text
    assert 'href="/admin/audit"' in administered(desk).get("/admin").text


def test_page_reads_chinese(desk: Desk) -> None:
    note(desk, "import.applied")
    page = administered(desk, "zh").get("/admin/audit").text
    assert "导入了文件" in page
    assert "审计日志" in page
