"""What was measured of availability, and the way to old probes and to a customer's open and decided tickets.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_PROBE = sa.text("rule = 'probe'")


def upgrade() -> None:
    """The ledger and the indexes."""
    op.create_table(
        "availability_stretch",
        sa.Column("id", columns.Identity, nullable=False),
        sa.Column("component", sa.String(length=20), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_stretch")),
        sa.UniqueConstraint("component", "since", name=op.f("uq_availability_stretch_component_since")),
    )
    op.create_index("ix_delivery_probe", "delivery", ["accepted_at"], sqlite_where=_PROBE, postgresql_where=_PROBE)


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_delivery_probe", "delivery")
    op.drop_table("availability_stretch")
