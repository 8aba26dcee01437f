//! The floors: the same bytes to the same number of sockets, and the same rows committed, with nothing else in the way.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Outcome;
use crate::stage::Stage;

/// What writing alone reaches.
pub struct FanOutFloor {
    /// Deliveries a second.
    pub rate: f64,
    /// CPU of the writing side a delivery, in µs.
    pub cpu_micros: f64,
}

/// Bytes of one `message` frame of about 120 bytes of text.
const FRAME_BYTES: usize = 460;
const ROUNDS: usize = 200;

/// One write per delivery to `members` sockets whose readers throw all away.
pub async fn fan_out(members: usize) -> Outcome<FanOutFloor> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut writers = Vec::with_capacity(members);
    for _ in 0..members {
        let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
        let mut reader = near?;
        tokio::spawn(async move {
            let mut buffer = vec![0; 64 * 1024];
            while reader.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
        });
        writers.push(far?.0);
    }
    let frame = vec![b'x'; FRAME_BYTES];
    // The writing runs on one thread, so that thread's own CPU is its cost.
    let started = Instant::now();
    let writing = tokio::task::spawn_blocking(move || -> Outcome<f64> {
        let cpu = thread_cpu_micros()?;
        tokio::runtime::Handle::current().block_on(async {
            for _ in 0..ROUNDS {
                for writer in &mut writers {
                    writer.write_all(&frame).await?;
                }
            }
            Outcome::Ok(())
        })?;
        Ok(thread_cpu_micros()? - cpu)
    });
    let cost = writing.await??;
    let deliveries = (ROUNDS * members) as f64;
    Ok(FanOutFloor { rate: deliveries / started.elapsed().as_secs_f64(), cpu_micros: cost / deliveries })
}

/// CPU of this thread, in µs, from the scheduler's own count (`proc(5)`: `schedstat`, nanoseconds).
fn thread_cpu_micros() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = stat.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(nanos / 1e3)
}

/// Rows of a message's size committed in groups of 200, durably, for `time`: rows a second.
pub async fn commits(stage: &Stage, time: Duration) -> Outcome<f64> {
    match stage.floor_url() {
        None => tokio::task::spawn_blocking(move || sqlite_commits(time)).await?,
        Some(url) => postgres_commits(&url, time).await,
    }
}

fn sqlite_commits(time: Duration) -> Outcome<f64> {
    let folder = tempfile::tempdir()?;
    let mut connection = Connection::open(folder.path().join("floor.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE messages (n INTEGER PRIMARY KEY, tenant_id BIGINT, room_id BLOB, seq BIGINT, text TEXT, UNIQUE (tenant_id, room_id, seq));",
    )?;
    let started = Instant::now();
    let mut seq: i64 = 0;
    while started.elapsed() < time {
        let tx = connection.transaction()?;
        {
            let mut insert = tx.prepare_cached("INSERT INTO messages (tenant_id, room_id, seq, text) VALUES (1, ?1, ?2, ?3)")?;
            for index in 0..200_u8 {
                seq += 1;
                insert.execute(rusqlite::params![[index / 2; 16], seq, TEXT])?;
            }
        }
        tx.commit()?;
    }
    Ok(seq as f64 / started.elapsed().as_secs_f64())
}

const TEXT: &str = "川東の用水路があふれ始めています。現地の確認をお願いします。至急です。";

async fn postgres_commits(url: &str, time: Duration) -> Outcome<f64> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let driving = tokio::spawn(connection);
    client
        .batch_execute(
            "DROP TABLE IF EXISTS floor_messages; CREATE TABLE floor_messages
             (n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id BIGINT, room_id BYTEA, seq BIGINT, text TEXT, UNIQUE (tenant_id, room_id, seq))",
        )
        .await?;
    let insert = client
        .prepare("INSERT INTO floor_messages (tenant_id, room_id, seq, text) SELECT 1, * FROM unnest($1::bytea[], $2::bigint[], $3::text[])")
        .await?;
    let started = Instant::now();
    let mut seq: i64 = 0;
    while started.elapsed() < time {
        let rooms: Vec<Vec<u8>> = (0..200_u8).map(|index| vec![index / 2; 16]).collect();
        let seqs: Vec<i64> = (seq + 1..=seq + 200).collect();
        client.execute(&insert, &[&rooms, &seqs, &vec![TEXT; 200]]).await?;
        seq += 200;
    }
    let rate = seq as f64 / started.elapsed().as_secs_f64();
    client.batch_execute("DROP TABLE floor_messages").await?;
    drop(client);
    driving.await??;
    Ok(rate)
}
