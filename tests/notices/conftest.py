from __future__ import annotations

import pytest

from tests.databases import Desk
from tests.notices.bureau import Bureau


@pytest.fixture
def bureau(desk: Desk) -> Bureau:
    """A bureau on each database in turn."""
    return Bureau(desk)
