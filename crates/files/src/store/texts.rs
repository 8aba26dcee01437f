//! `file_texts`: what documents say, by their content.

use std::collections::HashMap;

use kernel::{FileId, Time};
use store::{Row, StoreError, Tx, Value, hex, params};

store::statements! {
    pub EXPECT_TEXT = "INSERT INTO file_texts (tenant_id, sha256, content_type) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, sha256) DO NOTHING";
    pub WAITING_TEXTS = "SELECT sha256 FROM file_texts WHERE tenant_id = $1 AND told = 0 AND sha256 > $2 ORDER BY sha256 LIMIT $3";
    pub WAITING_TEXT = "SELECT t.content_type, t.chars, b.object FROM file_texts t JOIN blobs b ON b.tenant_id = $1 AND b.sha256 = t.sha256
        WHERE t.tenant_id = $1 AND t.sha256 = $2 AND t.told = 0";
    pub KEEP_TEXT = "UPDATE file_texts SET text = $3, chars = $4, read_at = $5, told = $6 WHERE tenant_id = $1 AND sha256 = $2 AND chars < 0";
    pub TEXT_TOLD = "UPDATE file_texts SET told = 1 WHERE tenant_id = $1 AND sha256 = $2";
    pub TEXT_STATES = "SELECT sha256, chars, read_at FROM file_texts WHERE tenant_id = $1 AND sha256 = ANY_ID($2)";
    pub TEXTS = "SELECT sha256, text FROM file_texts WHERE tenant_id = $1 AND sha256 = ANY_ID($2)";
    pub DELETE_TEXT = "DELETE FROM file_texts WHERE tenant_id = $1 AND sha256 = $2";
    pub FILES_OF_CONTENT = "SELECT id FROM files WHERE tenant_id = $1 AND sha256 = $2 AND uses > 0";
}

/// A content whose text is to be read, or was read and not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What it is.
    pub content_type: String,
    /// Whether it was read.
    pub is_read: bool,
    /// Where it lies.
    pub object: String,
}

/// How far a content's text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextState {
    /// How long it is; 0 where there is none, or none yet.
    pub chars: usize,
    /// When it was read, if it was.
    pub read_at: Option<Time>,
}

/// This content's text is to be read, unless it is known.
///
/// # Errors
/// When the database refuses or is away.
pub async fn expect(tx: &mut Tx<'_>, sha256: &[u8], content_type: &str) -> Result<(), StoreError> {
    tx.exec(&EXPECT_TEXT, &params![sha256, content_type]).await.map(drop)
}

/// Contents that wait, in order, behind `after`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn all_waiting(tx: &mut Tx<'_>, after: &[u8], limit: i64) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(tx.query(&WAITING_TEXTS, &params![after, limit]).await?.iter().map(|row| row.get(0)).collect())
}

/// One that waits.
///
/// # Errors
/// When the database refuses or is away.
pub async fn waiting(tx: &mut Tx<'_>, sha256: &[u8]) -> Result<Option<Waiting>, StoreError> {
    let read = |row: Row| Waiting { content_type: row.get(0), is_read: row.get::<i64>(1) >= 0, object: row.get(2) };
    Ok(tx.query_opt(&WAITING_TEXT, &params![sha256]).await?.map(read))
}

/// Keeps a text, unless one is kept. Of an empty one nobody needs to be told.
///
/// # Errors
/// When the database refuses or is away.
pub async fn keep(tx: &mut Tx<'_>, sha256: &[u8], text: &str, now: Time) -> Result<(), StoreError> {
    let chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    tx.exec(&KEEP_TEXT, &params![sha256, text, chars, now, chars == 0]).await.map(drop)
}

/// All who show it know.
///
/// # Errors
/// When the database refuses or is away.
pub async fn told(tx: &mut Tx<'_>, sha256: &[u8]) -> Result<(), StoreError> {
    tx.exec(&TEXT_TOLD, &params![sha256]).await.map(drop)
}

/// How far the texts of these contents are, by their hash in hexadecimal.
///
/// # Errors
/// When the database refuses or is away.
pub async fn states(tx: &mut Tx<'_>, contents: Vec<Vec<u8>>) -> Result<HashMap<String, TextState>, StoreError> {
    let read = |row: &Row| {
        let chars = usize::try_from(row.get::<i64>(1));
        let read_at = chars.is_ok().then(|| row.get(2));
        (hex(&row.get::<Vec<u8>>(0)), TextState { chars: chars.unwrap_or(0), read_at })
    };
    Ok(tx.query(&TEXT_STATES, &params![list(contents)]).await?.iter().map(read).collect())
}

/// The texts of these contents, by their hash in hexadecimal.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, contents: Vec<Vec<u8>>) -> Result<HashMap<String, String>, StoreError> {
    Ok(tx.query(&TEXTS, &params![list(contents)]).await?.iter().map(|row| (hex(&row.get::<Vec<u8>>(0)), row.get(1))).collect())
}

/// Forgets a text.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, sha256: &[u8]) -> Result<(), StoreError> {
    tx.exec(&DELETE_TEXT, &params![sha256]).await.map(drop)
}

/// The files that have this content and are used.
///
/// # Errors
/// When the database refuses or is away.
pub async fn files_of(tx: &mut Tx<'_>, sha256: &[u8]) -> Result<Vec<FileId>, StoreError> {
    Ok(tx.query(&FILES_OF_CONTENT, &params![sha256]).await?.iter().map(|row| row.get(0)).collect())
}

fn list(contents: Vec<Vec<u8>>) -> Value {
    Value::BytesList(contents.into_iter().map(Some).collect())
}
