"""What one process works with."""

from __future__ import annotations

from pathlib import Path

from gateway import services
from tests.databases import settings_for


def test_folder_for_data_exists_whichever_database_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"

    services.build(settings_for(folder, "postgresql+psycopg://nobody@127.0.0.1:1/none")).engine.dispose()

    assert folder.stat().st_mode & 0o777 == 0o700
