//! The event stream, where WebSockets don't get through.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{FLOOD_WATCH, Stage};

/// A client's side of an event stream.
struct Client<'a> {
    stage: &'a Stage,
    http: reqwest::Client,
    name: &'static str,
}

impl<'a> Client<'a> {
    fn new(stage: &'a Stage, name: &'static str) -> Self {
        Self { stage, http: reqwest::Client::new(), name }
    }

    fn post(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.http.post(format!("http://{}{path}", self.stage.address)).header("x-user", self.name).json(body)
    }

    async fn open(&self) -> String {
        let opened = self.post("/live/streams", &json!({ "type": "hello" })).send().await.unwrap();
        assert_eq!(opened.status(), 201);
        opened.json::<Value>().await.unwrap()["streamId"].as_str().unwrap().to_owned()
    }

    async fn read(&self, id: &str) -> reqwest::Response {
        let address = format!("http://{}/live/stream?id={id}", self.stage.address);
        self.http.get(address).header("x-user", self.name).send().await.unwrap()
    }
}

/// Reads on until all of these have come.
async fn hear(stream: &mut reqwest::Response, words: &[&str]) -> String {
    let mut heard = String::new();
    while !words.iter().all(|word| heard.contains(word)) {
        let chunk = tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await.expect("more within 5 s");
        heard.push_str(std::str::from_utf8(&chunk.unwrap().expect("it goes on")).unwrap());
    }
    heard
}

#[tokio::test]
async fn an_event_stream_carries_the_same_frames() {
    let stage = Stage::set().await;
    let kenji = Client::new(&stage, "kenji");
    let id = kenji.open().await;
    let others = Client::new(&stage, "mei").read(&id).await;
    assert_eq!(others.status(), 404, "a stream is its opener's");
    let mut stream = kenji.read(&id).await;
    stage.say(FLOOD_WATCH, 21, true, "流れで届く");
    let frame = kenji.post(&format!("/live/streams/{id}/frames"), &json!({ "type": "ping", "ref": 9 }));
    assert_eq!(frame.send().await.unwrap().status(), 204);
    let heard = hear(&mut stream, &["\"pong\"", "流れで届く"]).await;
    assert!(heard.starts_with("data: {\"apiVersion\""), "{heard}");
}

#[tokio::test]
async fn a_stream_is_read_once_and_ends_with_its_reader() {
    let stage = Stage::set().await;
    let kenji = Client::new(&stage, "kenji");
    let id = kenji.open().await;
    let mut stream = kenji.read(&id).await;
    hear(&mut stream, &["ready"]).await;
    assert_eq!(kenji.read(&id).await.status(), 404, "while it is being read");
    assert_eq!(stage.hub.connected(), 1);
    drop(stream);
    stage.connected(0).await;
    assert_eq!(kenji.read(&id).await.status(), 404, "what was on its way is lost: another stream tells it");
}

#[tokio::test]
async fn the_greeting_outlives_an_overflow_before_it_is_read() {
    let stage = Stage::with(|config| config.queue_frames = 1).await;
    stage.say(FLOOD_WATCH, 21, true, "開く前");
    let kenji = Client::new(&stage, "kenji");
    let id = kenji.open().await;
    for seq in 22..26 {
        stage.say(FLOOD_WATCH, seq, true, "読む前");
    }
    let overflowed = async {
        while stage.hub.counters.overflows.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), overflowed).await.expect("the queue is bounded");
    let heard = hear(&mut kenji.read(&id).await, &["behind"]).await;
    let place = |word: &str| heard.find(word).unwrap_or_else(|| panic!("{word} in {heard}"));
    assert!(place("welcome") < place("開く前") && place("開く前") < place("\"ready\"") && place("\"ready\"") < place("behind"));
}

#[tokio::test]
async fn a_stream_that_nobody_comes_for_ends() {
    let stage = Stage::with(|config| config.stream_grace = Duration::from_millis(100)).await;
    Client::new(&stage, "kenji").open().await;
    stage.connected(0).await;
}

#[tokio::test]
async fn whoever_goes_away_while_a_stream_is_opened_leaves_nothing_behind() {
    let stage = Stage::set().await;
    stage.world.catching_up_hangs.store(true, Ordering::SeqCst);
    let kenji = Client::new(&stage, "kenji");
    let mut opening = Box::pin(kenji.post("/live/streams", &json!({ "type": "hello" })).send());
    tokio::select! {
        _ = &mut opening => panic!("it hangs"),
        () = stage.connected(1) => {}
    }
    drop(opening);
    stage.connected(0).await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_let_go() {
    let stage = Stage::with(|config| {
        config.queue_frames = 64;
        config.stuck_after = Duration::from_millis(100);
        config.recheck_every = Duration::from_millis(10);
    })
    .await;
    let kenji = Client::new(&stage, "kenji");
    let id = kenji.open().await;
    let _unread = kenji.read(&id).await;
    let text = "川".repeat(5_000);
    let mut told = 20;
    while stage.hub.counters.overflows.load(Ordering::Relaxed) == 0 {
        told += 1;
        stage.say(FLOOD_WATCH, told, true, &text);
        tokio::task::yield_now().await;
    }
    stage.world.revoke_all();
    stage.connected(0).await;
}
