"""one of two changes that were made side by side"""

import sqlalchemy as sa
from alembic import op

revision = "0003a"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("job", sa.Column("left_one", sa.Integer))
