-- revision: 0003a
-- down_revision: 0002
-- one of two changes that were made side by side
ALTER TABLE job ADD COLUMN left_one integer;
