"""the other one"""

import sqlalchemy as sa
from alembic import op

revision = "0003b"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("job", sa.Column("right_one", sa.Integer))
