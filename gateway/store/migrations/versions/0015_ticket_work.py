"""Acts that may still be undone, canned answers, and tickets that belong to another one.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LINKS = ("parent_id", "merged_into_id")


def upgrade() -> None:
    """The tables, and the two columns of a ticket."""
    op.create_table(
        "pending_act",
        sa.Column("id", columns.Identity, nullable=False),
        sa.Column("ticket_id", columns.Identity, nullable=False),
        sa.Column("engineer_id", columns.Identity, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("form", columns.Json, nullable=False),
        sa.Column("files", columns.Json, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seen", columns.Identity, nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", columns.Json, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_pending_act_ticket_id")),
        sa.ForeignKeyConstraint(["engineer_id"], ["engineer.id"], name=op.f("fk_pending_act_engineer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_act")),
        sa.UniqueConstraint("ticket_id", "name", name=op.f("uq_pending_act_ticket_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pending_act_engineer", "pending_act", ["engineer_id", "state"])
    op.create_table(
        "canned_answer",
        sa.Column("id", columns.Identity, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", columns.Identity, nullable=True),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["engineer.id"], name=op.f("fk_canned_answer_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answer")),
        sa.UniqueConstraint("name", "language", name=op.f("uq_canned_answer_name_language")),
    )
    for name in _LINKS:
        op.add_column("ticket", sa.Column(name, columns.Identity, nullable=True))
        some = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_ticket_{name}", "ticket", [name], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Without them."""
    for name in _LINKS:
        op.drop_index(f"ix_ticket_{name}", "ticket")
        op.drop_column("ticket", name)
    op.drop_table("canned_answer")
    op.drop_table("pending_act")
