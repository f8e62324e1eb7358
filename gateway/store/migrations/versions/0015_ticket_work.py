"""To be written: ticket_work."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
