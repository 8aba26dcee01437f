-- What a tenant's people are found by: texts as pairs of characters. Everything here is made from data.db, and can be made again.

-- How far each room's log has been read. Words name a room by its number.
CREATE TABLE search_rooms (
    no        INTEGER PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    id        BLOB   NOT NULL,
    rev       BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_rooms_id ON search_rooms (tenant_id, id);

-- What can be found. n grows with the time of writing, so that the newest are found first.
CREATE TABLE search_documents (
    n         INTEGER PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    kind      BIGINT NOT NULL, -- 1: a message
    room      BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    edited_at BIGINT NOT NULL  -- 0: never
);
CREATE UNIQUE INDEX search_documents_place ON search_documents (tenant_id, room, seq, kind);

-- The words of each, under its n; no text is kept. A word is one token of what ASCII leaves whole.
CREATE VIRTUAL TABLE search_words USING fts5(words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- As in the tenant's own file: a file holds one tenant, so that tenant_id tells nothing apart.
ANALYZE search_rooms;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('search_rooms', 'search_rooms_id', '2000 2000 1'),
    ('search_documents', 'search_documents_place', '1000000 1000000 500 1 1');
ANALYZE sqlite_schema;
