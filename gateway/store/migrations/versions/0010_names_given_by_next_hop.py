"""Names that a next hop gives letters, indexed.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.mail.relayed_id import relayed_id
from gateway.store.models import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 1000
_NAMED = sa.text("relayed_id <> ''")
_OUTBOX = sa.table(
    "outbox", sa.column("id", columns.Identity), sa.column("results", columns.Json), sa.column("relayed_id")
)


def upgrade() -> None:
    """The column, filled from the answers that were kept, and its index."""
    op.add_column("outbox", sa.Column("relayed_id", sa.String(length=255), nullable=False, server_default=""))
    _fill(op.get_bind())
    op.create_index(
        "ix_outbox_relayed_id", "outbox", ["relayed_id"], sqlite_where=_NAMED, postgresql_where=_NAMED
    )


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_outbox_relayed_id", "outbox")
    op.drop_column("outbox", "relayed_id")


def _fill(connection: sa.Connection) -> None:
    """In batches by id, so that a large outbox needs no memory."""
    after = 0
    write = (
        sa.update(_OUTBOX).where(_OUTBOX.c.id == sa.bindparam("row")).values(relayed_id=sa.bindparam("name"))
    )
    while True:
        some = sa.select(_OUTBOX.c.id, _OUTBOX.c.results).where(_OUTBOX.c.id > after).order_by(_OUTBOX.c.id)
        rows = connection.execute(some.limit(_BATCH)).all()
        if not rows:
            return
        after = rows[-1][0]
        names = {row: next(filter(None, map(relayed_id, results.values())), "") for row, results in rows}
        if found := [{"row": row, "name": name} for row, name in names.items() if name]:
            connection.execute(write, found)
