"""mailboxes read over IMAP."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_source',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('port', sa.Integer(), nullable=False),
    sa.Column('user_name', sa.String(length=320), nullable=False),
    sa.Column('folders', columns.Json, nullable=False),
    sa.Column('after', sa.String(length=10), nullable=False),
    sa.Column('target', sa.String(length=255), nullable=False),
    sa.Column('poll_seconds', sa.Integer(), nullable=False),
    sa.Column('alarm_minutes', sa.Integer(), nullable=False),
    sa.Column('authserv_id', sa.String(length=255), nullable=False),
    sa.Column('ca_file', sa.String(length=1000), nullable=False),
    sa.Column('plain', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('sign_in', sa.String(length=20), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('tenant', sa.String(length=100), nullable=False),
    sa.Column('client_id', sa.String(length=300), nullable=False),
    sa.Column('token_url', sa.String(length=500), nullable=False),
    sa.Column('device_url', sa.String(length=500), nullable=False),
    sa.Column('scope', sa.String(length=1000), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('refresh_token', sa.Text(), nullable=False),
    sa.Column('access_token', sa.Text(), nullable=False),
    sa.Column('access_until', columns.Instant(), nullable=True),
    sa.Column('watched_since', columns.Instant(), nullable=False),
    sa.Column('fetched_at', columns.Instant(), nullable=True),
    sa.Column('failing_since', columns.Instant(), nullable=True),
    sa.Column('fault', sa.String(length=300), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_mail_source_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_source')),
    sa.UniqueConstraint('name', name=op.f('uq_mail_source_name'))
    )
    op.create_table('mail_folder',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('source_id', columns.Identity, nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('uid_validity', sa.BigInteger(), nullable=False),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['mail_source.id'], name=op.f('fk_mail_folder_source_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_folder')),
    sa.UniqueConstraint('source_id', 'name', name=op.f('uq_mail_folder_source_id_name'))
    )
    op.create_table('mail_seen',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('folder_id', columns.Identity, nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('fate', sa.String(length=12), nullable=False),
    sa.Column('seen_at', columns.Instant(), nullable=False),
    sa.Column('strikes', sa.Integer(), nullable=False),
    sa.Column('next_try_at', columns.Instant(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['folder_id'], ['mail_folder.id'], name=op.f('fk_mail_seen_folder_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_seen')),
    sa.UniqueConstraint('folder_id', 'uid', name=op.f('uq_mail_seen_folder_id_uid'))
    )


def downgrade() -> None:
    op.drop_table('mail_seen')
    op.drop_table('mail_folder')
    op.drop_table('mail_source')
