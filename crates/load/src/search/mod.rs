//! W5: search in many messages, for words of 2 to 5 characters, as a member of 50 rooms of 2,000; and how soon what is sent is found.

mod plan;
mod texts;

use std::path::Path;
use std::time::{Duration, Instant};

use kernel::clock::SystemClock;
use kernel::{Clock as _, RoomId, Time};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;

use crate::Outcome;
use crate::fill::{Filled, new_id};
use crate::ground::{Ground, Measured};
use crate::report::{Row, percentile};
use crate::server::Server;
use texts::Texts;

const TENANT: &str = "search";
/// Rooms, and those of them that the asker is in.
const ROOMS: usize = 2_000;
const MINE: usize = 50;
/// Over so long a time all was said.
const YEAR: Duration = Duration::from_secs(365 * 24 * 3_600);
/// Words looked for: as many of each length.
const QUESTIONS: usize = 1_000;
/// Messages sent and waited for.
const SENT: usize = 100;
/// Hits on a page, as our client asks.
const PAGE: usize = 20;

/// The tenant, and somebody in it.
struct Filling {
    ground: Ground,
    tenant: i64,
    token: String,
    mine: Vec<RoomId>,
}

/// Somebody who searches.
struct Asker<'a> {
    http: Client,
    server: &'a Server,
    token: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
    indexing: bool,
}

#[derive(Deserialize)]
struct Item {
    text: String,
}

/// All of it on one database.
pub async fn measure(binary: &Path, measured: Measured, messages: usize) -> Outcome<Vec<Row>> {
    let filled = fill(measured, messages).await?;
    let server = filled.ground.serve(binary).await?;
    let asker = Asker { http: Client::new(), server: &server, token: &filled.token };
    let built = build(&asker).await?;
    filled.ground.settle().await?;
    let (mut times, slowest) = questions(&asker).await?;
    let mut fresh = freshness(&asker, filled.mine[0]).await?;
    let database = filled.ground.database();
    let p99 = percentile(&mut times, 0.99);
    let rows = vec![
        Row::rate("W5 search, index built", database, messages as f64 / built.as_secs_f64(), "messages/s"),
        Row::cost("W5 search, the index", database, filled.ground.index_mb(filled.tenant).await?, "MB"),
        Row::cost(format!("W5 search in {messages} messages, p50"), database, percentile(&mut times, 0.5), "ms"),
        Row::cost(format!("W5 search in {messages} messages, p99"), database, p99, "ms").budget(20.0, 5.0),
        Row::cost("W5 search, found after it was sent, p50", database, percentile(&mut fresh, 0.5), "ms"),
        Row::cost("W5 search, found after it was sent, p99", database, percentile(&mut fresh, 0.99), "ms").budget(1_000.0, 100.0),
    ];
    if p99 > 20.0 {
        plan::print(&filled.ground, filled.tenant, &filled.mine, &slowest).await?;
    }
    Ok(rows)
}

async fn fill(measured: Measured, messages: usize) -> Outcome<Filling> {
    eprintln!("  filling");
    let (ground, store) = Ground::lay(measured).await?;
    let filled = Filled::create(&store, TENANT).await?;
    let people = filled.people(20).await?;
    let mine = |at: usize| at.is_multiple_of(ROOMS / MINE);
    let members = |at: usize| if mine(at) { vec![people[0], people[1]] } else { vec![people[1], people[2 + at % 18]] };
    let (start, step) = (SystemClock.now().0 - micros(YEAR), micros(YEAR) / messages as i64);
    let rooms = filled.rooms_since(Time(start), (0..ROOMS).map(members).collect()).await?;
    let each = messages / ROOMS;
    let mut texts = Texts::default();
    // Room after room speaks, again and again.
    let say = |room: usize, place: usize| (Time(start + step * (place * ROOMS + room) as i64), texts.next());
    filled.said(&rooms, people[1], each, say).await?;
    let token = filled.sessions(&people[..1]).await?.remove(0);
    let (tenant, mine) = (filled.tenant.0, rooms.iter().enumerate().filter(|(at, _)| mine(*at)).map(|(_, room)| *room).collect());
    drop(filled);
    drop(store);
    ground.settle().await?;
    Ok(Filling { ground, tenant, token, mine })
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl Asker<'_> {
    async fn ask(&self, q: &str) -> Outcome<Answer> {
        let address = format!("http://{}/{TENANT}/api/v1/search", self.server.address);
        let asked = [("q", q), ("in", "messages"), ("limit", &PAGE.to_string())];
        let answer = self.http.get(address).query(&asked).bearer_auth(self.token).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

/// Waits until all that was said before the server started is in the index.
async fn build(asker: &Asker<'_>) -> Outcome<Duration> {
    let since = Instant::now();
    while asker.ask("避難").await?.indexing {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(since.elapsed())
}

/// One question after the other, as whoever types asks; how long each took in ms, and the slowest.
async fn questions(asker: &Asker<'_>) -> Outcome<(Vec<f64>, String)> {
    let mut words = Texts::default();
    let (mut times, mut slowest, mut found) = (Vec::with_capacity(QUESTIONS), (0.0, String::new()), 0);
    for asked in 0..QUESTIONS {
        // Of each length: one as it comes up in talk, one that may be rare, or said nowhere.
        let length = 2 + asked / 2 % 4;
        let word = if asked % 2 == 0 { words.said(length) } else { words.word(length) };
        let since = Instant::now();
        let answer = asker.ask(&word).await?;
        let took = since.elapsed().as_secs_f64() * 1e3;
        if answer.items.iter().any(|item| !item.text.contains(&word)) {
            return Err(format!("{word} brought something else").into());
        }
        found += usize::from(!answer.items.is_empty());
        if took > slowest.0 {
            slowest = (took, word);
        }
        times.push(took);
    }
    eprintln!("  {found} of {QUESTIONS} words were found; the slowest was {} ({:.1} ms)", slowest.1, slowest.0);
    Ok((times, slowest.1))
}

/// How long after a message was sent it is found, in ms.
async fn freshness(asker: &Asker<'_>, room: RoomId) -> Outcome<Vec<f64>> {
    let address = format!("http://{}/{TENANT}/api/v1/rooms/{room}/messages", asker.server.address);
    let mut times = Vec::with_capacity(SENT);
    for _ in 0..SENT {
        let (id, since) = (new_id(), Instant::now());
        let body = json!({ "clientId": id, "text": format!("受付番号 {id}") });
        asker.http.post(&address).bearer_auth(asker.token).json(&body).send().await?.error_for_status()?;
        while asker.ask(&id.to_string()).await?.items.is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.push(since.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times)
}
