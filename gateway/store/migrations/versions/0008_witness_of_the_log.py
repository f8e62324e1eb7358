"""what a ticket says of its log's end, so that a removed last entry shows."""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        UPDATE ticket SET changed_at = (
            SELECT recorded_at FROM ticket_event WHERE ticket_id = ticket.id ORDER BY seq DESC LIMIT 1
        )
        WHERE changed_at > (
            SELECT recorded_at FROM ticket_event WHERE ticket_id = ticket.id ORDER BY seq DESC LIMIT 1
        )
    """)


def downgrade() -> None:
    pass
