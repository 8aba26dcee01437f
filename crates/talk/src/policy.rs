//! Who may do what: pure functions over a principal and what is known of the room.

use kernel::principal::UserKind;
use kernel::{Principal, Problem, Right, UserId};

use crate::model::Message;
use crate::model::message::MessageKind;
use crate::model::room::{RoomKind, RoomRow};

/// In rooms of more than this, @all takes a right.
pub const MENTION_ALL_FREE: i64 = 50;

/// A shared account writes only once it is known which of its people does.
///
/// # Errors
/// 403 otherwise.
pub fn ensure_acts(principal: &Principal) -> Result<(), Problem> {
    if principal.may_act() { Ok(()) } else { Err(Problem::actor_required()) }
}

/// Guests are in the rooms that they were asked into, and make none.
///
/// # Errors
/// 403 to guests.
pub fn ensure_may_gather(principal: &Principal) -> Result<(), Problem> {
    ensure_acts(principal)?;
    if principal.kind == UserKind::Guest { Err(Problem::forbidden()) } else { Ok(()) }
}

/// Whether the principal runs this org-unit room, in it or not.
#[must_use]
pub fn manages(principal: &Principal, room: &RoomRow) -> bool {
    room.org_unit_id.is_some_and(|unit| principal.may_in(Right::ManageRooms, unit))
}

/// Who may ask people in: members, and in an org-unit room those who run it.
///
/// # Errors
/// 403 otherwise; 409 where somebody keeps notes for themselves.
pub fn ensure_may_invite(principal: &Principal, room: &RoomRow) -> Result<(), Problem> {
    ensure_may_gather(principal)?;
    if room.is_memo() {
        return Err(Problem::conflict(
            "自分だけのメモにはメンバーを追加できません。新しいトークを作ってください。",
            "Your notes to yourself can't be shared. Please make a new talk.",
        ));
    }
    if room.kind == RoomKind::OrgUnit && !manages(principal, room) { Err(Problem::forbidden()) } else { Ok(()) }
}

/// Who may take `user` out: oneself; in a group any member but a guest; in an org-unit room those who run it.
///
/// # Errors
/// 403, or 409 from a direct room, which can only be hidden.
pub fn ensure_may_remove(principal: &Principal, room: &RoomRow, user: UserId) -> Result<(), Problem> {
    ensure_acts(principal)?;
    match room.kind {
        RoomKind::Direct => Err(Problem::conflict(
            "1対1のトークからは退出できません。非表示にできます。",
            "A direct talk can't be left; it can be hidden.",
        )),
        _ if principal.user == user => Ok(()),
        RoomKind::Group if principal.kind != UserKind::Guest => Ok(()),
        RoomKind::OrgUnit if manages(principal, room) => Ok(()),
        _ => Err(Problem::forbidden()),
    }
}

/// Who may rename a room.
///
/// # Errors
/// 403, or 422 for a direct room, which bears the other's name.
pub fn ensure_may_rename(principal: &Principal, room: &RoomRow) -> Result<(), Problem> {
    let between_two = || Problem::invalid("title", "1対1のトークの名前は変えられません。", "A direct talk can't be renamed.");
    ensure_may_shape(principal, room, between_two)
}

/// Who may say that a room deals with an incident.
///
/// # Errors
/// 403, or 422 for a direct room.
pub fn ensure_may_mark_incident(principal: &Principal, room: &RoomRow) -> Result<(), Problem> {
    ensure_may_shape(principal, room, no_incident_between_two)
}

/// Two alone need no room for an incident.
#[must_use]
pub fn no_incident_between_two() -> Problem {
    Problem::invalid("incident", "1対1のトークは災害対応にできません。", "A direct talk can't be for an incident.")
}

/// What a room is: a group is everybody's in it but guests', a unit's theirs who run it.
fn ensure_may_shape(principal: &Principal, room: &RoomRow, between_two: impl FnOnce() -> Problem) -> Result<(), Problem> {
    ensure_acts(principal)?;
    match room.kind {
        RoomKind::Direct => Err(between_two()),
        RoomKind::Group if principal.kind != UserKind::Guest => Ok(()),
        RoomKind::OrgUnit if manages(principal, room) => Ok(()),
        _ => Err(Problem::forbidden()),
    }
}

