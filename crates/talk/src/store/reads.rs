//! Read cursors, and what is counted from them.

use kernel::{ActorId, Rev, RoomId, Seq, UserId};
use store::{Row, StoreError, Tx, Value, params};

use super::batch::{Each, exec_each, query_each};
use super::changes;

store::statements! {
    // A cursor only ever moves on, and only of those who are there.
    pub MOVE_CURSOR = {
        sqlite: "UPDATE members SET read_seq = $4 WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND present = 1 AND read_seq < $4",
        postgres: "UPDATE members SET read_seq = w.c FROM UNNEST($2::bytea[], $3::bytea[], $4::bigint[]) AS w(a, b, c)
            WHERE members.tenant_id = $1 AND members.room_id = w.a AND members.user_id = w.b AND members.present = 1 AND members.read_seq < w.c"
    };
    pub MOVE_ACTOR_CURSOR = {
        sqlite: "INSERT INTO actor_cursors (tenant_id, room_id, actor_id, seq) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id, room_id, actor_id) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > actor_cursors.seq",
        postgres: "INSERT INTO actor_cursors (tenant_id, room_id, actor_id, seq)
            SELECT CAST($1 AS BIGINT), w.* FROM UNNEST($2::bytea[], $3::bytea[], $4::bigint[]) AS w
            ON CONFLICT (tenant_id, room_id, actor_id) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > actor_cursors.seq"
    };
    // The cursors as they stand before they move, of those who are there; the rows are held on PostgreSQL, in key order.
    pub CURSORS_OF = {
        sqlite: "SELECT m.room_id, m.user_id, m.read_seq, r.last_seq, r.member_count FROM members m
            JOIN rooms r ON r.tenant_id = $1 AND r.id = m.room_id
            WHERE m.tenant_id = $1 AND m.room_id = $2 AND m.user_id = $3 AND m.present = 1",
        // The room's columns one by one: a join to rooms would lead PostgreSQL through all members of each.
        postgres: "SELECT m.room_id, m.user_id, m.read_seq, (SELECT r.last_seq FROM rooms r WHERE r.tenant_id = $1 AND r.id = m.room_id),
                (SELECT r.member_count FROM rooms r WHERE r.tenant_id = $1 AND r.id = m.room_id)
            FROM UNNEST($2::bytea[], $3::bytea[]) AS w(a, b) JOIN members m ON m.tenant_id = $1 AND m.room_id = w.a AND m.user_id = w.b
            WHERE m.tenant_id = $1 AND m.present = 1 ORDER BY m.room_id, m.user_id FOR UPDATE OF m"
    };
    pub READERS = "SELECT user_id, read_seq, visible_from_seq FROM members
        WHERE tenant_id = $1 AND room_id = $2 AND present = 1 AND read_seq >= $3 ORDER BY user_id";
    // How many stand where: in large rooms nearly all stand at the end.
    pub TALLY = "SELECT read_seq, visible_from_seq, COUNT(*) FROM members
        WHERE tenant_id = $1 AND room_id = $2 AND present = 1 AND read_seq >= $3 GROUP BY read_seq, visible_from_seq";
    pub READERS_AMONG = "SELECT user_id, read_seq, visible_from_seq FROM members
        WHERE tenant_id = $1 AND room_id = $2 AND present = 1 AND read_seq >= $3 AND user_id = ANY_ID($4)";
    // $3 is the reader. A person inside a shared account has a cursor of their own, but none from before the account came in. Where more than $5 lie behind the cursor, nobody counts them one by one.
    // Counted a room at a time, between two seqs: joined, PostgreSQL reads every message of the tenant.
    pub COUNT_UNREAD = "SELECT w.room_id, (SELECT COUNT(*) FROM messages x WHERE x.tenant_id = $1 AND x.room_id = w.room_id
            AND x.seq > w.read_seq AND x.seq <= w.last_seq AND x.kind = 'text' AND x.sender_id <> $2 AND x.recalled_at IS NULL)
        FROM (SELECT m.room_id, r.last_seq, CASE WHEN m.user_id = $3 THEN m.read_seq ELSE COALESCE((SELECT c.seq FROM actor_cursors c
                WHERE c.tenant_id = $1 AND c.room_id = m.room_id AND c.actor_id = $3 AND c.seq >= m.visible_from_seq), m.visible_from_seq - 1) END AS read_seq
            FROM members m JOIN rooms r ON r.tenant_id = $1 AND r.id = m.room_id
            WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1 AND m.room_id = ANY_ID($4)) AS w
        WHERE w.last_seq - w.read_seq <= $5";
    pub MY_ROOMS = "SELECT m.room_id, m.muted, m.pinned, m.hidden_until_seq, r.active_at, r.rev, r.last_seq,
            CASE WHEN m.user_id = $3 THEN m.read_seq ELSE COALESCE((SELECT c.seq FROM actor_cursors c
                WHERE c.tenant_id = $1 AND c.room_id = m.room_id AND c.actor_id = $3 AND c.seq >= m.visible_from_seq), m.visible_from_seq - 1) END
        FROM members m JOIN rooms r ON r.tenant_id = $1 AND r.id = m.room_id
        WHERE m.tenant_id = $1 AND m.user_id = $2 AND m.present = 1";
    pub MY_ROOM = "SELECT m.room_id, m.muted, m.pinned, m.hidden_until_seq, r.active_at, r.rev, r.last_seq,
            CASE WHEN m.user_id = $3 THEN m.read_seq ELSE COALESCE((SELECT c.seq FROM actor_cursors c
                WHERE c.tenant_id = $1 AND c.room_id = m.room_id AND c.actor_id = $3 AND c.seq >= m.visible_from_seq), m.visible_from_seq - 1) END
        FROM members m JOIN rooms r ON r.tenant_id = $1 AND r.id = m.room_id
        WHERE m.tenant_id = $1 AND m.room_id = $4 AND m.user_id = $2 AND m.present = 1";
    pub SENDERS = "SELECT seq, sender_id FROM messages WHERE tenant_id = $1 AND room_id = $2 AND seq >= $3 AND seq <= $4 AND kind = 'text' ORDER BY seq DESC LIMIT $5";
}

