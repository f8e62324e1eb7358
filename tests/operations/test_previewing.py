"""A preview of an import says exactly what the import then does, on both databases."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import secrets
from gateway.cli.importing import run
from gateway.operations import estate_differences, exporting, previewing
from gateway.operations.estate_differences import Change, FieldChange, Turn
from gateway.operations.previewing import Otherwise, Preview
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import AuditEntry, Contact, Customer, Engineer
from tests.builders import a_mail
from tests.databases import MONDAY, Desk
from tests.operations.test_importing import ACME

COMPANY = Path(__file__).parents[2] / "templates" / "demo" / "company.yaml"


def seen(desk: Desk, text: str, *, prune: bool = False) -> Preview:
    return previewing.preview(desk.services, text.encode(), prune=prune, at=MONDAY)


def applied(desk: Desk, text: str, *, prune: bool = False, confirmed: str = "") -> Preview:
    digest = confirmed or seen(desk, text, prune=prune).digest
    return previewing.apply(
        desk.services, text.encode(), prune=prune, confirmed=digest, actor="engineer:7", client="", at=MONDAY
    )


def change(found: Preview, what: str, name: str) -> Change:
    [only] = [each for each in found.changes if (each.what, each.name) == (what, name)]
    return only


def state(desk: Desk) -> str:
    with desk.services.reading() as session:
        return exporting.export(session, with_hashes=True)


def test_preview_writes_nothing(desk: Desk) -> None:
    before = state(desk)
    assert seen(desk, ACME).counted()["added"] == 10
    assert state(desk) == before


def test_preview_of_what_was_imported_is_empty(desk: Desk) -> None:
    applied(desk, ACME)
    assert seen(desk, ACME).nothing
    assert seen(desk, ACME).beyond == ()


def test_preview_of_the_sample_company_is_empty_after_its_import(desk: Desk) -> None:
    text = COMPANY.read_text()
    assert seen(desk, text).counted() == {"added": 22, "changed": 0, "ended": 0}
    applied(desk, text)
    assert seen(desk, text).nothing


def test_preview_of_an_export_is_empty(desk: Desk) -> None:
    applied(desk, ACME)
    with desk.services.reading() as session:
        text = exporting.export(session)
    assert seen(desk, text, prune=True).nothing


def test_preview_says_what_the_import_then_does(desk: Desk) -> None:
    applied(desk, ACME)
    later = (
        ACME.replace("青禾教育", "Acme").replace("Ann, phone", "Ann Lee, phone").replace("38000.50", "41000")
    )
    found = seen(desk, later)
    assert applied(desk, later, confirmed=found.digest).changes == found.changes


def test_fields_are_told_as_they_were_and_as_they_become(desk: Desk) -> None:
    applied(desk, ACME)
    found = seen(desk, ACME.replace("name: Ann", "name: Ann Lee").replace("minutes: 120", "minutes: 90"))
    assert astuple(change(found, "contact", "ann@acme.example"))[:4] == (
        "changed",
        "contact",
        "acme",
        "ann@acme.example",
    )
    assert change(found, "contact", "ann@acme.example").fields == (FieldChange("name", "Ann", "Ann Lee"),)
    assert change(found, "contract", "2026-001").fields == (
        FieldChange("terms.targets.critical.resolution_minutes", "120", "90"),
    )


def test_password_is_told_without_its_hash(desk: Desk) -> None:
    applied(desk, ACME)
    found = seen(desk, ACME.replace("correct horse battery", "battery horse correct"))
    assert change(found, "engineer", "chen@desk.example").fields == (FieldChange("password_hash", "", ""),)


def test_two_previews_of_a_new_password_agree(desk: Desk) -> None:
    assert seen(desk, ACME).digest == seen(desk, ACME).digest


def test_external_id_is_told_without_its_value(desk: Desk) -> None:
    applied(desk, ACME)
    account = "account_id: 012345678901, role: HelpDesk, external_id: sesame-7,"
    found = seen(desk, ACME.replace("account_id: 012345678901,", account))
    fields = change(found, "aws-account", "012345678901").fields
    assert FieldChange("external_id", "", "") in fields
    assert "sesame" not in str(found)
    assert ("probed", "012345678901") in found.remarks


def test_contract_in_use_gets_a_new_version(desk: Desk) -> None:
    applied(desk, ACME)
    desk.walk(a_mail(sender="ann@acme.example"), reverse_path="ann@acme.example")
    found = seen(desk, ACME.replace("38000.50", "41000"))
    fields = {each.name: (each.old, each.new) for each in change(found, "contract", "2026-001").fields}
    assert fields["version"] == ("1", "2")
    assert fields["effective_on"] == ("", "2026-03-02")
    assert fields["monthly_fee"] == ("38000.50", "41000.00")


def test_what_the_file_does_not_name_is_told_and_stays(desk: Desk) -> None:
    applied(desk, ACME)
    fewer = ACME.replace("  - {email: zhao@desk.example, name: 赵敏}\n", "")
    found = applied(desk, fewer)
    assert found.changes == ()
    beyond = seen(desk, fewer).beyond
    assert [(each.turn, each.what, each.name) for each in beyond] == [
        (Turn.ENDED, "engineer", "zhao@desk.example")
    ]


def test_pruning_ends_what_the_file_does_not_name(desk: Desk) -> None:
    applied(desk, ACME)
    fewer = ACME.replace("acme.example, ", "").replace("  - {email: zhao@desk.example, name: 赵敏}\n", "")
    found = applied(desk, fewer, prune=True)
    assert {(each.turn, each.what, each.name) for each in found.changes} == {
        (Turn.ENDED, "engineer", "zhao@desk.example"),
        (Turn.ENDED, "domain", "acme.example"),
    }
    assert seen(desk, fewer, prune=True).nothing


def test_inactive_customer_is_remarked(desk: Desk) -> None:
    applied(desk, ACME)
    applied(desk, ACME.replace("    name: 青禾教育\n", "    name: 青禾教育\n    active: false\n"))
    assert seen(desk, ACME).remarks == (("inactive-customer", "acme"),)


def test_change_of_the_desk_meanwhile_asks_for_another_preview(desk: Desk) -> None:
    applied(desk, ACME)
    later = ACME.replace("name: Ann", "name: Ann Lee")
    confirmed = seen(desk, later).digest
    with desk.services.transaction() as session:
        session.scalars(sa.select(Contact)).one().name = "Anna"
    with pytest.raises(Otherwise) as raised:
        applied(desk, later, confirmed=confirmed)
    assert raised.value.preview.changes[0].fields == (FieldChange("name", "Anna", "Ann Lee"),)
    with desk.services.reading() as session:
        assert session.scalars(sa.select(Contact.name)).one() == "Anna"


def test_import_is_entered_in_the_audit_log(desk: Desk) -> None:
    applied(desk, ACME)
    with desk.services.reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.actor, entry.act) == ("engineer:7", "import.applied")
    assert entry.data["added"] == 10


def test_refused_import_is_not_entered(desk: Desk) -> None:
    with pytest.raises(Otherwise):
        applied(desk, ACME, confirmed="0" * 64)
    with desk.services.reading() as session:
        assert session.scalars(sa.select(AuditEntry)).all() == []
        assert session.scalars(sa.select(Customer)).all() == []


def test_faults_are_told_with_their_lines(desk: Desk) -> None:
    with pytest.raises(Unreadable) as raised:
        seen(desk, ACME.replace("Asia/Shanghai", "Asia/Nowhere").replace("role: lead", "role: king"))
    assert [fault.line for fault in raised.value.faults] == [5, 19]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: [*a, *a]\n",
        "[" * 5000,
        "- " * 300_000,
        "!!python/object/apply:os.system [id]",
        "\x00",
        "customers: 7",
    ],
    ids=["anchors", "deep", "many", "tag", "nul", "shape"],
)
def test_hostile_files_are_refused(desk: Desk, text: str) -> None:
    with pytest.raises(Unreadable):
        seen(desk, text)


def test_billion_laughs_are_refused(desk: Desk) -> None:
    lines = ["customers:", "  - &l0 {reference: a, name: b}"]
    lines += [f"x{number}: &l{number} [{', '.join([f'*l{number - 1}'] * 10)}]" for number in range(1, 10)]
    with pytest.raises(Unreadable):
        seen(desk, "\n".join(lines))


def test_file_above_the_limit_is_refused(desk: Desk) -> None:
    with pytest.raises(Unreadable, match="larger than 5 MB"):
        seen(desk, "#" * (5 * 1024 * 1024 + 1))


def test_too_many_passwords_are_refused(desk: Desk) -> None:
    people = "".join(
        f"  - {{email: e{n}@desk.example, name: E, password: correct horse {n}}}\n" for n in range(101)
    )
    with pytest.raises(Unreadable, match="more than 100 passwords"):
        seen(desk, f"engineers:\n{people}")


def token(desk: Desk, content: bytes, **how: bool) -> str:
    found = previewing.preview(desk.services, content, prune=False, at=MONDAY)
    return previewing.grant(desk.services, found, content, prune=False, actor="engineer:7", at=MONDAY)


def granted(
    desk: Desk, given: str, content: bytes, *, prune: bool = False, actor: str = "engineer:7", hours: int = 0
) -> str:
    at = MONDAY + timedelta(hours=hours)
    return previewing.granted(desk.services, given, content, prune=prune, actor=actor, at=at)


def test_token_carries_the_effect(desk: Desk) -> None:
    content = ACME.encode()
    assert granted(desk, token(desk, content), content) == seen(desk, ACME).digest


@pytest.mark.parametrize(
    "other", [{"content": b"customers: []"}, {"prune": True}, {"actor": "engineer:8"}, {"actor": "engineer:70"}, {"hours": 1}],
)  # fmt: skip
def test_token_is_worth_nothing_for_anything_else(desk: Desk, other: dict[str, object]) -> None:
    given = token(desk, ACME.encode())
    with pytest.raises(secrets.BadToken):
        granted(desk, given, **({"content": ACME.encode()} | other))  # type: ignore[arg-type]


NAMES = st.sampled_from(["Ann", "Bo", "李娜"])
FILES = st.fixed_dictionaries(
    {
        "contacts": st.dictionaries(st.sampled_from(["a", "b", "c"]), NAMES, max_size=3),
        "fee": st.sampled_from(["100", "200.50"]),
        "ends": st.sampled_from([None, date(2027, 12, 31)]),
        "roles": st.dictionaries(
            st.sampled_from(["e", "f"]), st.sampled_from(["engineer", "lead"]), max_size=2
        ),
        "active": st.booleans(),
    }
)


def written(told: dict[str, object]) -> str:
    contacts = ", ".join(
        f"{{email: {key}@acme.example, name: {name}}}" for key, name in told["contacts"].items()
    )  # type: ignore[attr-defined]
    people = ", ".join(
        f"{{email: {key}@desk.example, name: E, role: {role}}}" for key, role in told["roles"].items()
    )  # type: ignore[attr-defined]
    ends = told["ends"] or "null"
    return (
        f"customers:\n  - {{reference: acme, name: Acme, active: {str(told['active']).lower()}, contacts: [{contacts}],\n"
        f"     contracts: [{{number: C-1, starts_on: 2026-01-01, ends_on: {ends}, monthly_fee: {told['fee']}}}]}}\n"
        f"engineers: [{people}]\n"
    )


@given(FILES, FILES, st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_import_its_preview_is_empty(
    desk: Desk, first: dict[str, object], then: dict[str, object], prune: bool
) -> None:
    applied(desk, written(first), prune=True)
    found = seen(desk, written(then), prune=prune)
    assert applied(desk, written(then), prune=prune, confirmed=found.digest).changes == found.changes
    assert seen(desk, written(then), prune=prune).nothing


def test_states_are_compared_by_every_field(desk: Desk) -> None:
    applied(desk, ACME)
    with desk.services.transaction() as session:
        before = estate_differences.state(session)
        session.scalars(sa.select(Engineer).where(Engineer.email == "zhao@desk.example")).one().skills = [
            "vpc",
            "rds",
        ]
        after = estate_differences.state(session)
    assert estate_differences.between(before, after) == (
        Change(Turn.CHANGED, "engineer", "", "zhao@desk.example", (FieldChange("skills", "", "vpc, rds"),)),
    )


def test_import_by_the_command_is_entered_too(desk: Desk) -> None:
    run(desk.services, ACME.encode(), at=MONDAY)
    run(desk.services, ACME.encode(), dry_run=True, at=MONDAY)
    with desk.services.reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.actor, entry.act, entry.data) == (
        "cli",
        "import.applied",
        {"added": 9, "changed": 0, "ended": 0},
    )
