"""`python -m bench [PART…] [--quick]`: measure, and write the table to bench/RESULTS.md.

Parts: accept, walk, latency, memory, explain, alarms, fold, month, reports, reports_due, aws, search, web. A run of
some parts only, or a quick one, is printed, not written.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench import (
    accept,
    alarms,
    aws,
    explain,
    fold,
    latency,
    memory,
    month,
    postgresql,
    reports,
    reports_due,
    results,
    search,
    walk,
    web,
)
from bench.stack import disk_folder
from bench.yard import Yard

PARTS = {
    "accept": accept.run, "walk": walk.run, "latency": latency.run, "memory": memory.run, "explain": explain.run,
    "alarms": alarms.run, "fold": fold.run, "month": month.run, "reports": reports.run, "aws": aws.run,
    "reports_due": reports_due.run, "search": search.run, "web": web.run,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer mails and rounds")
    parser.add_argument(
        "--tickets",
        type=int,
        default=20_000,
        help="among how many tickets to search and page (default 20,000)",
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    logging.disable(logging.INFO)
    began, tables = time.monotonic(), []
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-bench-", dir=disk_folder()))
    folder.chmod(0o755)
    try:
        with postgresql.running(folder / "postgresql") as server:
            versions = [f"PostgreSQL {server.version()}"] if server else ["no PostgreSQL"]
            yard = Yard(folder, server, options.quick, options.tickets)
            for name in options.parts or PARTS:
                for table in PARTS[name](yard):
                    tables.append(table)
                    print(table, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not options.parts and not options.quick:
        results.FILE.write_text(results.report(tables, versions, time.monotonic() - began), "utf-8")
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
