"""begins well and then fails: nothing of it may stay"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("job", sa.Column("half_done", sa.Integer))
    op.create_check_constraint("job_priority", "job", "priority > 0")
