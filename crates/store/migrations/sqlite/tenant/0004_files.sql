-- Files: what is known of them; their bytes lie in the object store. And which messages show them.

CREATE TABLE files (
    tenant_id    BIGINT NOT NULL,
    id           BLOB   NOT NULL,
    client_id    BLOB,
    uploaded_by  BLOB   NOT NULL,
    name         TEXT   NOT NULL,
    content_type TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    received     BIGINT NOT NULL DEFAULT 0, -- bytes that have come
    width        BIGINT,                    -- of a picture that can be shown
    height       BIGINT,
    sha256       BLOB,                      -- once it is whole and has been looked at
    uses         BIGINT NOT NULL DEFAULT 0, -- by how many messages
    touched_at   BIGINT NOT NULL,           -- when bytes last came, or its last use ended
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX files_client ON files (tenant_id, client_id);
CREATE INDEX files_sha256 ON files (tenant_id, sha256);
CREATE INDEX files_unused ON files (tenant_id, touched_at) WHERE uses = 0;
CREATE INDEX files_unfinished ON files (tenant_id, uploaded_by) WHERE sha256 IS NULL;

-- What has come of a file that is not yet whole: objects, by where in the file they begin.
CREATE TABLE file_parts (
    tenant_id BIGINT NOT NULL,
    file_id   BLOB   NOT NULL,
    start_at  BIGINT NOT NULL,
    object    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, file_id, start_at)
) WITHOUT ROWID;

-- The same content is kept once: where it lies.
CREATE TABLE blobs (
    tenant_id BIGINT NOT NULL,
    sha256    BLOB   NOT NULL,
    object    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, sha256)
) WITHOUT ROWID;

-- Which messages show which files, in which order.
CREATE TABLE message_files (
    tenant_id BIGINT NOT NULL,
    room_id   BLOB   NOT NULL,
    seq       BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    file_id   BLOB   NOT NULL,
    shelf     TEXT   NOT NULL, -- photos, files
    PRIMARY KEY (tenant_id, room_id, seq, position)
) WITHOUT ROWID;
CREATE INDEX message_files_file ON message_files (tenant_id, file_id);
CREATE INDEX message_files_shelf ON message_files (tenant_id, room_id, shelf, seq, position);

-- What SQLite should know of them, as 0003 says.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('files', 'files', '50000 50000 1'),
    ('files', 'files_client', '50000 50000 1'),
    ('files', 'files_sha256', '50000 50000 2'),
    ('files', 'files_unused', '200 200 1'),
    ('files', 'files_unfinished', '50 50 2'),
    ('file_parts', 'file_parts', '200 200 4 1'),
    ('blobs', 'blobs', '50000 50000 1'),
    ('message_files', 'message_files', '60000 60000 600 2 1'),
    ('message_files', 'message_files_file', '60000 60000 2'),
    ('message_files', 'message_files_shelf', '60000 60000 600 300 2 1');
ANALYZE sqlite_schema;
