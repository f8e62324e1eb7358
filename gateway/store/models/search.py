"""Rows about search: which tickets the index has still to be told of.

The index itself is no row of ours: FTS5 on SQLite, a tsvector under GIN on PostgreSQL, both made in the migration.
"""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.columns import Identity, Row


class SearchDue(Row):
    """One mark: this ticket changed, or is gone, since the index last heard of it.

    Shape: written by triggers on what the index is made of, never updated; a ticket may have several.
    """

    __tablename__ = "search_due"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Identity)
