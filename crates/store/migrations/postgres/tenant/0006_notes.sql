-- What a room knows for good: notes, what was said about them, and albums. What is deleted leaves its number, which is never given again.

CREATE TABLE notes (
    tenant_id     BIGINT NOT NULL,
    room_id       BYTEA  NOT NULL,
    no            BIGINT NOT NULL, -- 1, 2, 3… in its room
    rev           BIGINT NOT NULL, -- the room's, when it was last written
    at_seq        BIGINT NOT NULL, -- the room's last seq at its making
    title         TEXT   NOT NULL,
    body          TEXT   NOT NULL,
    author_id     BYTEA  NOT NULL,
    actor_name    TEXT,            -- which person of a shared account
    pinned        BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL, -- when it was last written
    edited_by     BYTEA,
    comment_count BIGINT NOT NULL,
    deleted_at    BIGINT,
    PRIMARY KEY (tenant_id, room_id, no)
);
CREATE INDEX notes_list ON notes (tenant_id, room_id, pinned, changed_at, no) WHERE deleted_at IS NULL;

CREATE TABLE note_files (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    no        BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    file_id   BYTEA  NOT NULL,
    PRIMARY KEY (tenant_id, room_id, no, position)
);
CREATE INDEX note_files_file ON note_files (tenant_id, file_id);

CREATE TABLE note_comments (
    tenant_id  BIGINT NOT NULL,
    room_id    BYTEA  NOT NULL,
    no         BIGINT NOT NULL,
    id         BYTEA  NOT NULL, -- UUIDv7: later ones are larger
    author_id  BYTEA  NOT NULL,
    actor_name TEXT,
    at         BIGINT NOT NULL,
    text       TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, room_id, no, id)
);

CREATE TABLE albums (
    tenant_id   BIGINT NOT NULL,
    room_id     BYTEA  NOT NULL,
    no          BIGINT NOT NULL, -- 1, 2, 3… in its room
    at_seq      BIGINT NOT NULL, -- the room's last seq at its making
    title       TEXT   NOT NULL,
    author_id   BYTEA  NOT NULL,
    actor_name  TEXT,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL, -- when photos last came
    photo_count BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (tenant_id, room_id, no)
);
CREATE INDEX albums_list ON albums (tenant_id, room_id, changed_at, no) WHERE deleted_at IS NULL;

CREATE TABLE album_photos (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    no        BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    file_id   BYTEA  NOT NULL,
    seq       BIGINT,          -- the message that showed it: taken back, it leaves the album too
    added_by  BYTEA  NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, room_id, no, position)
);
CREATE UNIQUE INDEX album_photos_once ON album_photos (tenant_id, room_id, no, file_id);
CREATE INDEX album_photos_file ON album_photos (tenant_id, file_id);
CREATE INDEX album_photos_message ON album_photos (tenant_id, room_id, seq) WHERE seq IS NOT NULL;
