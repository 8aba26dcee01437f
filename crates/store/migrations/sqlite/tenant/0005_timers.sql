-- What is to be done at a time, and what waits for it: messages to be sent, and messages that somebody wants to be reminded of.

CREATE TABLE timers (
    tenant_id BIGINT NOT NULL,
    kind      TEXT   NOT NULL, -- scheduledMessage, reminder
    id        BLOB   NOT NULL, -- of what waits
    due_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (tenant_id, due_at);

-- Gone once it is sent.
CREATE TABLE scheduled_messages (
    tenant_id    BIGINT NOT NULL,
    id           BLOB   NOT NULL,
    user_id      BLOB   NOT NULL,
    actor_id     BLOB,
    actor_name   TEXT,
    room_id      BLOB   NOT NULL,
    send_at      BIGINT NOT NULL,
    text         TEXT   NOT NULL,
    mentions     TEXT,            -- as in messages
    reply_to_seq BIGINT,
    detail       TEXT,            -- as in messages
    failure      TEXT,            -- why it was not sent: account, notInRoom, mentionAll
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX scheduled_messages_user ON scheduled_messages (tenant_id, user_id, send_at, id);

-- Which of them will show which files.
CREATE TABLE scheduled_files (
    tenant_id    BIGINT NOT NULL,
    file_id      BLOB   NOT NULL,
    scheduled_id BLOB   NOT NULL,
    PRIMARY KEY (tenant_id, file_id, scheduled_id)
) WITHOUT ROWID;
CREATE INDEX scheduled_files_message ON scheduled_files (tenant_id, scheduled_id);

-- Whom to remind of which message, and when. Due ones stay until they are done with.
CREATE TABLE reminders (
    tenant_id BIGINT NOT NULL,
    id        BLOB   NOT NULL, -- the timer's
    user_id   BLOB   NOT NULL,
    room_id   BLOB   NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, room_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX reminders_id ON reminders (tenant_id, id);

-- What SQLite should know of them, as 0003 says.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('timers', 'timers', '2000 2000 1000 1'),
    ('timers', 'timers_due', '2000 2000 2'),
    ('scheduled_messages', 'scheduled_messages', '1000 1000 1'),
    ('scheduled_messages', 'scheduled_messages_user', '1000 1000 3 1 1'),
    ('scheduled_files', 'scheduled_files', '200 200 1 1'),
    ('scheduled_files', 'scheduled_files_message', '200 200 2'),
    ('reminders', 'reminders', '2000 2000 5 2 1'),
    ('reminders', 'reminders_id', '2000 2000 1');
ANALYZE sqlite_schema;
