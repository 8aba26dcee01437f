//! `sessions` and `known_addresses`.

store::statements! {
    pub INSERT_SESSION = "INSERT INTO sessions (tenant_id, id, token_hash, user_id, actor_id, device_name, address, created_at, last_seen_at)
        VALUES ($1, $2, $3, $4, NULL, $5, $6, $7, $7)";
    pub BY_TOKEN = "SELECT s.id, s.user_id, s.actor_id, s.device_name, s.last_seen_at, u.kind,
        (SELECT COUNT(*) FROM grants g WHERE g.tenant_id = $1 AND g.user_id = s.user_id) FROM sessions s
        JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id
        WHERE s.tenant_id = $1 AND s.token_hash = $2 AND s.revoked_at IS NULL AND s.last_seen_at > $3
        AND u.suspended_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > $4)";
    pub BY_ID = "SELECT s.id, s.user_id, s.actor_id, s.device_name, s.last_seen_at, u.kind,
        (SELECT COUNT(*) FROM grants g WHERE g.tenant_id = $1 AND g.user_id = s.user_id) FROM sessions s
        JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id
        WHERE s.tenant_id = $1 AND s.id = $2 AND s.revoked_at IS NULL AND s.last_seen_at > $3
        AND u.suspended_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > $4)";
    pub SEEN = "UPDATE sessions SET last_seen_at = $2 WHERE tenant_id = $1 AND id = ANY_ID($3) AND last_seen_at < $2";
    pub LIST_SESSIONS = "SELECT id, device_name, created_at, last_seen_at, address FROM sessions
        WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND last_seen_at > $3
        AND (CAST($4 AS BIGINT) IS NULL OR last_seen_at < $4 OR (last_seen_at = $4 AND id > $5)) ORDER BY last_seen_at DESC, id LIMIT $6";
    pub REVOKE = "UPDATE sessions SET revoked_at = $4 WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND revoked_at IS NULL";
    pub REVOKE_OTHERS = "UPDATE sessions SET revoked_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND id <> $3 AND revoked_at IS NULL RETURNING id";
    pub SET_ACTOR = "UPDATE sessions SET actor_id = $3 WHERE tenant_id = $1 AND id = $2";
    pub DROP_ACTOR = "UPDATE sessions SET actor_id = NULL WHERE tenant_id = $1 AND actor_id = $2 RETURNING id";
    pub KNOW_ADDRESS = "INSERT INTO known_addresses (tenant_id, user_id, address, last_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, user_id, address) DO UPDATE SET last_at = excluded.last_at";
    pub KNOWS_ADDRESS = "SELECT 1 FROM known_addresses WHERE tenant_id = $1 AND user_id = $2 AND address = $3";
}
