//! Notes: what a room knows for good.

use files::File;
use kernel::{Problem, Rev, Seq, Time, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::room::RoomRow;
use super::{Spans, text};

/// A note's place in its room: 1, 2, 3…; that of a deleted one is not given again.
pub type NoteNo = i64;

/// Characters of a note's body shown in the list.
const EXCERPT_CHARS: usize = 160;

/// Who may see what a room knows for good: whoever is in it, also those who came later; but what two people wrote down
/// between themselves is seen as their messages of that time are.
#[must_use]
pub fn is_known_to(room: &RoomRow, spans: &Spans, at_seq: Seq) -> bool {
    spans.is_present() && (at_seq > room.direct_until_seq || spans.see(at_seq))
}

/// A row of `notes`.
#[derive(Clone, Debug)]
pub struct NoteRow {
    /// Its place in its room.
    pub no: NoteNo,
    /// The room's rev when it was last written.
    pub rev: Rev,
    /// The room's last seq at its making.
    pub at_seq: Seq,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Who made it.
    pub author_id: UserId,
    /// Which person of a shared account.
    pub actor_name: Option<String>,
    /// Whether it stands at the top.
    pub pinned: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it was last written.
    pub changed_at: Time,
    /// Who wrote it last, where it was written again.
    pub edited_by: Option<UserId>,
    /// How many comments it has.
    pub comment_count: i64,
    /// When it was deleted.
    pub deleted_at: Option<Time>,
}

impl NoteRow {
    /// When it was written again.
    #[must_use]
    pub fn edited_at(&self) -> Option<Time> {
        self.edited_by.map(|_| self.changed_at)
    }

    /// As the list shows it.
    #[must_use]
    pub fn summary(self, attachments: &[File]) -> NoteSummary {
        NoteSummary {
            no: self.no,
            rev: self.rev,
            excerpt: excerpt(&self.body),
            picture: attachments.iter().find(|file| file.is_seen()).cloned(),
            attachment_count: i64::try_from(attachments.len()).unwrap_or(i64::MAX),
            author_id: self.author_id,
            created_at: self.created_at,
            edited_at: self.edited_at(),
            edited_by: self.edited_by,
            pinned: self.pinned,
            comment_count: self.comment_count,
            title: self.title,
            actor_name: self.actor_name,
        }
    }

    /// What it is found by: what it is about and says, and what its files are called, a line each.
    #[must_use]
    pub fn words(&self, attachments: &[File]) -> String {
        let names = attachments.iter().map(|file| file.name.as_str());
        let written = [self.title.as_str(), self.body.as_str()].into_iter().filter(|text| !text.is_empty());
        written.chain(names).collect::<Vec<_>>().join("\n")
    }
}

/// A note, in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteSummary {
    /// Its place in its room: 1, 2, 3…
    pub no: NoteNo,
    /// The room's rev when it was last written: its `ETag`.
    pub rev: Rev,
    /// What it is about.
    pub title: String,
    /// How it begins.
    pub excerpt: String,
    /// The first of its pictures and videos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<File>,
    /// How many files it shows.
    pub attachment_count: i64,
    /// Who made it.
    pub author_id: UserId,
    /// Which person of a shared account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it was written again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Time>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_by: Option<UserId>,
    /// Whether it stands at the top.
    pub pinned: bool,
    /// How many comments it has.
    pub comment_count: i64,
}

/// A note.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// What the list shows of it.
    #[serde(flatten)]
    pub summary: NoteSummary,
    /// What it says, to the letter, with the marks of messages.
    pub body: String,
    /// Files that it shows.
    pub attachments: Vec<File>,
    /// Whether the caller may write it anew and pin it.
    pub can_edit: bool,
    /// Whether the caller may delete it.
    pub can_delete: bool,
}

/// What somebody said about a note.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteComment {
    /// Its id.
    pub id: Uuid,
    /// Who said it.
    pub author_id: UserId,
    /// Which person of a shared account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// When.
    pub at: Time,
    /// What was said.
    pub text: String,
    /// Whether the caller may delete it.
    pub can_delete: bool,
}

/// A note's title, trimmed.
///
/// # Errors
/// 422 when it is empty, longer than 100 characters, or holds control characters.
pub fn title(text: &str) -> Result<String, Problem> {
    text::line("title", text, "題名を入力してください。", "Please enter a title.")
}

/// How a body begins. Its lines stay: they say which marks are meant.
fn excerpt(body: &str) -> String {
    let body = body.trim();
    match body.char_indices().nth(EXCERPT_CHARS) {
        Some((cut, _)) => format!("{}…", &body[..cut]),
        None => body.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_begins_with_its_first_lines_and_is_cut_between_characters() {
        assert_eq!(excerpt("\n土のうは\n\n- 東倉庫に\n"), "土のうは\n\n- 東倉庫に");
        assert_eq!(excerpt(&"𠮷".repeat(EXCERPT_CHARS)), "𠮷".repeat(EXCERPT_CHARS));
        assert_eq!(excerpt(&"𠮷".repeat(EXCERPT_CHARS + 1)), format!("{}…", "𠮷".repeat(EXCERPT_CHARS)));
    }
}
