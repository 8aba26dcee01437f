-- One message sent to many rooms: who sent it, and which message of each room it is.

CREATE TABLE broadcasts (
    tenant_id    BIGINT NOT NULL,
    id           BLOB   NOT NULL, -- UUIDv7: later ones are larger
    sender_id    BLOB   NOT NULL,
    sent_at      BIGINT NOT NULL,
    people_count BIGINT NOT NULL, -- whom it reached then, each once
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX broadcasts_sender ON broadcasts (tenant_id, sender_id, id);

CREATE TABLE broadcast_messages (
    tenant_id    BIGINT NOT NULL,
    broadcast_id BLOB   NOT NULL,
    room_id      BLOB   NOT NULL,
    seq          BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, broadcast_id, room_id)
) WITHOUT ROWID;

-- What answers a message.
CREATE INDEX messages_replies ON messages (tenant_id, room_id, reply_to_seq) WHERE reply_to_seq IS NOT NULL;

-- What SQLite should know of them, as 0003 says.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('broadcasts', 'broadcasts', '2000 2000 1'),
    ('broadcasts', 'broadcasts_sender', '2000 2000 100 1'),
    ('broadcast_messages', 'broadcast_messages', '50000 50000 25 1'),
    ('messages', 'messages_replies', '300000 300000 150 2');
ANALYZE sqlite_schema;
