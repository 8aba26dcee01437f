CREATE TABLE tenants (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  title      TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- The one link by which an empty installation gets its first tenant; only the token's hash is kept.
CREATE TABLE setup_links (
  token_hash BLOB PRIMARY KEY,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
