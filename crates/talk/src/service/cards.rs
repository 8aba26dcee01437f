//! listLinkCards, getCardImage: whoever may see a message may see the cards of its links, and only then is a page asked.

use bytes::Bytes;
use cards::{Card, model};
use kernel::{Principal, Problem, RoomId, Seq};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::edit::look_up;
use super::{Talk, enter};
use crate::model::links::links;
use crate::people;

/// Links of one message that have cards.
const CARDS: usize = 3;

/// The cards of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkCards {
    /// In the order of the links, the first three of which may have one.
    pub items: Vec<Card>,
    /// Some pages have not answered yet: it is worth asking again in a while.
    pub pending: bool,
    /// Whether there are link cards here at all.
    pub enabled: bool,
}

impl Talk {
    /// Cards of a message's links; pages that are not known yet are asked, for a few seconds.
    ///
    /// # Errors
    /// 404 where the caller can't see the message. A page that can't be had is no error.
    pub async fn link_cards(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<LinkCards, Problem> {
        let urls = self.linked(principal, room, seq).await?;
        let enabled = urls.is_some();
        let known = self.0.cards.of(principal.tenant, urls.unwrap_or_default()).await?;
        Ok(LinkCards { items: known.cards, pending: known.pending, enabled })
    }

    /// The picture of a message's card, as a small JPEG.
    ///
    /// # Errors
    /// 404 where the caller can't see the message, or there is no such picture.
    pub async fn card_image(&self, principal: &Principal, room: RoomId, seq: Seq, card: &str) -> Result<Bytes, Problem> {
        let urls = self.linked(principal, room, seq).await?.unwrap_or_default();
        let url = urls.into_iter().find(|url| model::id(url) == card).ok_or_else(Problem::not_found)?;
        self.0.cards.picture(principal.tenant, url).await
    }

    /// Where the links lead that may have cards; none where there are no cards here.
    async fn linked(&self, principal: &Principal, room: RoomId, seq: Seq) -> Result<Option<Vec<String>>, Problem> {
        let (user, is_on) = (principal.user, self.0.cards.is_on());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let message = look_up(tx, &row, &spans, seq).await?;
                let enabled = is_on && people::settings(tx).await?.link_cards;
                Ok(enabled.then(|| links(&message.text).into_iter().take(CARDS).collect()))
            })
            .await
    }
}
