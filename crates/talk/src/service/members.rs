//! listMembers, addMembers, removeMember.

use std::collections::{HashMap, HashSet};

use kernel::page::{self, PageQuery};
use kernel::principal::UserKind;
use kernel::{Page, Principal, Problem, RoomId, Seq, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::create::called_by_members;
use super::membership::{Shift, shift, tell_room};
use super::rooms::{look_at, seen};
use super::units::settle;
use super::{Deed, Talk, enter, history};
use crate::live::wire::RoomPatch;
use crate::model::room::{RoomKind, RoomRow, SourceKind};
use crate::model::{Room, Spans, text};
use crate::store::members::Source;
use crate::store::{changes, members, rooms};
use crate::{people, policy};

/// Somebody in a room.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// 氏名.
    pub name: String,
    /// ふりがな.
    pub kana: String,
    /// What kind of account.
    pub kind: UserKind,
    /// The primary assignment's org unit.
    pub org_unit_name: Option<String>,
    /// The position there.
    pub position: Option<String>,
    /// Whether somebody asked them in (and not, or not only, their org unit).
    pub invited: bool,
}

/// From when the added may see what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum History {
    /// `none` or `all`.
    Word(HistoryWord),
    /// From a seq.
    From(HistoryFrom),
    /// Nothing said: `none`.
    #[default]
    #[serde(skip)]
    Unsaid,
}

/// From when the added may see what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum HistoryWord {
    /// What is said from now on.
    None,
    /// All that the one who adds them may see.
    All,
}

/// From a seq on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HistoryFrom {
    /// The first message seen.
    pub from_seq: Seq,
}

/// What addMembers takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddMembers {
    /// Whom.
    pub user_ids: Vec<UserId>,
    /// none (default), all, or {fromSeq}.
    #[serde(default)]
    pub history: History,
}

impl Talk {
    /// Who is in a room, by ふりがな.
    ///
    /// # Errors
    /// 404 outside it, but to those who run it.
    pub async fn list_members(&self, principal: &Principal, room: RoomId, page: PageQuery) -> Result<Page<Member>, Problem> {
        let limit = page::limit(page.limit)?;
        let after: Option<(String, UserId)> = page::read_cursor(page.cursor.as_deref())?;
        let asker = principal.clone();
        let (from_outside, page) = self
            .db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let look = look_at(tx, &asker, room).await?;
                let users = members::present(tx, room).await?;
                let invited: HashSet<UserId> = members::sources(tx, room, None)
                    .await?
                    .into_iter()
                    .filter(|source| source.kind == SourceKind::Invited)
                    .map(|source| source.user)
                    .collect();
                let people = people::find(tx, users).await?;
                let mut all: Vec<Member> = people.into_values().map(|person| member(person, &invited)).collect();
                all.sort_unstable_by(|a, b| (&a.kana, a.user_id).cmp(&(&b.kana, b.user_id)));
                all.retain(|member| after.as_ref().is_none_or(|(kana, id)| (&member.kana, member.user_id) > (kana, *id)));
                Ok((look.is_from_outside, Page::cut(all, limit, |member| (member.kana.clone(), member.user_id))))
            })
            .await?;
        if from_outside {
            self.note_look(principal, "listMembers", room).await?;
        }
        Ok(page)
    }

    /// Asks people in. Adding a third to a direct room makes it a group.
    ///
    /// # Errors
    /// 404 outside the room; 403 by policy; 422 by bounds.
    pub async fn add_members(&self, principal: &Principal, room: RoomId, body: AddMembers) -> Result<Room, Problem> {
        policy::ensure_acts(principal)?;
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut row = rooms::lock(tx, room).await?.ok_or_else(Problem::not_found)?;
                let spans = members::spans_of(tx, room, principal.user).await?;
                if !spans.is_present() && !policy::manages(&principal, &row) {
                    return Err(Problem::not_found());
                }
                policy::ensure_may_invite(&principal, &row)?;
                let users = bounded(tx, &body).await?;
                let before = members::spans_of_some(tx, room, users.clone()).await?;
                let from = first_seen(&row, &spans, body.history)?;
                invite(tx, &deed, &mut row, (&users, &before), from).await?;
                people::note(tx, &principal, deed.now, "addMembers", room, json!({"userIds": users, "fromSeq": from})).await?;
                seen(tx, &principal, room).await
            })
            .await
    }

    /// Takes somebody out, or leaves.
    ///
    /// # Errors
    /// 404 outside the room or where they are not in it; 403 by policy; 409 where their org unit keeps them in.
    pub async fn remove_member(&self, principal: &Principal, room: RoomId, user: UserId) -> Result<(), Problem> {
        policy::ensure_acts(principal)?;
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut row = rooms::lock(tx, room).await?.ok_or_else(Problem::not_found)?;
                let own = members::spans_of(tx, room, principal.user).await?;
                if !own.is_present() && !policy::manages(&principal, &row) {
                    return Err(Problem::not_found());
                }
                if members::present_among(tx, room, vec![user]).await?.is_empty() {
                    return Err(Problem::not_found());
                }
                policy::ensure_may_remove(&principal, &row, user)?;
                let reasons = members::sources(tx, room, Some(vec![user])).await?;
                if reasons.iter().any(|reason| reason.kind != SourceKind::Invited) {
                    return Err(Problem::conflict(
                        "部署のメンバーは外せません。所属が変わると自動で外れます。",
                        "Members of the section stay; they go when their assignment ends.",
                    ));
                }
                members::delete_sources(tx, room, &reasons).await?;
                settle(tx, &deed, &mut row, std::iter::once(user)).await?;
                Ok(people::note(tx, &principal, deed.now, "removeMember", room, json!({"userId": user})).await?)
            })
            .await
    }

    /// Who is called what in a room, for whoever is in it.
    pub(crate) async fn name_in(&self, principal: &Principal, room: RoomId) -> Result<String, Problem> {
        let principal = principal.clone();
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                enter(tx, room, principal.user).await?;
                let found = people::find(tx, vec![principal.user]).await?;
                found.into_values().next().map(|person| person.name).ok_or_else(Problem::not_found)
            })
            .await
    }
}