/// Who may switch the units below in and out.
///
/// # Errors
/// 403, or 422 for a room that follows no unit.
pub fn ensure_may_include(principal: &Principal, room: &RoomRow) -> Result<(), Problem> {
    ensure_acts(principal)?;
    if room.kind != RoomKind::OrgUnit {
        return Err(Problem::invalid("includeChildren", "部署のトークだけで使えます。", "Only for an org unit's room."));
    }
    if manages(principal, room) { Ok(()) } else { Err(Problem::forbidden()) }
}

/// Who may name everybody.
///
/// # Errors
/// 403 in a large room, and to guests anywhere, without the right.
pub fn ensure_may_mention_all(principal: &Principal, room: &RoomRow) -> Result<(), Problem> {
    let holds =
        principal.may(Right::MentionAll) || room.org_unit_id.is_some_and(|unit| principal.may_in(Right::MentionAll, unit));
    let free = principal.kind != UserKind::Guest && room.member_count <= MENTION_ALL_FREE;
    if holds || free {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "mention-all",
        "このトークで全員へのメンションをする権限がありません。",
        "You may not mention everyone in this talk.",
    ))
}

/// One's own text, not yet taken back.
///
/// # Errors
/// 403 where it is another's; 409 where it was recalled.
pub fn ensure_own(principal: &Principal, message: &Message) -> Result<(), Problem> {
    ensure_acts(principal)?;
    if message.kind != MessageKind::Text || message.sender_id != Some(principal.user) {
        return Err(Problem::forbidden());
    }
    if message.recalled_at.is_some() {
        return Err(Problem::conflict("このメッセージは送信取消されています。", "This message has been recalled."));
    }
    Ok(())
}

/// Text that can be reacted to, pinned, forwarded.
///
/// # Errors
/// 409 where it was recalled or is the room's own.
pub fn ensure_live(message: &Message) -> Result<(), Problem> {
    if message.kind == MessageKind::Text && message.recalled_at.is_none() {
        return Ok(());
    }
    Err(Problem::conflict("このメッセージには使えません。", "This can't be done with this message."))
}

/// What a room knows for good: notes, what is said about them, albums.
///
/// | | who |
/// |---|---|
/// | reads, makes notes and albums, comments, adds photos | whoever is in the room, guests too |
/// | writes a note anew, pins it | whoever is in the room; guests only what they made |
/// | deletes a note, comment or album, renames an album, takes a photo out | who made it (or put it there); who runs the room; between two, both; in a group, once its maker has left, any member but guests |
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Who made it.
    pub author: UserId,
    /// Whether they are still in the room.
    pub is_here: bool,
}

impl Kept {
    /// Whether the principal, who is in the room, may write it anew.
    #[must_use]
    pub fn may_edit(self, principal: &Principal) -> bool {
        principal.kind != UserKind::Guest || principal.user == self.author
    }

    /// Whether the principal, who is in the room, may take it away.
    #[must_use]
    pub fn may_delete(self, principal: &Principal, room: &RoomRow) -> bool {
        let inherits = room.kind == RoomKind::Group && !self.is_here && principal.kind != UserKind::Guest;
        principal.user == self.author || room.kind == RoomKind::Direct || inherits || manages(principal, room)
    }

    /// As [`Self::may_edit`], said aloud.
    ///
    /// # Errors
    /// 403 otherwise.
    pub fn ensure_may_edit(self, principal: &Principal) -> Result<(), Problem> {
        if self.may_edit(principal) { Ok(()) } else { Err(Problem::forbidden()) }
    }

    /// As [`Self::may_delete`], said aloud.
    ///
    /// # Errors
    /// 403 otherwise.
    pub fn ensure_may_delete(self, principal: &Principal, room: &RoomRow) -> Result<(), Problem> {
        if self.may_delete(principal, room) { Ok(()) } else { Err(Problem::forbidden()) }
    }
}
