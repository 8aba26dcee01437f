-- What is to be done at a time, and what waits for it: messages to be sent, and messages that somebody wants to be reminded of.

CREATE TABLE timers (
    tenant_id BIGINT NOT NULL,
    kind      TEXT   NOT NULL, -- scheduledMessage, reminder
    id        BYTEA  NOT NULL, -- of what waits
    due_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
);
CREATE INDEX timers_due ON timers (tenant_id, due_at);

-- Gone once it is sent.
CREATE TABLE scheduled_messages (
    tenant_id    BIGINT NOT NULL,
    id           BYTEA  NOT NULL,
    user_id      BYTEA  NOT NULL,
    actor_id     BYTEA,
    actor_name   TEXT,
    room_id      BYTEA  NOT NULL,
    send_at      BIGINT NOT NULL,
    text         TEXT   NOT NULL,
    mentions     TEXT,            -- as in messages
    reply_to_seq BIGINT,
    detail       TEXT,            -- as in messages
    failure      TEXT,            -- why it was not sent: account, notInRoom, mentionAll
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX scheduled_messages_user ON scheduled_messages (tenant_id, user_id, send_at, id);

-- Which of them will show which files.
CREATE TABLE scheduled_files (
    tenant_id    BIGINT NOT NULL,
    file_id      BYTEA  NOT NULL,
    scheduled_id BYTEA  NOT NULL,
    PRIMARY KEY (tenant_id, file_id, scheduled_id)
);
CREATE INDEX scheduled_files_message ON scheduled_files (tenant_id, scheduled_id);

-- Whom to remind of which message, and when. Due ones stay until they are done with.
CREATE TABLE reminders (
    tenant_id BIGINT NOT NULL,
    id        BYTEA  NOT NULL, -- the timer's
    user_id   BYTEA  NOT NULL,
    room_id   BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, room_id, seq)
);
CREATE UNIQUE INDEX reminders_id ON reminders (tenant_id, id);
