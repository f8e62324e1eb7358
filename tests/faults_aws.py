"""The part `aws` of `python -m tests.faults`: answers of AWS Support that get lost, and processes killed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from tests.aws.case_faults import FAULTS, OPERATIONS, Found, try_fault, try_kills
from tests.faults_desk import Options, desks

COUNT, FULL = 50, 200


def run(options: Options) -> Iterator[Found]:
    """Each fault of each operation, at least fifty times, on a desk of its own."""
    count = FULL if options.full else COUNT
    with desks() as fresh:
        for what in OPERATIONS:
            for kind, when in FAULTS:
                with fresh() as desk:
                    yield try_fault(desk, what, kind, when, count=count)
        with fresh() as desk:
            yield from try_kills(desk, count=count)
