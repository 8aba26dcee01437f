//! What is known of a file.

use std::ops::Not;

use kernel::{FileId, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest name, in characters.
const NAME_CHARS: usize = 200;

/// A file that is there in full. Nothing of it ever changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// By which messages refer to it.
    pub id: FileId,
    /// What it is called, with an extension that tells what it is.
    pub name: String,
    /// What it truly is (RFC 6838), whatever its name says.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// Of a picture that can be shown, turned the right way: in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// As `width`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// SHA-256 of the bytes as they are kept, in hexadecimal.
    pub sha256: String,
    /// Of a document: whether a picture of its first page may be asked for, by `getThumbnail`.
    #[serde(default, skip_serializing_if = "Not::not")]
    #[schema(default = false)]
    pub has_picture: bool,
}

impl File {
    /// Whether it is seen rather than opened: a picture that can be shown, or a video.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.width.is_some() || self.content_type.starts_with("video/")
    }
}

/// A file under way, or there.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What it is, or will be: `sha256` is empty until it is there.
    pub file: File,
    /// How many bytes have come.
    pub received: i64,
}

impl Upload {
    /// Whether it is there in full and has been looked at.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.file.sha256.is_empty()
    }
}

/// The last part of a path, without what can't be seen or would turn the reading round (`gpj.exe`), cut to a bound.
#[must_use]
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| {
        !c.is_control() && !matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let name: String = last.chars().filter(shown).collect();
    let name = name.trim().trim_end_matches('.').trim_start_matches('.');
    if name.is_empty() { "ファイル".to_owned() } else { shortened(name) }
}

/// Shortened before its extension.
fn shortened(name: &str) -> String {
    let chars = name.chars().count();
    if chars <= NAME_CHARS {
        return name.to_owned();
    }
    let (stem, extension) = name.rsplit_once('.').filter(|(_, extension)| extension.chars().count() <= 10).unwrap_or((name, ""));
    let kept = NAME_CHARS - 1 - extension.chars().count();
    let stem: String = stem.chars().take(kept).collect();
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

/// What is wrong with the file itself.
pub(crate) fn refused(ja: &'static str, en: &'static str) -> Problem {
    Problem::invalid("file", ja, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_and_hide_nothing() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name(r"C:\写真\冠水.jpg"), "冠水.jpg");
        assert_eq!(plain_name("写真\u{202e}gpj.exe"), "写真gpj.exe");
        assert_eq!(plain_name("..."), "ファイル");
        assert_eq!(plain_name("\0\r\n"), "ファイル");
        let long = plain_name(&format!("{}.pdf", "長".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with(".pdf")), (NAME_CHARS, true));
    }
}
