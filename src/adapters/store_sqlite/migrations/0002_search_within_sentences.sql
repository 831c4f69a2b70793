-- The index again with the tokenizer that takes Chinese and Japanese apart; what it indexes and
-- the triggers that keep it stay as they are.
DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5 (
    text, content = 'searchable', content_rowid = 'n', columnsize = 0,
    tokenize = 'loci unicode61 remove_diacritics 2'
);
INSERT INTO search_index (search_index) VALUES ('rebuild');
