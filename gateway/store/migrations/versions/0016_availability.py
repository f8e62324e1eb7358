"""To be written: availability."""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
