"""Whether the scanner answers, and what waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.scanner import Away, open_scanner
from gateway.settings import Settings

Told = tuple[str, str, str]
"""Level, what was found, what to do about it."""
_SECONDS: Final = 10.0


def answers(settings: Settings) -> Iterator[Told]:
    """What the scanner says of itself, or that there is none."""
    try:
        scanner = open_scanner(settings.scanner_url, seconds=min(_SECONDS, settings.scanner_seconds))
    except ValueError as fault:
        yield "wrong", f"HELPDESK_SCANNER_URL: {fault}", "correct it, or leave it empty"
        return
    if scanner is None:
        if settings.scanner_required:
            yield (
                "wrong",
                "a verdict on files is required, and there is no scanner",
                "set HELPDESK_SCANNER_URL",
            )
        else:
            yield (
                "ok",
                "no scanner: files are shown as not scanned",
                "set HELPDESK_SCANNER_URL to have them scanned",
            )
        return
    try:
        yield "ok", f"the scanner answers: {scanner.version()}", ""
    except Away as fault:
        yield "wrong", f"the scanner does not answer: {fault}", "start it; until then files are not scanned"
