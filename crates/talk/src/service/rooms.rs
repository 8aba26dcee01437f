//! listRooms, createRoom, getRoom, updateRoom.

use kernel::page;
use kernel::{ClientId, OrgUnitId, Page, Principal, Problem, Rev, Right, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use store::Tx;
use utoipa::{IntoParams, ToSchema};

use super::describe::{Titles, Viewer, describe, describe_outside};
use super::membership::{Shift, say, shift, tell_room};
use super::send::client_id_taken;
use super::units::follow_unit;
use super::{Deed, Talk, stale};
use crate::live::wire::RoomPatch;
use crate::model::room::{RoomKind, RoomRow};
use crate::model::{Room, SystemNote, SystemType, text};
use crate::store::members::{Settings, Source};
use crate::store::reads::Mine;
use crate::store::rooms::NewRoom;
use crate::store::{members, messages, reads, rooms};
use crate::{people, policy};

/// Which rooms.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoomsQuery {
    /// A part of the title, or of a member's name.
    pub q: Option<String>,
    /// At most this many (1 to 200, 50 unless told).
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// What createRoom takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRoom {
    /// Direct, group or org unit.
    pub kind: RoomKind,
    /// Its name; without one a group is called by its members, an org unit's room by the unit.
    pub title: Option<String>,
    /// Whom to ask in beside oneself; the other, for a direct room.
    #[serde(default)]
    pub member_ids: Vec<UserId>,
    /// Which unit an org unit's room follows.
    pub org_unit_id: Option<OrgUnitId>,
    /// Whether it takes in the units below.
    pub include_children: Option<bool>,
    /// A UUID of the client's making; asking again gives the first result again.
    pub client_id: Option<ClientId>,
}

/// What updateRoom takes; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateRoom {
    /// Another name.
    pub title: Option<String>,
    /// Take in the units below, or not.
    pub include_children: Option<bool>,
    /// Pin this message for all; null: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub notice_seq: Option<Option<Seq>>,
}

/// Tells an absent field from a null one.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Seq>>, D::Error> {
    Option::<Seq>::deserialize(deserializer).map(Some)
}

/// A room, and whether it has only now come to be.
#[derive(Clone, Debug)]
pub struct Created {
    /// The room.
    pub room: Room,
    /// Whether it is new.
    pub new: bool,
}

#[derive(Serialize, Deserialize)]
struct Key(i64, RoomId);

