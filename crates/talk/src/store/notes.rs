//! `notes`, `note_files`, `note_comments`: what a room knows for good.

use std::collections::HashMap;

use files::File;
use kernel::{FileId, RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, Value, params};
use uuid::Uuid;

use super::batch::{self, Each, exec_each};
use crate::model::note::{NoteNo, NoteRow};

store::statements! {
    pub INSERT_NOTE = "INSERT INTO notes (tenant_id, room_id, no, rev, at_seq, title, body, author_id, actor_name, pinned, created_at, changed_at, comment_count)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 0)";
    pub LAST_NOTE = "SELECT CAST(COALESCE(MAX(no), 0) AS BIGINT) FROM notes WHERE tenant_id = $1 AND room_id = $2";
    // As `is_known_to` says; $3: up to which seq the room was between two, $4: for whom.
    pub NOTES = "SELECT n.room_id, n.no, n.rev, n.at_seq, n.title, n.body, n.author_id, n.actor_name, n.pinned, n.created_at, n.changed_at, n.edited_by, n.comment_count, n.deleted_at
        FROM notes n WHERE n.tenant_id = $1 AND n.room_id = $2 AND n.deleted_at IS NULL AND (n.pinned, n.changed_at, n.no) < ($5, $6, $7)
        AND (n.at_seq > $3 OR EXISTS (SELECT 1 FROM spans s WHERE s.tenant_id = $1 AND s.room_id = $2 AND s.user_id = $4 AND s.visible_from_seq <= n.at_seq AND (s.left_seq IS NULL OR s.left_seq >= n.at_seq)))
        ORDER BY n.pinned DESC, n.changed_at DESC, n.no DESC LIMIT $8";
    pub NOTE_EACH = {
        sqlite: "SELECT room_id, no, rev, at_seq, title, body, author_id, actor_name, pinned, created_at, changed_at, edited_by, comment_count, deleted_at
            FROM notes WHERE tenant_id = $1 AND room_id = $2 AND no = $3",
        postgres: "SELECT n.room_id, n.no, n.rev, n.at_seq, n.title, n.body, n.author_id, n.actor_name, n.pinned, n.created_at, n.changed_at, n.edited_by, n.comment_count, n.deleted_at
            FROM UNNEST($2::bytea[], $3::bigint[]) AS w(room_id, no) JOIN notes n ON n.tenant_id = $1 AND n.room_id = w.room_id AND n.no = w.no
            WHERE n.tenant_id = $1"
    };
    pub NOTE_SEQS = "SELECT no, at_seq FROM notes WHERE tenant_id = $1 AND room_id = $2 AND no = ANY_INT($3)";
    pub WRITE_NOTE = "UPDATE notes SET title = $4, body = $5, rev = $6, changed_at = $7, edited_by = $8 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub PIN_NOTE = "UPDATE notes SET pinned = $4 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    // What was written is gone; the number stays taken.
    pub DELETE_NOTE = "UPDATE notes SET title = '', body = '', comment_count = 0, deleted_at = $4 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub COUNT_COMMENTS = "UPDATE notes SET comment_count = comment_count + $4 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub INSERT_NOTE_FILE = {
        sqlite: "INSERT INTO note_files (tenant_id, room_id, no, position, file_id) VALUES ($1, $2, $3, $4, $5)",
        postgres: "INSERT INTO note_files (tenant_id, room_id, no, position, file_id)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), CAST($3 AS BIGINT), w.* FROM UNNEST($4::bigint[], $5::bytea[]) AS w"
    };
    pub NOTE_FILES_EACH = {
        sqlite: "SELECT room_id, no, file_id FROM note_files WHERE tenant_id = $1 AND room_id = $2 AND no = $3 ORDER BY position",
        postgres: "SELECT f.room_id, f.no, f.file_id FROM UNNEST($2::bytea[], $3::bigint[]) AS w(room_id, no)
            JOIN note_files f ON f.tenant_id = $1 AND f.room_id = w.room_id AND f.no = w.no WHERE f.tenant_id = $1 ORDER BY f.room_id, f.no, f.position"
    };
    pub DELETE_NOTE_FILES = "DELETE FROM note_files WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub NOTE_SHOWS = "SELECT 1 FROM note_files f JOIN notes n ON n.tenant_id = $1 AND n.room_id = f.room_id AND n.no = f.no
        JOIN rooms r ON r.tenant_id = $1 AND r.id = f.room_id
        JOIN members m ON m.tenant_id = $1 AND m.room_id = f.room_id AND m.user_id = $3 AND m.present = 1
        WHERE f.tenant_id = $1 AND f.file_id = $2 AND (n.at_seq > r.direct_until_seq OR EXISTS
            (SELECT 1 FROM spans s WHERE s.tenant_id = $1 AND s.room_id = f.room_id AND s.user_id = $3 AND s.visible_from_seq <= n.at_seq AND (s.left_seq IS NULL OR s.left_seq >= n.at_seq))) LIMIT 1";
    pub INSERT_COMMENT = "INSERT INTO note_comments (tenant_id, room_id, no, id, author_id, actor_name, at, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub COMMENTS = "SELECT id, author_id, actor_name, at, text FROM note_comments WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND id > $4 ORDER BY id LIMIT $5";
    pub COMMENT = "SELECT id, author_id, actor_name, at, text FROM note_comments WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND id = $4";
    pub DELETE_COMMENT = "DELETE FROM note_comments WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND id = $4";
    pub DELETE_COMMENTS = "DELETE FROM note_comments WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
}

