-- revision: 0003b
-- down_revision: 0002
-- the other one
ALTER TABLE job ADD COLUMN right_one integer;
