//! listNotes, createNote, getNote, updateNote, deleteNote.

use std::collections::HashMap;

use files::File;
use kernel::page::{Page, PageQuery, limit, read_cursor};
use kernel::{ClientId, FileId, Principal, Problem, Rev, RoomId, Time};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::kept::{kept, made_before, settle, tell, use_files};
use super::membership::say;
use super::send::{actor_name, bound_attachments};
use super::{Talk, enter, enter_locked};
use crate::model::note::{NoteNo, NoteRow, is_known_to, title};
use crate::model::room::RoomRow;
use crate::model::{Note, NoteSummary, Spans, SystemNote, SystemType, text};
use crate::store::changes::What;
use crate::store::notes::{self, NotePlace};
use crate::{people, policy};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "createNote";

/// What createNote takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateNote {
    /// A UUID of the client's making; sending it again gives the first result again.
    pub client_id: ClientId,
    /// What it is about; 1 to 100 characters.
    pub title: String,
    /// What it says; at most 20,000 characters, with the marks of messages.
    #[serde(default)]
    pub body: String,
    /// Files that it shows, at most 30, each once: brought by the caller, or seen by them elsewhere.
    #[serde(default)]
    pub attachment_ids: Vec<FileId>,
    /// Whether it stands at the top.
    #[serde(default)]
    pub pinned: bool,
}

/// What updateNote takes; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateNote {
    /// 1 to 100 characters.
    pub title: Option<String>,
    /// At most 20,000 characters.
    pub body: Option<String>,
    /// All that it shows from now on, at most 30, each once.
    pub attachment_ids: Option<Vec<FileId>>,
    /// At the top, or not. This alone is no new version of the note.
    pub pinned: Option<bool>,
}

impl UpdateNote {
    fn is_written(&self) -> bool {
        self.title.is_some() || self.body.is_some() || self.attachment_ids.is_some()
    }
}

