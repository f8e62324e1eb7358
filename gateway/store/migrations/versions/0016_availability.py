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
_UNCLOSED = sa.text("status <> 'closed'")
_DECIDING = ("first_response_due_at", "resolution_due_at", "closed_at")


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
    op.create_index("ix_ticket_customer_unclosed", "ticket", ["customer_id", "status", "priority"],
                    sqlite_where=_UNCLOSED, postgresql_where=_UNCLOSED)
    for column in _DECIDING:
        op.create_index(f"ix_ticket_customer_{column}", "ticket", ["customer_id", column])


def downgrade() -> None:
    """As it was."""
    for column in _DECIDING:
        op.drop_index(f"ix_ticket_customer_{column}", "ticket")
    op.drop_index("ix_ticket_customer_unclosed", "ticket")
    op.drop_index("ix_delivery_probe", "delivery")
    op.drop_table("availability_stretch")
