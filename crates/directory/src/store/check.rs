//! What must never be among the directory's rows, for `irori check`.

store::statements! {
    // Each table whose rows name another's: what they are, and whose or where they are.
    pub DANGLING = "SELECT 'assignments', a.user_id FROM assignments a
            LEFT JOIN users u ON u.tenant_id = $1 AND u.id = a.user_id
            LEFT JOIN org_units o ON o.tenant_id = $1 AND o.id = a.org_unit_id
            WHERE a.tenant_id = $1 AND (u.id IS NULL OR o.id IS NULL)
        UNION ALL SELECT 'grants', g.user_id FROM grants g
            LEFT JOIN users u ON u.tenant_id = $1 AND u.id = g.user_id
            LEFT JOIN org_units o ON o.tenant_id = $1 AND o.id = g.org_unit_id
            WHERE g.tenant_id = $1 AND (u.id IS NULL OR (g.org_unit_id IS NOT NULL AND o.id IS NULL))
        UNION ALL SELECT 'sessions', s.user_id FROM sessions s
            LEFT JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id
            LEFT JOIN actors a ON a.tenant_id = $1 AND a.id = s.actor_id
            WHERE s.tenant_id = $1 AND (u.id IS NULL OR (s.actor_id IS NOT NULL AND a.id IS NULL))
        UNION ALL SELECT 'actors', a.user_id FROM actors a
            LEFT JOIN users u ON u.tenant_id = $1 AND u.id = a.user_id
            WHERE a.tenant_id = $1 AND u.id IS NULL
        UNION ALL SELECT 'group_members', m.group_id FROM group_members m
            LEFT JOIN directory_groups g ON g.tenant_id = $1 AND g.id = m.group_id
            LEFT JOIN users u ON u.tenant_id = $1 AND u.id = m.member_id
            LEFT JOIN org_units o ON o.tenant_id = $1 AND o.id = m.member_id
            WHERE m.tenant_id = $1 AND (g.id IS NULL OR (u.id IS NULL AND o.id IS NULL))
        LIMIT 100";
    pub PRIMARIES = "SELECT user_id, CAST(SUM(is_primary) AS BIGINT) FROM assignments WHERE tenant_id = $1 GROUP BY user_id HAVING SUM(is_primary) <> 1 LIMIT 100";
    pub UNITS = "SELECT id, parent_id FROM org_units WHERE tenant_id = $1";
    pub ACTIVE_ADMIN = "SELECT 1 FROM grants g JOIN users u ON u.tenant_id = $1 AND u.id = g.user_id
        WHERE g.tenant_id = $1 AND g.role = 'tenantAdmin' AND u.suspended_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > $2) LIMIT 1";
}
