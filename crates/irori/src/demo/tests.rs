//! What holds for the demo's data, whatever the seed and day.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use directory::Directory;
use kernel::Time;
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use kernel::principal::UserKind;
use store::{Database, Store, StoreConfig};

use super::generate::{Wish, generate};
use super::plan::{Mention, RoomKind, TenantPlan};
use super::{Size, load};

fn small(seed: u64, until: &str) -> Vec<TenantPlan> {
    generate(Wish { seed, until: Time::parse(until).expect("a time"), size: Size::Small })
}

fn full() -> Vec<TenantPlan> {
    generate(Wish { seed: 1, until: Time::parse("2026-11-23T10:45:00+09:00").expect("a time"), size: Size::Full })
}

fn check(plan: &TenantPlan, until: Time) {
    let ids: HashSet<_> = plan.people.iter().map(|person| person.id).collect();
    assert_eq!(ids.len(), plan.people.len());
    let logins: HashSet<_> = plan.people.iter().map(|person| &person.login).collect();
    assert_eq!(logins.len(), plan.people.len());
    let mut client_ids = HashSet::new();
    let mut pairs = HashSet::new();
    for room in &plan.rooms {
        let from: HashMap<_, _> = room.members.iter().map(|member| (member.person, member.visible_from)).collect();
        assert_eq!(from.len(), room.members.len(), "{}: nobody is in a room twice", room.title);
        assert!(from.contains_key(&room.creator));
        if room.kind == RoomKind::Direct {
            let mut pair: Vec<_> = from.keys().copied().collect();
            pair.sort_unstable();
            assert!(pair.len() == 2 && pairs.insert(pair), "one direct room a pair");
        }
        let last = i64::try_from(room.messages.len()).expect("small");
        let mut before = room.created_at;
        for (message, seq) in room.messages.iter().zip(1..) {
            assert!(client_ids.insert(message.client_id));
            assert!(before <= message.sent_at && message.sent_at <= until, "{} {seq}", room.title);
            before = message.sent_at;
            assert!(
                from.get(&message.sender).is_some_and(|&from| from <= seq),
                "{} {seq}: {}",
                room.title,
                plan.people[message.sender].login
            );
            assert!(message.reply_to.is_none_or(|reply| (1..seq).contains(&reply)), "{} {seq}", room.title);
            assert_eq!(message.text.is_empty(), message.recalled_at.is_some(), "{} {seq}", room.title);
            assert!(!message.text.contains(['{', '}', '[', ']', '|']), "{}", message.text);
            assert_eq!(plan.people[message.sender].kind == UserKind::Shared, message.actor.is_some());
            assert!(message.reactions.iter().flat_map(|(_, people)| people).all(|person| from.contains_key(person)));
            for mention in &message.mentions {
                assert!(!matches!(mention, Mention::Person(person) if !from.contains_key(person)), "{}", message.text);
            }
        }
        for member in &room.members {
            assert!((member.visible_from - 1..=last).contains(&member.read), "{}", room.title);
        }
        assert!(room.notice_seq.is_none_or(|seq| (1..=last).contains(&seq)));
    }
}

#[test]
fn the_same_wish_makes_the_same_demo() {
    let (one, same, other) =
        (small(1, "2026-11-23T10:45:00+09:00"), small(1, "2026-11-23T10:45:00+09:00"), small(2, "2026-11-23T10:45:00+09:00"));
    assert_eq!(one, same);
    assert_ne!(one, other);
}

#[test]
fn it_holds_together_on_any_day() {
    for (seed, until) in [(1, "2026-11-23T10:45:00+09:00"), (7, "2024-02-29T00:00:00+09:00"), (9, "2027-01-01T03:00:00+09:00")] {
        for plan in small(seed, until) {
            check(&plan, Time::parse(until).expect("a time"));
        }
    }
}

#[test]
fn a_small_one_has_the_same_named_accounts() {
    let plans = small(1, "2026-11-23T10:45:00+09:00");
    let accounts: usize = plans.iter().map(|plan| plan.people.len()).sum();
    assert!((55..=70).contains(&accounts), "{accounts}");
    assert_eq!(plans.iter().flat_map(|plan| &plan.rooms).map(|room| room.messages.len()).sum::<usize>(), 3_000);
    for login in
        ["admin", "mayor", "it001", "it003", "staff001", "staff020", "fire001", "fire003", "nursery01", "shelter01", "guest01"]
    {
        assert!(plans[0].people.iter().any(|person| person.login == login), "{login}");
    }
}

#[test]
fn the_first_account_opens_to_a_lively_list() {
    let city = &full()[0];
    let me = city.people.iter().position(|person| person.login == "staff001").expect("staff001");
    let mut mine: Vec<_> =
        city.rooms.iter().filter_map(|room| Some((room, room.members.iter().find(|member| member.person == me)?.read))).collect();
    mine.sort_by_key(|(room, _)| std::cmp::Reverse(room.messages.last().map(|message| message.sent_at)));
    let unread = |index: usize| mine[index].0.messages.len() as i64 - mine[index].1;
    assert_eq!((mine[0].0.title.as_str(), unread(0)), ("防災課", 3));
    let names_me = mine.iter().filter(|(room, read)| {
        let unread = room.messages.iter().zip(1..).filter(|(_, seq)| seq > read);
        unread.into_iter().any(|(message, _)| message.mentions.contains(&Mention::Person(me)))
    });
    assert!(names_me.count() >= 3);
    assert!((0..mine.len()).filter(|&index| unread(index) > 0).count() >= 6);
}

#[test]
fn the_city_has_the_real_ones_shape() {
    let plans = full();
    let city = &plans[0];
    check(city, Time::parse("2026-11-23T10:45:00+09:00").expect("a time"));
    assert_eq!(city.people.len(), 920);
    let count = |start: &str| city.people.iter().filter(|person| person.login.starts_with(start)).count();
    assert_eq!((count("staff"), count("fire"), count("nursery"), count("shelter"), count("it0")), (705, 150, 12, 40, 3));
    assert_eq!(city.rooms.iter().map(|room| room.messages.len()).sum::<usize>(), 100_000);
    let largest = city.rooms.iter().max_by_key(|room| room.messages.len()).expect("there are rooms");
    assert_eq!((largest.title.as_str(), largest.messages.len()), ("防災課", 32_000));
    let mayor = city.people.iter().position(|person| person.login == "mayor").expect("the mayor");
    for room in city.rooms.iter().filter(|room| matches!(room.kind, RoomKind::OrgUnit { .. })) {
        assert!(room.members.iter().any(|member| member.person == mayor), "{}", room.title);
    }
    // It is talk, not a handful of sentences.
    let texts: HashSet<_> = city.rooms.iter().flat_map(|room| &room.messages).map(|message| &message.text).collect();
    assert!(texts.len() > 20_000, "{} different texts", texts.len());
}

#[tokio::test]
async fn what_is_written_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = StoreConfig::new(Database::Sqlite { folder: folder.path().to_owned() });
    let store = Store::open(config, Arc::new(SystemClock), Arc::new(NoSink)).await.expect("a store");
    let directory = Directory::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    for plan in small(1, "2026-11-23T10:45:00+09:00") {
        let (name, rooms) = (plan.name, plan.rooms.len());
        let loaded = load::write(&store, &directory, plan, "irori-demo").await.expect("it is written");
        assert_eq!(loaded.rooms, rooms);
        let tenant = store.find_tenant(name).await.expect("the store answers").expect("it is there");
        assert_eq!(talk::check::check(&store.tenant(tenant.id)).await.expect("the store answers"), Vec::<String>::new());
    }
}
