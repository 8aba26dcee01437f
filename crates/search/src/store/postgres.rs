//! PostgreSQL: words are a `tsvector` beside their document, in a GIN index that the owner's function asks.

store::statements! {
    pub MATCHING = "SELECT c.n, r.id, c.seq, d.kind FROM search_candidates($1, $2, $5, $3, $4, $6) c
        JOIN search_documents d ON d.tenant_id = $1 AND d.n = c.n
        JOIN search_rooms r ON r.tenant_id = $1 AND r.no = c.room WHERE r.tenant_id = $1 ORDER BY c.n DESC";
    pub INSERT_DOCUMENT = "INSERT INTO search_documents (tenant_id, n, kind, room, seq, edited_at, words)
        VALUES ($1, $2, $3, $4, $5, $6, array_to_tsvector(string_to_array($7, ' ')))";
    pub CHANGE_DOCUMENT = "UPDATE search_documents SET edited_at = $3, words = array_to_tsvector(string_to_array($4, ' '))
        WHERE tenant_id = $1 AND n = $2";
    // One node at a time reads a tenant's logs: the next waits, and then finds what this one has done. What is asked in the transaction
    // is planned for the table as it is now, which grows from nothing to millions: a plan from when it was empty reads all of it.
    pub LOCK = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true) FROM pg_advisory_xact_lock(hashtextextended('irori search', $1))";
}

/// PostgreSQL's own statements, for the test that prepares each.
#[must_use]
pub fn statements() -> Vec<&'static store::Statement> {
    ALL.to_vec()
}
