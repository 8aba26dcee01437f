//! `files`, `file_parts`, `blobs`.

use std::collections::BTreeMap;

use kernel::{ClientId, FileId, Time, UserId};
use store::{Row, Statement, StoreError, Tx, hex, params};

use crate::model::{File, Upload};

store::statements! {
    pub FIND_FILES = "SELECT id, name, content_type, size, width, height, sha256, received, uploaded_by, uses FROM files WHERE tenant_id = $1 AND id = ANY_ID($2)";
    pub LOCK_FILES = {
        sqlite: "SELECT id, name, content_type, size, width, height, sha256, received, uploaded_by, uses FROM files WHERE tenant_id = $1 AND id = ANY_ID($2) ORDER BY id",
        postgres: "SELECT id, name, content_type, size, width, height, sha256, received, uploaded_by, uses FROM files WHERE tenant_id = $1 AND id = ANY_ID($2) ORDER BY id FOR UPDATE"
    };
    pub FILE_OF_CLIENT = "SELECT id, name, content_type, size, width, height, sha256, received, uploaded_by, uses FROM files WHERE tenant_id = $1 AND client_id = $2";
    pub BEGIN_FILE = "INSERT INTO files (tenant_id, id, client_id, uploaded_by, name, content_type, size, touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub COUNT_UNFINISHED = "SELECT COUNT(*) FROM files WHERE tenant_id = $1 AND uploaded_by = $2 AND sha256 IS NULL";
    pub ADVANCE_FILE = "UPDATE files SET received = $4, touched_at = $5 WHERE tenant_id = $1 AND id = $2 AND received = $3 AND sha256 IS NULL";
    pub INSERT_PART = "INSERT INTO file_parts (tenant_id, file_id, start_at, object) VALUES ($1, $2, $3, $4)";
    pub FILE_PARTS = "SELECT object FROM file_parts WHERE tenant_id = $1 AND file_id = $2 ORDER BY start_at";
    pub DELETE_PARTS = "DELETE FROM file_parts WHERE tenant_id = $1 AND file_id = $2";
    pub FINISH_FILE = "UPDATE files SET name = $3, content_type = $4, size = $5, width = $6, height = $7, sha256 = $8, touched_at = $9 WHERE tenant_id = $1 AND id = $2 AND sha256 IS NULL";
    pub DELETE_FILE = "DELETE FROM files WHERE tenant_id = $1 AND id = $2";
    pub USE_FILE = "UPDATE files SET uses = uses + $3, touched_at = $4 WHERE tenant_id = $1 AND id = $2";
    pub UNUSED_FILES = "SELECT id FROM files WHERE tenant_id = $1 AND uses = 0 AND touched_at < $2 ORDER BY touched_at LIMIT $3";
    pub FIND_BLOB = "SELECT object FROM blobs WHERE tenant_id = $1 AND sha256 = $2";
    pub LOCK_BLOB = {
        sqlite: "SELECT object FROM blobs WHERE tenant_id = $1 AND sha256 = $2",
        postgres: "SELECT object FROM blobs WHERE tenant_id = $1 AND sha256 = $2 FOR UPDATE"
    };
    pub BLOB_OF_FILE = "SELECT object FROM blobs WHERE tenant_id = $1 AND sha256 = (SELECT sha256 FROM files WHERE tenant_id = $1 AND id = $2)";
    pub INSERT_BLOB = "INSERT INTO blobs (tenant_id, sha256, object) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, sha256) DO NOTHING";
    pub BLOB_IS_USED = "SELECT 1 FROM files WHERE tenant_id = $1 AND sha256 = $2 LIMIT 1";
    pub DELETE_BLOB = "DELETE FROM blobs WHERE tenant_id = $1 AND sha256 = $2";
}

/// Every statement of this crate.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    ALL.to_vec()
}

/// A file's row.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// What it is, and how far it has come.
    pub upload: Upload,
    /// Who brought it.
    pub uploaded_by: UserId,
    /// By how many messages, notes and albums it is used.
    pub uses: i64,
}

fn read(row: &Row) -> FileRow {
    let sha256: Option<Vec<u8>> = row.get(6);
    let file = File {
        id: row.get(0),
        name: row.get(1),
        content_type: row.get(2),
        size: row.get(3),
        width: row.get(4),
        height: row.get(5),
        sha256: sha256.as_deref().map(hex).unwrap_or_default(),
    };
    FileRow { upload: Upload { file, received: row.get(7) }, uploaded_by: row.get(8), uses: row.get(9) }
}

/// One file.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, id: FileId) -> Result<Option<FileRow>, StoreError> {
    Ok(tx.query_opt(&FIND_FILES, &params![vec![id]]).await?.as_ref().map(read))
}

/// What is known of files; those that are not there are left out.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_all(tx: &mut Tx<'_>, ids: Vec<FileId>) -> Result<Vec<File>, StoreError> {
    Ok(tx.query(&FIND_FILES, &params![ids]).await?.iter().map(|row| read(row).upload.file).collect())
}

/// Files, held until the transaction ends; those that are not there are left out.
///
/// # Errors
/// When the database refuses or is away.
pub async fn lock_all(tx: &mut Tx<'_>, ids: Vec<FileId>) -> Result<Vec<FileRow>, StoreError> {
    Ok(tx.query(&LOCK_FILES, &params![ids]).await?.iter().map(read).collect())
}

/// The file that a client named by this.
///
/// # Errors
/// When the database refuses or is away.
pub async fn of_client(tx: &mut Tx<'_>, client_id: ClientId) -> Result<Option<FileRow>, StoreError> {
    Ok(tx.query_opt(&FILE_OF_CLIENT, &params![client_id]).await?.as_ref().map(read))
}

