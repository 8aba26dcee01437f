//! Whatever is said and asked: both databases find what looking through every text would.

use std::collections::BTreeSet;

use kernel::japanese::fold;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use testkit::{Backend, Server};

use super::{room, say, settle, texts};

/// Few characters, so that texts hold the same pairs in other orders; and the same ones in other clothes.
const LETTERS: &str = "[避難所あアｱがｶﾞ髙高ａAa%_'\" 。\u{1F600}]";
const TEXTS: usize = 40;
const QUESTIONS: usize = 60;

/// What is said, and what is asked of it.
fn drawn() -> (Vec<String>, Vec<String>) {
    let mut runner = TestRunner::deterministic();
    let mut draw = |pattern: String, count: usize| {
        let strategy = prop::string::string_regex(&pattern).unwrap();
        let drawn = std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current());
        drawn.filter(|text| !fold(text).is_empty()).take(count).collect::<Vec<String>>()
    };
    (draw(format!("{LETTERS}{{1,12}}"), TEXTS), draw(format!("{LETTERS}{{1,4}}"), QUESTIONS))
}

async fn story(backend: Backend) -> usize {
    let server = Server::start(backend).await;
    let aiko = server.client("aiko");
    let room = room(&server, "aiko", "水位監視", &["kenji"]).await;
    let (said, asked) = drawn();
    for text in &said {
        say(&aiko, &room, text).await;
    }
    settle(&aiko, &room).await;
    let mut hits = 0;
    for q in asked {
        let terms = search::Query::parse(&q).unwrap().terms;
        if terms.is_empty() {
            continue;
        }
        let holds = |text: &&String| terms.iter().all(|term| fold(text).contains(term));
        let expected: Vec<&String> = said.iter().rev().filter(holds).collect();
        // The mark that was waited for is no text of ours.
        let of_ours = |texts: Vec<String>| texts.into_iter().filter(|text| said.contains(text)).collect::<Vec<String>>();
        let found = of_ours(texts(&aiko, &[("q", &q), ("limit", "7")]).await);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{q:?}");
        let best: BTreeSet<String> = texts(&aiko, &[("q", &q), ("limit", "7"), ("sort", "best")]).await.into_iter().collect();
        assert!(found.iter().all(|text| best.contains(text)), "{q:?}: the same, in another order");
        hits += expected.len();
    }
    hits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_find_what_looking_through_every_text_would() {
    let (sqlite, postgres) = (story(Backend::Sqlite).await, story(Backend::Postgres).await);
    assert_eq!(sqlite, postgres);
    assert!(sqlite > 50, "the questions were about what was said: {sqlite} hits");
}
