//! `albums`, `album_photos`: photos of a room that belong together.

use std::collections::HashMap;

use kernel::{FileId, RoomId, Seq, Time, UserId};
use store::{Row, StoreError, Tx, Value, params};

use super::batch::exec_each;
use crate::model::album::{AlbumNo, AlbumRow};

store::statements! {
    pub INSERT_ALBUM = "INSERT INTO albums (tenant_id, room_id, no, at_seq, title, author_id, actor_name, created_at, changed_at, photo_count)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0)";
    pub LAST_ALBUM = "SELECT CAST(COALESCE(MAX(no), 0) AS BIGINT) FROM albums WHERE tenant_id = $1 AND room_id = $2";
    // As `is_known_to` says; $3: up to which seq the room was between two, $4: for whom.
    pub ALBUMS = "SELECT a.no, a.at_seq, a.title, a.author_id, a.actor_name, a.created_at, a.changed_at, a.photo_count
        FROM albums a WHERE a.tenant_id = $1 AND a.room_id = $2 AND a.deleted_at IS NULL AND (a.changed_at, a.no) < ($5, $6)
        AND (a.at_seq > $3 OR EXISTS (SELECT 1 FROM spans s WHERE s.tenant_id = $1 AND s.room_id = $2 AND s.user_id = $4 AND s.visible_from_seq <= a.at_seq AND (s.left_seq IS NULL OR s.left_seq >= a.at_seq)))
        ORDER BY a.changed_at DESC, a.no DESC LIMIT $7";
    pub ALBUM = "SELECT no, at_seq, title, author_id, actor_name, created_at, changed_at, photo_count
        FROM albums WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND deleted_at IS NULL";
    pub ALBUM_SEQS = "SELECT no, at_seq FROM albums WHERE tenant_id = $1 AND room_id = $2 AND no = ANY_INT($3)";
    pub RENAME_ALBUM = "UPDATE albums SET title = $4 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub COUNT_PHOTOS = "UPDATE albums SET photo_count = photo_count + $4, changed_at = $5 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    // The number stays taken.
    pub DELETE_ALBUM = "UPDATE albums SET title = '', photo_count = 0, deleted_at = $4 WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub COVERS = "SELECT a.no, (SELECT p.file_id FROM album_photos p WHERE p.tenant_id = $1 AND p.room_id = $2 AND p.no = a.no ORDER BY p.position LIMIT 1)
        FROM albums a WHERE a.tenant_id = $1 AND a.room_id = $2 AND a.no = ANY_INT($3)";
    pub INSERT_PHOTO = {
        sqlite: "INSERT INTO album_photos (tenant_id, room_id, no, added_by, added_at, position, file_id, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        postgres: "INSERT INTO album_photos (tenant_id, room_id, no, added_by, added_at, position, file_id, seq)
            SELECT CAST($1 AS BIGINT), CAST($2 AS BYTEA), CAST($3 AS BIGINT), CAST($4 AS BYTEA), CAST($5 AS BIGINT), w.* FROM UNNEST($6::bigint[], $7::bytea[], $8::bigint[]) AS w"
    };
    pub LAST_PHOTO = "SELECT CAST(COALESCE(MAX(position), 0) AS BIGINT) FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub PHOTOS_THERE = "SELECT file_id FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND file_id = ANY_ID($4)";
    pub PHOTOS = "SELECT position, file_id, seq, added_by, added_at FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND position > $4 ORDER BY position LIMIT $5";
    pub PHOTO = "SELECT position, file_id, seq, added_by, added_at FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND file_id = $4";
    pub ALL_PHOTOS = "SELECT file_id FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub PHOTOS_OF_MESSAGE = "SELECT no, file_id FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND seq = $3 ORDER BY no";
    pub DELETE_PHOTO = "DELETE FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3 AND file_id = $4";
    pub DELETE_PHOTOS = "DELETE FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND no = $3";
    pub DELETE_PHOTOS_OF_MESSAGE = "DELETE FROM album_photos WHERE tenant_id = $1 AND room_id = $2 AND seq = $3";
    pub ALBUM_SHOWS = "SELECT 1 FROM album_photos p JOIN albums a ON a.tenant_id = $1 AND a.room_id = p.room_id AND a.no = p.no
        JOIN rooms r ON r.tenant_id = $1 AND r.id = p.room_id
        JOIN members m ON m.tenant_id = $1 AND m.room_id = p.room_id AND m.user_id = $3 AND m.present = 1
        WHERE p.tenant_id = $1 AND p.file_id = $2 AND (a.at_seq > r.direct_until_seq OR EXISTS
            (SELECT 1 FROM spans s WHERE s.tenant_id = $1 AND s.room_id = p.room_id AND s.user_id = $3 AND s.visible_from_seq <= a.at_seq AND (s.left_seq IS NULL OR s.left_seq >= a.at_seq))) LIMIT 1";
    // Messages of the room that show these files and that $4 sees; the newest of each.
    pub SHOWN_IN = "SELECT f.file_id, MAX(f.seq) FROM message_files f
        JOIN spans s ON s.tenant_id = $1 AND s.room_id = $2 AND s.user_id = $4 AND s.visible_from_seq <= f.seq AND (s.left_seq IS NULL OR s.left_seq >= f.seq)
        WHERE f.tenant_id = $1 AND f.room_id = $2 AND f.file_id = ANY_ID($3) GROUP BY f.file_id";
}

