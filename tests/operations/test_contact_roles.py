"""How far a customer's person sees is declared with them, and is no more than their own tickets where nothing is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.cli.importing import run
from gateway.operations import exporting
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import Contact
from tests.databases import Desk

ACME = """\
customers:
  - reference: acme
    name: Acme
    contacts:
      - {email: ann@acme.example, role: manager}
      - {email: bob@acme.example}
"""


def roles(desk: Desk) -> dict[str, str]:
    with desk.services.reading() as session:
        return {row.email: row.role for row in session.scalars(sa.select(Contact))}


def test_contact_sees_what_the_file_says_and_else_their_own(desk: Desk) -> None:
    run(desk.services, ACME.encode())
    assert roles(desk) == {"ann@acme.example": "manager", "bob@acme.example": "own"}


def test_file_without_a_role_leaves_it_as_it_is(desk: Desk) -> None:
    run(desk.services, ACME.encode())
    run(desk.services, ACME.replace(", role: manager", "").encode())
    assert roles(desk)["ann@acme.example"] == "manager"


def test_export_names_every_role(desk: Desk) -> None:
    run(desk.services, ACME.encode())
    with desk.services.reading() as session:
        said = exporting.export(session)
    assert [line.strip() for line in said.splitlines() if "role:" in line] == ["role: manager", "role: own"]


def test_unknown_role_is_refused_with_its_line(desk: Desk) -> None:
    with pytest.raises(Unreadable) as raised:
        run(desk.services, ACME.replace("manager", "owner").encode())
    assert [fault.line for fault in raised.value.faults] == [5]