impl Talk {
    /// Notes that the caller may see: the pinned first, then those written last.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds.
    pub async fn list_notes(&self, principal: &Principal, room: RoomId, page: PageQuery) -> Result<Page<NoteSummary>, Problem> {
        let limit = limit(page.limit)?;
        let before: Option<NotePlace> = read_cursor(page.cursor.as_deref())?;
        let before = before.unwrap_or((true, Time(i64::MAX), NoteNo::MAX));
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, _) = enter(tx, room, user).await?;
                let rows = notes::list(tx, (room, row.direct_until_seq), user, before, limit + 1).await?;
                let page = Page::cut(rows, limit, |note| (note.pinned, note.changed_at, note.no));
                let places: Vec<_> = page.items.iter().map(|note| (room, note.no)).collect();
                let files = notes::files_of(tx, &places).await?;
                let shown = |note: NoteRow| {
                    let files = files.get(&(room, note.no)).map_or(&[][..], Vec::as_slice);
                    note.summary(files)
                };
                Ok(Page { items: page.items.into_iter().map(shown).collect(), next_cursor: page.next_cursor })
            })
            .await
    }

    /// One note.
    ///
    /// # Errors
    /// 404 where the caller can't see it.
    pub async fn get_note(&self, principal: &Principal, room: RoomId, no: NoteNo) -> Result<Note, Problem> {
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, principal.user).await?;
                let note = look_up(tx, &row, &spans, no).await?;
                shown(tx, &principal, &row, note).await
            })
            .await
    }

    /// Makes a note; the room says so.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds; 409 where another user has used the client id.
    pub async fn create_note(&self, principal: &Principal, room: RoomId, body: CreateNote) -> Result<Note, Problem> {
        policy::ensure_acts(principal)?;
        let checked = body.checked();
        let (principal, deed, talk) = (principal.clone(), self.deed(principal), self.clone());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if let Some((room, no)) = made_before::<(RoomId, NoteNo)>(tx, &principal, OPERATION, body.client_id).await? {
                    let (row, spans) = enter(tx, room, principal.user).await?;
                    let note = look_up(tx, &row, &spans, no).await?;
                    return shown(tx, &principal, &row, note).await;
                }
                let (mut row, _) = enter_locked(tx, room, principal.user).await?;
                let title = checked?;
                let files = talk.take_files(tx, &principal, "attachmentIds", &body.attachment_ids).await?;
                let no = notes::next_no(tx, room).await?;
                let said = SystemNote { title: Some(title.clone()), no: Some(no), ..SystemNote::of(SystemType::NoteAdded) };
                say(tx, &deed, &mut row, said).await?;
                let note = NoteRow {
                    no,
                    rev: row.rev + 1,
                    at_seq: row.last_seq,
                    title,
                    body: body.body,
                    author_id: principal.user,
                    actor_name: actor_name(tx, &principal).await?,
                    pinned: body.pinned,
                    created_at: row.active_at,
                    changed_at: row.active_at,
                    edited_by: None,
                    comment_count: 0,
                    deleted_at: None,
                };
                notes::insert(tx, room, &note, &files).await?;
                use_files(tx, files.iter().map(|file| file.id), std::iter::empty(), deed.now).await?;
                tell(tx, &mut row, note.at_seq, What::Note(no)).await?;
                settle(tx, OPERATION, body.client_id, &(room, no)).await?;
                shown(tx, &principal, &row, note).await
            })
            .await
    }

    /// Writes a note anew, or pins it; `expected` is the `If-Match`.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 by policy; 412 with the current state; 422 by bounds.
    pub async fn update_note(
        &self,
        principal: &Principal,
        room: RoomId,
        no: NoteNo,
        expected: Option<Rev>,
        body: UpdateNote,
    ) -> Result<Note, Problem> {
        policy::ensure_acts(principal)?;
        let checked = body.checked();
        let (principal, now, talk) = (principal.clone(), self.0.clock.now(), self.clone());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let mut note = look_up(tx, &row, &spans, no).await?;
                kept(tx, room, note.author_id).await?.ensure_may_edit(&principal)?;
                if expected.is_some_and(|rev| rev != note.rev) {
                    return Err(Problem::stale(&shown(tx, &principal, &row, note).await?));
                }
                let title = checked?;
                if body.is_written() {
                    note.title = title.unwrap_or(note.title);
                    note.body = body.body.clone().unwrap_or(note.body);
                    note.rev = row.rev + 1;
                    note.changed_at = now.max(note.changed_at);
                    note.edited_by = Some(principal.user);
                    talk.rewrite(tx, &principal, &row, &note, body.attachment_ids.as_deref(), now).await?;
                }
                if let Some(pinned) = body.pinned {
                    note.pinned = pinned;
                    notes::pin(tx, room, no, pinned).await?;
                }
                tell(tx, &mut row, note.at_seq, What::Note(no)).await?;
                shown(tx, &principal, &row, note).await
            })
            .await
    }

    /// Deletes a note with all that was said about it. Again is 404.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 403 by policy.
    pub async fn delete_note(&self, principal: &Principal, room: RoomId, no: NoteNo) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let note = look_up(tx, &row, &spans, no).await?;
                kept(tx, room, note.author_id).await?.ensure_may_delete(&principal, &row)?;
                let files = attachments(tx, room, no).await?;
                use_files(tx, std::iter::empty(), files.iter().map(|file| file.id), now).await?;
                notes::delete(tx, room, no, now).await?;
                tell(tx, &mut row, note.at_seq, What::Note(no)).await?;
                Ok(people::note(tx, &principal, now, "deleteNote", room, json!({ "no": no })).await?)
            })
            .await
    }

    /// Stores another wording, and other files where some are named.
    async fn rewrite(
        &self,
        tx: &mut Tx<'_>,
        principal: &Principal,
        row: &RoomRow,
        note: &NoteRow,
        ids: Option<&[FileId]>,
        now: Time,
    ) -> Result<(), Problem> {
        let before = attachments(tx, row.id, note.no).await?;
        let files = match ids {
            Some(ids) => self.take_files(tx, principal, "attachmentIds", ids).await?,
            None => before.clone(),
        };
        notes::write(tx, row.id, note, &files).await?;
        Ok(use_files(tx, files.iter().map(|file| file.id), before.iter().map(|file| file.id), now).await?)
    }
}

impl CreateNote {
    /// The title, trimmed.
    fn checked(&self) -> Result<String, Problem> {
        let title = title(&self.title)?;
        text::note_body("body", &self.body)?;
        bound_attachments(&self.attachment_ids)?;
        Ok(title)
    }
}

impl UpdateNote {
    /// The title, trimmed, where there is one.
    fn checked(&self) -> Result<Option<String>, Problem> {
        let title = self.title.as_deref().map(title).transpose()?;
        text::note_body("body", self.body.as_deref().unwrap_or_default())?;
        bound_attachments(self.attachment_ids.as_deref().unwrap_or_default())?;
        Ok(title)
    }
}

/// The note, to whom may see it.
pub(super) async fn look_up(tx: &mut Tx<'_>, row: &RoomRow, spans: &Spans, no: NoteNo) -> Result<NoteRow, Problem> {
    let note = notes::find(tx, row.id, no).await?.filter(|note| is_known_to(row, spans, note.at_seq));
    note.ok_or_else(Problem::not_found)
}

async fn attachments(tx: &mut Tx<'_>, room: RoomId, no: NoteNo) -> Result<Vec<File>, Problem> {
    let mut files: HashMap<_, _> = notes::files_of(tx, &[(room, no)]).await?;
    Ok(files.remove(&(room, no)).unwrap_or_default())
}

/// A note as the principal sees it.
async fn shown(tx: &mut Tx<'_>, principal: &Principal, row: &RoomRow, note: NoteRow) -> Result<Note, Problem> {
    let attachments = attachments(tx, row.id, note.no).await?;
    let kept = kept(tx, row.id, note.author_id).await?;
    Ok(Note {
        can_edit: kept.may_edit(principal),
        can_delete: kept.may_delete(principal, row),
        body: note.body.clone(),
        summary: note.summary(&attachments),
        attachments,
    })
}