/// A photo in an album.
#[derive(Clone, Debug)]
pub struct PhotoRow {
    /// Its place there.
    pub position: i64,
    /// Which file.
    pub file: FileId,
    /// The message that showed it.
    pub seq: Option<Seq>,
    /// Who put it there.
    pub added_by: UserId,
    /// When.
    pub added_at: Time,
}

fn read(row: &Row) -> AlbumRow {
    AlbumRow {
        no: row.get(0),
        at_seq: row.get(1),
        title: row.get(2),
        author_id: row.get(3),
        actor_name: row.get(4),
        created_at: row.get(5),
        changed_at: row.get(6),
        photo_count: row.get(7),
    }
}

fn read_photo(row: &Row) -> PhotoRow {
    PhotoRow { position: row.get(0), file: row.get(1), seq: row.get(2), added_by: row.get(3), added_at: row.get(4) }
}

/// The number that a room's next album bears; the room must be locked.
///
/// # Errors
/// When the database refuses or is away.
pub async fn next_no(tx: &mut Tx<'_>, room: RoomId) -> Result<AlbumNo, StoreError> {
    Ok(tx.query_one(&LAST_ALBUM, &params![room]).await?.get::<AlbumNo>(0) + 1)
}

/// A new album, without photos.
///
/// # Errors
/// When the database refuses or is away.
pub async fn insert(tx: &mut Tx<'_>, room: RoomId, album: &AlbumRow) -> Result<(), StoreError> {
    let values = params![room, album.no, album.at_seq, &album.title, album.author_id, album.actor_name.clone(), album.created_at];
    tx.exec(&INSERT_ALBUM, &values).await.map(drop)
}

/// Albums that `user` may see, of a room that was between two up to `direct_until`: those to which photos came last first.
///
/// # Errors
/// When the database refuses or is away.
pub async fn list(
    tx: &mut Tx<'_>,
    (room, direct_until): (RoomId, Seq),
    user: UserId,
    (changed_at, no): (Time, AlbumNo),
    limit: i64,
) -> Result<Vec<AlbumRow>, StoreError> {
    let rows = tx.query(&ALBUMS, &params![room, direct_until, user, changed_at, no, limit]).await?;
    Ok(rows.iter().map(read).collect())
}

/// One album, unless it was deleted.
///
/// # Errors
/// When the database refuses or is away.
pub async fn find(tx: &mut Tx<'_>, room: RoomId, no: AlbumNo) -> Result<Option<AlbumRow>, StoreError> {
    Ok(tx.query_opt(&ALBUM, &params![room, no]).await?.as_ref().map(read))
}