impl Talk {
    /// The caller's rooms, the one that was written in last first.
    ///
    /// # Errors
    /// 422 by bounds.
    pub async fn list_rooms(&self, principal: &Principal, query: RoomsQuery) -> Result<Page<Room>, Problem> {
        let limit = page::limit(query.limit)?;
        let after: Option<Key> = page::read_cursor(query.cursor.as_deref())?;
        if query.q.as_ref().is_some_and(|q| q.chars().count() > text::QUERY_CHARS) {
            return Err(Problem::invalid("q", "100文字までで探してください。", "At most 100 characters."));
        }
        let viewer = Viewer::from(principal);
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let mut mine = reads::my_rooms(tx, viewer.user, viewer.reader).await?;
                if let Some(q) = query.q.filter(|q| !q.trim().is_empty()) {
                    mine = matching(tx, viewer.user, mine, &q).await?;
                }
                mine.sort_unstable_by_key(|mine| std::cmp::Reverse((mine.active_at, mine.room)));
                mine.retain(|mine| after.as_ref().is_none_or(|Key(at, id)| (mine.active_at, mine.room) < (Time(*at), *id)));
                let page = Page::cut(mine, limit, |mine| Key(mine.active_at.0, mine.room));
                Ok(Page { items: describe(tx, viewer, &page.items).await?, next_cursor: page.next_cursor })
            })
            .await
    }

    /// One room.
    ///
    /// # Errors
    /// 404 outside it, but to those who run it.
    pub async fn get_room(&self, principal: &Principal, room: RoomId) -> Result<Room, Problem> {
        let principal = principal.clone();
        self.db(principal.tenant).read(async move |tx: &mut Tx<'_>| seen(tx, &principal, room).await).await
    }

    /// Makes a room, or gives the pair's.
    ///
    /// # Errors
    /// 403 to guests and, for an org unit's, without the right; 422 by bounds; 409 where another has used the client id.
    pub async fn create_room(&self, principal: &Principal, body: CreateRoom) -> Result<Created, Problem> {
        policy::ensure_may_gather(principal)?;
        let body = bounded(principal, body)?;
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if let Some(client_id) = body.client_id
                    && let Some((user, result)) = rooms::find_creation(tx, "createRoom", client_id).await?
                {
                    let id: Option<RoomId> = result.parse().ok().filter(|_| user == principal.user);
                    let id = id.ok_or_else(client_id_taken)?;
                    return Ok(Created { room: seen(tx, &principal, id).await?, new: false });
                }
                let (id, new) = make(tx, &principal, &deed, &body).await?;
                if let Some(client_id) = body.client_id {
                    rooms::insert_creation(tx, "createRoom", client_id, principal.user, &id.to_string()).await?;
                }
                Ok(Created { room: seen(tx, &principal, id).await?, new })
            })
            .await
    }

    /// Renames a room, takes in the units below, pins a message for all; `expected` is the `If-Match`.
    ///
    /// # Errors
    /// 404 outside it; 403 by policy; 412 with the current state; 422 by bounds.
    pub async fn update_room(
        &self,
        principal: &Principal,
        room: RoomId,
        expected: Option<Rev>,
        body: UpdateRoom,
    ) -> Result<Room, Problem> {
        policy::ensure_acts(principal)?;
        let title = body.title.as_deref().map(|title| text::room_title("title", title)).transpose();
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let changed = body.clone();
                let mut row = rooms::lock(tx, room).await?.ok_or_else(Problem::not_found)?;
                let spans = members::spans_of(tx, room, principal.user).await?;
                if !spans.is_present() && !policy::manages(&principal, &row) {
                    return Err(Problem::not_found());
                }
                if expected.is_some_and(|rev| rev != row.rev) {
                    return Err(stale(&seen(tx, &principal, room).await?));
                }
                if let Some(title) = title? {
                    policy::ensure_may_rename(&principal, &row)?;
                    rename(tx, &deed, &mut row, title).await?;
                }
                if let Some(include) = body.include_children {
                    policy::ensure_may_include(&principal, &row)?;
                    include_children(tx, &deed, &mut row, include).await?;
                }
                if let Some(seq) = body.notice_seq {
                    if seq.is_some_and(|seq| !spans.see(seq)) || !spans.is_present() {
                        return Err(Problem::invalid("noticeSeq", "メッセージが見つかりません。", "There is no such message."));
                    }
                    set_notice(tx, &deed, &mut row, seq).await?;
                }
                let detail =
                    json!({"title": changed.title, "includeChildren": changed.include_children, "noticeSeq": changed.notice_seq});
                people::note(tx, &principal, deed.now, "room.update", room, detail).await?;
                seen(tx, &principal, room).await
            })
            .await
    }
}

/// A room as the principal sees it: as a member, or from outside as one who runs it.
pub(crate) async fn seen(tx: &mut Tx<'_>, principal: &Principal, room: RoomId) -> Result<Room, Problem> {
    let viewer = Viewer::from(principal);
    let mine: Vec<Mine> =
        reads::my_rooms(tx, viewer.user, viewer.reader).await?.into_iter().filter(|mine| mine.room == room).collect();
    if let Some(room) = describe(tx, viewer, &mine).await?.pop() {
        return Ok(room);
    }
    match rooms::find(tx, room).await? {
        Some(row) if policy::manages(principal, &row) => describe_outside(tx, principal.user, &row).await,
        _ => Err(Problem::not_found()),
    }
}

