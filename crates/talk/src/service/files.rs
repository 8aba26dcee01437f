//! listRoomFiles.

use std::collections::HashMap;

use ::files::File;
use kernel::page::{Page, read_cursor};
use kernel::{FileId, Principal, Problem, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};

use super::{Talk, enter};
use crate::model::Shelf;
use crate::store::files::{self, Shown};

/// What is asked of a room's shelves.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoomFilesQuery {
    /// Which shelf.
    #[param(inline)]
    pub kind: Shelf,
    /// At most this many (1 to 200, 50 unless told).
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A file, and the message that shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomFile {
    /// The file.
    pub file: File,
    /// Which message.
    pub seq: Seq,
    /// Who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<UserId>,
    /// When.
    pub sent_at: Time,
    #[serde(skip)]
    position: i64,
}

impl Talk {
    /// Files of a room that the caller may see, the newest first.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds.
    pub async fn list_room_files(
        &self,
        principal: &Principal,
        room: RoomId,
        query: RoomFilesQuery,
    ) -> Result<Page<RoomFile>, Problem> {
        let limit = kernel::page::limit(query.limit)?;
        let before = read_cursor::<(Seq, i64)>(query.cursor.as_deref())?.unwrap_or((Seq::MAX, 0));
        let (user, shelf, talk) = (principal.user, query.kind, self.clone());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let mut shown: Vec<Shown> = Vec::new();
                for (from, to) in spans.ranges(row.last_seq).rev() {
                    let missing = limit + 1 - i64::try_from(shown.len()).unwrap_or(i64::MAX);
                    if missing > 0 {
                        shown.extend(files::on_shelf(tx, room, shelf, from, before.min((to + 1, 0)), missing).await?);
                    }
                }
                Ok(Page::cut(talk.described(tx, shown).await?, limit, |item| (item.seq, item.position)))
            })
            .await
    }

    async fn described(&self, tx: &mut Tx<'_>, shown: Vec<Shown>) -> Result<Vec<RoomFile>, Problem> {
        let ids = shown.iter().map(|shown| shown.file).collect();
        let known = ::files::store::find_all(tx, ids).await?;
        let known: HashMap<FileId, File> = known.into_iter().map(|file| (file.id, self.0.files.described(file))).collect();
        let describe = |shown: Shown| {
            let file = known.get(&shown.file)?.clone();
            Some(RoomFile { file, seq: shown.seq, sender_id: shown.sender, sent_at: shown.sent_at, position: shown.position })
        };
        Ok(shown.into_iter().filter_map(describe).collect())
    }
}
