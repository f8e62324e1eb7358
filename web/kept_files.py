"""Files of an answer that was taken back: stored already, named in the form by tokens that nobody else can make."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import request
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail.message import Attachment
from gateway.store.blobs import Missing
from gateway.tickets import Refused
from gateway.tickets.pending import FILES_GONE
from web import visit

_PURPOSE: Final = "draft-file"
_FOR: Final = timedelta(hours=12)
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as the form shows it."""

    name: str
    size_bytes: int
    token: str


def shown(files: Iterable[Sequence[Any]]) -> list[Kept]:
    """The files of an act as its form may send them again. Shape: as `PendingAct.files`."""
    return [Kept(each[0], each[2], _token(each)) for each in files]


def sent_again(rows: Session) -> tuple[Attachment, ...]:
    """The files that the form names by token.

    Errors: Refused where one is no longer there.
    """
    services, found = visit.services(), []
    for token in request.form.getlist("kept")[:_MOST]:
        try:
            told = secrets.granted(
                services.settings.secret_key.get_secret_value(), _purpose(), token, visit.now()
            )
            name, kind, _, key = json.loads(base64.urlsafe_b64decode(told))
            found.append(
                Attachment(
                    filename=name, content_type=kind, content=services.blobs.get(rows, key), sha256=key
                )
            )
        except (secrets.BadToken, Missing):
            raise Refused(FILES_GONE) from None
    return tuple(found)


def _token(file: Sequence[Any]) -> str:
    value = base64.urlsafe_b64encode(json.dumps(list(file)).encode()).decode()
    secret = visit.services().settings.secret_key.get_secret_value()
    return secrets.grant(secret, _purpose(), value, visit.now() + _FOR)


def _purpose() -> str:
    return f"{_PURPOSE}:{visit.me().id}"
