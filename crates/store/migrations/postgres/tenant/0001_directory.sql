CREATE TABLE users (
  tenant_id     BIGINT NOT NULL,
  id            BYTEA NOT NULL,
  login_id      TEXT NOT NULL,
  -- The login id as compared: folded, so that ADMIN and admin are one.
  login_key     TEXT NOT NULL,
  name          TEXT NOT NULL,
  kana          TEXT NOT NULL,
  -- Names sort by ふりがな, folded.
  kana_key      TEXT NOT NULL,
  kind          TEXT NOT NULL,
  email         TEXT,
  -- JSON: {mobile?, extension?, landline?}
  phones        TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  -- JSON: language, theme and the like.
  settings      TEXT NOT NULL,
  expires_at    BIGINT,
  suspended_at  BIGINT,
  -- Everything that the person is found by, folded.
  search        TEXT NOT NULL,
  rev           BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  created_by    BYTEA,
  client_id     BYTEA,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, login_key),
  UNIQUE (tenant_id, client_id)
);
CREATE INDEX users_by_kana ON users (tenant_id, kana_key, id);

-- The people inside a shared account.
CREATE TABLE actors (
  tenant_id  BIGINT NOT NULL,
  id         BYTEA NOT NULL,
  user_id    BYTEA NOT NULL,
  name       TEXT NOT NULL,
  kana       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX actors_by_user ON actors (tenant_id, user_id);

CREATE TABLE org_units (
  tenant_id  BIGINT NOT NULL,
  id         BYTEA NOT NULL,
  parent_id  BYTEA,
  name       TEXT NOT NULL,
  ord        BIGINT NOT NULL,
  place      TEXT,
  extension  TEXT,
  rev        BIGINT NOT NULL,
  created_by BYTEA,
  client_id  BYTEA,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, client_id)
);

CREATE TABLE assignments (
  tenant_id   BIGINT NOT NULL,
  user_id     BYTEA NOT NULL,
  org_unit_id BYTEA NOT NULL,
  position    TEXT NOT NULL,
  is_primary  BIGINT NOT NULL,
  is_head     BIGINT NOT NULL,
  ord         BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, org_unit_id)
);
CREATE INDEX assignments_by_unit ON assignments (tenant_id, org_unit_id, user_id);

-- Named sets of users and org units outside the tree.
CREATE TABLE directory_groups (
  tenant_id  BIGINT NOT NULL,
  id         BYTEA NOT NULL,
  name       TEXT NOT NULL,
  created_by BYTEA,
  client_id  BYTEA,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, client_id)
);

CREATE TABLE group_members (
  tenant_id BIGINT NOT NULL,
  group_id  BYTEA NOT NULL,
  kind      TEXT NOT NULL,
  member_id BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, group_id, kind, member_id)
);

CREATE TABLE grants (
  tenant_id   BIGINT NOT NULL,
  id          BYTEA NOT NULL,
  user_id     BYTEA NOT NULL,
  role        TEXT NOT NULL,
  org_unit_id BYTEA,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX grants_by_user ON grants (tenant_id, user_id);

CREATE TABLE sessions (
  tenant_id    BIGINT NOT NULL,
  id           BYTEA NOT NULL,
  token_hash   BYTEA NOT NULL,
  user_id      BYTEA NOT NULL,
  actor_id     BYTEA,
  device_name  TEXT NOT NULL,
  address      TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  revoked_at   BIGINT,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, token_hash)
);
CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id);

-- Where an account has signed in from before: those sign-ins go on while an address is being limited.
CREATE TABLE known_addresses (
  tenant_id BIGINT NOT NULL,
  user_id   BYTEA NOT NULL,
  address   TEXT NOT NULL,
  last_at   BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, address)
);

CREATE TABLE audit_events (
  tenant_id  BIGINT NOT NULL,
  n          BIGINT GENERATED ALWAYS AS IDENTITY,
  at         BIGINT NOT NULL,
  user_id    BYTEA,
  actor_id   BYTEA,
  action     TEXT NOT NULL,
  subject    TEXT,
  detail     TEXT NOT NULL,
  address    TEXT,
  PRIMARY KEY (tenant_id, n)
);
CREATE INDEX audit_by_time ON audit_events (tenant_id, at);
