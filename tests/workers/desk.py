"""A stand-in for the database and the services: rows that are due, leased and done, in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import datetime
from pathlib import Path

from gateway import queues

LEASE_SECONDS = 8
NOW = "(julianday('now') * 86400.0)"


class Desk:
    """Due rows by kind. A row of the kind `inbound` with the text `hang` keeps its worker busy for ever."""

    def __init__(self, path: Path, address: str = "") -> None:
        self.path, self.address = path, address
        self.alarms = Kind(self, "alarms")
        self.appointments = Kind(self, "appointments")
        self.inbound = Kind(self, "inbound")
        self.relay = Kind(self, "relay")
        self.slow = Kind(self, "slow")
        self.aws = Kind(self, "aws")
        with self.connect() as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS work (id INTEGER PRIMARY KEY, kind TEXT, text TEXT,"
                " until REAL NOT NULL DEFAULT 0, started INTEGER NOT NULL DEFAULT 0, done_by INTEGER)"
            )

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)

    def put(self, kind: str, text: str = "") -> int:
        with self.connect() as database:
            return int(
                database.execute("INSERT INTO work (kind, text) VALUES (?, ?)", [kind, text]).lastrowid or 0
            )

    def claim(self, kind: str) -> tuple[int, str, int] | None:
        with self.connect() as database:
            return database.execute(
                f"UPDATE work SET until = {NOW} + ?, started = started + 1 WHERE id = (SELECT min(id) FROM work"
                f" WHERE kind = ? AND done_by IS NULL AND until < {NOW}) RETURNING id, text, started",
                [LEASE_SECONDS, kind],
            ).fetchone()

    def done(self, number: int) -> None:
        with self.connect() as database:
            database.execute("UPDATE work SET done_by = ? WHERE id = ?", [os.getpid(), number])

    def undone(self) -> int:
        with self.connect() as database:
            return int(database.execute("SELECT count(*) FROM work WHERE done_by IS NULL").fetchone()[0])

    def started(self, number: int) -> int:
        with self.connect() as database:
            return int(database.execute("SELECT started FROM work WHERE id = ?", [number]).fetchone()[0])

    def due(self) -> dict[str, int]:
        queue_of = dict.fromkeys(("alarms", "appointments", "inbound"), queues.MAIL)
        queue_of |= {"relay": queues.OUT, "slow": queues.SLOW, "aws": queues.AWS}
        counts: dict[str, int] = {}
        with self.connect() as database:
            rows = database.execute(
                f"SELECT kind FROM work WHERE done_by IS NULL AND until < {NOW}"
            ).fetchall()
        for (kind,) in rows:
            counts[queue_of[kind]] = counts.get(queue_of[kind], 0) + 1
        return counts

    def ring(self, queue: str) -> None:
        queues.ring(queues.connect(self.address), queue)


class Kind:
    """One kind of work of a desk."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk, self._name = desk, name

    def drain(self, until: datetime) -> bool:
        while row := self._desk.claim(self._name):
            number, text, started = row
            if text == "hang" and started == 1:
                threading.Event().wait()
            self._desk.done(number)
        return False
