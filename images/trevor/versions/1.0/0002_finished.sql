-- revision: 0002
-- down_revision: 0001
-- finished jobs are found by time
CREATE INDEX job_finished ON job (finished_at);
