"""`python -m tests.faults [PART…]`: faults of the world around us, one line of JSON each; 1 where any was not borne.

`--full` takes the sizes of the acceptance figures, `--write` puts the figures into bench/FAULTS.md.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from tests import faults_aws, faults_imap, faults_loops, faults_out, faults_storms, faults_written
from tests.faults_desk import Found, Missing, Options, line

Parts = Mapping[str, Callable[[Options], Iterator[Found]]]
PARTS: Final[Parts] = {
    "imap": faults_imap.run,
    "out": faults_out.run,
    "loops": faults_loops.run,
    "storms": faults_storms.run,
    "aws": faults_aws.run,
}


def main(
    arguments: Sequence[str] | None = None, parts: Parts = PARTS, file: Path = faults_written.FILE
) -> int:
    """0 where every fault was borne."""
    asked = _asked(arguments, parts)
    options = Options(asked.seed, asked.full)
    found: dict[str, list[Found]] = {}
    took: dict[str, float] = {}
    for part in asked.parts or parts:
        began = time.monotonic()
        try:
            found[part] = [_told(part, each) for each in parts[part](options)]
        except Missing as why:
            print(f"{part}: skipped, {why}", file=sys.stderr)  # noqa: T201
        took[part] = time.monotonic() - began
    if asked.write:
        faults_written.write(file, found, took, options)
    return 1 if any(each.wrong for some in found.values() for each in some) else 0


def _asked(arguments: Sequence[str] | None, parts: Parts) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*parts, []], help=", ".join(parts))
    parser.add_argument("--seed", type=int, default=Options().seed)
    parser.add_argument("--full", action="store_true", help="as many as the acceptance figures ask for")
    parser.add_argument("--write", action="store_true", help="put the figures into bench/FAULTS.md")
    return parser.parse_args(arguments)


def _told(part: str, found: Found) -> Found:
    print(line(part, found), flush=True)  # noqa: T201
    return found


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # only findings; what the desks say of their faults is expected
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main())
