"""Where one run happens: a folder on a disk, databases, and whether there is little time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.postgresql import Server


@dataclass
class Yard:
    """What every part of a run shares."""

    folder: Path
    postgres: Server | None
    quick: bool
    tickets: int = 20_000
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def fresh(self) -> Path:
        """A folder that does not exist yet."""
        return self.folder / str(next(self._numbers))

    def databases(self) -> list[tuple[str, str]]:
        """Name and address of a fresh database of each kind; SQLite's address is the default, hence empty."""
        found = [("SQLite", "")]
        if self.postgres is not None:
            found.append(("PostgreSQL", self.postgres.create(f"bench{next(self._numbers)}")))
        return found
