//! listAlbums, createAlbum, getAlbum, updateAlbum, deleteAlbum.

use std::collections::HashMap;

use files::File;
use kernel::page::{Page, PageQuery, limit, read_cursor};
use kernel::{ClientId, FileId, Principal, Problem, RoomId, Seq, Time};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::album_photos::{bound_photos, put};
use super::kept::{Makers, kept, made_before, settle, tell, use_files};
use super::membership::say;
use super::send::actor_name;
use super::{Talk, enter, enter_locked};
use crate::model::album::{AlbumNo, AlbumRow, title};
use crate::model::note::is_known_to;
use crate::model::room::RoomRow;
use crate::model::{Album, Spans, SystemNote, SystemType};
use crate::store::albums;
use crate::store::changes::What;
use crate::{people, policy};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "createAlbum";

/// What createAlbum takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAlbum {
    /// A UUID of the client's making; sending it again gives the first result again.
    pub client_id: ClientId,
    /// What it is called; 1 to 100 characters.
    pub title: String,
    /// Photos and videos, at most 200: of the room's messages, brought by the caller, or seen by them elsewhere.
    #[serde(default)]
    pub file_ids: Vec<FileId>,
}

/// What updateAlbum takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAlbum {
    /// 1 to 100 characters.
    pub title: String,
}

impl Talk {
    /// Albums that the caller may see: those to which photos came last first.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds.
    pub async fn list_albums(&self, principal: &Principal, room: RoomId, page: PageQuery) -> Result<Page<Album>, Problem> {
        let limit = limit(page.limit)?;
        let before: Option<(Time, AlbumNo)> = read_cursor(page.cursor.as_deref())?;
        let before = before.unwrap_or((Time(i64::MAX), AlbumNo::MAX));
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, _) = enter(tx, room, principal.user).await?;
                let rows = albums::list(tx, (room, row.direct_until_seq), principal.user, before, limit + 1).await?;
                let page = Page::cut(rows, limit, |album| (album.changed_at, album.no));
                Ok(Page { items: shown(tx, &principal, &row, page.items).await?, next_cursor: page.next_cursor })
            })
            .await
    }

    /// One album.
    ///
    /// # Errors
    /// 404 where the caller can't see it.
    pub async fn get_album(&self, principal: &Principal, room: RoomId, no: AlbumNo) -> Result<Album, Problem> {
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, principal.user).await?;
                let album = look_up(tx, &row, &spans, no).await?;
                one(tx, &principal, &row, album).await
            })
            .await
    }

    /// Makes an album; the room says so.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds; 409 where another user has used the client id.
    pub async fn create_album(&self, principal: &Principal, room: RoomId, body: CreateAlbum) -> Result<Album, Problem> {
        policy::ensure_acts(principal)?;
        let checked = title(&body.title).and_then(|title| bound_photos(&body.file_ids).map(|()| title));
        let (principal, deed, talk) = (principal.clone(), self.deed(principal), self.clone());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if let Some((room, no)) = made_before::<(RoomId, AlbumNo)>(tx, &principal, OPERATION, body.client_id).await? {
                    let (row, spans) = enter(tx, room, principal.user).await?;
                    let album = look_up(tx, &row, &spans, no).await?;
                    return one(tx, &principal, &row, album).await;
                }
                let (mut row, _) = enter_locked(tx, room, principal.user).await?;
                let title = checked?;
                let no = albums::next_no(tx, room).await?;
                let said = SystemNote { title: Some(title.clone()), no: Some(no), ..SystemNote::of(SystemType::AlbumAdded) };
                say(tx, &deed, &mut row, said).await?;
                let mut album = AlbumRow {
                    no,
                    at_seq: row.last_seq,
                    title,
                    author_id: principal.user,
                    actor_name: actor_name(tx, &principal).await?,
                    created_at: row.active_at,
                    changed_at: row.active_at,
                    photo_count: 0,
                };
                albums::insert(tx, room, &album).await?;
                put(tx, &talk, &principal, room, &mut album, (&body.file_ids, deed.now)).await?;
                tell(tx, &mut row, album.at_seq, What::Album(no)).await?;
                settle(tx, OPERATION, body.client_id, &(room, no)).await?;
                one(tx, &principal, &row, album).await
            })
            .await
    }

    /// Renames an album.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 by policy; 422 by bounds.
    pub async fn update_album(
        &self,
        principal: &Principal,
        room: RoomId,
        no: AlbumNo,
        body: UpdateAlbum,
    ) -> Result<Album, Problem> {
        policy::ensure_acts(principal)?;
        let checked = title(&body.title);
        let principal = principal.clone();
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let mut album = look_up(tx, &row, &spans, no).await?;
                kept(tx, room, album.author_id).await?.ensure_may_delete(&principal, &row)?;
                album.title = checked?;
                albums::rename(tx, room, no, &album.title).await?;
                tell(tx, &mut row, album.at_seq, What::Album(no)).await?;
                one(tx, &principal, &row, album).await
            })
            .await
    }

    /// Deletes an album; the messages that showed its photos stay. Again is 404.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 by policy.
    pub async fn delete_album(&self, principal: &Principal, room: RoomId, no: AlbumNo) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let album = look_up(tx, &row, &spans, no).await?;
                kept(tx, room, album.author_id).await?.ensure_may_delete(&principal, &row)?;
                let held = albums::delete(tx, room, no, now).await?;
                use_files(tx, std::iter::empty(), held.into_iter(), now).await?;
                tell(tx, &mut row, album.at_seq, What::Album(no)).await?;
                Ok(people::note(tx, &principal, now, "deleteAlbum", room, json!({ "no": no })).await?)
            })
            .await
    }
}

