"""the first schema."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('blob',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('stored_at', columns.Instant(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_blob'))
    )
    with op.batch_alter_table('blob', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_blob_stored_at'), ['stored_at'], unique=False)

    op.create_table('customer',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('reference', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
    sa.UniqueConstraint('reference', name=op.f('uq_customer_reference'))
    )
    op.create_table('engineer',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('skills', columns.Json, nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engineer')),
    sa.UniqueConstraint('email', name=op.f('uq_engineer_email'))
    )
    op.create_table('lease',
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('owner', sa.String(length=100), nullable=False),
    sa.Column('until', columns.Instant(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('login_failure',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('client', sa.String(length=64), nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failure'))
    )
    with op.batch_alter_table('login_failure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_failure_client_at'), ['client', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_login_failure_email_at'), ['email', 'at'], unique=False)

    op.create_table('team',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('name', name=op.f('uq_team_name'))
    )
    op.create_table('api_token',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('created_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=True),
    sa.Column('seen_at', columns.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_api_token_engineer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_api_token_token_digest'))
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_engineer_id'), ['engineer_id'], unique=False)

    op.create_table('aws_account',
    sa.Column('account_id', sa.String(length=12), nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('environment', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_aws_account_customer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_aws_account'))
    )
    with op.batch_alter_table('aws_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_aws_account_customer_id'), ['customer_id'], unique=False)

    op.create_table('contact',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('phone', sa.String(length=50), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_contact_customer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('email', name=op.f('uq_contact_email'))
    )
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_customer_id'), ['customer_id'], unique=False)

    op.create_table('contract',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('number', sa.String(length=100), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('monthly_fee', sa.Numeric(precision=18, scale=4), nullable=False),
    sa.Column('terms', columns.Json, nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_contract_customer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract')),
    sa.UniqueConstraint('number', 'version', name=op.f('uq_contract_number_version'))
    )
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_customer_id'), ['customer_id'], unique=False)

    op.create_table('customer_domain',
    sa.Column('domain', sa.String(length=255), nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_domain_customer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_customer_domain'))
    )
    with op.batch_alter_table('customer_domain', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_domain_customer_id'), ['customer_id'], unique=False)

    op.create_table('team_member',
    sa.Column('team_id', columns.Identity, nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_team_member_engineer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_member_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('team_id', 'engineer_id', name=op.f('pk_team_member'))
    )
    op.create_table('web_session',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('created_at', columns.Instant(), nullable=False),
    sa.Column('seen_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_web_session_engineer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_web_session'))
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_engineer_id'), ['engineer_id'], unique=False)

    op.create_table('ticket',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=True),
    sa.Column('contract_id', columns.Identity, nullable=True),
    sa.Column('queue', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('service', sa.String(length=30), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=30), nullable=False),
    sa.Column('priority', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('requester_email', sa.String(length=320), nullable=False),
    sa.Column('requester_name', sa.String(length=200), nullable=False),
    sa.Column('assignee_id', columns.Identity, nullable=True),
    sa.Column('opened_at', columns.Instant(), nullable=False),
    sa.Column('changed_at', columns.Instant(), nullable=False),
    sa.Column('first_response_due_at', columns.Instant(), nullable=False),
    sa.Column('resolution_due_at', columns.Instant(), nullable=False),
    sa.Column('next_due_at', columns.Instant(), nullable=False),
    sa.Column('first_response_at', columns.Instant(), nullable=True),
    sa.Column('resolved_at', columns.Instant(), nullable=True),
    sa.Column('priority_evidence', columns.Json, nullable=False),
    sa.Column('follows_id', columns.Identity, nullable=True),
    sa.Column('claimed_escalation', sa.Boolean(), nullable=False),
    sa.Column('asked_escalation', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['engineer.id'], name=op.f('fk_ticket_assignee_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_ticket_contract_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_ticket_customer_id')),
    sa.ForeignKeyConstraint(['follows_id'], ['ticket.id'], name=op.f('fk_ticket_follows_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_assignee', ['assignee_id', 'id'], unique=False)
        batch_op.create_index('ix_ticket_customer', ['customer_id', 'id'], unique=False)
        batch_op.create_index('ix_ticket_live_due', ['next_due_at', 'id'], unique=False, sqlite_where=sa.text("status NOT IN ('resolved', 'closed')"), postgresql_where=sa.text("status NOT IN ('resolved', 'closed')"))
        batch_op.create_index('ix_ticket_status', ['status', 'id'], unique=False)

    op.create_table('alarm',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('target', sa.String(length=20), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('due_at', columns.Instant(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_alarm_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm')),
    sa.UniqueConstraint('ticket_id', 'target', 'percent', name=op.f('uq_alarm_ticket_id_target_percent'))
    )
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.create_index('ix_alarm_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))

    op.create_table('delivery',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('arrival', sa.String(length=32), nullable=False),
    sa.Column('accepted_at', columns.Instant(), nullable=False),
    sa.Column('door', sa.String(length=10), nullable=False),
    sa.Column('peer', sa.String(length=64), nullable=False),
    sa.Column('helo', sa.String(length=255), nullable=False),
    sa.Column('tls', sa.String(length=20), nullable=False),
    sa.Column('reverse_path', sa.String(length=512), nullable=False),
    sa.Column('forward_path', sa.String(length=512), nullable=False),
    sa.Column('authentication', columns.Json, nullable=False),
    sa.Column('blob_key', sa.String(length=64), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('next_attempt_at', columns.Instant(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('processed_at', columns.Instant(), nullable=True),
    sa.Column('rule', sa.String(length=30), nullable=False),
    sa.Column('disposition', sa.String(length=30), nullable=False),
    sa.Column('message_id', sa.String(length=998), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('originator', sa.String(length=320), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['blob_key'], ['blob.key'], name=op.f('fk_delivery_blob_key')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_delivery_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_arrival'), ['arrival'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_blob_key'), ['blob_key'], unique=False)
        batch_op.create_index('ix_delivery_due', ['next_attempt_at', 'id'], unique=False, sqlite_where=sa.text("state = 'received'"), postgresql_where=sa.text("state = 'received'"))
        batch_op.create_index(batch_op.f('ix_delivery_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_delivery_state', ['state', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('participant',
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_participant_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'email', name=op.f('pk_participant'))
    )
    op.create_table('ticket_event',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.Column('recorded_at', columns.Instant(), nullable=False),
    sa.Column('actor', sa.String(length=330), nullable=False),
    sa.Column('data', columns.Json, nullable=False),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('salt', sa.String(length=32), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_event_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_event')),
    sa.UniqueConstraint('ticket_id', 'seq', name=op.f('uq_ticket_event_ticket_id_seq'))
    )
    op.create_table('content_digest',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('delivery_id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_content_digest_delivery_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_content_digest_ticket_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_content_digest'))
    )
    op.create_table('message',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('direction', sa.String(length=10), nullable=False),
    sa.Column('author_name', sa.String(length=200), nullable=False),
    sa.Column('author_email', sa.String(length=320), nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=True),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('new_text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('html_key', sa.String(length=64), nullable=True),
    sa.Column('recipients', columns.Json, nullable=False),
    sa.Column('message_id', sa.String(length=998), nullable=False),
    sa.Column('delivery_id', columns.Identity, nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('authenticated', sa.Boolean(), nullable=False),
    sa.Column('authentication', columns.Json, nullable=False),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('held_reason', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_message_delivery_id')),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_message_engineer_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_message_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_held', ['id'], unique=False, sqlite_where=sa.text('held'), postgresql_where=sa.text('held'))
        batch_op.create_index('ix_message_ticket', ['ticket_id', 'id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('message_id', columns.Identity, nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=255), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('blob_key', sa.String(length=64), nullable=False),
    sa.Column('inline', sa.Boolean(), nullable=False),
    sa.Column('content_id', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_attachment_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('token', name=op.f('uq_attachment_token'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_blob_key'), ['blob_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_message_id'), ['message_id'], unique=False)

    op.create_table('outbox',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('occasion', sa.String(length=200), nullable=False),
    sa.Column('letter', sa.String(length=40), nullable=False),
    sa.Column('promise', sa.String(length=20), nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('ticket_message_id', columns.Identity, nullable=True),
    sa.Column('message_id', sa.String(length=255), nullable=False),
    sa.Column('reverse_path', sa.String(length=512), nullable=False),
    sa.Column('recipients', columns.Json, nullable=False),
    sa.Column('first_recipient', sa.String(length=320), nullable=False),
    sa.Column('destination', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', columns.Instant(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('next_attempt_at', columns.Instant(), nullable=False),
    sa.Column('expires_at', columns.Instant(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', columns.Instant(), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('sent_at', columns.Instant(), nullable=True),
    sa.Column('maybe_twice', sa.Boolean(), nullable=False),
    sa.Column('results', columns.Json, nullable=False),
    sa.Column('last_reply', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_outbox_ticket_id')),
    sa.ForeignKeyConstraint(['ticket_message_id'], ['message.id'], name=op.f('fk_outbox_ticket_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outbox_message_id')),
    sa.UniqueConstraint('occasion', name=op.f('uq_outbox_occasion'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_due', ['next_attempt_at', 'id'], unique=False, sqlite_where=sa.text("state IN ('pending', 'sending')"), postgresql_where=sa.text("state IN ('pending', 'sending')"))
        batch_op.create_index('ix_outbox_recent', ['letter', 'first_recipient', 'created_at'], unique=False)
        batch_op.create_index('ix_outbox_state', ['state', 'id'], unique=False)
        batch_op.create_index('ix_outbox_ticket', ['ticket_id', 'id'], unique=False)

    _number_tickets_from(1001)


def _number_tickets_from(first: int) -> None:
    """Four-digit numbers from the first ticket on."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('ticket', {first - 1})")
    else:
        op.execute(f"ALTER SEQUENCE ticket_id_seq RESTART WITH {first}")


