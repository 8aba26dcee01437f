-- Links: which messages hold them, what the pages that they lead to say of themselves, and whether that is asked at all.

CREATE TABLE message_links (
    tenant_id BIGINT NOT NULL,
    room_id   BYTEA  NOT NULL,
    seq       BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    url       TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, room_id, seq, position)
);

-- By the address's hash: what was written in a message stands nowhere else.
CREATE TABLE link_cards (
    tenant_id   BIGINT NOT NULL,
    url_hash    BYTEA  NOT NULL,
    title       TEXT,            -- none: there is nothing to show
    description TEXT,
    site        TEXT,
    lang        TEXT,
    image       TEXT,            -- where its picture is fetched from
    fetched_at  BIGINT NOT NULL,
    failed      BIGINT NOT NULL, -- 1: the page was not to be had
    PRIMARY KEY (tenant_id, url_hash)
);
CREATE INDEX link_cards_age ON link_cards (tenant_id, failed, fetched_at);

-- What holds for a whole organisation, as JSON; what is absent is as usual.
CREATE TABLE tenant_settings (
    tenant_id BIGINT NOT NULL,
    settings  TEXT   NOT NULL,
    PRIMARY KEY (tenant_id)
);
