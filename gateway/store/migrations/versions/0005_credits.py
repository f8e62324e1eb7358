"""frozen months, decided tickets and the ledger."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

PLACED = sa.text("now <> 'absent'")


def upgrade() -> None:
    op.add_column('contract', sa.Column('effective_on', sa.Date(), nullable=True))
    op.add_column('ticket', sa.Column('rests_since', columns.Instant(), nullable=True))
    op.add_column('ticket', sa.Column('closed_at', columns.Instant(), nullable=True))
    op.create_table('credit_month',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('contract_number', sa.String(length=100), nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('starts_at', columns.Instant(), nullable=False),
    sa.Column('ends_at', columns.Instant(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('exponent', sa.Integer(), nullable=False),
    sa.Column('fee', sa.String(length=100), nullable=False),
    sa.Column('bands', columns.Json, nullable=False),
    sa.Column('frozen_at', columns.Instant(), nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('decided', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('kept_now', sa.Integer(), nullable=False),
    sa.Column('decided_now', sa.Integer(), nullable=False),
    sa.Column('amount_now', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_credit_month_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_month')),
    sa.UniqueConstraint('contract_number', 'first_on', name=op.f('uq_credit_month_contract_number_first_on'))
    )
    op.create_index(op.f('ix_credit_month_customer_id'), 'credit_month', ['customer_id'])
    op.create_table('credit_ticket',
    sa.Column('month_id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('now', sa.String(length=10), nullable=False),
    sa.Column('decided_at', columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['month_id'], ['credit_month.id'], name=op.f('fk_credit_ticket_month_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_credit_ticket_ticket_id')),
    sa.PrimaryKeyConstraint('month_id', 'ticket_id', name=op.f('pk_credit_ticket'))
    )
    op.create_index('uq_credit_ticket_placed', 'credit_ticket', ['ticket_id'], unique=True, sqlite_where=PLACED,
                    postgresql_where=PLACED)
    op.create_table('credit_correction',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('month_id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('was', sa.String(length=10), nullable=False),
    sa.Column('becomes', sa.String(length=10), nullable=False),
    sa.Column('decided_at', columns.Instant(), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('found_at', columns.Instant(), nullable=False),
    sa.Column('settled_at', columns.Instant(), nullable=True),
    sa.Column('settled_by', columns.Identity, nullable=True),
    sa.ForeignKeyConstraint(['month_id'], ['credit_month.id'], name=op.f('fk_credit_correction_month_id')),
    sa.ForeignKeyConstraint(['settled_by'], ['engineer.id'], name=op.f('fk_credit_correction_settled_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_credit_correction_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_correction'))
    )
    op.create_index('ix_credit_correction_month', 'credit_correction', ['month_id', 'id'])
    op.create_index(op.f('ix_credit_correction_ticket_id'), 'credit_correction', ['ticket_id'])
    op.create_table('ledger_entry',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('contract_number', sa.String(length=100), nullable=False),
    sa.Column('customer_id', columns.Identity, nullable=False),
    sa.Column('month_id', columns.Identity, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('exponent', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('figures', columns.Json, nullable=False),
    sa.Column('entered_at', columns.Instant(), nullable=False),
    sa.Column('author', sa.String(length=330), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_ledger_entry_customer_id')),
    sa.ForeignKeyConstraint(['month_id'], ['credit_month.id'], name=op.f('fk_ledger_entry_month_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry'))
    )
    op.create_index('ix_ledger_entry_contract', 'ledger_entry', ['contract_number', 'id'])
    op.create_index(op.f('ix_ledger_entry_month_id'), 'ledger_entry', ['month_id'])
    op.create_table('credit_dispute',
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.Column('contract_number', sa.String(length=100), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_credit_dispute_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_credit_dispute'))
    )
    op.create_index('ix_credit_dispute_month', 'credit_dispute', ['contract_number', 'first_on'])
    _remember_endings(op.get_bind())
    _appoint(op.get_bind())


def _remember_endings(bind: sa.Connection) -> None:
    """Tickets that closed, or wait for their customer, say since when; the next verb folds that anew."""
    ticket = sa.table('ticket', sa.column('id'), sa.column('status'), sa.column('closed_at', columns.Instant()),
                      sa.column('rests_since', columns.Instant()))
    event = sa.table('ticket_event', sa.column('ticket_id'), sa.column('kind'), sa.column('at', columns.Instant()))
    last = sa.select(sa.func.max(event.c.at, type_=columns.Instant())).where(
        event.c.ticket_id == ticket.c.id, event.c.kind == 'status').scalar_subquery()
    bind.execute(ticket.update().where(ticket.c.status == 'closed').values(closed_at=last))
    bind.execute(ticket.update().where(ticket.c.status == 'waiting-customer').values(rests_since=last))


def _appoint(bind: sa.Connection) -> None:
    """Each contract there is has its months frozen, from its first one on."""
    rows = bind.execute(sa.text('SELECT number, starts_on, time_zone FROM contract ORDER BY version DESC')).all()
    appointment = sa.table('appointment', sa.column('what'), sa.column('key'), sa.column('due_at', columns.Instant()),
                           sa.column('attempts'), sa.column('fence'))
    found = {}
    for number, starts_on, zone in rows:
        first = starts_on if isinstance(starts_on, date) else date.fromisoformat(str(starts_on))
        after = (first.replace(day=1) + timedelta(days=31)).replace(day=2)
        due = datetime(after.year, after.month, after.day, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        found[number] = min(due, found.get(number, due))
    for number, due in found.items():
        bind.execute(appointment.insert().values(what='credits', key=number, due_at=due, attempts=0, fence=0))


def downgrade() -> None:
    op.execute("DELETE FROM appointment WHERE what = 'credits'")
    for name in ('credit_dispute', 'ledger_entry', 'credit_correction', 'credit_ticket', 'credit_month'):
        op.drop_table(name)
    op.drop_column('ticket', 'closed_at')
    op.drop_column('ticket', 'rests_since')
    op.drop_column('contract', 'effective_on')
