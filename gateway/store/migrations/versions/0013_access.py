"""How engineers prove who they are."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('second_factor',
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('made_at', columns.Instant(), nullable=False),
    sa.Column('confirmed_at', columns.Instant(), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_second_factor_engineer_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('engineer_id', name=op.f('pk_second_factor'))
    )
    op.create_table('recovery_code',
    sa.Column('code_digest', sa.String(length=64), nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_recovery_code_engineer_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code_digest', name=op.f('pk_recovery_code'))
    )
    op.create_index(op.f('ix_recovery_code_engineer_id'), 'recovery_code', ['engineer_id'])
    op.create_table('engineer_identity',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('issuer', sa.String(length=500), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('bound_at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_engineer_identity_engineer_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engineer_identity')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_engineer_identity_issuer_subject')),
    sa.UniqueConstraint('engineer_id', 'issuer', name=op.f('uq_engineer_identity_engineer_id_issuer'))
    )
    op.create_table('half_login',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('engineer_id', columns.Identity, nullable=False),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['engineer_id'], ['engineer.id'], name=op.f('fk_half_login_engineer_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_half_login'))
    )
    op.create_index(op.f('ix_half_login_engineer_id'), 'half_login', ['engineer_id'])
    op.add_column('engineer', sa.Column('shortcuts', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('web_session', sa.Column('client', sa.String(length=64), nullable=False, server_default=''))
    op.add_column('web_session', sa.Column('browser', sa.String(length=200), nullable=False, server_default=''))
    op.add_column('web_session', sa.Column('method', sa.String(length=20), nullable=False, server_default='password'))
    op.add_column('web_session', sa.Column('proved', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('api_token', sa.Column('name', sa.String(length=100), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('api_token', 'name')
    for name in ('proved', 'method', 'browser', 'client'):
        op.drop_column('web_session', name)
    op.drop_column('engineer', 'shortcuts')
    for name in ('half_login', 'engineer_identity', 'recovery_code', 'second_factor'):
        op.drop_table(name)
