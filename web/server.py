"""The web under gunicorn: one process of threads, which costs the least memory."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication

from web import live

if TYPE_CHECKING:
    from gateway.services import Services

_OPTIONS: Final[dict[str, Any]] = {
    "worker_class": "gthread",
    "timeout": 60,
    "graceful_timeout": 5,
    "keepalive": 5,
    "limit_request_line": 8190,
    "limit_request_fields": 60,
    "forwarded_allow_ips": "",
    "accesslog": None,
    "control_socket_disable": True,
    "worker_tmp_dir": "/dev/shm",  # noqa: S108  gunicorn's heartbeat, never on a disk
}


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, services: Callable[[], Services], options: dict[str, Any]) -> None:
        self._services, self._options = services, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, wired in the worker: connections never cross a fork."""
        from web import create_app

        return create_app(self._services())


def run(services: Callable[[], Services], listen: str, *, workers: int = 1, threads: int = 32) -> None:
    """Serve until told to end; requests under way get 5 s to finish. Units: `threads` beside those of streams."""
    threads += live.MOST_STREAMS
    options = {"bind": listen, "workers": workers, "threads": threads, "post_worker_init": _end_streams_first}
    _Server(services, {**_OPTIONS, **options}).run()


def _end_streams_first(worker: Any) -> None:
    """Send the browsers that listen away before the server waits for requests under way."""
    app = worker.wsgi

    def end(number: int, frame: FrameType | None, then: Any) -> None:
        live.end_streams(app)
        then(number, frame)

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(each, partial(end, then=signal.getsignal(each)))