/// Where the page before ended: by these, notes stand in their list.
pub type NotePlace = (bool, Time, NoteNo);

/// A row of `note_comments`.
#[derive(Clone, Debug)]
pub struct CommentRow {
    /// Its id.
    pub id: Uuid,
    /// Who said it.
    pub author_id: UserId,
    /// Which person of a shared account.
    pub actor_name: Option<String>,
    /// When.
    pub at: Time,
    /// What was said.
    pub text: String,
}

fn read(row: &Row) -> NoteRow {
    NoteRow {
        no: row.get(1),
        rev: row.get(2),
        at_seq: row.get(3),
        title: row.get(4),
        body: row.get(5),
        author_id: row.get(6),
        actor_name: row.get(7),
        pinned: row.get(8),
        created_at: row.get(9),
        changed_at: row.get(10),
        edited_by: row.get(11),
        comment_count: row.get(12),
        deleted_at: row.get(13),
    }
}

fn read_comment(row: &Row) -> CommentRow {
    CommentRow { id: row.get(0), author_id: row.get(1), actor_name: row.get(2), at: row.get(3), text: row.get(4) }
}

/// The number that a room's next note bears; the room must be locked.
///
/// # Errors
/// When the database refuses or is away.
pub async fn next_no(tx: &mut Tx<'_>, room: RoomId) -> Result<NoteNo, StoreError> {
    Ok(tx.query_one(&LAST_NOTE, &params![room]).await?.get::<NoteNo>(0) + 1)
}

/// A new note, and the files that it shows.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, room: RoomId, note: &NoteRow, files: &[File]) -> Result<(), StoreError> {
    let values = params![
        room,
        note.no,
        note.rev,
        note.at_seq,
        &note.title,
        &note.body,
        note.author_id,
        note.actor_name.clone(),
        note.pinned,
        note.created_at
    ];
    tx.exec(&INSERT_NOTE, &values).await?;
    insert_files(tx, room, note.no, files).await
}

async fn insert_files(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, files: &[File]) -> Result<(), StoreError> {
    let row =
        |(position, file): (usize, &File)| vec![Value::from(i64::try_from(position).unwrap_or(i64::MAX)), Value::from(file.id)];
    exec_each(tx, &INSERT_NOTE_FILE, &params![room, no], files.iter().enumerate().map(row).collect()).await
}

/// Notes that `user` may see, of a room that was between two up to `direct_until`: the pinned first, then those written last.
///
/// # Errors
/// When the database refuses or is away.
pub async fn list(
    tx: &mut Tx<'_>,
    (room, direct_until): (RoomId, Seq),
    user: UserId,
    (pinned, changed_at, no): NotePlace,
    limit: i64,
) -> Result<Vec<NoteRow>, StoreError> {
    let rows = tx.query(&NOTES, &params![room, direct_until, user, pinned, changed_at, no, limit]).await?;
    Ok(rows.iter().map(read).collect())
}

/// Notes here and there, the deleted among them.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find_each(tx: &mut Tx<'_>, places: &[(RoomId, NoteNo)]) -> Result<HashMap<(RoomId, NoteNo), NoteRow>, StoreError> {
    let rows = batch::query_each(tx, Each { statement: &NOTE_EACH, rows: keys(places) }).await?;
    Ok(rows.iter().map(|row| ((row.get(0), row.get(1)), read(row))).collect())
}