/// When in the room's conversation these were made.
///
/// # Errors
/// When the database refuses or is away.
pub async fn at_seqs(tx: &mut Tx<'_>, room: RoomId, nos: Vec<AlbumNo>) -> Result<HashMap<AlbumNo, Seq>, StoreError> {
    Ok(tx.query(&ALBUM_SEQS, &params![room, nos]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// It is called something else.
///
/// # Errors
/// When the database refuses or is away.
pub async fn rename(tx: &mut Tx<'_>, room: RoomId, no: AlbumNo, title: &str) -> Result<(), StoreError> {
    tx.exec(&RENAME_ALBUM, &params![room, no, title]).await.map(drop)
}

/// The first photo of each that has any.
///
/// # Errors
/// When the database refuses or is away.
pub async fn covers(tx: &mut Tx<'_>, room: RoomId, nos: Vec<AlbumNo>) -> Result<HashMap<AlbumNo, FileId>, StoreError> {
    let cover = |row: &Row| Some((row.get(0), row.get::<Option<FileId>>(1)?));
    Ok(tx.query(&COVERS, &params![room, nos]).await?.iter().filter_map(cover).collect())
}

/// Which of these are in an album already.
///
/// # Errors
/// When the database refuses or is away.
pub async fn there(tx: &mut Tx<'_>, room: RoomId, no: AlbumNo, files: Vec<FileId>) -> Result<Vec<FileId>, StoreError> {
    Ok(tx.query(&PHOTOS_THERE, &params![room, no, files]).await?.iter().map(|row| row.get(0)).collect())
}

/// The messages of a room that show these files, of those that `user` sees.
///
/// # Errors
/// When the database refuses or is away.
pub async fn shown_in(
    tx: &mut Tx<'_>,
    room: RoomId,
    files: Vec<FileId>,
    user: UserId,
) -> Result<HashMap<FileId, Seq>, StoreError> {
    Ok(tx.query(&SHOWN_IN, &params![room, files, user]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Puts photos behind those that an album has.
///
/// # Errors
/// When the database refuses or is away.
pub async fn add(
    tx: &mut Tx<'_>,
    room: RoomId,
    album: &mut AlbumRow,
    photos: &[(FileId, Option<Seq>)],
    (by, at): (UserId, Time),
) -> Result<(), StoreError> {
    let last: i64 = tx.query_one(&LAST_PHOTO, &params![room, album.no]).await?.get(0);
    let row = |(position, (file, seq)): (i64, &(FileId, Option<Seq>))| {
        vec![Value::from(position), Value::from(*file), Value::from(*seq)]
    };
    exec_each(tx, &INSERT_PHOTO, &params![room, album.no, by, at], (last + 1..).zip(photos).map(row).collect()).await?;
    album.changed_at = album.changed_at.max(at);
    count(tx, room, album, i64::try_from(photos.len()).unwrap_or(i64::MAX)).await
}

async fn count(tx: &mut Tx<'_>, room: RoomId, album: &mut AlbumRow, by: i64) -> Result<(), StoreError> {
    album.photo_count += by;
    tx.exec(&COUNT_PHOTOS, &params![room, album.no, by, album.changed_at]).await.map(drop)
}

/// Photos of an album behind that place, in their order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn photos(tx: &mut Tx<'_>, room: RoomId, no: AlbumNo, after: i64, limit: i64) -> Result<Vec<PhotoRow>, StoreError> {
    Ok(tx.query(&PHOTOS, &params![room, no, after, limit]).await?.iter().map(read_photo).collect())
}

/// One photo of an album.
///
/// # Errors
/// When the database refuses or is away.
pub async fn photo(tx: &mut Tx<'_>, room: RoomId, no: AlbumNo, file: FileId) -> Result<Option<PhotoRow>, StoreError> {
    Ok(tx.query_opt(&PHOTO, &params![room, no, file]).await?.as_ref().map(read_photo))
}

/// Takes a photo out.
///
/// # Errors
/// When the database refuses or is away.
pub async fn remove(tx: &mut Tx<'_>, room: RoomId, album: &mut AlbumRow, file: FileId) -> Result<(), StoreError> {
    tx.exec(&DELETE_PHOTO, &params![room, album.no, file]).await?;
    count(tx, room, album, -1).await
}

/// Takes out of all albums of a room what one message showed; gives what was taken out of which.
///
/// # Errors
/// When the database refuses or is away.
pub async fn remove_of_message(tx: &mut Tx<'_>, room: RoomId, seq: Seq) -> Result<Vec<(AlbumNo, FileId)>, StoreError> {
    let rows = tx.query(&PHOTOS_OF_MESSAGE, &params![room, seq]).await?;
    let taken: Vec<(AlbumNo, FileId)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    if taken.is_empty() {
        return Ok(taken);
    }
    tx.exec(&DELETE_PHOTOS_OF_MESSAGE, &params![room, seq]).await?;
    for (no, _) in &taken {
        if let Some(mut album) = find(tx, room, *no).await? {
            count(tx, room, &mut album, -1).await?;
        }
    }
    Ok(taken)
}

/// Empties it; only its number stays. Gives what it held.
///
/// # Errors
/// When the database refuses or is away.
pub async fn delete(tx: &mut Tx<'_>, room: RoomId, no: AlbumNo, at: Time) -> Result<Vec<FileId>, StoreError> {
    let held = tx.query(&ALL_PHOTOS, &params![room, no]).await?.iter().map(|row| row.get(0)).collect();
    tx.exec(&DELETE_PHOTOS, &params![room, no]).await?;
    tx.exec(&DELETE_ALBUM, &params![room, no, at]).await?;
    Ok(held)
}

/// Whether `user` may see an album that holds the file: the rule of `is_known_to`, in SQL.
///
/// # Errors
/// When the database refuses or is away.
pub async fn show(tx: &mut Tx<'_>, file: FileId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.query_opt(&ALBUM_SHOWS, &params![file, user]).await?.is_some())
}
