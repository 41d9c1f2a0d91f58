"""how often a job was tried; old programs do not know the column"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("job", sa.Column("attempts", sa.Integer, nullable=False, server_default="1"))
