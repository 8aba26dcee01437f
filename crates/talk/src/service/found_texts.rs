//! What the files of messages say: a document of its own beside each message that shows any. When a text comes after its message,
//! the message is noted in its room's log once more, and whoever reads that log, the index too, comes by it.

use std::collections::{BTreeMap, HashMap, HashSet};

use files::File;
use files::service::{text_states, texts_of};
use files::store::texts::TextState;
use kernel::{FileId, Problem, Rev, RoomId, Seq, TenantId};
use store::ports::{Document, DocumentKind};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::Talk;
use super::edit::changed;
use super::search::{is_found, seqs};
use crate::model::Message;
use crate::store::changes::{Change, Log, What};
use crate::store::{files as shown, messages, rooms};

/// Characters of files that are held together.
const TOGETHER: usize = 1_000_000;
/// Messages noted in one transaction.
const NOTED: i64 = 50;

/// What is known of the files of some messages, by their hash.
#[derive(Default)]
pub(super) struct Texts {
    states: HashMap<String, TextState>,
    texts: HashMap<String, String>,
}

/// Finds what the files of these messages say. Where that is too much to be held together, the logs are cut, and the messages behind
/// are left for the next time.
pub(super) async fn cut_and_find(
    tx: &mut Tx<'_>,
    after: &[(RoomId, Rev)],
    logs: &mut [Log],
    messages: &mut Vec<Message>,
) -> Result<Texts, StoreError> {
    let files = files_of(messages);
    if files.is_empty() {
        return Ok(Texts::default());
    }
    let states = text_states(tx, &files).await?;
    let size =
        |message: &Message| message.attachments.iter().filter_map(|file| states.get(&file.sha256)).map(|state| state.chars).sum();
    cut(after, logs, &messages.iter().map(|message| ((message.room_id, message.seq), size(message))).collect());
    let kept: HashSet<(RoomId, Seq)> =
        after.iter().zip(&*logs).flat_map(|((room, _), log)| seqs(log).map(|seq| (*room, seq))).collect();
    messages.retain(|message| kept.contains(&(message.room_id, message.seq)));
    let texts = texts_of(tx, &files_of(messages)).await?;
    Ok(Texts { states, texts })
}

fn files_of(messages: &[Message]) -> Vec<File> {
    messages.iter().flat_map(|message| message.attachments.iter().cloned()).collect()
}

/// Cuts each log before the message with which it would be too much; the first stays, however large.
fn cut(after: &[(RoomId, Rev)], logs: &mut [Log], sizes: &HashMap<(RoomId, Seq), usize>) {
    let mut together = 0;
    for ((room, from), log) in after.iter().zip(logs) {
        let fits = |change: &&Change| {
            let What::Message(seq) = change.what else { return true };
            let size = sizes.get(&(*room, seq)).copied().unwrap_or(0);
            let fits = size == 0 || together == 0 || together + size <= TOGETHER;
            together += if fits { size } else { 0 };
            fits
        };
        let kept = log.changes.iter().take_while(fits).count();
        if kept < log.changes.len() {
            log.changes.truncate(kept);
            log.rev = log.changes.last().map_or(*from, |change| change.rev);
            log.more = true;
        }
    }
}

impl Texts {
    /// What a message's files are found by; none where it never showed any.
    pub(super) fn document(&self, message: &Message) -> Option<Document> {
        if message.attachments.is_empty() && message.recalled_at.is_none() {
            return None;
        }
        let text = (is_found(message) && !message.attachments.is_empty()).then(|| self.words(message));
        let read_at = message.attachments.iter().filter_map(|file| self.states.get(&file.sha256)?.read_at).max();
        Some(Document {
            kind: DocumentKind::Files,
            seq: message.seq,
            at: message.sent_at,
            edited_at: read_at,
            author: message.sender_id,
            text,
        })
    }

    fn words(&self, message: &Message) -> String {
        let words = message.attachments.iter().flat_map(|file| [Some(&file.name), self.texts.get(&file.sha256)]).flatten();
        words.map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

impl Talk {
    /// Notes each message that shows a file as changed.
    pub(super) async fn touch_showing(&self, tenant: TenantId, file: FileId) -> Result<(), Problem> {
        let db = self.db(tenant);
        let mut after = (RoomId(Uuid::nil()), 0);
        loop {
            let from = after;
            let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(shown::showing(tx, file, from, NOTED).await?) };
            let places = db.read(read).await?;
            let Some(last) = places.last() else { return Ok(()) };
            after = *last;
            db.write(async move |tx: &mut Tx<'_>| touch(tx, &places).await).await?;
        }
    }
}

/// Rooms in key order, so that two such transactions never wait for each other.
async fn touch(tx: &mut Tx<'_>, places: &[(RoomId, Seq)]) -> Result<(), Problem> {
    let mut by_room: BTreeMap<RoomId, Vec<Seq>> = BTreeMap::new();
    for (room, seq) in places {
        by_room.entry(*room).or_default().push(*seq);
    }
    for mut row in rooms::lock_all(tx, by_room.keys().copied().collect()).await? {
        for mut message in messages::by_seq(tx, row.id, by_room[&row.id].clone()).await? {
            if message.recalled_at.is_none() {
                message.rev = rooms::next_rev(tx, &mut row).await?;
                messages::touch(tx, &message).await?;
                changed(tx, message).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::StreamId;

    use super::*;

    #[test]
    fn logs_are_cut_where_it_would_be_too_much() {
        let (room, quiet) = (RoomId(Uuid::from_u128(1)), RoomId(Uuid::from_u128(2)));
        let log = |room: RoomId, revs: std::ops::RangeInclusive<Rev>| Log {
            rev: *revs.end(),
            more: false,
            changes: revs.map(|rev| Change { stream: StreamId::Room(room), rev, what: What::Message(rev) }).collect(),
        };
        let mut logs = [log(room, 11..=14), log(quiet, 21..=22)];
        let sizes = [((room, 11), TOGETHER * 2), ((room, 13), 1), ((quiet, 21), 1)].into();
        cut(&[(room, 10), (quiet, 20)], &mut logs, &sizes);
        assert_eq!((logs[0].rev, logs[0].more, logs[0].changes.len()), (12, true, 2), "the first stays, however large");
        assert_eq!((logs[1].rev, logs[1].more, logs[1].changes.len()), (20, true, 0));
        let mut logs = [log(room, 11..=14)];
        cut(&[(room, 10)], &mut logs, &[((room, 11), 1), ((room, 12), TOGETHER - 1)].into());
        assert_eq!((logs[0].rev, logs[0].more), (14, false));
    }
}
