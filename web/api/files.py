"""Attachments over the API."""

from __future__ import annotations

from flask import Response

from gateway.store.queries import correspondence
from gateway.tickets import NotFound
from web import files, visit
from web.api.endpoint import endpoint


@endpoint("GET", "/attachments/<token>", output=None)
def get_attachment(token: str) -> Response:
    """The bytes of an attachment, as a download."""
    with visit.reading() as rows:
        found = correspondence.attachment(rows, token)
        if found is None:
            raise NotFound("no such attachment")
        content = visit.services().blobs.get(rows, found.blob_key)
    return files.download(content, found.filename, found.content_type)
