//! Rooms as one of their members sees them.

use std::collections::HashMap;

use directory::facts::Tree;
use kernel::{Principal, Problem, RoomId, Seq, UserId};
use store::Tx;

use crate::model::room::{RoomKind, RoomRow};
use crate::model::{Message, Room, Spans};
use crate::people;
use crate::store::reads::Mine;
use crate::store::{members, mentions, messages, reactions, reads, rooms};

/// Where more lie behind a cursor, the distance is told in place of a count: [`Room::unread_count`] says so.
const COUNTED_UNREAD: i64 = 1_000;

/// For whom rooms are described.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// Whose rooms.
    pub user: UserId,
    /// Whose cursors: the user, or the person inside a shared account.
    pub reader: uuid::Uuid,
}

impl From<&Principal> for Viewer {
    fn from(principal: &Principal) -> Self {
        Self { user: principal.user, reader: principal.reader() }
    }
}

/// These of the viewer's rooms, in the order given.
pub(crate) async fn describe(tx: &mut Tx<'_>, viewer: Viewer, mine: &[Mine]) -> Result<Vec<Room>, Problem> {
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RoomId> = mine.iter().map(|mine| mine.room).collect();
    let rows: HashMap<RoomId, RoomRow> = rooms::find_all(tx, ids.clone()).await?.into_iter().map(|row| (row.id, row)).collect();
    let spans = members::spans_in_rooms(tx, viewer.user, ids.clone()).await?;
    let unread: HashMap<RoomId, i64> =
        reads::count_unread(tx, viewer.user, viewer.reader, ids.clone(), COUNTED_UNREAD).await?.into_iter().collect();
    let named: HashMap<RoomId, i64> = count_mentions(tx, viewer, ids).await?;
    let titles = Titles::of(tx, viewer.user, rows.values()).await?;
    let mut notices = visible(tx, rows.values(), &spans, |row, _| row.notice_seq).await?;
    let mut last = visible(tx, rows.values(), &spans, |row, spans| spans.ranges(row.last_seq).last().map(|(_, to)| to)).await?;
    let describe = |mine: &Mine| {
        let row = rows.get(&mine.room)?;
        let behind = row.last_seq - mine.read_seq;
        let unread_count = if behind > COUNTED_UNREAD { behind } else { unread.get(&row.id).copied().unwrap_or(0) };
        Some(Room {
            unread_count,
            mention_count: named.get(&row.id).copied().unwrap_or(0),
            read_seq: mine.read_seq,
            visible_from_seq: spans.get(&row.id)?.visible_from()?,
            muted: mine.muted,
            pinned: mine.pinned,
            hidden: row.last_seq < mine.hidden_until_seq,
            notice: notices.remove(&row.id),
            last_message: last.remove(&row.id),
            can_post: true,
            ..bare(row, &titles, viewer.user)
        })
    };
    Ok(mine.iter().filter_map(describe).collect())
}

/// A room that one runs without being in it: nothing of what is said there.
pub(crate) async fn describe_outside(tx: &mut Tx<'_>, viewer: UserId, row: &RoomRow) -> Result<Room, Problem> {
    let titles = Titles::of(tx, viewer, std::iter::once(row)).await?;
    Ok(bare(row, &titles, viewer))
}

fn bare(row: &RoomRow, titles: &Titles, viewer: UserId) -> Room {
    let follows = row.kind == RoomKind::OrgUnit;
    Room {
        id: row.id,
        kind: row.kind,
        title: titles.title(row, viewer),
        org_unit_id: row.org_unit_id,
        include_children: follows.then_some(row.include_children),
        last_seq: row.last_seq,
        rev: row.rev,
        read_seq: row.last_seq,
        visible_from_seq: row.last_seq + 1,
        unread_count: 0,
        mention_count: 0,
        member_count: row.member_count,
        incident: row.incident,
        muted: false,
        hidden: false,
        pinned: false,
        notice: None,
        other_user_id: row.other(viewer),
        last_message: None,
        can_post: false,
        created_at: row.created_at,
        active_at: row.active_at,
    }
}

/// What the room that one has with oneself is called.
const MEMO: &str = "自分だけのメモ";

/// What rooms are called, for one viewer.
pub(crate) struct Titles {
    people: HashMap<UserId, String>,
    units: Tree,
}

impl Titles {
    /// Looks up whatever names are needed.
    pub(crate) async fn of<'a>(
        tx: &mut Tx<'_>,
        viewer: UserId,
        rows: impl Iterator<Item = &'a RoomRow> + Clone,
    ) -> Result<Self, Problem> {
        let people: Vec<UserId> = rows.clone().filter_map(|row| row.other(viewer)).collect();
        let borrows = rows.filter(|row| row.title.is_empty()).any(|row| row.org_unit_id.is_some());
        let people = people::find(tx, people).await?.into_iter().map(|(id, person)| (id, person.name)).collect();
        Ok(Self { people, units: if borrows { people::tree(tx).await? } else { Tree::default() } })
    }

    /// What this room is called.
    pub(crate) fn title(&self, row: &RoomRow, viewer: UserId) -> String {
        let borrowed = match row.kind {
            RoomKind::Direct if row.is_memo() => Some(MEMO),
            RoomKind::Direct => row.other(viewer).and_then(|user| self.people.get(&user)).map(String::as_str),
            RoomKind::OrgUnit if row.title.is_empty() => row.org_unit_id.and_then(|unit| self.units.name(unit)),
            RoomKind::OrgUnit | RoomKind::Group => None,
        };
        borrowed.unwrap_or(&row.title).to_owned()
    }
}

/// One message a room, where `which` names one that the viewer may see.
async fn visible<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = &'a RoomRow>,
    spans: &HashMap<RoomId, Spans>,
    which: impl Fn(&RoomRow, &Spans) -> Option<Seq>,
) -> Result<HashMap<RoomId, Message>, Problem> {
    let place = |row: &RoomRow| {
        let spans = spans.get(&row.id)?;
        which(row, spans).filter(|seq| spans.see(*seq)).map(|seq| (row.id, seq))
    };
    let places: Vec<(RoomId, Seq)> = rows.filter_map(place).collect();
    let mut found = messages::find_each(tx, &places).await?.into_iter().map(|message| (message.room_id, message)).collect();
    reactions::fill_each(tx, &mut found).await?;
    Ok(found)
}

async fn count_mentions(tx: &mut Tx<'_>, viewer: Viewer, rooms: Vec<RoomId>) -> Result<HashMap<RoomId, i64>, Problem> {
    let tree = people::tree(tx).await?;
    let units = people::units_of(tx, viewer.user).await?;
    let mut targets: Vec<Vec<u8>> = vec![viewer.user.bytes(), Vec::new()];
    targets.extend(units.iter().flat_map(|unit| tree.path(*unit)).map(|unit| unit.bytes()));
    Ok(mentions::count(tx, viewer.user, viewer.reader, targets, rooms).await?.into_iter().collect())
}
