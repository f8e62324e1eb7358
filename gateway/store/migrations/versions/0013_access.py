"""To be written: access."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
