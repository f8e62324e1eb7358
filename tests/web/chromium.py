"""A real browser and a desk on a socket for it."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server


def path() -> str | None:
    """Where Debian's Chromium lies, if it is installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browsing() -> Iterator[Any]:
    """A Chromium; skips loudly where there is none."""
    from playwright.sync_api import sync_playwright

    found = path()
    if found is None:
        reason = "NO CHROMIUM: apt-get install chromium; what a person sees was not walked through"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield made
        made.close()


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """The address under which an application is served meanwhile."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def blocked(page: Any) -> list[str]:
    """What the browser refused, but for pictures it no longer wanted because it went on to the next page."""
    return [complaint for complaint in page.complaints if not complaint.endswith("ERR_ABORTED")]


class _Quiet(WSGIRequestHandler):
    """A server that does not say what it serves."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""
