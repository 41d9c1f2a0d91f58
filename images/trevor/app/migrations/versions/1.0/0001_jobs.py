"""jobs and their results"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("worker", sa.Text),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
    )
    # what the metrics tell of the last migration
    op.create_table(
        "migration",
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("seconds", sa.Float),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
    )
