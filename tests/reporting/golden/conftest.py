"""The quarter, played once for each database and given to every test as a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from gateway import services as wiring
from gateway.store import migrations, session
from tests.databases import Desk, settings_for
from tests.postgres import Postgres
from tests.reporting.golden import quarter
from tests.reporting.golden.playing import Player
from tests.reporting.golden.story import Story
from tests.reporting.golden.told import Told


def _play(folder: Path, url: str, story: Story) -> None:
    services = wiring.build(settings_for(folder, url))
    Player(Desk(services), story).play()
    services.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def told(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Told]:
    """A desk after the whole quarter on SQLite, after a smaller one on PostgreSQL, with the story of both."""
    folder = tmp_path / "data"
    folder.mkdir()
    if request.param == "sqlite":
        own = tmp_path_factory.getbasetemp()
        story, played = quarter.whole(), (own if worker_id == "master" else own.parent) / "golden-quarter"
        with FileLock(f"{played}.lock"):
            if not (played / "done").exists():
                shutil.rmtree(played, ignore_errors=True)
                played.mkdir()
                shutil.copy(request.getfixturevalue("sqlite_template"), played / "helpdesk.db")
                _play(played, "", story)
                (played / "done").touch()
        shutil.copytree(played, folder, dirs_exist_ok=True)
        yield from _desk(folder, "", story)
        return
    story, postgres = quarter.small(), request.getfixturevalue("postgres")
    assert isinstance(postgres, Postgres)

    def prepare(url: str) -> None:
        engine = session.engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        _play(folder, url, story)

    with postgres.database(postgres.template("golden_quarter", prepare)) as url:
        yield from _desk(folder, url, story)


def _desk(folder: Path, url: str, story: Story) -> Iterator[Told]:
    services = wiring.build(settings_for(folder, url))
    yield Told(Desk(services), story)
    services.engine.dispose()