/// Rooms whose title, or one of whose members, matches.
async fn matching(tx: &mut Tx<'_>, user: UserId, mine: Vec<Mine>, q: &str) -> Result<Vec<Mine>, Problem> {
    let folded = kernel::japanese::fold(q.trim());
    let rows = rooms::find_all(tx, mine.iter().map(|mine| mine.room).collect()).await?;
    let titles = Titles::of(tx, user, rows.iter()).await?;
    let by_title = rows.iter().filter(|row| kernel::japanese::fold(&titles.title(row, user)).contains(&folded)).map(|row| row.id);
    let mut found: std::collections::HashSet<RoomId> = by_title.collect();
    let others = members::met(tx, user).await?;
    let people = people::matching(tx, q, others).await?;
    found.extend(members::rooms_shared(tx, user, people).await?);
    Ok(mine.into_iter().filter(|mine| found.contains(&mine.room)).collect())
}

fn bounded(principal: &Principal, mut body: CreateRoom) -> Result<CreateRoom, Problem> {
    if let Some(title) = &body.title {
        body.title = Some(text::room_title("title", title)?);
    }
    body.member_ids.retain(|id| *id != principal.user);
    body.member_ids.sort_unstable();
    body.member_ids.dedup();
    if body.member_ids.len() > text::MEMBERS_AT_ONCE {
        return Err(Problem::invalid("memberIds", "一度に追加できるのは5,000人までです。", "At most 5,000 people at once."));
    }
    match body.kind {
        RoomKind::Direct if body.member_ids.len() != 1 => {
            Err(Problem::invalid("memberIds", "相手をひとり選んでください。", "Choose one other person."))
        }
        RoomKind::Group if body.member_ids.is_empty() => {
            Err(Problem::invalid("memberIds", "メンバーを選んでください。", "Choose at least one person."))
        }
        RoomKind::OrgUnit => {
            let unit =
                body.org_unit_id.ok_or_else(|| Problem::invalid("orgUnitId", "部署を選んでください。", "Choose a section."))?;
            // Whether a unit exists is known to every member, so 403 gives nothing away.
            if principal.may_in(Right::ManageRooms, unit) { Ok(body) } else { Err(Problem::forbidden()) }
        }
        RoomKind::Direct | RoomKind::Group if body.org_unit_id.is_some() || body.include_children.is_some() => {
            Err(Problem::invalid("orgUnitId", "部署のトークだけで使えます。", "Only for an org unit's room."))
        }
        RoomKind::Direct if body.title.is_some() => {
            Err(Problem::invalid("title", "1対1のトークに名前は付けられません。", "A direct talk has no name of its own."))
        }
        RoomKind::Direct | RoomKind::Group => Ok(body),
    }
}

async fn make(tx: &mut Tx<'_>, principal: &Principal, deed: &Deed, body: &CreateRoom) -> Result<(RoomId, bool), Problem> {
    if !people::are_active(tx, &body.member_ids).await? {
        return Err(Problem::invalid("memberIds", "メンバーが見つかりません。", "There is no such member."));
    }
    if let Some(unit) = body.org_unit_id
        && !people::tree(tx).await?.has(unit)
    {
        return Err(Problem::invalid("orgUnitId", "部署が見つかりません。", "There is no such section."));
    }
    let pair = if body.kind == RoomKind::Direct { body.member_ids.first().map(|other| (principal.user, *other)) } else { None };
    let title = match (&body.title, body.kind) {
        (Some(title), _) => title.clone(),
        (None, RoomKind::Group) => called_by_members(tx, principal.user, &body.member_ids).await?,
        (None, RoomKind::Direct | RoomKind::OrgUnit) => String::new(),
    };
    let new = NewRoom {
        id: RoomId(deed.random.new_id(deed.now)),
        kind: body.kind,
        title,
        org_unit_id: body.org_unit_id,
        include_children: body.include_children.unwrap_or(false),
        pair,
        created_by: Some(principal.user),
        created_at: deed.now,
    };
    if let Some((a, b)) = pair {
        if !rooms::insert(tx, &new).await? {
            return existing_direct(tx, a, b).await;
        }
    } else {
        rooms::insert(tx, &new).await?;
    }
    let mut room = rooms::lock(tx, new.id).await?.ok_or_else(Problem::internal)?;
    let mut invited = body.member_ids.clone();
    if body.kind != RoomKind::OrgUnit {
        invited.push(principal.user);
    }
    let sources: Vec<Source> = invited.iter().copied().map(Source::invited).collect();
    members::insert_sources(tx, room.id, &sources).await?;
    shift(tx, deed, &mut room, Shift { enter: invited.into_iter().map(|user| (user, 1)).collect(), leave: Vec::new() }, false)
        .await?;
    follow_unit(tx, deed, &mut room, false).await?;
    if body.kind != RoomKind::Direct {
        let detail = json!({"kind": body.kind, "memberIds": body.member_ids, "orgUnitId": body.org_unit_id});
        people::note(tx, principal, deed.now, "room.create", room.id, detail).await?;
    }
    Ok((room.id, true))
}

