//! Where in a room's details a file is found.

use serde::Deserialize;
use utoipa::ToSchema;

/// A shelf of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Shelf {
    /// 写真: pictures and videos.
    Photos,
    /// ファイル: all else.
    Files,
}

impl Shelf {
    /// Where this file stands.
    #[must_use]
    pub fn of(file: &files::File) -> Self {
        if file.is_seen() { Self::Photos } else { Self::Files }
    }

    /// As stored and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photos => "photos",
            Self::Files => "files",
        }
    }
}
