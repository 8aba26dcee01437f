//! listReaders: who has read a message and who has not, by name and section, never by the minute.

use std::collections::{BTreeMap, BTreeSet};

use kernel::page;
use kernel::{Principal, Problem, RoomId, Seq, Time, UserId};
use serde::{Deserialize, Serialize};
use store::{StoreError, Tx};
use utoipa::{IntoParams, ToSchema};

use super::edit::look_up;
use super::{Talk, enter};
use crate::model::Message;
use crate::people::{self, Person};
use crate::store::reads;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ReadState {
    /// Those who have.
    Read,
    /// Those who have not.
    Unread,
}

/// Which of them, and how many.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadersQuery {
    /// Only those who have, or only those who have not.
    #[param(inline)]
    pub state: Option<ReadState>,
    /// At most this many (1 to 200, 50 unless told).
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReaderCounts {
    /// Have read.
    pub read: i64,
    /// Have not.
    pub unread: i64,
}

/// Somebody who has read.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HasRead {
    /// Who.
    pub user_id: UserId,
    /// 氏名.
    pub name: String,
    /// The primary assignment's org unit.
    pub org_unit_name: Option<String>,
}

/// Somebody on the page.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReaderUser {
    /// Who.
    pub id: UserId,
    /// 氏名.
    pub name: String,
    /// The primary assignment's org unit.
    pub org_unit_name: Option<String>,
    /// The position there.
    pub position: Option<String>,
}

/// Who has read and who has not; both lists end where the page ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Readers {
    /// Of all, whatever the page.
    pub counts: ReaderCounts,
    /// Those who have.
    pub read: Vec<HasRead>,
    /// Those who have not.
    pub unread: Vec<UserId>,
    /// Everybody on this page.
    pub users: Vec<ReaderUser>,
    /// Hand this in as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

impl Talk {
    /// Who has read a message and who has not.
    ///
    /// # Errors
    /// 404 where the caller can't see it; 422 by bounds.
    pub async fn list_readers(
        &self,
        principal: &Principal,
        room: RoomId,
        seq: Seq,
        query: ReadersQuery,
    ) -> Result<Readers, Problem> {
        let limit = page::limit(query.limit)?;
        let after: Option<(bool, String, UserId)> = page::read_cursor(query.cursor.as_deref())?;
        let (user, now) = (principal.user, self.0.clock.now());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let (row, spans) = enter(tx, room, user).await?;
                let message = look_up(tx, &row, &spans, seq).await?;
                let (read, unread) = standing(tx, &message, now).await?;
                let counts = ReaderCounts { read: count(&read), unread: count(&unread) };
                let states = read.into_iter().map(|user| (user, false)).chain(unread.into_iter().map(|user| (user, true)));
                let states: BTreeMap<UserId, bool> = states.collect();
                let people = people::find(tx, states.keys().copied().collect()).await?;
                let wanted = |unread: bool| match query.state {
                    None => true,
                    Some(state) => (state == ReadState::Unread) == unread,
                };
                let mut shown: Vec<(bool, Person)> = people
                    .into_iter()
                    .filter_map(|(id, person)| Some((*states.get(&id)?, person)))
                    .filter(|(unread, _)| wanted(*unread))
                    .collect();
                shown.sort_unstable_by(|a, b| (a.0, &a.1.kana, a.1.id).cmp(&(b.0, &b.1.kana, b.1.id)));
                shown.retain(|(unread, person)| {
                    after.as_ref().is_none_or(|(was, kana, id)| (*unread, &person.kana, person.id) > (*was, kana, *id))
                });
                let page = kernel::Page::cut(shown, limit, |(unread, person)| (*unread, person.kana.clone(), person.id));
                Ok(readers(counts, page.items, page.next_cursor))
            })
            .await
    }
}

/// Who has read a message and who has yet to: whoever can't sign in any more is not waited for.
pub(crate) async fn standing(
    tx: &mut Tx<'_>,
    message: &Message,
    now: Time,
) -> Result<(BTreeSet<UserId>, BTreeSet<UserId>), StoreError> {
    let readers = reads::readers(tx, message.room_id, 0).await?;
    let read = readers.iter().filter(|reader| reader.has_read(message.seq, message.sender_id)).map(|reader| reader.user);
    let yet = readers.iter().filter(|reader| reader.has_yet_to_read(message.seq, message.sender_id)).map(|reader| reader.user);
    Ok((read.collect(), people::usable(tx, yet.collect(), now).await?))
}

fn count(users: &BTreeSet<UserId>) -> i64 {
    i64::try_from(users.len()).unwrap_or(i64::MAX)
}

fn readers(counts: ReaderCounts, page: Vec<(bool, Person)>, next_cursor: Option<String>) -> Readers {
    let mut answer = Readers { counts, read: Vec::new(), unread: Vec::new(), users: Vec::new(), next_cursor };
    for (unread, person) in page {
        if unread {
            answer.unread.push(person.id);
        } else {
            let (name, org_unit_name) = (person.name.clone(), person.org_unit_name.clone());
            answer.read.push(HasRead { user_id: person.id, name, org_unit_name });
        }
        let Person { id, name, org_unit_name, position, .. } = person;
        answer.users.push(ReaderUser { id, name, org_unit_name, position });
    }
    answer
}
