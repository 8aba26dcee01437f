//! SQLite: words lie in an FTS5 table without contents, under the place of their document. It is asked from the newest on, and
//! stops where enough are found.

store::statements! {
    // In this order of tables: the words lead, which SQLite does not know to be few.
    pub MATCHING = "SELECT d.n, r.id, d.seq, d.kind FROM search_words CROSS JOIN search_documents d CROSS JOIN search_rooms r
        WHERE search_words MATCH $2 AND search_words.rowid >= $3 AND search_words.rowid < $4
        AND d.tenant_id = $1 AND d.n = search_words.rowid AND ($5 IS NULL OR d.room = ANY_INT($5)) AND r.tenant_id = $1 AND r.no = d.room
        ORDER BY search_words.rowid DESC LIMIT $6";
    pub INSERT_DOCUMENT = "INSERT INTO search_documents (tenant_id, n, kind, room, seq, edited_at) VALUES ($1, $2, $3, $4, $5, $6)";
    pub SET_EDITED = "UPDATE search_documents SET edited_at = $3 WHERE tenant_id = $1 AND n = $2";
    pub INSERT_WORDS = "INSERT INTO search_words (rowid, words) VALUES ($2, $3)";
    pub DELETE_WORDS = "DELETE FROM search_words WHERE rowid = $2";
    pub FORGET_WORDS = "DELETE FROM search_words WHERE rowid IN (SELECT n FROM search_documents WHERE tenant_id = $1 AND room = $2)";
}

/// SQLite's own statements, for the test that prepares each.
#[must_use]
pub fn statements() -> Vec<&'static store::Statement> {
    ALL.to_vec()
}
