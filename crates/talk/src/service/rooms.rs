//! listRooms, getRoom, updateRoom.

use kernel::page;
use kernel::{Page, Principal, Problem, Rev, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use store::Tx;
use utoipa::{IntoParams, ToSchema};

use super::describe::{Titles, Viewer, describe, describe_outside};
use super::membership::{say, tell_room};
use super::units::follow_unit;
use super::{Deed, Talk};
use crate::live::wire::RoomPatch;
use crate::model::room::RoomRow;
use crate::model::{Room, SystemNote, SystemType, text};
use crate::store::reads::Mine;
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

/// What updateRoom takes; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateRoom {
    /// Another name.
    pub title: Option<String>,
    /// Take in the units below, or not.
    pub include_children: Option<bool>,
    /// It deals with an incident, or no longer.
    pub incident: Option<bool>,
    /// Pin this message for all; null: none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub notice_seq: Option<Option<Seq>>,
}

/// Tells an absent field from a null one.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Seq>>, D::Error> {
    Option::<Seq>::deserialize(deserializer).map(Some)
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
        let asker = principal.clone();
        let look = self.db(principal.tenant).read(async move |tx: &mut Tx<'_>| look_at(tx, &asker, room).await).await?;
        if look.is_from_outside {
            self.note_look(principal, "getRoom", room).await?;
        }
        Ok(look.room)
    }

    /// Whoever looks at what is not theirs leaves a trace; before they see it.
    pub(crate) async fn note_look(&self, principal: &Principal, operation: &'static str, room: RoomId) -> Result<(), Problem> {
        let (db, principal, now) = (self.db(principal.tenant), principal.clone(), self.0.clock.now());
        let note = async move |tx: &mut Tx<'_>| people::note(tx, &principal, now, operation, room, json!({})).await;
        Ok(db.write(note).await?)
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
                    return Err(Problem::stale(&seen(tx, &principal, room).await?));
                }
                if let Some(title) = title? {
                    policy::ensure_may_rename(&principal, &row)?;
                    rename(tx, &deed, &mut row, title).await?;
                }
                if let Some(include) = body.include_children {
                    policy::ensure_may_include(&principal, &row)?;
                    include_children(tx, &deed, &mut row, include).await?;
                }
                if let Some(incident) = body.incident {
                    policy::ensure_may_mark_incident(&principal, &row)?;
                    rooms::set_incident(tx, &mut row, incident).await?;
                    tell_room(tx, &mut row, RoomPatch { incident: Some(incident), ..RoomPatch::of(room) }).await?;
                }
                if let Some(seq) = body.notice_seq {
                    if seq.is_some_and(|seq| !spans.see(seq)) || !spans.is_present() {
                        return Err(Problem::invalid("noticeSeq", "メッセージが見つかりません。", "There is no such message."));
                    }
                    set_notice(tx, &deed, &mut row, seq).await?;
                }
                let detail = json!({
                    "title": changed.title,
                    "includeChildren": changed.include_children,
                    "incident": changed.incident,
                    "noticeSeq": changed.notice_seq,
                });
                people::note(tx, &principal, deed.now, "updateRoom", room, detail).await?;
                seen(tx, &principal, room).await
            })
            .await
    }
}

/// A room as the principal sees it.
pub(crate) struct Look {
    /// The room.
    pub room: Room,
    /// They are not in it: they run it.
    pub is_from_outside: bool,
}

/// A room as the principal sees it: as a member, or from outside as one who runs it.
pub(crate) async fn look_at(tx: &mut Tx<'_>, principal: &Principal, room: RoomId) -> Result<Look, Problem> {
    let viewer = Viewer::from(principal);
    let mine = reads::my_room(tx, viewer.user, viewer.reader, room).await?;
    if let Some(room) = describe(tx, viewer, mine.as_slice()).await?.pop() {
        return Ok(Look { room, is_from_outside: false });
    }
    match rooms::find(tx, room).await? {
        Some(row) if policy::manages(principal, &row) => {
            Ok(Look { room: describe_outside(tx, principal.user, &row).await?, is_from_outside: true })
        }
        _ => Err(Problem::not_found()),
    }
}

/// As [`look_at`], for whoever has just changed it.
pub(crate) async fn seen(tx: &mut Tx<'_>, principal: &Principal, room: RoomId) -> Result<Room, Problem> {
    Ok(look_at(tx, principal, room).await?.room)
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

async fn rename(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, title: String) -> Result<(), Problem> {
    if room.title == title {
        return Ok(());
    }
    rooms::rename(tx, room.id, &title).await?;
    tell_room(tx, room, RoomPatch { title: Some(title.clone()), ..RoomPatch::of(room.id) }).await?;
    say(tx, deed, room, SystemNote { title: Some(title), ..SystemNote::of(SystemType::Renamed) }).await?;
    Ok(())
}

async fn include_children(tx: &mut Tx<'_>, deed: &Deed, room: &mut RoomRow, include: bool) -> Result<(), Problem> {
    if room.include_children == include {
        return Ok(());
    }
    rooms::set_include_children(tx, room.id, include).await?;
    room.include_children = include;
    tell_room(tx, room, RoomPatch { include_children: Some(include), ..RoomPatch::of(room.id) }).await?;
    follow_unit(tx, deed, room).await?;
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
        say(tx, deed, room, SystemNote::of(SystemType::NoticeSet)).await?;
    }
    Ok(())
}
