"""What people and programs get when something goes wrong: plain words, or problem details; never a trace."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gateway.store.blobs import Missing
from web import codes, visit
from web.api import problems
from web.visitors import gate

_log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Answer every error of the application ourselves."""

    @app.errorhandler(CSRFError)
    def _form_too_old(error: CSRFError) -> ResponseReturnValue:
        said = visit.say("This form is too old. Open the page again; your text is below.")
        shown = "web/visitor_error.html" if gate.is_near() else "web/error.html"
        return render_template(shown, title=said, kept=request.form.get("text", "")), 400

    @app.errorhandler(HTTPException)
    def _refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if request.path.startswith("/api/"):
            return problems.of_status(status, headers=dict(error.get_headers()))
        if error.response is not None or status < 400:
            return error.get_response()
        return page(status)

    @app.errorhandler(Missing)
    def _gone(error: Missing) -> ResponseReturnValue:
        _log.error("blob %s is missing", error)
        return problems.of_status(404) if request.path.startswith("/api/") else page(404)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> ResponseReturnValue:
        grants = request.blueprint == "links" or request.path.startswith("/enter/")
        where = "a link" if grants else request.path
        _log.error("%s %r failed", request.method, where, exc_info=error)
        return problems.of_status(500) if request.path.startswith("/api/") else page(500)


def page(status: int) -> ResponseReturnValue:
    """The error page of a status; bare where even the page cannot be drawn."""
    try:
        said = visit.say(codes.ERRORS.get(status, codes.ERRORS[500 if status >= 500 else 400]))
        page = "web/visitor_error.html" if gate.is_near() else "web/error.html"
        return render_template(page, title=said, kept=""), status
    except Exception as error:  # noqa: BLE001  the error page's own last resort: the database may be away
        _log.error("error page failed", exc_info=error)
        return (
            f"{status} {HTTPStatus(status).phrase}\n",
            status,
            {"Content-Type": "text/plain; charset=utf-8"},
        )
