DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5 (
    text, content = 'searchable', content_rowid = 'n', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO search_index (search_index) VALUES ('rebuild');
