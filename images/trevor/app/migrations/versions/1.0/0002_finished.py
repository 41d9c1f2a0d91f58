"""finished jobs are found by time"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("job_finished", "job", ["finished_at"])
