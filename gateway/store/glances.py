"""What engineers see of mail that waits for them: kept when it is read, within the limits of reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Glance

LONGEST: Final = 2000
_MOST_FILES: Final = 50


def keep(session: Session, delivery_id: int, *, author: tuple[str, str], written_to: Sequence[str], text: str,
         files: Sequence[tuple[str, int]]) -> None:  # fmt: skip
    """Keep the first lines of a mail and the names of its files.

    Shape: `author` is name and address as shown in the mail; `files` are names with sizes in bytes.
    """
    name, address = author
    session.merge(
        Glance(
            delivery_id=delivery_id,
            author=(f"{name[:200]} <{address[:320]}>" if name else address[:320]),
            written_to=", ".join(written_to[:20])[:2000],
            text=text.strip()[:LONGEST],
            files=[[name[:255], size] for name, size in files[:_MOST_FILES]],
        )
    )
    session.flush()


def of(session: Session, delivery_ids: Collection[int]) -> Mapping[int, Glance]:
    """What is known of these deliveries, by delivery."""
    if not delivery_ids:
        return {}
    found = session.scalars(sa.select(Glance).where(Glance.delivery_id.in_(delivery_ids)))
    return {row.delivery_id: row for row in found}
