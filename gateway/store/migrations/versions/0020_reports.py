"""Reports: who gets them, and what was produced. Those of contracts that exist begin with this upgrade.

Each contract gets an appointment at the instant of the upgrade, and no report that was due before it is made by
itself; `helpdesk report` makes older ones on demand.
"""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WAITING = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """The tables, and what begins now."""
    op.create_table(
        "report_plan",
        sa.Column("id", columns.Identity, nullable=False),
        sa.Column("contract_number", sa.String(length=100), nullable=False),
        sa.Column("recipients", columns.Json, nullable=False, server_default="[]"),
        sa.Column("daily", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("weekly", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("monthly", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("monthly_day", sa.Integer(), nullable=False, server_default="2"),
        sa.Column("holidays", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("begins_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_plan")),
        sa.UniqueConstraint("contract_number", name=op.f("uq_report_plan_contract_number")),
    )
    op.create_table(
        "stored_report",
        sa.Column("id", columns.Identity, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contract_number", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("customer_id", columns.Identity, nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.Column("produced_at", columns.Instant(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("regular", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("due_at", columns.Instant(), nullable=True),
        sa.Column("posted_at", columns.Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lease_owner", sa.String(length=100), nullable=True),
        sa.Column("lease_until", columns.Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_stored_report_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_report")),
        sa.UniqueConstraint(
            "kind", "contract_number", "last_on", name=op.f("uq_stored_report_kind_contract_number_last_on")
        ),
    )
    op.create_index("ix_stored_report_customer", "stored_report", ["customer_id", "last_on"])
    op.create_index(
        "ix_stored_report_waiting",
        "stored_report",
        ["due_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    _begin()


def _begin() -> None:
    """Every contract's reports begin now."""
    now = columns.database_now()
    contract = sa.table("contract", sa.column("number"))
    numbers = sa.select(contract.c.number).distinct().subquery()
    plan = sa.table("report_plan", sa.column("contract_number"), sa.column("begins_at", columns.Instant()))
    op.execute(plan.insert().from_select(["contract_number", "begins_at"], sa.select(numbers.c.number, now)))
    appointment = sa.table(
        "appointment",
        *(sa.column(name) for name in ("what", "key")),
        sa.column("due_at", columns.Instant()),
        sa.column("attempts"),
        sa.column("fence"),
    )
    zero = sa.literal_column("0")
    begun = sa.select(sa.literal_column("'reports'"), plan.c.contract_number, plan.c.begins_at, zero, zero)
    op.execute(appointment.insert().from_select(["what", "key", "due_at", "attempts", "fence"], begun))


def downgrade() -> None:
    """As it was."""
    op.execute("DELETE FROM appointment WHERE what = 'reports'")
    op.drop_table("stored_report")
    op.drop_table("report_plan")
