ALTER TABLE summaries DROP COLUMN made_by;
DROP INDEX sessions_by_origin;
ALTER TABLE sessions DROP COLUMN continues_seq;
ALTER TABLE sessions DROP COLUMN continues;
