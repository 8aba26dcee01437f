-- Rooms, who is in them and since when, messages, and the log of changes that clients resume from.

CREATE TABLE rooms (
    tenant_id        BIGINT NOT NULL,
    id               BYTEA  NOT NULL,
    kind             TEXT   NOT NULL, -- direct, group, orgUnit
    title            TEXT   NOT NULL,
    title_folded     TEXT   NOT NULL,
    org_unit_id      BYTEA,
    include_children BIGINT NOT NULL DEFAULT 0,
    last_seq         BIGINT NOT NULL DEFAULT 0,
    rev              BIGINT NOT NULL DEFAULT 0,
    member_count     BIGINT NOT NULL DEFAULT 0,
    notice_seq       BIGINT,
    pair             BYTEA,            -- of a direct room: both users' ids, the smaller first; freed when it becomes a group
    direct_pair      BYTEA,            -- as pair, kept for good: these two are asked before the past is shown
    direct_until_seq BIGINT NOT NULL DEFAULT 0,
    created_by       BYTEA,
    created_at       BIGINT NOT NULL,
    active_at        BIGINT NOT NULL, -- of the last message, else of its making
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX rooms_pair ON rooms (tenant_id, pair);
CREATE INDEX rooms_org_unit ON rooms (tenant_id, org_unit_id);

-- One row for everybody who is or was in a room: settings, and how far they have read.
CREATE TABLE members (
    tenant_id        BIGINT NOT NULL,
    room_id          BYTEA  NOT NULL,
    user_id          BYTEA  NOT NULL,
    present          BIGINT NOT NULL,
    visible_from_seq BIGINT NOT NULL, -- of the open span
    read_seq         BIGINT NOT NULL, -- of a shared account: the furthest of its people
    muted            BIGINT NOT NULL DEFAULT 0,
    pinned           BIGINT NOT NULL DEFAULT 0,
    hidden_until_seq BIGINT NOT NULL DEFAULT 0, -- hidden while the room's last seq is smaller
    PRIMARY KEY (tenant_id, room_id, user_id)
);
CREATE INDEX members_user ON members (tenant_id, user_id, present);

-- From which to which seq somebody may see; an open one (no left_seq) is being in the room now.
CREATE TABLE spans (
    tenant_id        BIGINT NOT NULL,
    room_id          BYTEA  NOT NULL,
    user_id          BYTEA  NOT NULL,
    visible_from_seq BIGINT NOT NULL,
    left_seq         BIGINT,
    PRIMARY KEY (tenant_id, room_id, user_id, visible_from_seq)
);

-- Why somebody is in a room: unit, childUnit (source_id: that unit), invited (source_id empty).
CREATE TABLE sources (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    user_id   BYTEA  NOT NULL,
    kind      TEXT   NOT NULL,
    source_id BYTEA  NOT NULL,
    PRIMARY KEY (tenant_id, room_id, user_id, kind, source_id)
);

-- The cursor of each person inside a shared account.
CREATE TABLE actor_cursors (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    actor_id  BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, room_id, actor_id)
);

CREATE TABLE messages (
    n            BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id    BIGINT NOT NULL,
    room_id      BYTEA  NOT NULL,
    seq          BIGINT NOT NULL,
    rev          BIGINT NOT NULL,
    client_id    BYTEA  NOT NULL,
    kind         TEXT   NOT NULL, -- text, system
    sender_id    BYTEA,
    actor_id     BYTEA,
    actor_name   TEXT,
    sent_at      BIGINT NOT NULL,
    text         TEXT   NOT NULL,
    mentions     TEXT,            -- JSON, as on the wire
    reply_to_seq BIGINT,
    detail       TEXT,            -- JSON: what a system message says, where a forwarded one comes from
    edited_at    BIGINT,
    recalled_at  BIGINT,
    PRIMARY KEY (tenant_id, n)
);
CREATE UNIQUE INDEX messages_seq ON messages (tenant_id, room_id, seq);
CREATE UNIQUE INDEX messages_client ON messages (tenant_id, client_id);

-- Whom a message names: a user, an org unit, or (an empty target) everybody.
CREATE TABLE mentions (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    target    BYTEA  NOT NULL,
    PRIMARY KEY (tenant_id, room_id, seq, target)
);

CREATE TABLE reactions (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    emoji     TEXT   NOT NULL,
    user_id   BYTEA  NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, room_id, seq, emoji, user_id)
);

CREATE TABLE nudges (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, room_id, seq)
);

-- Somebody asks to see what two people once said to each other.
CREATE TABLE history_requests (
    tenant_id    BIGINT NOT NULL,
    id           BYTEA  NOT NULL,
    room_id      BYTEA  NOT NULL,
    requested_by BYTEA  NOT NULL,
    user_ids     TEXT   NOT NULL, -- JSON: for whom
    from_seq     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    agreed       BIGINT,          -- once settled
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX history_requests_room ON history_requests (tenant_id, room_id);

CREATE TABLE history_consents (
    tenant_id  BIGINT NOT NULL,
    request_id BYTEA  NOT NULL,
    user_id    BYTEA  NOT NULL,
    agreed     BIGINT,
    PRIMARY KEY (tenant_id, request_id, user_id)
);

-- What a creation named by a clientId gave, so that repeating it gives the same.
CREATE TABLE creations (
    tenant_id BIGINT NOT NULL,
    operation TEXT   NOT NULL,
    client_id BYTEA  NOT NULL,
    user_id   BYTEA  NOT NULL,
    result    TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, operation, client_id)
);

-- Each user's own stream: rooms gained and lost, settings.
CREATE TABLE user_streams (
    tenant_id BIGINT NOT NULL,
    user_id   BYTEA  NOT NULL,
    rev       BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

-- Every change of every stream, in order.
CREATE TABLE changes (
    n         BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id BIGINT NOT NULL,
    stream    BYTEA  NOT NULL, -- a room's id or a user's
    rev       BIGINT NOT NULL,
    kind      TEXT   NOT NULL, -- in a room: message (with its seq), room, members; of a user: room (id), nudge (id, seq)
    seq       BIGINT,
    id        BYTEA,
    PRIMARY KEY (tenant_id, n)
);
CREATE UNIQUE INDEX changes_stream ON changes (tenant_id, stream, rev);
