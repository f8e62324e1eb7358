"""who did what, kept for good, and the one address elsewhere that hears of changes."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

DUE = sa.text('next_attempt_at IS NOT NULL')


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.Column('actor', sa.String(length=60), nullable=False),
    sa.Column('act', sa.String(length=60), nullable=False),
    sa.Column('about', sa.String(length=100), nullable=False, server_default=''),
    sa.Column('client', sa.String(length=64), nullable=False, server_default=''),
    sa.Column('data', columns.Json, nullable=False, server_default='{}'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    for name in ('actor', 'act', 'about', 'at'):
        op.create_index(op.f(f'ix_audit_entry_{name}'), 'audit_entry', [name, 'id'])
    _refuse_changes()
    op.create_table('webhook',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('secret', sa.String(length=500), nullable=False),
    sa.Column('events', columns.Json, nullable=False, server_default='[]'),
    sa.Column('active', sa.Boolean(), nullable=False, server_default=sa.text('true')),
    sa.Column('ended_by', sa.String(length=12), nullable=False, server_default=''),
    sa.Column('failures', sa.Integer(), nullable=False, server_default='0'),
    sa.Column('changed_at', columns.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook'))
    )
    op.create_table('webhook_call',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('call_key', sa.String(length=40), nullable=False),
    sa.Column('webhook_id', columns.Identity, nullable=False),
    sa.Column('event', sa.String(length=40), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('noted_at', columns.Instant(), nullable=False),
    sa.Column('expires_at', columns.Instant(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('error', sa.String(length=60), nullable=False, server_default=''),
    sa.Column('done_at', columns.Instant(), nullable=True),
    sa.Column('next_attempt_at', columns.Instant(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False, server_default='0'),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False, server_default='0'),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhook.id'], name=op.f('fk_webhook_call_webhook_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_call')),
    sa.UniqueConstraint('call_key', name=op.f('uq_webhook_call_call_key'))
    )
    op.create_index('ix_webhook_call_due', 'webhook_call', ['next_attempt_at', 'id'], sqlite_where=DUE,
                    postgresql_where=DUE)
    op.create_index('ix_webhook_call_webhook_id', 'webhook_call', ['webhook_id', 'id'])
    op.create_index('ix_webhook_call_done_at', 'webhook_call', ['done_at'])


def _refuse_changes() -> None:
    """Let nobody change or delete what was entered, not even a fault of ours."""
    if op.get_bind().dialect.name == 'sqlite':
        for when in ('UPDATE', 'DELETE'):
            op.execute(f"CREATE TRIGGER audit_entry_{when.lower()} BEFORE {when} ON audit_entry "
                       "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END")
        return
    op.execute("CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$")
    op.execute("CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry "
               "FOR EACH ROW EXECUTE FUNCTION audit_entry_stays()")


def downgrade() -> None:
    op.drop_table('webhook_call')
    op.drop_table('webhook')
    op.drop_table('audit_entry')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION audit_entry_stays()')
