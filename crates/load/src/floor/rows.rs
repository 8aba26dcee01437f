//! Bare rows: committed in groups, and read.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tokio_postgres::NoTls;

use crate::Outcome;
use crate::ground::Raw;
use crate::stage::Stage;

const TEXT: &str = "川東の用水路があふれ始めています。現地の確認をお願いします。至急です。";
/// Rows in one commit.
const TOGETHER: u8 = 200;

/// Rows of a message's size committed in groups of 200, durably, for `time`: rows a second.
pub async fn commits(stage: &Stage, time: Duration) -> Outcome<f64> {
    match stage.raw() {
        Raw::Sqlite { .. } => tokio::task::spawn_blocking(move || sqlite_commits(time)).await?,
        Raw::Postgres { owner } => postgres_commits(&owner, time).await,
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
            for index in 0..TOGETHER {
                seq += 1;
                insert.execute(rusqlite::params![[index / 2; 16], seq, TEXT])?;
            }
        }
        tx.commit()?;
    }
    Ok(seq as f64 / started.elapsed().as_secs_f64())
}

async fn postgres_commits(url: &str, time: Duration) -> Outcome<f64> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
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
    let together = i64::from(TOGETHER);
    while started.elapsed() < time {
        let rooms: Vec<Vec<u8>> = (0..TOGETHER).map(|index| vec![index / 2; 16]).collect();
        let seqs: Vec<i64> = (seq + 1..=seq + together).collect();
        client.execute(&insert, &[&rooms, &seqs, &vec![TEXT; usize::from(TOGETHER)]]).await?;
        seq += together;
    }
    let rate = seq as f64 / started.elapsed().as_secs_f64();
    client.batch_execute("DROP TABLE floor_messages").await?;
    drop(client);
    driving.await??;
    Ok(rate)
}

/// The deep room's latest 50 rows asked of the database itself, `a_second` times a second: each one's time, in ms.
pub async fn latest(stage: &Stage, time: Duration, a_second: f64) -> Outcome<Vec<f64>> {
    let room = stage.deep_room.parse::<uuid::Uuid>()?.into_bytes().to_vec();
    let tenant = stage.tenant;
    match stage.raw() {
        Raw::Sqlite { tenants } => {
            let path = tenants.join(tenant.to_string()).join("data.db");
            tokio::task::spawn_blocking(move || sqlite_latest(&path, tenant, &room, time, a_second)).await?
        }
        Raw::Postgres { owner } => postgres_latest(&owner, tenant, &room, time, a_second).await,
    }
}

fn sqlite_latest(path: &PathBuf, tenant: i64, room: &[u8], time: Duration, a_second: f64) -> Outcome<Vec<f64>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut select =
        connection.prepare("SELECT seq, text FROM messages WHERE tenant_id = ?1 AND room_id = ?2 ORDER BY seq DESC LIMIT 50")?;
    let (until, mut samples) = (Instant::now() + time, Vec::new());
    while Instant::now() < until {
        let asked = Instant::now();
        let rows =
            select.query_map(rusqlite::params![tenant, room], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        debug_assert_eq!(rows.len(), 50);
        samples.push(asked.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_secs_f64(1.0 / a_second));
    }
    Ok(samples)
}

async fn postgres_latest(url: &str, tenant: i64, room: &[u8], time: Duration, a_second: f64) -> Outcome<Vec<f64>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driving = tokio::spawn(connection);
    let select = client
        .prepare("SELECT seq, text FROM irori.messages WHERE tenant_id = $1 AND room_id = $2 ORDER BY seq DESC LIMIT 50")
        .await?;
    let (until, mut samples) = (Instant::now() + time, Vec::new());
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / a_second));
    while Instant::now() < until {
        tick.tick().await;
        let asked = Instant::now();
        client.query(&select, &[&tenant, &room]).await?;
        samples.push(asked.elapsed().as_secs_f64() * 1e3);
    }
    drop(client);
    driving.await??;
    Ok(samples)
}
