"""customers' people at our pages."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contact', sa.Column('role', sa.String(length=10), server_default='own', nullable=False))
    op.create_table('entry_link',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('client', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('wanted', sa.String(length=300), nullable=False),
    sa.Column('asking_digest', sa.String(length=64), nullable=False),
    sa.Column('asked_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.Column('contact_id', columns.Identity, nullable=True),
    sa.Column('token_digest', sa.String(length=64), nullable=True),
    sa.Column('used_at', columns.Instant(), nullable=True),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_entry_link_contact_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_link')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_entry_link_token_digest'))
    )
    op.create_index('ix_entry_link_email', 'entry_link', ['email', 'asked_at'])
    op.create_index('ix_entry_link_client', 'entry_link', ['client', 'asked_at'])
    op.create_index(op.f('ix_entry_link_asked_at'), 'entry_link', ['asked_at'])
    op.create_index(op.f('ix_entry_link_contact_id'), 'entry_link', ['contact_id'])
    op.create_table('posted_form',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('contact_id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=True),
    sa.Column('at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_posted_form_contact_id'),
                            ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_posted_form_ticket_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_posted_form'))
    )
    op.create_index('ix_posted_form_contact_id', 'posted_form', ['contact_id', 'at'])
    op.create_index(op.f('ix_posted_form_at'), 'posted_form', ['at'])
    op.create_table('visit',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('contact_id', columns.Identity, nullable=False),
    sa.Column('created_at', columns.Instant(), nullable=False),
    sa.Column('seen_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.Column('client', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_visit_contact_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_visit_token_digest'))
    )
    op.create_index(op.f('ix_visit_contact_id'), 'visit', ['contact_id'])


def downgrade() -> None:
    op.drop_table('visit')
    op.drop_table('posted_form')
    op.drop_table('entry_link')
    op.drop_column('contact', 'role')
