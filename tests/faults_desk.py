"""What every part of `python -m tests.faults` works with: its options, what it finds, and empty desks without pytest."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gateway import services as wiring
from gateway.store import migrations, session
from tests.databases import Desk, settings_for

Fresh = Callable[..., AbstractContextManager[Desk]]


@dataclass(frozen=True, slots=True)
class Options:
    """How it is done: `full` as the acceptance figures ask for, else in minutes; the same `seed`, the same faults."""

    seed: int = 20260302
    full: bool = False


class Found(Protocol):
    """What became of one fault: its name, what was wrong, and whatever figures its part has."""

    fault: str
    wrong: list[str]


def line(part: str, found: Found) -> str:
    """A finding as one line of JSON, without the figures that it does not have."""
    told: dict[str, Any] = {name: value for name, value in vars(found).items() if value or name == "wrong"}
    return json.dumps({"part": part, **told}, ensure_ascii=False)


class Missing(Exception):
    """A server that the part needs is not installed; the text says which."""


@contextmanager
def desks() -> Iterator[Fresh]:
    """What makes a desk on an empty SQLite database of its own, with other settings where told."""
    with tempfile.TemporaryDirectory(prefix="faults-") as above:
        template = Path(above) / "template.db"
        engine = session.engine(f"sqlite:///{template}")
        migrations.upgrade(engine)
        engine.dispose()

        @contextmanager
        def fresh(**changes: object) -> Iterator[Desk]:
            with tempfile.TemporaryDirectory(prefix="desk-", dir=above) as folder:
                shutil.copy(template, Path(folder) / "helpdesk.db")
                made = Desk(wiring.build(settings_for(Path(folder)).model_copy(update=changes)))
                yield made
                made.services.engine.dispose()

        yield fresh