/// What a message showed was taken back: it leaves the albums of its room.
pub(super) async fn take_out(tx: &mut Tx<'_>, row: &mut RoomRow, seq: Seq, now: Time) -> Result<(), Problem> {
    let taken = albums::remove_of_message(tx, row.id, seq).await?;
    use_files(tx, std::iter::empty(), taken.iter().map(|(_, file)| *file), now).await?;
    let mut touched: Vec<AlbumNo> = taken.into_iter().map(|(no, _)| no).collect();
    touched.dedup();
    let made_at = if touched.is_empty() { HashMap::new() } else { albums::at_seqs(tx, row.id, touched.clone()).await? };
    for no in touched {
        let at_seq = made_at.get(&no).copied().unwrap_or_default();
        tell(tx, row, at_seq, What::Album(no)).await?;
    }
    Ok(())
}

/// The album, to whom may see it.
pub(super) async fn look_up(tx: &mut Tx<'_>, row: &RoomRow, spans: &Spans, no: AlbumNo) -> Result<AlbumRow, Problem> {
    let album = albums::find(tx, row.id, no).await?.filter(|album| is_known_to(row, spans, album.at_seq));
    album.ok_or_else(Problem::not_found)
}

/// An album as the principal sees it.
pub(super) async fn one(tx: &mut Tx<'_>, principal: &Principal, row: &RoomRow, album: AlbumRow) -> Result<Album, Problem> {
    shown(tx, principal, row, vec![album]).await?.pop().ok_or_else(Problem::not_found)
}

async fn shown(tx: &mut Tx<'_>, principal: &Principal, row: &RoomRow, rows: Vec<AlbumRow>) -> Result<Vec<Album>, Problem> {
    let covers = albums::covers(tx, row.id, rows.iter().map(|album| album.no).collect()).await?;
    let files = ::files::store::find_all(tx, covers.values().copied().collect()).await?;
    let files: HashMap<FileId, File> = files.into_iter().map(|file| (file.id, file)).collect();
    let makers = Makers::of(tx, row.id, rows.iter().map(|album| album.author_id)).await?;
    let shown = |album: AlbumRow| Album {
        no: album.no,
        cover: covers.get(&album.no).and_then(|file| files.get(file)).cloned(),
        photo_count: album.photo_count,
        can_manage: makers.kept(album.author_id).may_delete(principal, row),
        author_id: album.author_id,
        created_at: album.created_at,
        changed_at: album.changed_at,
        title: album.title,
        actor_name: album.actor_name,
    };
    Ok(rows.into_iter().map(shown).collect())
}
