//! listMessages, findSeq.

use std::collections::BTreeSet;

use kernel::principal::UserKind;
use kernel::{Principal, Problem, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use store::{StoreError, Tx};
use utoipa::{IntoParams, ToSchema};

use super::{Talk, enter};
use crate::model::message::Mention;
use crate::model::{Message, Spans};
use crate::people;
use crate::store::{messages, reactions, reads};

/// Which messages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct MessagesQuery {
    /// Those before this seq, the nearest.
    pub before_seq: Option<Seq>,
    /// Those after this seq, the nearest.
    pub after_seq: Option<Seq>,
    /// Those around this seq, half before it.
    pub around_seq: Option<Seq>,
    /// At most this many (1 to 200, 50 unless told).
    pub limit: Option<i64>,
}

/// Somebody who wrote or is named on a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageUser {
    /// Who.
    pub id: UserId,
    /// 氏名.
    pub name: String,
    /// What kind of account.
    pub kind: UserKind,
    /// The primary assignment's org unit.
    pub org_unit_name: Option<String>,
}

/// A page of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Messages {
    /// Ascending by seq.
    pub items: Vec<Message>,
    /// Whether there are older ones that the caller may see.
    pub has_before: bool,
    /// Whether there are newer ones.
    pub has_after: bool,
    /// Those who wrote or are named here, so that one call draws the screen.
    pub users: Vec<MessageUser>,
}

/// Where a day begins.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundSeq {
    /// The first message on or after that day; none: nothing was said since.
    pub seq: Option<Seq>,
}

/// Which day.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct SeqQuery {
    /// YYYY-MM-DD, in Japan.
    pub date: String,
}

/// One end of what is asked for.
enum Around {
    Newest,
    Before(Seq),
    After(Seq),
    About(Seq),
}

impl Around {
    /// Between which seqs a page without messages lies: what lies beyond is before and after it.
    fn edges(&self) -> (Seq, Seq) {
        match *self {
            Self::Newest => (Seq::MAX, Seq::MAX),
            Self::Before(seq) | Self::About(seq) => (seq, seq.saturating_sub(1)),
            Self::After(seq) => (seq.saturating_add(1), seq),
        }
    }
}

impl Talk {
    /// Messages that the caller may see, with 既読 N on their own.
    ///
    /// # Errors
    /// 404 outside the room; 422 by bounds.
    pub async fn list_messages(&self, principal: &Principal, room: RoomId, query: MessagesQuery) -> Result<Messages, Problem> {
        let limit = kernel::page::limit(query.limit)?;
        let around = match (query.before_seq, query.after_seq, query.around_seq) {
            (None, None, None) => Around::Newest,
            (Some(seq), None, None) => Around::Before(seq),
            (None, Some(seq), None) => Around::After(seq),
            (None, None, Some(seq)) => Around::About(seq),
            _ => {
                return Err(Problem::invalid(
                    "beforeSeq",
                    "beforeSeq、afterSeq、aroundSeqはひとつだけ指定してください。",
                    "Only one of beforeSeq, afterSeq, aroundSeq.",
                ));
            }
        };
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let asked = around.edges();
                let mut items = page(tx, room, (&spans, row.last_seq), around, limit).await?;
                reactions::fill(tx, room, &mut items).await?;
                count_readers(tx, room, user, &mut items).await?;
                let users = people_on(tx, &items).await?;
                let first = items.first().map_or(asked.0, |message| message.seq);
                let last = items.last().map_or(asked.1, |message| message.seq);
                let has_before = spans.ranges(row.last_seq).next().is_some_and(|(from, _)| from < first);
                let has_after = spans.ranges(row.last_seq).last().is_some_and(|(_, to)| to > last);
                Ok(Messages { items, has_before, has_after, users })
            })
            .await
    }

    /// The first message that the caller may see on or after a day in Japan.
    ///
    /// # Errors
    /// 404 outside the room; 422 where it is no date.
    pub async fn find_seq(&self, principal: &Principal, room: RoomId, date: &str) -> Result<FoundSeq, Problem> {
        let since = Time::parse(&format!("{date}T00:00:00+09:00")).ok().filter(|_| date.len() == 10);
        let since =
            since.ok_or_else(|| Problem::invalid("date", "日付はYYYY-MM-DDで指定してください。", "A date is YYYY-MM-DD."))?;
        let user = principal.user;
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let first = first_since(tx, room, row.last_seq, since).await?;
                let seq = spans.ranges(row.last_seq).find(|(_, to)| *to >= first).map(|(from, _)| from.max(first));
                Ok(FoundSeq { seq })
            })
            .await
    }
}

