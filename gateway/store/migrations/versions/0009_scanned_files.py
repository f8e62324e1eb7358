"""what the scanner says of files, and what kind of mail a message was: sealed, an invitation, a fragment."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

DUE = sa.text('next_attempt_at IS NOT NULL')


def upgrade() -> None:
    op.create_table('scan',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('blob_key', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('signature', sa.String(length=200), nullable=False, server_default=''),
    sa.Column('error', sa.String(length=300), nullable=False, server_default=''),
    sa.Column('asked_at', columns.Instant(), nullable=False),
    sa.Column('decided_at', columns.Instant(), nullable=True),
    sa.Column('next_attempt_at', columns.Instant(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False, server_default='0'),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False, server_default='0'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan')),
    sa.UniqueConstraint('blob_key', name=op.f('uq_scan_blob_key'))
    )
    op.create_index('ix_scan_due', 'scan', ['next_attempt_at', 'id'], sqlite_where=DUE, postgresql_where=DUE)
    op.execute("""
        INSERT INTO scan (blob_key, state, asked_at, next_attempt_at)
        SELECT blob.key, 'not-scanned', blob.stored_at, blob.stored_at FROM blob
        WHERE EXISTS (SELECT 1 FROM attachment WHERE attachment.blob_key = blob.key)
    """)
    op.add_column('message', sa.Column('nature', columns.Json, nullable=False, server_default='[]'))
    op.add_column('message', sa.Column('invitations', columns.Json, nullable=False, server_default='[]'))


def downgrade() -> None:
    op.drop_column('message', 'invitations')
    op.drop_column('message', 'nature')
    op.drop_table('scan')