/// Somebody has read up to a seq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// In which room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// Which person inside a shared account.
    pub actor: Option<ActorId>,
    /// Up to where.
    pub seq: Seq,
}

/// A cursor as it stands, beside its room.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// In which room.
    pub room: RoomId,
    /// Whose.
    pub user: UserId,
    /// Where it stands.
    pub seq: Seq,
    /// The room's last seq.
    pub last_seq: Seq,
    /// How many are in the room.
    pub member_count: i64,
}

/// Cursors of those of the pairs who are in the room.
///
/// # Errors
/// When the database refuses or is away.
pub async fn cursors_of(tx: &mut Tx<'_>, pairs: &[(RoomId, UserId)]) -> Result<Vec<Cursor>, StoreError> {
    let keys = pairs.iter().map(|(room, user)| vec![Value::from(*room), Value::from(*user)]).collect();
    let read = |row: &Row| Cursor {
        room: row.get(0),
        user: row.get(1),
        seq: row.get(2),
        last_seq: row.get(3),
        member_count: row.get(4),
    };
    Ok(query_each(tx, Each { statement: &CURSORS_OF, rows: keys }).await?.iter().map(read).collect())
}

/// Moves cursors on, each pair once.
///
/// # Errors
/// When the database refuses or is away.
pub async fn move_cursors(tx: &mut Tx<'_>, moves: &[(RoomId, UserId, Seq)]) -> Result<(), StoreError> {
    let rows = moves.iter().map(|(room, user, seq)| vec![Value::from(*room), Value::from(*user), Value::from(*seq)]).collect();
    exec_each(tx, &MOVE_CURSOR, &[], rows).await
}

