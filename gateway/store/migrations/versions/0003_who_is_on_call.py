"""shifts, overrides and absences."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('shift_rule',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('team_id', columns.Identity, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('weekdays', columns.Json, nullable=False),
    sa.Column('starts', sa.String(length=5), nullable=False),
    sa.Column('ends', sa.String(length=5), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('rotates', sa.String(length=10), nullable=False),
    sa.Column('engineers', columns.Json, nullable=False),
    sa.Column('calendar', sa.String(length=50), nullable=False),
    sa.Column('on_holidays', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_shift_rule_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_rule')),
    sa.UniqueConstraint('team_id', 'name', name=op.f('uq_shift_rule_team_id_name'))
    )
    op.create_table('public_holiday',
    sa.Column('calendar', sa.String(length=50), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('calendar', 'held_on', name=op.f('pk_public_holiday'))
    )
    op.create_table('shift_override',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('instead_of_id', columns.Identity, nullable=True),
    sa.Column('team_id', columns.Identity, nullable=True),
    sa.Column('starts_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.Column('swap', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_shift_override_engineer_id'),
                            ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['instead_of_id'], ['engineer.id'], name=op.f('fk_shift_override_instead_of_id'),
                            ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_shift_override_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_override'))
    )
    op.create_index(op.f('ix_shift_override_ends_at'), 'shift_override', ['ends_at'])
    op.create_table('absence',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('starts_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_absence_engineer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_index(op.f('ix_absence_ends_at'), 'absence', ['ends_at'])
    op.create_table('duty_gap',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('starts_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.Column('reminded', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_gap'))
    )
    live = sa.text("status NOT IN ('resolved', 'closed')")
    op.create_index('ix_ticket_load', 'ticket', ['assignee_id', 'priority'], sqlite_where=live, postgresql_where=live)


def downgrade() -> None:
    op.drop_index('ix_ticket_load', 'ticket')
    for name in ('duty_gap', 'absence', 'shift_override', 'public_holiday', 'shift_rule'):
        op.drop_table(name)
