"""addresses that mail no longer goes to."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

RETURNABLE = sa.text("reverse_path <> ''")


def upgrade() -> None:
    op.create_table('mail_report',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('outbox_id', columns.Identity, nullable=True),
    sa.Column('delivery_id', columns.Identity, nullable=True),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('action', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('diagnostic', sa.String(length=500), nullable=False),
    sa.Column('proof', sa.String(length=12), nullable=False),
    sa.Column('hard', sa.Boolean(), nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_mail_report_delivery_id')),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_mail_report_outbox_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_report'))
    )
    op.create_index('ix_mail_report_address', 'mail_report', ['address', 'at'])
    op.create_index(op.f('ix_mail_report_outbox_id'), 'mail_report', ['outbox_id'])
    op.create_table('suppression',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('report_id', columns.Identity, nullable=False),
    sa.Column('since', columns.Instant(), nullable=False),
    sa.Column('until', columns.Instant(), nullable=True),
    sa.Column('lifted_at', columns.Instant(), nullable=True),
    sa.Column('lifted_by_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['engineer.id'], name=op.f('fk_suppression_lifted_by_id')),
    sa.ForeignKeyConstraint(['report_id'], ['mail_report.id'], name=op.f('fk_suppression_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression'))
    )
    op.create_index('ix_suppression_address', 'suppression', ['address', 'id'])
    op.create_index('ix_outbox_reverse_path', 'outbox', ['reverse_path'], sqlite_where=RETURNABLE,
                    postgresql_where=RETURNABLE)


def downgrade() -> None:
    op.drop_index('ix_outbox_reverse_path', 'outbox')
    op.drop_table('suppression')
    op.drop_table('mail_report')