/// A page out of the spans, however many there are.
async fn page(
    tx: &mut Tx<'_>,
    room: RoomId,
    (spans, last_seq): (&Spans, Seq),
    around: Around,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    match around {
        Around::Newest => back(tx, room, (spans, last_seq), Seq::MAX, limit).await,
        Around::Before(seq) => back(tx, room, (spans, last_seq), seq, limit).await,
        Around::After(seq) => onward(tx, room, (spans, last_seq), seq, limit).await,
        Around::About(seq) => {
            // What one side lacks, the other gives.
            let mut after = onward(tx, room, (spans, last_seq), seq.saturating_sub(1), limit).await?;
            let mut items = back(tx, room, (spans, last_seq), seq, limit).await?;
            let (half, later) = (usize::try_from(limit / 2).unwrap_or(0), after.len());
            let limit = usize::try_from(limit).unwrap_or(0);
            let before = items.len().min(half.max(limit.saturating_sub(later)));
            items.drain(..items.len() - before);
            after.truncate(limit - before);
            items.append(&mut after);
            Ok(items)
        }
    }
}

async fn back(
    tx: &mut Tx<'_>,
    room: RoomId,
    (spans, last): (&Spans, Seq),
    before: Seq,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    let mut items: Vec<Message> = Vec::new();
    for (from, to) in spans.ranges(last).rev() {
        let missing = limit - i64::try_from(items.len()).unwrap_or(i64::MAX);
        if missing > 0 && from < before {
            let mut older = messages::newest(tx, room, (from, to.min(before.saturating_sub(1))), missing).await?;
            older.append(&mut items);
            items = older;
        }
    }
    Ok(items)
}

async fn onward(
    tx: &mut Tx<'_>,
    room: RoomId,
    (spans, last): (&Spans, Seq),
    after: Seq,
    limit: i64,
) -> Result<Vec<Message>, StoreError> {
    let mut items: Vec<Message> = Vec::new();
    for (from, to) in spans.ranges(last) {
        let missing = limit - i64::try_from(items.len()).unwrap_or(i64::MAX);
        if missing > 0 && to > after {
            items.append(&mut messages::oldest(tx, room, (from.max(after.saturating_add(1)), to), missing).await?);
        }
    }
    Ok(items)
}

/// 既読 N on the caller's own.
async fn count_readers(tx: &mut Tx<'_>, room: RoomId, user: UserId, items: &mut [Message]) -> Result<(), StoreError> {
    let own = |message: &&mut Message| message.sender_id == Some(user) && message.system.is_none();
    let Some(least) = items.iter_mut().filter(own).map(|message| message.seq).min() else { return Ok(()) };
    let tally = reads::tally(tx, room, least, vec![user]).await?;
    for message in items.iter_mut().filter(own) {
        message.read_count = Some(tally.of(message.seq, message.sender_id));
    }
    Ok(())
}

pub(crate) async fn people_on(tx: &mut Tx<'_>, items: &[Message]) -> Result<Vec<MessageUser>, StoreError> {
    let mut ids: BTreeSet<UserId> = BTreeSet::new();
    for message in items {
        ids.extend(message.sender_id);
        ids.extend(message.forwarded_from.and_then(|from| from.sender_id));
        ids.extend(message.system.iter().flat_map(|note| note.user_ids.iter().copied().take(20)));
        ids.extend(
            message
                .mentions
                .iter()
                .filter_map(|mention| if let Mention::User(user) = mention { Some(user.user_id) } else { None }),
        );
    }
    let found = people::find(tx, ids.into_iter().collect()).await?;
    let mut users: Vec<MessageUser> = found
        .into_values()
        .map(|person| MessageUser { id: person.id, name: person.name, kind: person.kind, org_unit_name: person.org_unit_name })
        .collect();
    users.sort_unstable_by_key(|user| user.id);
    Ok(users)
}

/// Messages lie in the order of their times, so a few looks suffice however long the room is.
async fn first_since(tx: &mut Tx<'_>, room: RoomId, last_seq: Seq, since: Time) -> Result<Seq, StoreError> {
    let (mut low, mut high) = (1, last_seq + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match messages::sent_at(tx, room, middle).await? {
            Some(at) if at >= since => high = middle,
            _ => low = middle + 1,
        }
    }
    Ok(low)
}
