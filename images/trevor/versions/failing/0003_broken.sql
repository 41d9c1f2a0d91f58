-- revision: 0003
-- down_revision: 0002
-- begins well and then fails: nothing of it may stay
ALTER TABLE job ADD COLUMN half_done integer;
ALTER TABLE job ADD CONSTRAINT job_priority CHECK (priority > 0);