/// The pair's room; whoever asks for it wants to see it again.
async fn existing_direct(tx: &mut Tx<'_>, asker: UserId, other: UserId) -> Result<(RoomId, bool), Problem> {
    let id = rooms::find_direct(tx, asker, other).await?.ok_or_else(Problem::internal)?;
    members::set(tx, id, asker, Settings { hidden_until_seq: Some(0), ..Settings::default() }).await?;
    Ok((id, false))
}

/// A nameless group is called by the first of its members.
pub(crate) async fn called_by_members(tx: &mut Tx<'_>, first: UserId, others: &[UserId]) -> Result<String, Problem> {
    const NAMED: usize = 4;
    let mut ids = vec![first];
    ids.extend(others.iter().copied().take(NAMED - 1));
    let found = people::find(tx, ids.clone()).await?;
    let names: Vec<&str> = ids.iter().filter_map(|id| found.get(id)).map(|person| person.name.as_str()).collect();
    let more = (others.len() + 1).saturating_sub(names.len());
    let names = names.join("、");
    let title = if more > 0 { format!("{names} ほか{more}人") } else { names };
    Ok(title.chars().take(text::TITLE_CHARS).collect())
}

async fn rename(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, title: String) -> Result<(), Problem> {
    if room.title == title {
        return Ok(());
    }
    rooms::rename(tx, room.id, &title).await?;
    tell_room(tx, room, RoomPatch { title: Some(title.clone()), ..RoomPatch::of(room.id) }).await?;
    say(tx, deed, room, SystemNote { kind: SystemType::Renamed, user_ids: Vec::new(), title: Some(title) }).await?;
    Ok(())
}

async fn include_children(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, include: bool) -> Result<(), Problem> {
    if room.include_children == include {
        return Ok(());
    }
    rooms::set_include_children(tx, room.id, include).await?;
    room.include_children = include;
    tell_room(tx, room, RoomPatch { include_children: Some(include), ..RoomPatch::of(room.id) }).await?;
    follow_unit(tx, deed, room, true).await?;
    Ok(())
}

async fn set_notice(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, seq: Option<Seq>) -> Result<(), Problem> {
    if room.notice_seq == seq {
        return Ok(());
    }
    if let Some(seq) = seq {
        let message = messages::find(tx, room.id, seq).await?.ok_or_else(Problem::not_found)?;
        policy::ensure_live(&message)?;
    }
    rooms::set_notice(tx, room.id, seq).await?;
    room.notice_seq = seq;
    tell_room(tx, room, RoomPatch { notice_seq: Some(seq), ..RoomPatch::of(room.id) }).await?;
    if seq.is_some() {
        say(tx, deed, room, SystemNote { kind: SystemType::NoticeSet, user_ids: Vec::new(), title: None }).await?;
    }
    Ok(())
}
