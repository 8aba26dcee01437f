//! What two people said to each other is shown to others only where both agree: listHistoryRequests,
//! answerHistoryRequest.

use kernel::page::{self, PageQuery};
use kernel::{Page, Principal, Problem, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{StoreError, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::membership::{log_own, log_room, tell_members};
use super::{Deed, Talk, enter, enter_locked};
use crate::live::wire::{RoomBody, RoomPatch, ServerFrame, own_event};
use crate::model::Spans;
use crate::model::room::RoomRow;
use crate::store::changes::What;
use crate::store::history::{self as rows, Request};
use crate::store::{changes, members};
use crate::{people, policy};

/// Somebody asks to show what was said between two.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRequest {
    /// Its id.
    pub id: Uuid,
    /// Who asks.
    pub requested_by: UserId,
    /// To whom it is to be shown.
    pub user_ids: Vec<UserId>,
    /// From which message on.
    pub from_seq: Seq,
    /// Since when.
    pub created_at: Time,
    /// Whether the caller's answer is awaited.
    pub awaits_me: bool,
}

/// What answerHistoryRequest takes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnswerHistoryRequest {
    /// Whether they may see it.
    pub agree: bool,
}

impl Talk {
    /// Open requests in a room that the caller made or is asked about, the oldest first.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds.
    pub async fn list_history_requests(
        &self,
        principal: &Principal,
        room: RoomId,
        page: PageQuery,
    ) -> Result<Page<HistoryRequest>, Problem> {
        let limit = page::limit(page.limit)?;
        let after: Option<Uuid> = page::read_cursor(page.cursor.as_deref())?;
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                enter(tx, room, user).await?;
                let mut items = Vec::new();
                for request in rows::open(tx, room, user, after.unwrap_or_default(), limit + 1).await? {
                    let consents = rows::consents(tx, request.id).await?;
                    let awaits_me = consents.iter().any(|(asked, said)| *asked == user && said.is_none());
                    items.push(shown(request, awaits_me));
                }
                Ok(Page::cut(items, limit, |request| request.id))
            })
            .await
    }

    /// One of the pair agrees, or not. Once all have agreed the added see it; one no ends the request.
    ///
    /// # Errors
    /// 404 outside the room and where the caller is not asked.
    pub async fn answer_history_request(
        &self,
        principal: &Principal,
        room: RoomId,
        request: Uuid,
        agree: bool,
    ) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (principal, now) = (principal.clone(), self.0.clock.now());
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let user = principal.user;
                let (mut row, _) = enter_locked(tx, room, user).await?;
                let open = rows::find_open(tx, room, user, request).await?.ok_or_else(Problem::not_found)?;
                let consents = rows::consents(tx, request).await?;
                if !consents.iter().any(|(asked, _)| *asked == user) {
                    return Err(Problem::not_found());
                }
                changes::hold_users(tx, open.user_ids.iter().copied().chain([open.requested_by, user])).await?;
                rows::answer(tx, request, user, agree).await?;
                let all = consents.iter().all(|(asked, said)| if *asked == user { agree } else { *said == Some(true) });
                if all || !agree {
                    rows::settle(tx, request, agree).await?;
                }
                if all {
                    show(tx, &mut row, &open).await?;
                }
                tell_concerned(tx, &row, &[open.requested_by, user]).await?;
                let detail = json!({"requestId": request, "agree": agree, "userIds": open.user_ids, "fromSeq": open.from_seq});
                Ok(people::note(tx, &principal, now, "answerHistoryRequest", room, detail).await?)
            })
            .await
    }
}

fn shown(request: Request, awaits_me: bool) -> HistoryRequest {
    HistoryRequest {
        id: request.id,
        requested_by: request.requested_by,
        user_ids: request.user_ids,
        from_seq: request.from_seq,
        created_at: request.created_at,
        awaits_me,
    }
}

/// Asks those of the pair who have not asked themselves.
pub(crate) async fn ask(tx: &mut Tx<'_>, deed: &Deed, row: &RoomRow, users: &[UserId], from: Seq) -> Result<(), StoreError> {
    let (Some((a, b)), Some(doer)) = (row.direct_pair, deed.doer) else { return Ok(()) };
    let asked: Vec<UserId> = [a, b].into_iter().filter(|user| *user != doer).collect();
    let request = Request {
        id: deed.random.new_id(deed.now),
        requested_by: doer,
        user_ids: users.to_vec(),
        from_seq: from,
        created_at: deed.now,
    };
    rows::insert(tx, row.id, &request, &asked).await?;
    tell_concerned(tx, row, &asked).await
}

/// They look at the room again: what is asked in it has changed.
async fn tell_concerned(tx: &mut Tx<'_>, row: &RoomRow, users: &[UserId]) -> Result<(), StoreError> {
    let revs = log_own(tx, users, What::MyRoom(row.id)).await?;
    let tenant = tx.tenant();
    for (user, me) in revs {
        let frame = ServerFrame::Room { rev: None, me: Some(me), room: RoomBody::Patch(RoomPatch::of(row.id)) };
        tx.emit(own_event(tenant, user, me, Vec::new(), frame));
    }
    Ok(())
}

/// Those who are still there see from further back.
async fn show(tx: &mut Tx<'_>, row: &mut RoomRow, request: &Request) -> Result<(), StoreError> {
    let before = members::spans_of_some(tx, row.id, request.user_ids.clone()).await?;
    let after: Vec<(UserId, Spans)> = before
        .iter()
        .filter(|(_, spans)| spans.is_present())
        .map(|(user, spans)| (*user, spans.shown_from(request.from_seq)))
        .collect();
    if after.is_empty() {
        return Ok(());
    }
    members::write_spans(tx, row.id, &before, &after).await?;
    log_room(tx, row, What::Members).await?;
    tell_members(tx, row, &after).await
}
