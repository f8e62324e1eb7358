"""Numbers in addresses: those that a row can have; any other address is found nowhere."""

from __future__ import annotations

from typing import Final

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

_LARGEST: Final = 2**63 - 1


class RowNumber(IntegerConverter):
    """A number that both databases can hold."""

    def __init__(self, map: Map) -> None:  # noqa: A002  as werkzeug names it
        super().__init__(map, max=_LARGEST)


def install(app: Flask) -> None:
    """Read `<int:…>` of every address so; asked for before the first route is added."""
    app.url_map.converters["int"] = RowNumber
