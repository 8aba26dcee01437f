//! listNoteComments, addNoteComment, deleteNoteComment.

use kernel::page::{Page, PageQuery, limit, read_cursor};
use kernel::{ClientId, Principal, Problem, RoomId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::kept::{Makers, kept, made_before, settle, tell};
use super::notes::look_up;
use super::send::actor_name;
use super::{Talk, enter, enter_locked};
use crate::model::note::NoteNo;
use crate::model::room::RoomRow;
use crate::model::{NoteComment, text};
use crate::policy;
use crate::store::changes::What;
use crate::store::notes::{self, CommentRow};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "addNoteComment";

/// What addNoteComment takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddNoteComment {
    /// A UUID of the client's making; sending it again gives the first result again.
    pub client_id: ClientId,
    /// 1 to 2,000 characters.
    pub text: String,
}

impl Talk {
    /// What was said about a note, the oldest first.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 422 by bounds.
    pub async fn list_note_comments(
        &self,
        principal: &Principal,
        room: RoomId,
        no: NoteNo,
        page: PageQuery,
    ) -> Result<Page<NoteComment>, Problem> {
        let limit = limit(page.limit)?;
        let after: Option<Uuid> = read_cursor(page.cursor.as_deref())?;
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, principal.user).await?;
                look_up(tx, &row, &spans, no).await?;
                let rows = notes::comments(tx, room, no, after.unwrap_or_default(), limit + 1).await?;
                let page = Page::cut(rows, limit, |comment| comment.id);
                Ok(Page { items: shown(tx, &principal, &row, page.items).await?, next_cursor: page.next_cursor })
            })
            .await
    }

    /// Says something about a note.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 422 by bounds; 409 where another user has used the client id.
    pub async fn add_note_comment(
        &self,
        principal: &Principal,
        room: RoomId,
        no: NoteNo,
        body: AddNoteComment,
    ) -> Result<NoteComment, Problem> {
        policy::ensure_acts(principal)?;
        let checked = text::comment_text("text", &body.text);
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let made = made_before::<(RoomId, NoteNo, Uuid)>(tx, &principal, OPERATION, body.client_id).await?;
                if let Some((room, no, id)) = made {
                    let (row, spans) = enter(tx, room, principal.user).await?;
                    look_up(tx, &row, &spans, no).await?;
                    let comment = notes::comment(tx, room, no, id).await?.ok_or_else(Problem::not_found)?;
                    return one(tx, &principal, &row, comment).await;
                }
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let note = look_up(tx, &row, &spans, no).await?;
                checked?;
                let comment = CommentRow {
                    id: deed.random.new_id(deed.now),
                    author_id: principal.user,
                    actor_name: actor_name(tx, &principal).await?,
                    at: deed.now,
                    text: body.text.clone(),
                };
                notes::add_comment(tx, room, no, &comment).await?;
                tell(tx, &mut row, note.at_seq, What::Note(no)).await?;
                settle(tx, OPERATION, body.client_id, &(room, no, comment.id)).await?;
                one(tx, &principal, &row, comment).await
            })
            .await
    }

    /// Takes a comment away.
    ///
    /// # Errors
    /// 404 where it is not there or the caller can't see the note; 403 by policy.
    pub async fn delete_note_comment(&self, principal: &Principal, room: RoomId, no: NoteNo, id: Uuid) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let principal = principal.clone();
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (mut row, spans) = enter_locked(tx, room, principal.user).await?;
                let note = look_up(tx, &row, &spans, no).await?;
                let comment = notes::comment(tx, room, no, id).await?.ok_or_else(Problem::not_found)?;
                kept(tx, room, comment.author_id).await?.ensure_may_delete(&principal, &row)?;
                notes::delete_comment(tx, room, no, id).await?;
                Ok(tell(tx, &mut row, note.at_seq, What::Note(no)).await?)
            })
            .await
    }
}

async fn one(tx: &mut Tx<'_>, principal: &Principal, row: &RoomRow, comment: CommentRow) -> Result<NoteComment, Problem> {
    shown(tx, principal, row, vec![comment]).await?.pop().ok_or_else(Problem::not_found)
}

async fn shown(
    tx: &mut Tx<'_>,
    principal: &Principal,
    row: &RoomRow,
    comments: Vec<CommentRow>,
) -> Result<Vec<NoteComment>, Problem> {
    let makers = Makers::of(tx, row.id, comments.iter().map(|comment| comment.author_id)).await?;
    let shown = |CommentRow { id, author_id, actor_name, at, text }| NoteComment {
        id,
        author_id,
        actor_name,
        at,
        text,
        can_delete: makers.kept(author_id).may_delete(principal, row),
    };
    Ok(comments.into_iter().map(shown).collect())
}
