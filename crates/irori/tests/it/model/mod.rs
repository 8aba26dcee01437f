//! Random interleavings of sends, edits, recalls, reactions, reads, joins, leaves and reconnects by several people: each answer,
//! and in the end what each of them holds, is what a plain model says. A failure is shrunk to the fewest steps that show it.

mod plain;
mod tab;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};
use testkit::{Backend, Client, Server};

use self::plain::Plain;
use self::tab::Tab;
use super::{at_length, new_id, seed};

/// The first makes the room and stays; the last is not in it at first.
const PEOPLE: [&str; 4] = ["aiko", "kenji", "mei", "mayor"];
const EMOJI: [&str; 2] = ["👍", "🔥"];

/// Interleavings tried, where nothing else is said.
const FEW: u32 = 25;

/// Who, as a place in [`PEOPLE`].
type Who = usize;

/// `which` picks among all messages there are.
#[derive(Clone, Debug)]
enum Step {
    Send {
        who: Who,
    },
    /// All who are there, at once.
    SendTogether,
    Edit {
        who: Who,
        which: usize,
    },
    Recall {
        who: Who,
        which: usize,
    },
    React {
        who: Who,
        which: usize,
        emoji: usize,
        on: bool,
    },
    Read {
        who: Who,
        which: usize,
    },
    Join {
        who: Who,
        with_history: bool,
    },
    Leave {
        who: Who,
    },
    /// Their connection breaks; where `unheard`, with what is on its way.
    Break {
        who: Who,
        unheard: bool,
    },
    /// They come back, while all others write.
    Return {
        who: Who,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (who, guest, which) = (|| 0..PEOPLE.len(), || 1..PEOPLE.len(), || 0..1_000_usize);
    prop_oneof![
        3 => who().prop_map(|who| Step::Send { who }),
        1 => Just(Step::SendTogether),
        3 => (who(), which()).prop_map(|(who, which)| Step::Edit { who, which }),
        1 => (who(), which()).prop_map(|(who, which)| Step::Recall { who, which }),
        3 => (who(), which(), 0..EMOJI.len(), any::<bool>())
            .prop_map(|(who, which, emoji, on)| Step::React { who, which, emoji, on }),
        4 => (who(), which()).prop_map(|(who, which)| Step::Read { who, which }),
        2 => (guest(), any::<bool>()).prop_map(|(who, with_history)| Step::Join { who, with_history }),
        2 => guest().prop_map(|who| Step::Leave { who }),
        2 => (who(), any::<bool>()).prop_map(|(who, unheard)| Step::Break { who, unheard }),
        2 => who().prop_map(|who| Step::Return { who }),
    ]
}

/// The same room twice: as it is served, and as it should be.
struct Play<'a> {
    server: &'a Server,
    room: String,
    plain: Plain,
    clients: Vec<Client>,
    tabs: Vec<Tab>,
}

impl<'a> Play<'a> {
    async fn open(server: &'a Server) -> Self {
        let clients: Vec<Client> = PEOPLE.iter().map(|login| server.client(login)).collect();
        let body = json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji"), server.id("mei")] });
        let room = clients[0].post_ok("/rooms", body).await;
        let plain = Plain::new(room["lastSeq"].as_i64().expect("a seq"));
        let room = room["id"].as_str().expect("an id").to_owned();
        let mut tabs: Vec<Tab> = clients.iter().map(|client| Tab::new(client.clone(), &room)).collect();
        for tab in &mut tabs {
            tab.come().await;
        }
        Self { server, room, plain, clients, tabs }
    }

    fn path(&self, rest: &str) -> String {
        format!("/rooms/{}{rest}", self.room)
    }

    async fn send(&self, who: Who) -> (u16, i64, Who, String) {
        let id = new_id();
        let (status, message) = self.clients[who].post(&self.path("/messages"), json!({ "clientId": id, "text": id })).await;
        (status, message["seq"].as_i64().unwrap_or(0), who, id)
    }

    fn sent(&mut self, (status, seq, who, text): (u16, i64, Who, String)) -> Result<(), TestCaseError> {
        prop_assert_eq!(status, if self.plain.is_in(who) { 201 } else { 404 }, "{} sends", PEOPLE[who]);
        if status == 201 {
            self.plain.say(seq, Some(who), &text)?;
        }
        Ok(())
    }

    /// Those who are there, but one, write at once.
    async fn send_together(&self, but: Option<Who>) -> Vec<(u16, i64, Who, String)> {
        let there = (0..PEOPLE.len()).filter(|who| self.plain.is_in(*who) && Some(*who) != but);
        futures_util::future::join_all(there.map(|who| self.send(who))).await
    }

    fn all_sent(&mut self, mut sends: Vec<(u16, i64, Who, String)>) -> Result<(), TestCaseError> {
        sends.sort_unstable_by_key(|(_, seq, ..)| *seq);
        sends.into_iter().try_for_each(|send| self.sent(send))
    }

