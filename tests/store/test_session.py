"""What the engine promises to everybody above it, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.databases import Desk


def test_a_fault_of_the_database_never_repeats_what_a_customer_wrote(desk: Desk) -> None:
    said = "the root password is hunter2"

    with pytest.raises(sa.exc.DBAPIError) as fault, desk.services.transaction() as session:
        session.execute(sa.text("INSERT INTO no_such_table (text) VALUES (:said)"), {"said": said})

    assert "hunter2" not in str(fault.value)
