"""Workers in processes of their own, to be killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.workers.desk import Desk
from workers import worker

ROOT = Path(worker.__file__).parents[1]
SCRIPT = """
import logging, sys
from pathlib import Path
from tests.workers.desk import Desk
from workers import worker
logging.basicConfig(level="WARNING")
path, address, *names = sys.argv[1:]
worker.run(names, lambda: Desk(Path(path), address), lambda: address)
"""


def start_worker(desk: Desk, *names: str) -> subprocess.Popen[bytes]:
    """A worker for these queues."""
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(desk.path), desk.address, *names], cwd=ROOT)
