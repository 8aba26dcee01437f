//! listRoomLinks.

use cards::Cards;
use kernel::page::{Page, PageQuery, read_cursor};
use kernel::{Principal, Problem, RoomId, Seq, Time, UserId};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::{Talk, enter};
use crate::people;
use crate::store::links::{self, Held};

/// A link, and the message that holds it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomLink {
    /// Where it leads; http or https.
    pub url: String,
    /// What its page is called, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
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
    /// Links of a room that the caller may see, the newest first.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds.
    pub async fn list_room_links(
        &self,
        principal: &Principal,
        room: RoomId,
        query: PageQuery,
    ) -> Result<Page<RoomLink>, Problem> {
        let limit = kernel::page::limit(query.limit)?;
        let before = read_cursor::<(Seq, i64)>(query.cursor.as_deref())?.unwrap_or((Seq::MAX, 0));
        let (user, cards) = (principal.user, self.0.cards.clone());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let mut held: Vec<Held> = Vec::new();
                for (from, to) in spans.ranges(row.last_seq).rev() {
                    let missing = limit + 1 - i64::try_from(held.len()).unwrap_or(i64::MAX);
                    if missing > 0 {
                        held.extend(links::on_shelf(tx, room, from, before.min((to + 1, 0)), missing).await?);
                    }
                }
                Ok(Page::cut(titled(tx, &cards, held).await?, limit, |item| (item.seq, item.position)))
            })
            .await
    }
}

/// With the titles of pages that were asked before; none is asked for a shelf.
async fn titled(tx: &mut Tx<'_>, cards: &Cards, held: Vec<Held>) -> Result<Vec<RoomLink>, Problem> {
    let shown = cards.is_on() && people::settings(tx).await?.link_cards;
    let urls: Vec<String> = held.iter().filter(|_| shown).map(|held| held.url.clone()).collect();
    let known = cards::store::find(tx, &urls).await?;
    let describe = |Held { seq, position, url, sender, sent_at }: Held| {
        let title = known.get(&cards::model::hash(&url)).and_then(|row| row.page.title.clone());
        RoomLink { url, title, seq, sender_id: sender, sent_at, position }
    };
    Ok(held.into_iter().map(describe).collect())
}
