-- revision: 0001
-- down_revision:
-- jobs and their results
CREATE TABLE job (
	id text PRIMARY KEY,
	payload text NOT NULL,
	result text,
	worker text,
	queued_at timestamptz NOT NULL DEFAULT now(),
	finished_at timestamptz
);
