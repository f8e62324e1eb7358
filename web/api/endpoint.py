"""One typed way to declare an endpoint: path, what is asked, what is answered, who may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

from apiflask import APIBlueprint
from flask import Blueprint
from pydantic import BaseModel

_api: Final = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="helpdesk")
blueprint: Final[Blueprint] = _api

_View = TypeVar("_View", bound=Callable[..., Any])
_PHRASES: Final = {
    400: "Unreadable request",
    403: "The token's role does not allow this",
    409: "This is not possible now",
    413: "Too large",
    422: "Values that do not fit",
}


def endpoint(
    method: str,
    path: str,
    *,
    output: type[BaseModel] | None,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    status: int = 200,
    refusals: Sequence[int] = (),
) -> Callable[[_View], _View]:
    """Declare a view: its `query` and `body` arrive validated, its answer leaves as `output`."""

    def declare(view: _View) -> _View:
        made: Any = view
        if output is not None:
            made = _api.output(output, status_code=status)(made)
        if query is not None:
            made = _api.input(query, location="query", arg_name="query")(made)
        codes = [*refusals, *([] if method == "GET" else [403])]  # to the token of a read-only engineer
        if body is not None:
            made = _api.input(body, location="json", arg_name="body")(made)
            codes += [400, 413]
        if method == "POST":  # what the Idempotency-Key may lead to
            codes += [400, 409, 422]
        made = _api.doc(security="bearer", responses={code: _PHRASES[code] for code in sorted(set(codes))})(
            made
        )
        return cast(_View, _api.route(path, methods=[method])(made))

    return declare
