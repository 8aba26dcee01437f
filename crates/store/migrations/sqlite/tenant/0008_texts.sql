-- What documents say, by their content: read in the background once a file is whole, kept to be searched.

CREATE TABLE file_texts (
    tenant_id    BIGINT NOT NULL,
    sha256       BLOB   NOT NULL,
    content_type TEXT   NOT NULL,
    text         TEXT   NOT NULL DEFAULT '',
    chars        BIGINT NOT NULL DEFAULT -1, -- of text; -1: not read yet
    read_at      BIGINT NOT NULL DEFAULT 0,
    told         BIGINT NOT NULL DEFAULT 0,  -- 1: the rooms that show it know
    PRIMARY KEY (tenant_id, sha256)
) WITHOUT ROWID;
CREATE INDEX file_texts_waiting ON file_texts (tenant_id, sha256) WHERE told = 0;

-- Files that came before are read too.
INSERT INTO file_texts (tenant_id, sha256, content_type)
    SELECT tenant_id, sha256, MIN(content_type) FROM files
    WHERE sha256 IS NOT NULL AND (content_type LIKE 'text/%' OR content_type = 'application/pdf'
        OR content_type LIKE 'application/vnd.openxmlformats-officedocument.%' OR content_type LIKE 'application/vnd.oasis.opendocument.%')
    GROUP BY tenant_id, sha256;

-- What SQLite should know of it, as 0003 says.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('file_texts', 'file_texts', '20000 20000 1'),
    ('file_texts', 'file_texts_waiting', '20 20 1');
ANALYZE sqlite_schema;
