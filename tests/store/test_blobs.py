"""Raw mail and attachments: small ones ride in the database and move out later."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import blobs as blob_store
from gateway.store import session
from gateway.store.blobs import Blobs, Folder
from gateway.store.models import Blob
from tests.databases import MONDAY, Desk

LARGE = b"large " * 20_000


class Watched(Folder):
    """A folder that asks for the database's only writer whenever it is written to."""

    def __init__(self, root: Path, services: Services) -> None:
        super().__init__(root)
        self._services, self.written = services, 0

    def write(self, key: str, content: bytes) -> None:
        with self._services.sessions() as other:
            if other.get_bind().dialect.name == "sqlite":
                other.execute(sa.text("PRAGMA busy_timeout=0"))
            other.execute(sa.update(Blob).where(Blob.key == key).values(stored_at=MONDAY))
            other.rollback()
        self.written += 1
        super().write(key, content)


def put(desk: Desk, *contents: bytes) -> list[str]:
    with desk.services.transaction() as rows:
        return desk.services.blobs.put_many(rows, contents, MONDAY)


def test_small_contents_move_out_of_the_database_and_stay_readable(desk: Desk) -> None:
    small, large = put(desk, b"small", LARGE)

    assert desk.services.slow.drain(clock.now() + timedelta(seconds=30)) is False

    with desk.services.reading() as rows:
        assert desk.services.blobs.get_small(rows, [small, large]) == {}
        assert [desk.services.blobs.get(rows, key) for key in (small, large)] == [b"small", LARGE]


def test_no_transaction_waits_for_the_folder_while_contents_move(desk: Desk, tmp_path: Path) -> None:
    put(desk, b"small")
    watched = Watched(tmp_path / "elsewhere", desk.services)
    desk.services.__dict__["blobs"] = Blobs(watched)

    desk.services.slow.drain(clock.now() + timedelta(seconds=30))

    assert watched.written == 1


def test_same_contents_in_another_order_make_no_two_writers_wait_for_each_other(
    database_settings: Settings,
) -> None:
    engine = session.engine(database_settings.database)
    sessions, faults = session.factory(engine), []
    store = Blobs(Folder(database_settings.data_dir / "blobs"))
    contents = [f"logo {number}".encode() for number in range(60)]

    def write(mine: list[bytes]) -> None:
        try:
            for _ in range(20):
                with session.transaction(sessions) as rows:
                    store.put_many(rows, mine, MONDAY)
        except sa.exc.OperationalError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=[mine]) for mine in (contents, contents[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    engine.dispose()

    assert faults == []


def test_other_places_than_folder_and_bucket_are_refused() -> None:
    with pytest.raises(ValueError, match="file: or s3:"):
        blob_store.open_place("ftp://else.example/blobs")
