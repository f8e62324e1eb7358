"""Two such desks pointed at each other fall silent, whatever stands between them does to their mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import services as wiring
from tests.databases import Desk, _migrate, settings_for
from tests.faults_loops import OTHER_DESK, Way, exchanged


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Desk]:
    """A second desk of somebody else, with a key of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    settings = settings_for(folder).model_copy(update=OTHER_DESK)
    _migrate(settings.database)
    services = wiring.build(settings)
    yield Desk(services)
    services.engine.dispose()


@pytest.mark.parametrize("proves", [False, True])
@pytest.mark.parametrize("seconds", [2, 400])
def test_two_desks_stop_after_one_letter_each_at_most(
    desk: Desk, other: Desk, proves: bool, seconds: float
) -> None:
    assert exchanged(desk, other, Way(proves=proves), seconds=seconds) <= 2


@pytest.mark.parametrize("proves", [False, True])
@pytest.mark.parametrize("renames", [False, True])
@pytest.mark.parametrize("seconds", [2, 400])
def test_two_desks_stop_after_five_letters_where_their_marks_are_lost(
    desk: Desk, other: Desk, proves: bool, renames: bool, seconds: float
) -> None:
    way = Way(strips=True, renames=renames, proves=proves)
    assert exchanged(desk, other, way, seconds=seconds) <= 5
