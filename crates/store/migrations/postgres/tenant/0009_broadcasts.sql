-- One message sent to many rooms: who sent it, and which message of each room it is.

CREATE TABLE broadcasts (
    tenant_id    BIGINT NOT NULL,
    id           BYTEA  NOT NULL, -- UUIDv7: later ones are larger
    sender_id    BYTEA  NOT NULL,
    sent_at      BIGINT NOT NULL,
    people_count BIGINT NOT NULL, -- whom it reached then, each once
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX broadcasts_sender ON broadcasts (tenant_id, sender_id, id);

CREATE TABLE broadcast_messages (
    tenant_id    BIGINT NOT NULL,
    broadcast_id BYTEA  NOT NULL,
    room_id      BYTEA  NOT NULL,
    seq          BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, broadcast_id, room_id)
);

-- What answers a message.
CREATE INDEX messages_replies ON messages (tenant_id, room_id, reply_to_seq) WHERE reply_to_seq IS NOT NULL;

