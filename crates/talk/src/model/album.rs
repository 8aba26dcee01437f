//! Albums: photos and videos of a room that belong together.

use files::File;
use kernel::{Problem, Seq, Time, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::text;

/// An album's place in its room: 1, 2, 3…; that of a deleted one is not given again.
pub type AlbumNo = i64;

/// A row of `albums`.
#[derive(Clone, Debug)]
pub struct AlbumRow {
    /// Its place in its room.
    pub no: AlbumNo,
    /// The room's last seq at its making.
    pub at_seq: Seq,
    /// What it is called.
    pub title: String,
    /// Who made it.
    pub author_id: UserId,
    /// Which person of a shared account.
    pub actor_name: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When photos last came.
    pub changed_at: Time,
    /// How many photos it has.
    pub photo_count: i64,
}

/// An album.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Album {
    /// Its place in its room: 1, 2, 3…
    pub no: AlbumNo,
    /// What it is called.
    pub title: String,
    /// Its first photo or video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<File>,
    /// How many photos and videos it has.
    pub photo_count: i64,
    /// Who made it.
    pub author_id: UserId,
    /// Which person of a shared account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When photos last came.
    pub changed_at: Time,
    /// Whether the caller may rename and delete it.
    pub can_manage: bool,
}

/// A photo or video in an album.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlbumPhoto {
    /// The file.
    pub file: File,
    /// The message that showed it, where the caller may see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// Who put it here.
    pub added_by: UserId,
    /// When.
    pub added_at: Time,
    /// Whether the caller may take it out.
    pub can_remove: bool,
}

/// An album's title, trimmed.
///
/// # Errors
/// 422 when it is empty, longer than 100 characters, or holds control characters.
pub fn title(text: &str) -> Result<String, Problem> {
    text::line("title", text, "アルバム名を入力してください。", "Please enter a name.")
}