fn member(person: people::Person, invited: &HashSet<UserId>) -> Member {
    Member {
        user_id: person.id,
        invited: invited.contains(&person.id),
        name: person.name,
        kana: person.kana,
        kind: person.kind,
        org_unit_name: person.org_unit_name,
        position: person.position,
    }
}

async fn bounded(tx: &mut Tx<'_>, body: &AddMembers) -> Result<Vec<UserId>, Problem> {
    let mut users = body.user_ids.clone();
    users.sort_unstable();
    users.dedup();
    if users.is_empty() || users.len() > text::MEMBERS_AT_ONCE {
        return Err(Problem::invalid("userIds", "1人から5,000人までで選んでください。", "Choose 1 to 5,000 people."));
    }
    if !people::are_active(tx, &users).await? {
        return Err(Problem::invalid("userIds", "メンバーが見つかりません。", "There is no such member."));
    }
    Ok(users)
}

/// The first seq to be seen; nobody shows more than they see themselves.
fn first_seen(row: &RoomRow, adder: &Spans, history: History) -> Result<Seq, Problem> {
    let next = row.last_seq + 1;
    let own = adder.visible_from().unwrap_or(next);
    match history {
        History::Unsaid | History::Word(HistoryWord::None) => Ok(next),
        History::Word(HistoryWord::All) => Ok(own.min(next)),
        History::From(HistoryFrom { from_seq }) if (1..=next).contains(&from_seq) => Ok(from_seq.max(own).min(next)),
        History::From(_) => Err(Problem::invalid("history.fromSeq", "メッセージが見つかりません。", "There is no such message.")),
    }
}

/// Lets people in from `from`; what was said between two waits until both agree.
async fn invite(
    tx: &mut Tx<'_>,
    deed: &Deed,
    row: &mut RoomRow,
    (users, before): (&[UserId], &HashMap<UserId, Spans>),
    from: Seq,
) -> Result<(), Problem> {
    let new: Vec<UserId> =
        users.iter().copied().filter(|user| before.get(user).is_none_or(|spans| !spans.is_present())).collect();
    let pair = row.direct_pair.into_iter().flat_map(|(a, b)| [a, b]);
    changes::hold_users(tx, new.iter().copied().chain(pair)).await?;
    if row.kind == RoomKind::Direct && !new.is_empty() {
        make_group(tx, row).await?;
    }
    let sources: Vec<Source> = users.iter().copied().map(Source::invited).collect();
    members::insert_sources(tx, row.id, &sources).await?;
    let shown = from.max(row.direct_until_seq + 1);
    if from < shown && !new.is_empty() {
        history::ask(tx, deed, row, &new, from).await?;
    }
    let enter = new.into_iter().map(|user| (user, shown)).collect();
    shift(tx, deed, row, Shift { enter, leave: Vec::new() }, true).await?;
    Ok(())
}

/// A direct room becomes a group; the pair's next direct room will be new.
async fn make_group(tx: &mut Tx<'_>, row: &mut RoomRow) -> Result<(), Problem> {
    rooms::make_group(tx, row).await?;
    if let Some((a, b)) = row.direct_pair {
        row.title = called_by_members(tx, a, &[b]).await?;
        rooms::rename(tx, row.id, &row.title).await?;
    }
    let patch = RoomPatch { kind: Some(RoomKind::Group), title: Some(row.title.clone()), ..RoomPatch::of(row.id) };
    Ok(tell_room(tx, row, patch).await?)
}
