-- A database as the first version of the schema left it, with a conversation in it that a crash cut
-- off. Frozen: it stands for the files that people have, so it does not follow the migrations.
PRAGMA application_id = 1282368361;
CREATE TABLE schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL,
    applied_at INTEGER NOT NULL) STRICT;
CREATE TABLE sessions (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    agent TEXT NOT NULL,
    channel TEXT NOT NULL,
    scope_key TEXT NOT NULL,
    title TEXT NOT NULL,
    title_by_person INTEGER NOT NULL CHECK (title_by_person IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sessions_by_scope ON sessions (agent, scope_key) WHERE scope_key <> '';
CREATE INDEX sessions_by_age ON sessions (updated_at, id);

-- Content, role and origin of a row never change; only its status, its place while it waits and
-- the mark that something newer stands in its stead do.
CREATE TABLE messages (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn TEXT NOT NULL,
    seq INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'notice')),
    status TEXT NOT NULL
        CHECK (status IN ('queued', 'complete', 'stopped', 'interrupted', 'failed')),
    content TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    volatile_context TEXT NOT NULL,
    replaces TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    detail_json TEXT NOT NULL,
    error_json TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    superseded INTEGER NOT NULL CHECK (superseded IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX messages_by_place ON messages (session, seq);
CREATE INDEX messages_shown ON messages (session, seq) WHERE superseded = 0;
CREATE INDEX messages_by_turn ON messages (turn) WHERE turn <> '';

CREATE TABLE turns (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'done', 'stopped', 'interrupted', 'failed')),
    model TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX turns_by_session ON turns (session);
CREATE INDEX turns_by_message ON turns (message);
CREATE INDEX turns_open ON turns (n) WHERE state IN ('queued', 'running');

-- What a person's idempotency key has started: the first answer to a message, or another one.
CREATE TABLE accepted_keys (
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    turn TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    asked TEXT NOT NULL CHECK (asked IN ('first', 'again')),
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX accepted_keys_by_turn ON accepted_keys (turn);

-- The reply of a running turn so far.
CREATE TABLE drafts (
    turn TEXT PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    volatile_context TEXT NOT NULL,
    replaces TEXT NOT NULL,
    detail_json TEXT NOT NULL,
    error_json TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE summaries (
    n INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    up_to_seq INTEGER NOT NULL,
    text TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX summaries_by_session ON summaries (session);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_by_person ON notes (person);

CREATE TABLE facts (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms INTEGER NOT NULL,
    level TEXT NOT NULL,
    category TEXT NOT NULL,
    message TEXT NOT NULL,
    request_id TEXT NOT NULL,
    fields_json TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_request ON logs (request_id) WHERE request_id <> '';

-- One index over the titles (negative row numbers) and the messages that are shown.
CREATE VIEW searchable (n, text) AS
    SELECT n, content FROM messages WHERE superseded = 0
    UNION ALL
    SELECT -n, title FROM sessions;
CREATE VIRTUAL TABLE search_index USING fts5 (
    text, content = 'searchable', content_rowid = 'n', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.superseded = 0 BEGIN
    INSERT INTO search_index (rowid, text) VALUES (new.n, new.content);
END;
CREATE TRIGGER message_superseded AFTER UPDATE OF superseded ON messages
WHEN old.superseded = 0 AND new.superseded = 1 BEGIN
    INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', old.n, old.content);
END;
CREATE TRIGGER message_removed AFTER DELETE ON messages WHEN old.superseded = 0 BEGIN
    INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', old.n, old.content);
END;
CREATE TRIGGER session_added AFTER INSERT ON sessions BEGIN
    INSERT INTO search_index (rowid, text) VALUES (-new.n, new.title);
END;
CREATE TRIGGER session_renamed AFTER UPDATE OF title ON sessions BEGIN
    INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', -old.n, old.title);
    INSERT INTO search_index (rowid, text) VALUES (-new.n, new.title);
END;
CREATE TRIGGER session_removed AFTER DELETE ON sessions BEGIN
    INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', -old.n, old.title);
END;

INSERT INTO schema_migrations VALUES (1, 'conversations', 1767268800000);
PRAGMA user_version = 1;

INSERT INTO sessions VALUES (1, '019b7a00-0000-7000-8000-000000000001', 'owner', 'nook', 'web', '',
    'Foxes and hedgehogs', 1, 1767268800000, 1767268860000);
INSERT INTO messages VALUES
    (1, '019b7a00-0000-7000-8000-000000000011', '019b7a00-0000-7000-8000-000000000001',
     '019b7a00-0000-7000-8000-000000000021', 1, 'user', 'complete', 'tell me about foxes', '', '',
     '', 'old-1', '', '', 1767268800000, 0),
    (2, '019b7a00-0000-7000-8000-000000000012', '019b7a00-0000-7000-8000-000000000001',
     '019b7a00-0000-7000-8000-000000000021', 2, 'assistant', 'complete', 'They know many things.',
     '', '', '', '', '{"source":"model","model":"old-model"}', '', 1767268805000, 0),
    (3, '019b7a00-0000-7000-8000-000000000013', '019b7a00-0000-7000-8000-000000000001',
     '019b7a00-0000-7000-8000-000000000022', 3, 'user', 'complete', 'and hedgehogs?', '', '', '',
     'old-2', '', '', 1767268860000, 0);
INSERT INTO turns VALUES
    (1, '019b7a00-0000-7000-8000-000000000021', '019b7a00-0000-7000-8000-000000000001',
     '019b7a00-0000-7000-8000-000000000011', 'done', '', 1767268800000, 1767268801000,
     1767268805000),
    (2, '019b7a00-0000-7000-8000-000000000022', '019b7a00-0000-7000-8000-000000000001',
     '019b7a00-0000-7000-8000-000000000013', 'running', '', 1767268860000, 1767268861000, 0);
INSERT INTO accepted_keys VALUES
    ('owner', 'old-1', '019b7a00-0000-7000-8000-000000000021', 'first'),
    ('owner', 'old-2', '019b7a00-0000-7000-8000-000000000022', 'first');
INSERT INTO drafts VALUES ('019b7a00-0000-7000-8000-000000000022',
    '019b7a00-0000-7000-8000-000000000014', 'assistant', 'One big', '', '', '', '', '',
    1767268861000);
INSERT INTO notes VALUES (1, 'owner', 'likes foxes', 1767268800000);