/// Moves cursors of people inside shared accounts on, each once.
///
/// # Errors
/// When the database refuses or is away.
pub async fn move_actor_cursors(tx: &mut Tx<'_>, moves: &[(RoomId, ActorId, Seq)]) -> Result<(), StoreError> {
    let rows = moves.iter().map(|(room, actor, seq)| vec![Value::from(*room), Value::from(*actor), Value::from(*seq)]).collect();
    exec_each(tx, &MOVE_ACTOR_CURSOR, &[], rows).await
}

/// Somebody in a room, and how far they have read.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Who.
    pub user: UserId,
    /// Up to where.
    pub read_seq: Seq,
    /// The first message that they are here to read.
    pub here_from: Seq,
}

impl Reader {
    /// **既読**: they are here, didn't write it, are here since before it, and have come that far.
    #[must_use]
    pub fn has_read(&self, seq: Seq, sender: Option<UserId>) -> bool {
        self.read_seq >= seq && self.is_asked(seq, sender)
    }

    /// **未読**: as [`Self::has_read`], but they have not come that far.
    #[must_use]
    pub fn has_yet_to_read(&self, seq: Seq, sender: Option<UserId>) -> bool {
        self.read_seq < seq && self.is_asked(seq, sender)
    }

    /// Whether their reading it counts at all: not what they were shown of the time before, nor of an earlier stay,
    /// however far the cursor stands.
    fn is_asked(&self, seq: Seq, sender: Option<UserId>) -> bool {
        Some(self.user) != sender && seq >= self.here_from
    }
}

/// Everybody in a room whose cursor stands at `least` or further.
///
/// # Errors
/// When the database refuses or is away.
pub async fn readers(tx: &mut Tx<'_>, room: RoomId, least: Seq) -> Result<Vec<Reader>, StoreError> {
    let rows = tx.query(&READERS, &params![room, least]).await?;
    Ok(rows.iter().map(reader).collect())
}

/// How many of a room have read each of its messages.
#[derive(Debug)]
pub struct Tally {
    /// Where cursors stand, since when, and how many.
    standing: Vec<(Seq, Seq, i64)>,
    /// Those who wrote: one's own reading does not count.
    writers: Vec<Reader>,
}

impl Tally {
    /// **既読 N** of the message at `seq`: as many as [`Reader::has_read`] holds for.
    #[must_use]
    pub fn of(&self, seq: Seq, sender: Option<UserId>) -> i64 {
        let all: i64 = self.standing.iter().filter(|(read, from, _)| *read >= seq && *from <= seq).map(|(.., count)| count).sum();
        let own = self.writers.iter().any(|own| Some(own.user) == sender && own.has_read(seq, None));
        all - i64::from(own)
    }
}

/// Counts the readers of messages from `least` on, which `writers` wrote.
///
/// # Errors
/// When the database refuses or is away.
pub async fn tally(tx: &mut Tx<'_>, room: RoomId, least: Seq, writers: Vec<UserId>) -> Result<Tally, StoreError> {
    let asked = [(&TALLY, params![room, least].into()), (&READERS_AMONG, params![room, least, writers].into())];
    let answers = tx.query_all(&asked).await?;
    Ok(Tally {
        standing: answers[0].iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect(),
        writers: answers[1].iter().map(reader).collect(),
    })
}

fn reader(row: &Row) -> Reader {
    Reader { user: row.get(0), read_seq: row.get(1), here_from: row.get(2) }
}

