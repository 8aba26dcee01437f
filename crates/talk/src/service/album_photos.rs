//! listAlbumPhotos, addAlbumPhotos, removeAlbumPhoto.

use std::collections::{HashMap, HashSet};

use files::File;
use kernel::page::{Page, PageQuery, limit, read_cursor};
use kernel::{FileId, Principal, Problem, RoomId, Seq, Time};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::albums::{look_up, one};
use super::kept::{Makers, kept, tell, use_files};
use super::{Talk, enter, enter_locked};
use crate::model::album::{AlbumNo, AlbumRow};
use crate::model::room::RoomRow;
use crate::model::{Album, AlbumPhoto, Spans, text};
use crate::policy;
use crate::store::albums::{self, PhotoRow};
use crate::store::changes::What;

/// What addAlbumPhotos takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddAlbumPhotos {
    /// 1 to 200 photos and videos: of the room's messages, brought by the caller, or seen by them elsewhere. What is there
    /// already stays where it is.
    pub file_ids: Vec<FileId>,
}

impl Talk {
    /// An album's photos and videos, in the order in which they came.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 422 by bounds.
    pub async fn list_album_photos(
        &self,
        principal: &Principal,
        room: RoomId,
        no: AlbumNo,
        page: PageQuery,
    ) -> Result<Page<AlbumPhoto>, Problem> {
        let limit = limit(page.limit)?;
        let after: Option<i64> = read_cursor(page.cursor.as_deref())?;
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, principal.user).await?;
                let album = look_up(tx, &row, &spans, no).await?;
                let rows = albums::photos(tx, room, no, after.unwrap_or_default(), limit + 1).await?;
                let page = Page::cut(rows, limit, |photo| photo.position);
                let items = shown(tx, &principal, (&row, &spans), &album, page.items).await?;
                Ok(Page { items, next_cursor: page.next_cursor })
            })
            .await
    }

    /// Puts photos and videos into an album. Safe to repeat.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 422 by bounds, and where something is neither photo nor video.
    pub async fn add_album_photos(
        &self,
        principal: &Principal,
        room: RoomId,
        no: AlbumNo,
        body: AddAlbumPhotos,
    ) -> Result<Album, Problem> {
        policy::ensure_acts(principal)?;
        let checked = match body.file_ids.is_empty() {
            true => Err(Problem::invalid("fileIds", "写真を選んでください。", "Please choose photos.")),
            false => bound_photos(&body.file_ids),
        };
        let (principal, now, talk) = (principal.clone(), self.0.clock.now(), self.clone());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let mut album = look_up(tx, &row, &spans, no).await?;
                checked?;
                if put(tx, &talk, &principal, room, &mut album, (&body.file_ids, now)).await? {
                    tell(tx, &mut row, album.at_seq, What::Album(no)).await?;
                }
                one(tx, &principal, &row, album).await
            })
            .await
    }

    /// Takes a photo out of an album; the message that showed it stays.
    ///
    /// # Errors
    /// 404 where it is not there or the caller can't see the album; 403 by policy.
    pub async fn remove_album_photo(
        &self,
        principal: &Principal,
        room: RoomId,
        no: AlbumNo,
        file: FileId,
    ) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let mut album = look_up(tx, &row, &spans, no).await?;
                let photo = albums::photo(tx, room, no, file).await?.ok_or_else(Problem::not_found)?;
                if !kept(tx, room, photo.added_by).await?.may_delete(&principal, &row) {
                    kept(tx, room, album.author_id).await?.ensure_may_delete(&principal, &row)?;
                }
                albums::remove(tx, room, &mut album, file).await?;
                use_files(tx, std::iter::empty(), std::iter::once(file), now).await?;
                Ok(tell(tx, &mut row, album.at_seq, What::Album(no)).await?)
            })
            .await
    }
}

/// At most so many at once.
pub(super) fn bound_photos(ids: &[FileId]) -> Result<(), Problem> {
    if ids.len() > text::PHOTOS_AT_ONCE {
        return Err(Problem::invalid("fileIds", "一度に追加できるのは200枚までです。", "At most 200 at once."));
    }
    Ok(())
}

/// Puts those that are not there yet into an album; whether there were any.
pub(super) async fn put(
    tx: &mut Tx<'_>,
    talk: &Talk,
    principal: &Principal,
    room: RoomId,
    album: &mut AlbumRow,
    (ids, now): (&[FileId], Time),
) -> Result<bool, Problem> {
    let mut held: HashSet<FileId> = albums::there(tx, room, album.no, ids.to_vec()).await?.into_iter().collect();
    let new: Vec<FileId> = ids.iter().copied().filter(|id| held.insert(*id)).collect();
    if new.is_empty() {
        return Ok(false);
    }
    let files = talk.take_files(tx, principal, "fileIds", &new).await?;
    if !files.iter().all(File::is_seen) {
        return Err(Problem::invalid("fileIds", "アルバムに入れられるのは写真と動画です。", "Only photos and videos."));
    }
    if usize::try_from(album.photo_count).unwrap_or(usize::MAX) + new.len() > text::ALBUM_PHOTOS {
        return Err(Problem::invalid("fileIds", "アルバムには1,000枚まで入れられます。", "An album holds at most 1,000."));
    }
    // Taken back there, they leave here too.
    let shown_in = albums::shown_in(tx, room, new.clone(), principal.user).await?;
    let photos: Vec<(FileId, Option<Seq>)> = new.iter().map(|file| (*file, shown_in.get(file).copied())).collect();
    albums::add(tx, room, album, &photos, (principal.user, now)).await?;
    use_files(tx, new.into_iter(), std::iter::empty(), now).await?;
    Ok(true)
}

async fn shown(
    tx: &mut Tx<'_>,
    principal: &Principal,
    (row, spans): (&RoomRow, &Spans),
    album: &AlbumRow,
    photos: Vec<PhotoRow>,
) -> Result<Vec<AlbumPhoto>, Problem> {
    let known = ::files::store::find_all(tx, photos.iter().map(|photo| photo.file).collect()).await?;
    let known: HashMap<FileId, File> = known.into_iter().map(|file| (file.id, file)).collect();
    let makers =
        Makers::of(tx, row.id, photos.iter().map(|photo| photo.added_by).chain(std::iter::once(album.author_id))).await?;
    let runs = makers.kept(album.author_id).may_delete(principal, row);
    let shown = |photo: PhotoRow| {
        Some(AlbumPhoto {
            file: known.get(&photo.file)?.clone(),
            seq: photo.seq.filter(|seq| spans.see(*seq)),
            added_by: photo.added_by,
            added_at: photo.added_at,
            can_remove: runs || makers.kept(photo.added_by).may_delete(principal, row),
        })
    };
    Ok(photos.into_iter().filter_map(shown).collect())
}
