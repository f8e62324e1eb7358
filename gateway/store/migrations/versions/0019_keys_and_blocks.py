"""requests that may be sent twice, senders kept out, and what is seen of mail that waits."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

IN_FORCE = sa.text('lifted_at IS NULL')


def upgrade() -> None:
    op.create_table('blocked_sender',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('pattern', sa.String(length=320), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False, server_default=''),
    sa.Column('since', columns.Instant(), nullable=False),
    sa.Column('blocked_by_id', columns.Identity, nullable=False),
    sa.Column('lifted_at', columns.Instant(), nullable=True),
    sa.Column('lifted_by_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['blocked_by_id'], ['engineer.id'], name=op.f('fk_blocked_sender_blocked_by_id')),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['engineer.id'], name=op.f('fk_blocked_sender_lifted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blocked_sender'))
    )
    op.create_index('uq_blocked_sender_in_force', 'blocked_sender', ['pattern'], unique=True,
                    sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)
    op.create_table('glance',
    sa.Column('delivery_id', columns.Identity, nullable=False),
    sa.Column('author', sa.String(length=600), nullable=False),
    sa.Column('written_to', sa.String(length=2000), nullable=False, server_default=''),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('files', columns.Json, nullable=False, server_default='[]'),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_glance_delivery_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('delivery_id', name=op.f('pk_glance'))
    )
    op.create_table('keyed_request',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('begun_at', columns.Instant(), nullable=False),
    sa.Column('until', columns.Instant(), nullable=False),
    sa.Column('done', sa.Boolean(), nullable=False, server_default=sa.text('false')),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('content_type', sa.String(length=100), nullable=False, server_default=''),
    sa.Column('location', sa.String(length=500), nullable=False, server_default=''),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keyed_request')),
    sa.UniqueConstraint('key', name=op.f('uq_keyed_request_key'))
    )
    op.create_index('ix_keyed_request_begun_at', 'keyed_request', ['begun_at'])


def downgrade() -> None:
    op.drop_table('keyed_request')
    op.drop_table('glance')
    op.drop_table('blocked_sender')
