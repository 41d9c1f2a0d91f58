-- revision: 0003
-- down_revision: 0002
-- how often a job was tried; old programs do not know the column
ALTER TABLE job ADD COLUMN attempts integer NOT NULL DEFAULT 1;