/// A file of which nothing has come yet.
///
/// # Errors
/// `Taken` where the client id is; when the database refuses or is away.
pub async fn begin(tx: &mut Tx<'_>, file: &File, by: UserId, client_id: Option<ClientId>, now: Time) -> Result<(), StoreError> {
    let values = params![file.id, client_id, by, &file.name, &file.content_type, file.size, now];
    tx.exec(&BEGIN_FILE, &values).await.map(drop)
}

/// How many files somebody has begun to bring.
///
/// # Errors
/// When the database refuses or is away.
pub async fn count_unfinished(tx: &mut Tx<'_>, by: UserId) -> Result<i64, StoreError> {
    Ok(tx.query_one(&COUNT_UNFINISHED, &params![by]).await?.get(0))
}

/// Bytes have come, and lie in `object`. False where others came first, or the file is gone.
///
/// # Errors
/// When the database refuses or is away.
pub async fn advance(tx: &mut Tx<'_>, id: FileId, (from, to): (i64, i64), object: &str, now: Time) -> Result<bool, StoreError> {
    if tx.exec(&ADVANCE_FILE, &params![id, from, to, now]).await? == 0 {
        return Ok(false);
    }
    tx.exec(&INSERT_PART, &params![id, from, object]).await?;
    Ok(true)
}

/// Where what has come of a file lies, in order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn parts(tx: &mut Tx<'_>, id: FileId) -> Result<Vec<String>, StoreError> {
    Ok(tx.query(&FILE_PARTS, &params![id]).await?.iter().map(|row| row.get(0)).collect())
}

/// The file is whole and known; gives where its content lies: at `object`, or where the same already lay. None where it was
/// finished before, or is gone.
///
/// # Errors
/// When the database refuses or is away.
pub async fn finish(tx: &mut Tx<'_>, file: &File, sha256: &[u8], object: &str, now: Time) -> Result<Option<String>, StoreError> {
    tx.exec(&INSERT_BLOB, &params![sha256, object]).await?;
    let kept: String = tx.query_one(&LOCK_BLOB, &params![sha256]).await?.get(0);
    let values = params![file.id, &file.name, &file.content_type, file.size, file.width, file.height, sha256, now];
    if tx.exec(&FINISH_FILE, &values).await? == 0 {
        return Ok(None);
    }
    tx.exec(&DELETE_PARTS, &params![file.id]).await?;
    Ok(Some(kept))
}

/// Where this content lies, if it is kept; held until the transaction ends.
///
/// # Errors
/// When the database refuses or is away.
pub async fn lock_blob(tx: &mut Tx<'_>, sha256: &[u8]) -> Result<Option<String>, StoreError> {
    Ok(tx.query_opt(&LOCK_BLOB, &params![sha256]).await?.map(|row| row.get(0)))
}

/// As [`lock_blob`], not held.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_blob(tx: &mut Tx<'_>, sha256: &[u8]) -> Result<Option<String>, StoreError> {
    Ok(tx.query_opt(&FIND_BLOB, &params![sha256]).await?.map(|row| row.get(0)))
}

/// Where a file's content lies.
///
/// # Errors
/// When the database refuses or is away.
pub async fn blob_of(tx: &mut Tx<'_>, id: FileId) -> Result<Option<String>, StoreError> {
    Ok(tx.query_opt(&BLOB_OF_FILE, &params![id]).await?.map(|row| row.get(0)))
}

/// Things that show files begin (`by` > 0) or cease (`by` < 0) to use them: in the transaction that writes these. Gives the files that are not
/// there, of which nothing was changed.
///
/// # Errors
/// When the database refuses or is away.
pub async fn count_uses(tx: &mut Tx<'_>, uses: &BTreeMap<FileId, i64>, now: Time) -> Result<Vec<FileId>, StoreError> {
    if uses.is_empty() {
        return Ok(Vec::new());
    }
    let there: Vec<FileId> = lock_all(tx, uses.keys().copied().collect())
        .await?
        .into_iter()
        .filter(|row| row.upload.is_there())
        .map(|row| row.upload.file.id)
        .collect();
    for id in &there {
        tx.exec(&USE_FILE, &params![*id, uses[id], now]).await?;
    }
    Ok(uses.keys().filter(|id| !there.contains(id)).copied().collect())
}

/// Files that nobody has used since `before`, the oldest first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn unused(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Vec<FileId>, StoreError> {
    Ok(tx.query(&UNUSED_FILES, &params![before, limit]).await?.iter().map(|row| row.get(0)).collect())
}

/// Forgets a file, and its content where no other file has it; gives the objects that are needed no more.
///
/// # Errors
/// When the database refuses or is away.
pub async fn forget(tx: &mut Tx<'_>, row: &FileRow) -> Result<Forgotten, StoreError> {
    let file = &row.upload.file;
    let mut forgotten = Forgotten { parts: parts(tx, file.id).await?, content: None };
    tx.exec(&DELETE_PARTS, &params![file.id]).await?;
    let sha256 = unhex(&file.sha256);
    // Held before the file goes, so that whoever brings the same at this moment finds it whole or not at all.
    let content = if sha256.is_empty() { None } else { lock_blob(tx, &sha256).await? };
    tx.exec(&DELETE_FILE, &params![file.id]).await?;
    if content.is_some() && tx.query_opt(&BLOB_IS_USED, &params![sha256.clone()]).await?.is_none() {
        tx.exec(&DELETE_BLOB, &params![sha256]).await?;
        forgotten.content = content;
    }
    Ok(forgotten)
}

/// What a forgotten file leaves in the object store.
#[derive(Clone, Debug, Default)]
pub struct Forgotten {
    /// What had come of it.
    pub parts: Vec<String>,
    /// Its content, where no other file has it.
    pub content: Option<String>,
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).filter_map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}