def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_ticket')
        batch_op.drop_index('ix_outbox_state')
        batch_op.drop_index('ix_outbox_recent')
        batch_op.drop_index('ix_outbox_due', sqlite_where=sa.text("state IN ('pending', 'sending')"), postgresql_where=sa.text("state IN ('pending', 'sending')"))

    op.drop_table('outbox')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_message_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_blob_key'))

    op.drop_table('attachment')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_ticket')
        batch_op.drop_index('ix_message_held', sqlite_where=sa.text('held'), postgresql_where=sa.text('held'))

    op.drop_table('message')
    op.drop_table('content_digest')
    op.drop_table('ticket_event')
    op.drop_table('participant')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_ticket_id'))
        batch_op.drop_index('ix_delivery_state')
        batch_op.drop_index(batch_op.f('ix_delivery_message_id'))
        batch_op.drop_index('ix_delivery_due', sqlite_where=sa.text("state = 'received'"), postgresql_where=sa.text("state = 'received'"))
        batch_op.drop_index(batch_op.f('ix_delivery_blob_key'))
        batch_op.drop_index(batch_op.f('ix_delivery_arrival'))

    op.drop_table('delivery')
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.drop_index('ix_alarm_due', sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))

    op.drop_table('alarm')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_status')
        batch_op.drop_index('ix_ticket_live_due', sqlite_where=sa.text("status NOT IN ('resolved', 'closed')"), postgresql_where=sa.text("status NOT IN ('resolved', 'closed')"))
        batch_op.drop_index('ix_ticket_customer')
        batch_op.drop_index('ix_ticket_assignee')

    op.drop_table('ticket')
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_web_session_engineer_id'))

    op.drop_table('web_session')
    op.drop_table('team_member')
    with op.batch_alter_table('customer_domain', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_domain_customer_id'))

    op.drop_table('customer_domain')
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contract_customer_id'))

    op.drop_table('contract')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_customer_id'))

    op.drop_table('contact')
    with op.batch_alter_table('aws_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_aws_account_customer_id'))

    op.drop_table('aws_account')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_engineer_id'))

    op.drop_table('api_token')
    op.drop_table('team')
    with op.batch_alter_table('login_failure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_failure_email_at'))
        batch_op.drop_index(batch_op.f('ix_login_failure_client_at'))

    op.drop_table('login_failure')
    op.drop_table('lease')
    op.drop_table('engineer')
    op.drop_table('customer')
    with op.batch_alter_table('blob', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_blob_stored_at'))

    op.drop_table('blob')
