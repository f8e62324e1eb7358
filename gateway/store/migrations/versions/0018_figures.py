"""Indexes with which a page of the queue costs the same among any number of tickets; what rests stands behind."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

LIVE = "status NOT IN ('resolved', 'closed')"
INDEXES = {
    'ix_ticket_live_unregistered': (['next_due_at', 'id'], LIVE + " AND queue = 'unregistered'"),
    'ix_ticket_live_proposed': (['id'], LIVE + " AND proposal <> ''"),
    'ix_ticket_live_customer': (['customer_id', 'next_due_at', 'id'], LIVE),
    'ix_ticket_live_assignee': (['assignee_id', 'next_due_at', 'id'], LIVE),
    'ix_ticket_follows_id': (['follows_id'], 'follows_id IS NOT NULL'),
}
"""Name → the columns, and which rows it holds."""
CENTURY = {'sqlite': str(36_525 * 86_400 * 10**6), 'postgresql': "INTERVAL '36525 days'"}
"""Dialect → the length by which the place of a ticket whose clocks rest is put off."""


def upgrade() -> None:
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, 'ticket', columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    length = CENTURY[op.get_bind().dialect.name]
    op.execute(f'UPDATE ticket SET next_due_at = next_due_at + {length} '
               f'WHERE {LIVE} AND rests_since IS NOT NULL AND rests_since <= next_due_at')


def downgrade() -> None:
    length = CENTURY[op.get_bind().dialect.name]
    op.execute(f'UPDATE ticket SET next_due_at = next_due_at - {length} '
               f'WHERE rests_since IS NOT NULL AND next_due_at - {length} >= rests_since')
    for name in INDEXES:
        op.drop_index(name, 'ticket')
