"""Maintenance windows of an import file become drafts, and tell nobody anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml

from gateway import notices
from gateway.notices import State
from gateway.operations import exporting, importing
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import Notice
from tests.builders import a_customer, an_engineer
from tests.databases import MONDAY, Desk

FILE = """
maintenance:
  - reference: db-move
    title_en: Database servers move
    title_zh: 数据库服务器迁移
    text_en: |
      Each database restarts once.
      It takes 2 min.
    starts_at: 2026-05-06 02:00
    ends_at: 2026-05-06 06:00
    time_zone: Asia/Shanghai
    customers: [harbour]
    services: [RDS]
    tags: {env: prod}
"""


def load(desk: Desk, file: str = FILE) -> list[str]:
    """Import a file; what it changed."""
    draft = importing.read(file.encode())
    with desk.services.transaction() as session:
        return importing.apply(session, draft, {}, at=MONDAY).lines


def stored(desk: Desk) -> list[Notice]:
    with desk.services.reading() as session:
        found = session.query(Notice).order_by(Notice.id).all()
        session.expunge_all()
        return found


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.add(a_customer())
    return desk


def test_window_becomes_a_draft_and_no_letter_goes(office: Desk) -> None:
    assert load(office) == ["added maintenance window db-move"]
    (row,) = stored(office)
    assert (row.state, row.kind, row.author_id) == (State.DRAFT, "maintenance", None)
    assert row.starts_at == datetime(2026, 5, 5, 18, 0, tzinfo=UTC)
    assert row.texts == {"en": "Each database restarts once.\nIt takes 2 min."}
    assert row.scope == {"customers": [1], "services": ["RDS"], "tags": {"env": "prod"}}
    assert office.letters() == []


def test_same_file_again_changes_nothing(office: Desk) -> None:
    load(office)
    assert load(office) == []
    assert len(stored(office)) == 1


def test_draft_becomes_what_the_file_says(office: Desk) -> None:
    load(office)
    assert load(office, FILE.replace("06:00", "07:00")) == ["changed maintenance window db-move: window"]
    assert stored(office)[0].ends_at == datetime(2026, 5, 5, 23, 0, tzinfo=UTC)


def test_announced_window_is_left_alone_and_a_difference_is_a_fault(office: Desk) -> None:
    load(office, FILE.replace("    services: [RDS]\n    tags: {env: prod}\n", ""))
    lead = an_engineer(role="lead")
    office.add(lead)
    with office.services.transaction() as session:
        notices.announce(session, office.head, 1, author=lead, at=MONDAY)
    assert load(office, FILE.replace("    services: [RDS]\n    tags: {env: prod}\n", "")) == []
    with pytest.raises(Unreadable) as fault:
        load(office)
    assert "was announced: change it on its page" in str(fault.value.faults)
    assert len(office.letters("maintenance")) == 1


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("customers: [harbour]", "customers: [nobody]", "no customer is called nobody"),
        ("ends_at: 2026-05-06 06:00", "ends_at: 2026-05-06 01:00", "the window ends after it begins"),
        ("starts_at: 2026-05-06 02:00", "starts_at: tomorrow", "is no date and time"),
        ("time_zone: Asia/Shanghai", "time_zone: Mars/Olympus", "is no time zone"),
        ("    title_en: Database servers move\n    title_zh: 数据库服务器迁移\n", "", "needs a title"),
    ],
)
def test_what_makes_no_sense_is_a_fault_with_its_line(
    office: Desk, before: str, after: str, why: str
) -> None:
    with pytest.raises(Unreadable) as fault:
        load(office, FILE.replace(before, after))
    assert why in str(fault.value.faults)
    assert all(each.line > 1 for each in fault.value.faults)
    assert stored(office) == []


def test_time_that_clocks_skip_is_a_fault(office: Desk) -> None:
    skipped = FILE.replace("Asia/Shanghai", "Europe/Berlin").replace("2026-05-06 02:00", "2026-03-29 02:30")
    with pytest.raises(Unreadable) as fault:
        load(office, skipped)
    assert "does not exist in Europe/Berlin" in str(fault.value.faults)


def test_export_is_what_the_import_reads(office: Desk) -> None:
    load(office)
    with office.services.reading() as session:
        exported = exporting.export(session)
    (window,) = yaml.safe_load(exported)["maintenance"]
    assert window["starts_at"] == "2026-05-06 02:00"
    assert window["customers"] == ["harbour"]
    assert load(office, exported) == []