/// One note, unless it was deleted.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, room: RoomId, no: NoteNo) -> Result<Option<NoteRow>, StoreError> {
    Ok(find_each(tx, &[(room, no)]).await?.into_values().find(|note| note.deleted_at.is_none()))
}

/// When in the room's conversation these were made.
///
/// # Errors
/// When the database refuses or is away.
pub async fn at_seqs(tx: &mut Tx<'_>, room: RoomId, nos: Vec<NoteNo>) -> Result<HashMap<NoteNo, Seq>, StoreError> {
    Ok(tx.query(&NOTE_SEQS, &params![room, nos]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The files that notes show.
///
/// # Errors
/// When the database refuses or is away.
pub async fn files_of(tx: &mut Tx<'_>, places: &[(RoomId, NoteNo)]) -> Result<HashMap<(RoomId, NoteNo), Vec<File>>, StoreError> {
    let rows = batch::query_each(tx, Each { statement: &NOTE_FILES_EACH, rows: keys(places) }).await?;
    let shown: Vec<((RoomId, NoteNo), FileId)> = rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect();
    let known = ::files::store::find_all(tx, shown.iter().map(|(_, file)| *file).collect()).await?;
    let known: HashMap<FileId, File> = known.into_iter().map(|file| (file.id, file)).collect();
    let mut files: HashMap<(RoomId, NoteNo), Vec<File>> = HashMap::new();
    for (place, file) in shown {
        files.entry(place).or_default().extend(known.get(&file).cloned());
    }
    Ok(files)
}

/// It says something else, and shows these files.
///
/// # Errors
/// When the database refuses or is away.
pub async fn write(tx: &mut Tx<'_>, room: RoomId, note: &NoteRow, files: &[File]) -> Result<(), StoreError> {
    let values = params![room, note.no, &note.title, &note.body, note.rev, note.changed_at, note.edited_by];
    tx.exec(&WRITE_NOTE, &values).await?;
    tx.exec(&DELETE_NOTE_FILES, &params![room, note.no]).await?;
    insert_files(tx, room, note.no, files).await
}

/// Puts it at the top, or back.
///
/// # Errors
/// When the database refuses or is away.
pub async fn pin(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, pinned: bool) -> Result<(), StoreError> {
    tx.exec(&PIN_NOTE, &params![room, no, pinned]).await.map(drop)
}

/// Empties it; only its number stays.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, at: Time) -> Result<(), StoreError> {
    tx.exec(&DELETE_NOTE_FILES, &params![room, no]).await?;
    tx.exec(&DELETE_COMMENTS, &params![room, no]).await?;
    tx.exec(&DELETE_NOTE, &params![room, no, at]).await.map(drop)
}

/// Whether `user` may see a note that shows the file: the rule of `is_known_to`, in SQL.
///
/// # Errors
/// When the database refuses or is away.
pub async fn show(tx: &mut Tx<'_>, file: FileId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&NOTE_SHOWS, &params![file, user]).await?.is_some())
}

/// Somebody says something about a note.
///
/// # Errors
/// When the database refuses or is away.
pub async fn add_comment(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, comment: &CommentRow) -> Result<(), StoreError> {
    let CommentRow { id, author_id, actor_name, at, text } = comment;
    tx.exec(&INSERT_COMMENT, &params![room, no, *id, *author_id, actor_name.clone(), *at, text]).await?;
    tx.exec(&COUNT_COMMENTS, &params![room, no, 1]).await.map(drop)
}

/// What was said about a note after that, the oldest first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn comments(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, after: Uuid, limit: i64) -> Result<Vec<CommentRow>, StoreError> {
    Ok(tx.query(&COMMENTS, &params![room, no, after, limit]).await?.iter().map(read_comment).collect())
}

/// One comment.
///
/// # Errors
/// When the database refuses or is away.
pub async fn comment(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, id: Uuid) -> Result<Option<CommentRow>, StoreError> {
    Ok(tx.query_opt(&COMMENT, &params![room, no, id]).await?.as_ref().map(read_comment))
}

/// It was not said.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete_comment(tx: &mut Tx<'_>, room: RoomId, no: NoteNo, id: Uuid) -> Result<(), StoreError> {
    let gone = tx.exec(&DELETE_COMMENT, &params![room, no, id]).await?;
    tx.exec(&COUNT_COMMENTS, &params![room, no, -i64::try_from(gone).unwrap_or(0)]).await.map(drop)
}

fn keys(places: &[(RoomId, NoteNo)]) -> Vec<Vec<Value>> {
    places.iter().map(|(room, no)| vec![Value::from(*room), Value::from(*no)]).collect()
}
