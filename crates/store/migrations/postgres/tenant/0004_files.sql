-- Files: what is known of them; their bytes lie in the object store. And which messages show them.

CREATE TABLE files (
    tenant_id    BIGINT NOT NULL,
    id           BYTEA  NOT NULL,
    client_id    BYTEA,
    uploaded_by  BYTEA  NOT NULL,
    name         TEXT   NOT NULL,
    content_type TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    received     BIGINT NOT NULL DEFAULT 0, -- bytes that have come
    width        BIGINT,                    -- of a picture that can be shown
    height       BIGINT,
    sha256       BYTEA,                     -- once it is whole and has been looked at
    uses         BIGINT NOT NULL DEFAULT 0, -- by how many messages
    touched_at   BIGINT NOT NULL,           -- when bytes last came, or its last use ended
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX files_client ON files (tenant_id, client_id);
CREATE INDEX files_sha256 ON files (tenant_id, sha256);
CREATE INDEX files_unused ON files (tenant_id, touched_at) WHERE uses = 0;
CREATE INDEX files_unfinished ON files (tenant_id, uploaded_by) WHERE sha256 IS NULL;

-- What has come of a file that is not yet whole: objects, by where in the file they begin.
CREATE TABLE file_parts (
    tenant_id BIGINT NOT NULL,
    file_id   BYTEA  NOT NULL,
    start_at  BIGINT NOT NULL,
    object    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, file_id, start_at)
);

-- The same content is kept once: where it lies.
CREATE TABLE blobs (
    tenant_id BIGINT NOT NULL,
    sha256    BYTEA  NOT NULL,
    object    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, sha256)
);

-- Which messages show which files, in which order.
CREATE TABLE message_files (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    file_id   BYTEA  NOT NULL,
    shelf     TEXT   NOT NULL, -- photos, files
    PRIMARY KEY (tenant_id, room_id, seq, position)
);
CREATE INDEX message_files_file ON message_files (tenant_id, file_id);
CREATE INDEX message_files_shelf ON message_files (tenant_id, room_id, shelf, seq, position);

