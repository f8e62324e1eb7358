"""Attachments over the API."""

from __future__ import annotations

from flask import Response

from gateway.store.queries import correspondence
from gateway.tickets import NotFound, Refused
from web import files, gate, visit
from web.api import models
from web.api.endpoint import endpoint
from web.gate import Gate


@endpoint("GET", "/attachments/<token>", query=models.AttachmentQuery, output=None, refusals=[409])
def get_attachment(token: str, query: models.AttachmentQuery) -> Response:
    """The bytes of an attachment, as a download.

    An infected one is never handed over; one without a verdict, where that is required, only when asked for.
    """
    with visit.reading() as rows:
        found = correspondence.attachment(rows, token)
        if found is None:
            raise NotFound("no such attachment")
        standing = gate.of([found])
        if standing is Gate.SHUT:
            raise Refused("the scanner found something in this file")
        if standing is Gate.ASKS and not query.unscanned:
            raise Refused(
                "the scanner has given no verdict on this file; unscanned=true takes it all the same"
            )
        content = visit.services().blobs.get(rows, found.blob_key)
    return files.download(content, found.filename, found.content_type)
