"""notices, their recipients and what became of each."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notice',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('reference', sa.String(length=100), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('titles', columns.Json, nullable=False),
    sa.Column('texts', columns.Json, nullable=False),
    sa.Column('scope', columns.Json, nullable=False),
    sa.Column('starts_at', columns.Instant(), nullable=True),
    sa.Column('ends_at', columns.Instant(), nullable=True),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('emergency', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('kept_open', sa.Boolean(), nullable=False),
    sa.Column('started_at', columns.Instant(), nullable=True),
    sa.Column('ended_at', columns.Instant(), nullable=True),
    sa.Column('author_id', columns.Identity, nullable=True),
    sa.Column('created_at', columns.Instant(), nullable=False),
    sa.Column('changed_at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['engineer.id'], name=op.f('fk_notice_author_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('reference', name=op.f('uq_notice_reference'))
    )
    op.create_index('ix_notice_state', 'notice', ['state', 'id'])
    op.create_table('notice_issue',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('notice_id', columns.Identity, nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.Column('starts_at', columns.Instant(), nullable=True),
    sa.Column('ends_at', columns.Instant(), nullable=True),
    sa.Column('emergency', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('author_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['engineer.id'], name=op.f('fk_notice_issue_author_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_issue_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_issue')),
    sa.UniqueConstraint('notice_id', 'step', 'sequence', name=op.f('uq_notice_issue_notice_id_step_sequence'))
    )
    op.create_table('notice_letter',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('issue_id', columns.Identity, nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('accounts', columns.Json, nullable=False),
    sa.Column('notice_seconds', sa.Integer(), nullable=False),
    sa.Column('outbox_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_notice_letter_customer_id'),
                            ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['issue_id'], ['notice_issue.id'], name=op.f('fk_notice_letter_issue_id')),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_notice_letter_outbox_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_letter')),
    sa.UniqueConstraint('issue_id', 'email', name=op.f('uq_notice_letter_issue_id_email'))
    )
    op.create_index('ix_notice_letter_customer_id', 'notice_letter', ['customer_id'])
    op.create_index('ix_notice_letter_outbox_id', 'notice_letter', ['outbox_id'])


def downgrade() -> None:
    op.drop_table('notice_letter')
    op.drop_table('notice_issue')
    op.drop_table('notice')