/// Unread messages of others, per room where no more than `most` lie behind the cursor; the other rooms are left out.
///
/// # Errors
/// When the database refuses or is away.
pub async fn count_unread(
    tx: &mut Tx<'_>,
    user: UserId,
    reader: uuid::Uuid,
    rooms: Vec<RoomId>,
    most: i64,
) -> Result<Vec<(RoomId, i64)>, StoreError> {
    let rows = tx.query(&COUNT_UNREAD, &params![user, reader, rooms, most]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// What differs per person of a room that they are in.
#[derive(Clone, Copy, Debug)]
pub struct Mine {
    /// Which room.
    pub room: RoomId,
    /// No notifications.
    pub muted: bool,
    /// At the top.
    pub pinned: bool,
    /// Hidden until the room's last seq is no smaller.
    pub hidden_until_seq: Seq,
    /// When somebody last wrote.
    pub active_at: kernel::Time,
    /// Where the room stands.
    pub rev: Rev,
    /// Its last seq.
    pub last_seq: Seq,
    /// How far the reader has read.
    pub read_seq: Seq,
}

/// The rooms that `user` is in, as `reader` has read them.
///
/// # Errors
/// When the database refuses or is away.
pub async fn my_rooms(tx: &mut Tx<'_>, user: UserId, reader: uuid::Uuid) -> Result<Vec<Mine>, StoreError> {
    Ok(tx.query(&MY_ROOMS, &params![user, reader]).await?.iter().map(read_mine).collect())
}

/// As [`my_rooms`], and where the user's own stream stands.
///
/// # Errors
/// When the database refuses or is away.
pub async fn my_rooms_and_rev(tx: &mut Tx<'_>, user: UserId, reader: uuid::Uuid) -> Result<(Vec<Mine>, Rev), StoreError> {
    let asked = [(&MY_ROOMS, params![user, reader].into()), (&changes::USER_REV, params![user].into())];
    let answers = tx.query_all(&asked).await?;
    Ok((answers[0].iter().map(read_mine).collect(), answers[1].first().map_or(0, |row| row.get(0))))
}

/// As [`my_rooms`], this one, if `user` is in it.
///
/// # Errors
/// When the database refuses or is away.
pub async fn my_room(tx: &mut Tx<'_>, user: UserId, reader: uuid::Uuid, room: RoomId) -> Result<Option<Mine>, StoreError> {
    Ok(tx.query_opt(&MY_ROOM, &params![user, reader, room]).await?.as_ref().map(read_mine))
}

fn read_mine(row: &Row) -> Mine {
    Mine {
        room: row.get(0),
        muted: row.get(1),
        pinned: row.get(2),
        hidden_until_seq: row.get(3),
        active_at: row.get(4),
        rev: row.get(5),
        last_seq: row.get(6),
        read_seq: row.get(7),
    }
}

/// Who wrote the newest `limit` messages of `from..=to`.
///
/// # Errors
/// When the database refuses or is away.
pub async fn senders(
    tx: &mut Tx<'_>,
    room: RoomId,
    (from, to): (Seq, Seq),
    limit: i64,
) -> Result<Vec<(Seq, UserId)>, StoreError> {
    let rows = tx.query(&SENDERS, &params![room, from, to, limit]).await?;
    Ok(rows.iter().filter_map(|row| Some((row.get(0), row.get::<Option<UserId>>(1)?))).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn some_reader() -> impl Strategy<Value = Reader> {
        (0..6_u128, 0..8_i64, 1..8_i64).prop_map(|(user, read_seq, here_from)| Reader {
            user: UserId(Uuid::from_u128(user)),
            read_seq,
            here_from,
        })
    }

    proptest! {
        #[test]
        fn a_tally_counts_whoever_has_read(all in proptest::collection::vec(some_reader(), 0..8), seq in 1..8_i64, sender in 0..7_u128) {
            let readers: HashMap<UserId, Reader> = all.into_iter().map(|reader| (reader.user, reader)).collect();
            let sender = UserId(Uuid::from_u128(sender));
            let tally = Tally {
                standing: readers.values().map(|reader| (reader.read_seq, reader.here_from, 1)).collect(),
                writers: readers.get(&sender).copied().into_iter().collect(),
            };
            let count = readers.values().filter(|reader| reader.has_read(seq, Some(sender))).count();
            prop_assert_eq!(tally.of(seq, Some(sender)), i64::try_from(count).unwrap());
        }
    }
}
