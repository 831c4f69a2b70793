-- A session may go on from another one; a summary says who made it.

ALTER TABLE sessions ADD COLUMN continues TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN continues_seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_by_origin ON sessions (continues) WHERE continues <> '';
ALTER TABLE summaries ADD COLUMN made_by TEXT NOT NULL DEFAULT 'model'
    CHECK (made_by IN ('model', 'extract'));
