"""AWS beside the customer: accounts, cases, writes, Health events, cost advice."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

UNDECIDED = "state IN ('queued', 'sending', 'unknown')"
TABLES = ('aws_stream', 'aws_case', 'aws_write', 'aws_communication', 'aws_attachment', 'aws_seen', 'health_event',
          'health_impact', 'health_ticket', 'cost_round', 'cost_line')

def account() -> list[sa.Column]:
    return [
        sa.Column('partition', sa.String(length=10), nullable=False, server_default='aws'),
        sa.Column('role_arn', sa.String(length=200), nullable=False, server_default=''),
        sa.Column('external_id', sa.Text(), nullable=False, server_default=''),
        sa.Column('view', sa.String(length=15), nullable=False, server_default='account'),
        sa.Column('partner_led', sa.Boolean(), nullable=False, server_default=sa.text('false')),
        sa.Column('state', sa.String(length=20), nullable=False, server_default='unchecked'),
        sa.Column('state_code', sa.String(length=100), nullable=False, server_default=''),
        sa.Column('state_since', columns.Instant(), nullable=True),
        sa.Column('told', sa.String(length=200), nullable=False, server_default=''),
        sa.Column('probed_at', columns.Instant(), nullable=True),
        sa.Column('severities', columns.Json, nullable=False, server_default='[]'),
        sa.Column('capabilities', columns.Json, nullable=False, server_default='{}'),
    ]


def ticket() -> list[sa.Column]:
    return [
        sa.Column('aws_awaits_since', columns.Instant(), nullable=True),
        sa.Column('proposal', sa.String(length=40), nullable=False, server_default=''),
        sa.Column('planned_at', columns.Instant(), nullable=True),
    ]


def upgrade() -> None:
    for name, added in (('aws_account', account()), ('ticket', ticket())):
        for column in added:
            op.add_column(name, column)
    op.create_table('aws_stream',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('account_id', sa.String(length=12), nullable=False),
    sa.Column('what', sa.String(length=10), nullable=False),
    sa.Column('due_at', columns.Instant(), nullable=False),
    sa.Column('watched_since', columns.Instant(), nullable=False),
    sa.Column('read_at', columns.Instant(), nullable=True),
    sa.Column('watermark', columns.Instant(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('fault', sa.String(length=300), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['aws_account.account_id'], name=op.f('fk_aws_stream_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_aws_stream_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aws_stream')),
    sa.UniqueConstraint('account_id', 'what', name=op.f('uq_aws_stream_account_id_what')),
    )
    op.create_index('ix_aws_stream_due', 'aws_stream', ['due_at', 'id'])
    op.create_table('aws_case',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('account_id', sa.String(length=12), nullable=False),
    sa.Column('case_id', sa.String(length=100), nullable=False),
    sa.Column('display_id', sa.String(length=40), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('service', sa.String(length=100), nullable=False),
    sa.Column('category', sa.String(length=100), nullable=False),
    sa.Column('severity_wanted', sa.String(length=20), nullable=False),
    sa.Column('severity', sa.String(length=20), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('submitted_by', sa.String(length=300), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('relay', sa.Boolean(), nullable=False),
    sa.Column('opened_at', columns.Instant(), nullable=False),
    sa.Column('seen_at', columns.Instant(), nullable=False),
    sa.Column('read_whole_at', columns.Instant(), nullable=True),
    sa.Column('checked_at', columns.Instant(), nullable=True),
    sa.Column('awaits_us_since', columns.Instant(), nullable=True),
    sa.Column('warned_at', columns.Instant(), nullable=True),
    sa.Column('resolved_at', columns.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['aws_account.account_id'], name=op.f('fk_aws_case_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_aws_case_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aws_case')),
    sa.UniqueConstraint('case_id', name=op.f('uq_aws_case_case_id')),
    )
    op.create_index('ix_aws_case_account_id', 'aws_case', ['account_id'])
    op.create_index('ix_aws_case_ticket', 'aws_case', ['ticket_id'])
    op.create_table('aws_write',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('account_id', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=15), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('aws_case_id', columns.Identity, nullable=True),
    sa.Column('message_id', columns.Identity, nullable=True),
    sa.Column('engineer_id', columns.Identity, nullable=True),
    sa.Column('marker', sa.String(length=60), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('payload', columns.Json, nullable=False),
    sa.Column('attachment_ids', columns.Json, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('fault', sa.String(length=300), nullable=False),
    sa.Column('created_at', columns.Instant(), nullable=False),
    sa.Column('due_at', columns.Instant(), nullable=False),
    sa.Column('first_sent_at', columns.Instant(), nullable=True),
    sa.Column('last_sent_at', columns.Instant(), nullable=True),
    sa.Column('settled_at', columns.Instant(), nullable=True),
    sa.Column('sends', sa.Integer(), nullable=False),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['aws_account.account_id'], name=op.f('fk_aws_write_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['aws_case_id'], ['aws_case.id'], name=op.f('fk_aws_write_aws_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_aws_write_engineer_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_aws_write_message_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_aws_write_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aws_write')),
    sa.UniqueConstraint('marker', name=op.f('uq_aws_write_marker')),
    )
    op.create_index('ix_aws_write_account', 'aws_write', ['account_id', 'state'])
    op.create_index('ix_aws_write_due', 'aws_write', ['due_at', 'id'], sqlite_where=sa.text(UNDECIDED), postgresql_where=sa.text(UNDECIDED))
    op.create_index('ix_aws_write_ticket', 'aws_write', ['ticket_id'])
    op.create_table('aws_communication',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('aws_case_id', columns.Identity, nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.Column('submitted_by', sa.String(length=300), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('author', sa.String(length=10), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('body_digest', sa.String(length=64), nullable=False),
    sa.Column('message_id', columns.Identity, nullable=True),
    sa.Column('write_id', columns.Identity, nullable=True),
    sa.Column('edited_at', columns.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['aws_case_id'], ['aws_case.id'], name=op.f('fk_aws_communication_aws_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_aws_communication_message_id')),
    sa.ForeignKeyConstraint(['write_id'], ['aws_write.id'], name=op.f('fk_aws_communication_write_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aws_communication')),
    sa.UniqueConstraint('aws_case_id', 'at', 'submitted_by', 'occurrence', name=op.f('uq_aws_communication_aws_case_id_at_submitted_by_occurrence')),
    )
    op.create_table('aws_attachment',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('communication_id', columns.Identity, nullable=False),
    sa.Column('attachment_id', sa.String(length=255), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('file_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['communication_id'], ['aws_communication.id'], name=op.f('fk_aws_attachment_communication_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_id'], ['attachment.id'], name=op.f('fk_aws_attachment_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aws_attachment')),
    sa.UniqueConstraint('communication_id', 'attachment_id', name=op.f('uq_aws_attachment_communication_id_attachment_id')),
    )
    op.create_table('aws_seen',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_aws_seen')),
    )
    op.create_index('ix_aws_seen_at', 'aws_seen', ['at'])
    op.create_table('health_event',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('arn', sa.String(length=500), nullable=False),
    sa.Column('partition', sa.String(length=10), nullable=False),
    sa.Column('service', sa.String(length=60), nullable=False),
    sa.Column('type_code', sa.String(length=150), nullable=False),
    sa.Column('category', sa.String(length=30), nullable=False),
    sa.Column('scope', sa.String(length=20), nullable=False),
    sa.Column('region', sa.String(length=30), nullable=False),
    sa.Column('zone', sa.String(length=30), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('starts_at', columns.Instant(), nullable=True),
    sa.Column('ends_at', columns.Instant(), nullable=True),
    sa.Column('updated_at', columns.Instant(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('actionability', sa.String(length=30), nullable=False),
    sa.Column('personas', columns.Json, nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('first_seen_at', columns.Instant(), nullable=False),
    sa.Column('seen_at', columns.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_event')),
    sa.UniqueConstraint('arn', name=op.f('uq_health_event_arn')),
    )
    op.create_index('ix_health_event_status', 'health_event', ['status', 'id'])
    op.create_table('health_impact',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('event_id', columns.Identity, nullable=False),
    sa.Column('account_id', sa.String(length=12), nullable=False),
    sa.Column('entities', columns.Json, nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.Column('since', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['aws_account.account_id'], name=op.f('fk_health_impact_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['health_event.id'], name=op.f('fk_health_impact_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_impact')),
    sa.UniqueConstraint('event_id', 'account_id', name=op.f('uq_health_impact_event_id_account_id')),
    )
    op.create_index('ix_health_impact_account_id', 'health_impact', ['account_id'])
    op.create_table('health_ticket',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('event_id', columns.Identity, nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('told_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_health_ticket_customer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['health_event.id'], name=op.f('fk_health_ticket_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_health_ticket_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_ticket')),
    sa.UniqueConstraint('event_id', 'customer_id', name=op.f('uq_health_ticket_event_id_customer_id')),
    )
    op.create_index('ix_health_ticket_customer', 'health_ticket', ['customer_id', 'id'])
    op.create_index('ix_health_ticket_ticket', 'health_ticket', ['ticket_id'])
    op.create_table('cost_round',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('started_at', columns.Instant(), nullable=False),
    sa.Column('finished_at', columns.Instant(), nullable=True),
    sa.Column('done', columns.Json, nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_cost_round_customer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_round')),
    sa.UniqueConstraint('customer_id', 'month_on', name=op.f('uq_cost_round_customer_id_month_on')),
    )
    op.create_table('cost_line',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('round_id', columns.Identity, nullable=False),
    sa.Column('account_id', sa.String(length=12), nullable=False),
    sa.Column('source', sa.String(length=30), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('resource', sa.String(length=500), nullable=False),
    sa.Column('region', sa.String(length=30), nullable=False),
    sa.Column('savings', sa.Numeric(precision=18, scale=4), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('data', columns.Json, nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['cost_round.id'], name=op.f('fk_cost_line_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_line')),
    )
    op.create_index('ix_cost_line_round', 'cost_line', ['round_id', 'id'])


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    for name, added in (('ticket', ticket()), ('aws_account', account())):
        for column in added:
            op.drop_column(name, column.name)
