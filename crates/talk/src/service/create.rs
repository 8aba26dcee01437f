//! createRoom.

use std::collections::BTreeSet;

use kernel::{ClientId, OrgUnitId, Principal, Problem, Right, RoomId, UserId};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::membership::{Shift, shift};
use super::rooms::seen;
use super::send::client_id_taken;
use super::units::reasons;
use super::{Deed, Talk};
use crate::model::room::{RoomKind, RoomRow};
use crate::model::{Room, text};
use crate::store::members::{Settings, Source};
use crate::store::rooms::NewRoom;
use crate::store::{members, rooms};
use crate::{people, policy};

/// The operation's name, under which its client ids are kept.
const OPERATION: &str = "createRoom";

/// What createRoom takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRoom {
    /// Direct, group or org unit.
    pub kind: RoomKind,
    /// Its name; without one a group is called by its members, an org unit's room by the unit.
    pub title: Option<String>,
    /// Whom to ask in beside oneself; the other, for a direct room; oneself alone, for one's own notes.
    #[serde(default)]
    pub member_ids: Vec<UserId>,
    /// Which unit an org unit's room follows.
    pub org_unit_id: Option<OrgUnitId>,
    /// Whether it takes in the units below.
    pub include_children: Option<bool>,
    /// Whether it deals with an incident; not for a direct room.
    #[serde(default)]
    pub incident: bool,
    /// A UUID of the client's making; asking again gives the first result again.
    pub client_id: Option<ClientId>,
}

impl CreateRoom {
    /// Whether this is the room that one has with oneself.
    fn is_memo(&self, principal: &Principal) -> bool {
        let own = |id: &UserId| *id == principal.user;
        self.kind == RoomKind::Direct && !self.member_ids.is_empty() && self.member_ids.iter().all(own)
    }
}

/// A room, and whether it has only now come to be.
#[derive(Clone, Debug)]
pub struct Created {
    /// The room.
    pub room: Room,
    /// Whether it is new.
    pub new: bool,
}

impl Talk {
    /// Makes a room, or gives the pair's.
    ///
    /// # Errors
    /// 403 to guests, but for their own notes, and, for an org unit's, without the right; 422 by bounds; 409 where another has used
    /// the client id.
    pub async fn create_room(&self, principal: &Principal, body: CreateRoom) -> Result<Created, Problem> {
        if body.is_memo(principal) {
            policy::ensure_acts(principal)?;
        } else {
            policy::ensure_may_gather(principal)?;
        }
        let body = bounded(principal, body)?;
        let (principal, deed) = (principal.clone(), self.deed(principal));
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if body.kind == RoomKind::OrgUnit {
                    // Whoever is assigned to the unit meanwhile would be left out: nobody sees the room yet.
                    store::lock_structure(tx).await?;
                }
                if let Some(client_id) = body.client_id
                    && let Some((user, made)) = rooms::claim_creation(tx, OPERATION, client_id, principal.user).await?
                {
                    let id: Option<RoomId> = made.parse().ok().filter(|_| user == principal.user);
                    let id = id.ok_or_else(client_id_taken)?;
                    return Ok(Created { room: seen(tx, &principal, id).await?, new: false });
                }
                let (id, new) = make(tx, &principal, &deed, &body).await?;
                if let Some(client_id) = body.client_id {
                    rooms::settle_creation(tx, OPERATION, client_id, &id.to_string()).await?;
                }
                Ok(Created { room: seen(tx, &principal, id).await?, new })
            })
            .await
    }
}

fn bounded(principal: &Principal, mut body: CreateRoom) -> Result<CreateRoom, Problem> {
    if let Some(title) = &body.title {
        body.title = Some(text::room_title("title", title)?);
    }
    // Whoever makes a unit's room is in it only where they say so.
    let named = body.kind == RoomKind::OrgUnit || body.is_memo(principal);
    body.member_ids.retain(|id| named || *id != principal.user);
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
        RoomKind::Direct if body.incident => Err(policy::no_incident_between_two()),
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
    if body.incident {
        rooms::set_incident(tx, &mut room, true).await?;
    }
    fill(tx, principal, deed, &mut room, &body.member_ids).await?;
    let detail =
        json!({"kind": body.kind, "memberIds": body.member_ids, "orgUnitId": body.org_unit_id, "incident": body.incident});
    people::note(tx, principal, deed.now, OPERATION, room.id, detail).await?;
    Ok((room.id, true))
}

/// Lets the first members into a new room: those asked in, its maker beside them, and those whom its unit brings.
async fn fill(
    tx: &mut Tx<'_>,
    principal: &Principal,
    deed: &Deed,
    room: &mut RoomRow,
    invited: &[UserId],
) -> Result<(), Problem> {
    let maker = (room.kind != RoomKind::OrgUnit).then_some(principal.user);
    let first: BTreeSet<UserId> = invited.iter().copied().chain(maker).collect();
    let mut sources: Vec<Source> = first.into_iter().map(Source::invited).collect();
    sources.extend(reasons(tx, room).await?);
    members::insert_sources(tx, room.id, &sources).await?;
    let enter: BTreeSet<UserId> = sources.into_iter().map(|source| source.user).collect();
    let enter = enter.into_iter().map(|user| (user, 1)).collect();
    Ok(shift(tx, deed, room, Shift { enter, leave: Vec::new() }, false).await?)
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
