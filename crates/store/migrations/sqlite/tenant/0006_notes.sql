-- What a room knows for good: notes, what was said about them, and albums. What is deleted leaves its number, which is never given again.

CREATE TABLE notes (
    tenant_id     BIGINT NOT NULL,
    room_id       BLOB   NOT NULL,
    no            BIGINT NOT NULL, -- 1, 2, 3… in its room
    rev           BIGINT NOT NULL, -- the room's, when it was last written
    at_seq        BIGINT NOT NULL, -- the room's last seq at its making
    title         TEXT   NOT NULL,
    body          TEXT   NOT NULL,
    author_id     BLOB   NOT NULL,
    actor_name    TEXT,            -- which person of a shared account
    pinned        BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL, -- when it was last written
    edited_by     BLOB,
    comment_count BIGINT NOT NULL,
    deleted_at    BIGINT,
    PRIMARY KEY (tenant_id, room_id, no)
) WITHOUT ROWID;
CREATE INDEX notes_list ON notes (tenant_id, room_id, pinned, changed_at, no) WHERE deleted_at IS NULL;

CREATE TABLE note_files (
    tenant_id BIGINT NOT NULL,
    room_id   BLOB   NOT NULL,
    no        BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    file_id   BLOB   NOT NULL,
    PRIMARY KEY (tenant_id, room_id, no, position)
) WITHOUT ROWID;
CREATE INDEX note_files_file ON note_files (tenant_id, file_id);

CREATE TABLE note_comments (
    tenant_id  BIGINT NOT NULL,
    room_id    BLOB   NOT NULL,
    no         BIGINT NOT NULL,
    id         BLOB   NOT NULL, -- UUIDv7: later ones are larger
    author_id  BLOB   NOT NULL,
    actor_name TEXT,
    at         BIGINT NOT NULL,
    text       TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, room_id, no, id)
) WITHOUT ROWID;

CREATE TABLE albums (
    tenant_id   BIGINT NOT NULL,
    room_id     BLOB   NOT NULL,
    no          BIGINT NOT NULL, -- 1, 2, 3… in its room
    at_seq      BIGINT NOT NULL, -- the room's last seq at its making
    title       TEXT   NOT NULL,
    author_id   BLOB   NOT NULL,
    actor_name  TEXT,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL, -- when photos last came
    photo_count BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (tenant_id, room_id, no)
) WITHOUT ROWID;
CREATE INDEX albums_list ON albums (tenant_id, room_id, changed_at, no) WHERE deleted_at IS NULL;

CREATE TABLE album_photos (
    tenant_id BIGINT NOT NULL,
    room_id   BLOB   NOT NULL,
    no        BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    file_id   BLOB   NOT NULL,
    seq       BIGINT,          -- the message that showed it: taken back, it leaves the album too
    added_by  BLOB   NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, room_id, no, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX album_photos_once ON album_photos (tenant_id, room_id, no, file_id);
CREATE INDEX album_photos_file ON album_photos (tenant_id, file_id);
CREATE INDEX album_photos_message ON album_photos (tenant_id, room_id, seq) WHERE seq IS NOT NULL;

-- What SQLite should know of them, as 0003 says.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('notes', 'notes', '10000 10000 20 1'),
    ('notes', 'notes_list', '10000 10000 20 10 1 1'),
    ('note_files', 'note_files', '15000 15000 60 3 1'),
    ('note_files', 'note_files_file', '15000 15000 2'),
    ('note_comments', 'note_comments', '30000 30000 60 6 1'),
    ('albums', 'albums', '3000 3000 10 1'),
    ('albums', 'albums_list', '3000 3000 10 1 1'),
    ('album_photos', 'album_photos', '60000 60000 200 20 1'),
    ('album_photos', 'album_photos_once', '60000 60000 200 20 1'),
    ('album_photos', 'album_photos_file', '60000 60000 2'),
    ('album_photos', 'album_photos_message', '50000 50000 200 2');
ANALYZE sqlite_schema;
