"""alarms of every kind, appointments of the desk, where a ticket belongs."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM alarm WHERE state <> 'planned'")
    op.drop_index('ix_alarm_due', 'alarm')
    with op.batch_alter_table('alarm') as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=20), nullable=False, server_default='rung'))
        batch_op.drop_column('state')
        batch_op.drop_constraint('uq_alarm_ticket_id_target_percent', type_='unique')
        batch_op.create_unique_constraint(
            'uq_alarm_ticket_id_kind_target_percent', ['ticket_id', 'kind', 'target', 'percent']
        )
    with op.batch_alter_table('alarm') as batch_op:
        batch_op.alter_column('kind', server_default=None)
    op.create_index('ix_alarm_due', 'alarm', ['due_at', 'id'])
    op.create_table('appointment',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('what', sa.String(length=30), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('due_at', columns.Instant(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment')),
    sa.UniqueConstraint('what', 'key', name=op.f('uq_appointment_what_key'))
    )
    op.create_index('ix_appointment_due', 'appointment', ['due_at', 'id'])
    op.add_column('aws_account', sa.Column('regions', columns.Json, nullable=False, server_default='[]'))
    op.add_column('aws_account', sa.Column('services', columns.Json, nullable=False, server_default='[]'))
    op.add_column('aws_account', sa.Column('tags', columns.Json, nullable=False, server_default='{}'))
    op.add_column('ticket', sa.Column('origin', sa.String(length=20), nullable=False, server_default='customer'))
    op.add_column('ticket', sa.Column('discounted', sa.String(length=20), nullable=False, server_default=''))
    op.add_column('ticket', sa.Column('aws_account_id', sa.String(length=12), nullable=True))
    op.add_column('ticket', sa.Column('aws_region', sa.String(length=30), nullable=False, server_default=''))
    op.add_column('ticket', sa.Column('aws_services', columns.Json, nullable=False, server_default='[]'))
    _catch_up(op.get_bind())


def _catch_up(bind: sa.Connection) -> None:
    """Tickets that are open are looked at once: they owe reports of progress and reminders now."""
    appointment = sa.table('appointment', sa.column('what'), sa.column('key'), sa.column('due_at', columns.Instant()),
                           sa.column('attempts'), sa.column('fence'))
    if bind.execute(sa.text('SELECT 1 FROM ticket LIMIT 1')).first() is not None:
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        bind.execute(appointment.insert().values(what='catch-up', key='', due_at=long_ago, attempts=0, fence=0))


def downgrade() -> None:
    for name in ('aws_services', 'aws_region', 'aws_account_id', 'discounted', 'origin'):
        op.drop_column('ticket', name)
    for name in ('tags', 'services', 'regions'):
        op.drop_column('aws_account', name)
    op.drop_table('appointment')
    op.execute("DELETE FROM alarm WHERE kind <> 'rung'")
    op.drop_index('ix_alarm_due', 'alarm')
    with op.batch_alter_table('alarm') as batch_op:
        batch_op.drop_constraint('uq_alarm_ticket_id_kind_target_percent', type_='unique')
        batch_op.drop_column('kind')
        batch_op.add_column(sa.Column('state', sa.String(length=10), nullable=False, server_default='planned'))
        batch_op.create_unique_constraint('uq_alarm_ticket_id_target_percent', ['ticket_id', 'target', 'percent'])
    op.create_index('ix_alarm_due', 'alarm', ['due_at', 'id'], sqlite_where=sa.text("state = 'planned'"),
                    postgresql_where=sa.text("state = 'planned'"))
