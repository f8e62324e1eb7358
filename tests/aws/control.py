"""The same hand over HTTP, for a double that runs as a process of its own."""

from __future__ import annotations

import base64
import dataclasses
import json
import urllib.request
from datetime import datetime
from typing import Any

from tests.aws.fake import ORDERS, FakeAws
from tests.aws.wire import Request, Response
from tests.aws.world import instant

INSTANTS = ("at", "started_at", "ended_at", "updated_at")


def obey(fake: FakeAws, request: Request) -> Response:
    """What one order answers: `{"do": "account", "args": […], "with": {…}}`."""
    order = json.loads(request.body)
    if order["do"] not in ORDERS:
        return Response(404, json.dumps({"error": order["do"]}).encode(), "application/json")
    values = {
        name: instant(value) if name in INSTANTS else value for name, value in order.get("with", {}).items()
    }
    answer = getattr(fake, order["do"])(*order.get("args", ()), **values)
    return Response(200, json.dumps({"answer": _plain(answer)}, default=_said).encode(), "application/json")


def _plain(answer: object) -> object:
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return dataclasses.asdict(answer)
    return answer


def _said(value: object) -> object:
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


class RemoteAws:
    """The orders of `FakeAws`, sent to a double in another process."""

    def __init__(self, url: str) -> None:
        """The double that listens there."""
        self.url = url

    def __getattr__(self, name: str) -> Any:
        """An order by its name."""
        if name not in ORDERS:
            raise AttributeError(name)
        return lambda *args, **values: self._order(name, args, values)

    def _order(self, name: str, args: tuple[Any, ...], values: dict[str, Any]) -> Any:
        body = json.dumps({"do": name, "args": args, "with": values}, default=_said).encode()
        request = urllib.request.Request(self.url + "/_control", data=body)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())["answer"]