    async fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Send { who } => {
                let send = self.send(who).await;
                self.sent(send)?;
            }
            Step::SendTogether => {
                let sends = self.send_together(None).await;
                self.all_sent(sends)?;
            }
            Step::Edit { .. } | Step::Recall { .. } | Step::React { .. } | Step::Read { .. } => self.touch(step).await?,
            Step::Join { .. } | Step::Leave { .. } => self.come_and_go(step).await?,
            Step::Break { who, unheard } => self.tabs[who].leave(unheard).await,
            Step::Return { who } => {
                let mut tab = std::mem::replace(&mut self.tabs[who], Tab::new(self.clients[who].clone(), &self.room));
                tab.leave(true).await;
                let (sends, ()) = tokio::join!(self.send_together(Some(who)), tab.come());
                self.tabs[who] = tab;
                self.all_sent(sends)?;
            }
        }
        Ok(())
    }

    /// What is done to a message.
    async fn touch(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let (Step::Edit { which, .. } | Step::Recall { which, .. } | Step::React { which, .. } | Step::Read { which, .. }) =
            *step
        else {
            return Ok(());
        };
        let Some(seq) = self.plain.pick(which) else { return Ok(()) };
        let path = self.path(&format!("/messages/{seq}"));
        let (found, expected) = match *step {
            Step::Edit { who, .. } => {
                let text = new_id();
                let (status, _) = self.clients[who].patch(&path, json!({ "text": text })).await;
                (status, self.plain.edit(who, seq, &text))
            }
            Step::Recall { who, .. } => (self.clients[who].delete(&path).await.0, self.plain.recall(who, seq)),
            Step::React { who, emoji, on, .. } => {
                let (emoji, client) = (EMOJI[emoji], &self.clients[who]);
                let path = format!("{path}/reactions/{emoji}");
                let (status, _) = if on { client.put(&path, Value::Null).await } else { client.delete(&path).await };
                (status, self.plain.react(who, seq, emoji, on))
            }
            Step::Read { who, .. } => {
                let (status, _) = self.clients[who].post(&self.path("/read"), json!({ "seq": seq })).await;
                (status, self.plain.read(who, seq))
            }
            _ => return Ok(()),
        };
        prop_assert_eq!(found, expected, "{:?} at seq {}", step, seq);
        Ok(())
    }

    async fn come_and_go(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let (found, expected) = match *step {
            Step::Join { who, with_history } => {
                let history = if with_history { "all" } else { "none" };
                let body = json!({ "userIds": [self.server.id(PEOPLE[who])], "history": history });
                (self.clients[0].post(&self.path("/members"), body).await.0, self.plain.join(who, with_history))
            }
            Step::Leave { who } => {
                let path = self.path(&format!("/members/{}", self.server.id(PEOPLE[who])));
                (self.clients[who].delete(&path).await.0, self.plain.leave(who))
            }
            _ => return Ok(()),
        };
        prop_assert_eq!(found, expected, "{:?}", step);
        Ok(())
    }

    /// What everybody holds, and what they are told of the room, is what the model says; also once they have come back.
    async fn ensure_same(&mut self) -> Result<(), TestCaseError> {
        let ids = PEOPLE.map(|login| self.server.id(login));
        for _ in 0..2 {
            for (who, name) in PEOPLE.iter().enumerate() {
                let expected = self.plain.seen_by(who, &ids);
                let held = self.tabs[who].hear(&expected).await;
                prop_assert_eq!(held, expected, "what {} holds", name);
                if self.plain.is_in(who) {
                    let told = self.clients[who].get_ok(&self.path("")).await;
                    let told = ["readSeq", "lastSeq", "memberCount", "unreadCount"].map(|count| told[count].as_i64());
                    prop_assert_eq!(told, self.plain.counts(who).map(Some), "what {} is told of the room", name);
                }
                self.tabs[who].leave(false).await;
            }
        }
        Ok(())
    }
}

fn story(backend: Backend) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(backend));
    let cases = u32::try_from(at_length("IRORI_MODEL_CASES", 0)).unwrap();
    let config = Config { cases: cases.max(FEW), failure_persistence: None, max_shrink_time: 120_000, ..Config::default() };
    let mut start = [0; 32];
    start[..8].copy_from_slice(&seed(cases > 0).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &start);
    let played = TestRunner::new_with_rng(config, rng).run(&prop::collection::vec(step(), 1..60), |steps| {
        runtime.block_on(async {
            let mut play = Play::open(&server).await;
            for step in &steps {
                play.take(step).await?;
            }
            play.ensure_same().await
        })
    });
    if let Err(failure) = played {
        panic!("{failure}");
    }
    println!("{} interleavings on {backend:?} as the model says", cases.max(FEW));
    runtime.block_on(server.into_data());
}

#[test]
fn everybody_holds_what_a_plain_model_says_on_sqlite() {
    story(Backend::Sqlite);
}

#[test]
fn everybody_holds_what_a_plain_model_says_on_postgres() {
    story(Backend::Postgres);
}
