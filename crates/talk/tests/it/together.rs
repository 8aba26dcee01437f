//! Much at once: what changes the same rooms and people at the same time waits its turn, and nobody waits for another for good.

use serde_json::{Value, json};
use testkit::{Client, Server};
use tokio::task::JoinHandle;

use super::{room_of, say, text};

/// How often each of them does it.
const TIMES: usize = 12;

/// Does it again and again, beside the others.
fn again_and_again<F>(does: impl Fn(Client, usize) -> F + Send + 'static, client: Client) -> JoinHandle<Vec<(u16, Value)>>
where
    F: Future<Output = (u16, Value)> + Send + 'static,
{
    tokio::spawn(async move {
        let mut answers = Vec::new();
        for n in 0..TIMES {
            answers.push(does(client.clone(), n).await);
        }
        answers
    })
}

/// A room of this unit and those below it.
async fn wide_room(server: &Server, unit: &str) -> String {
    let body = json!({ "kind": "orgUnit", "orgUnitId": server.cast.unit(unit), "includeChildren": true });
    text(&server.client("admin").post_ok("/rooms", body).await["id"])
}

/// Asks a third into the pair's room, to all of it: the other is asked, then the third comes in.
async fn ask_in(client: Client, other: String, third: String) -> (u16, Value) {
    let (_, room) = client.post("/rooms", json!({ "kind": "direct", "memberIds": [other] })).await;
    let room = text(&room["id"]);
    say(&client, &room, "二人だけの話").await;
    client.post(&format!("/rooms/{room}/members"), json!({ "userIds": [third], "history": "all" })).await
}

/// Asks both into a room, and takes them out again.
async fn come_and_go(client: Client, room: String, people: [String; 2]) -> (u16, Value) {
    let path = format!("/rooms/{room}/members");
    let answer = client.post(&path, json!({ "userIds": people })).await;
    for user in people {
        client.delete(&format!("{path}/{user}")).await;
    }
    answer
}

testkit::both! {
    async fn whatever_changes_the_same_people_at_once_waits_its_turn(server: Server) {
        let (hall, office) = (wide_room(&server, "hall").await, wide_room(&server, "office").await);
        let parents = ["hall", "office"].map(|unit| server.cast.unit(unit).to_owned());
        let moved = |unit: &str, name: &'static str| {
            let (path, parents) = (format!("/orgUnits/{}", server.cast.unit(unit)), parents.clone());
            move |client: Client, n: usize| {
                let (path, body) = (path.clone(), json!({ "name": name, "parentId": parents[n % 2] }));
                async move { client.patch(&path, body).await }
            }
        };
        let [mayor, kenji] = ["mayor", "kenji"].map(|login| server.id(login));
        let asked = {
            let (mayor, kenji) = (mayor.clone(), kenji.clone());
            move |client: Client, _| ask_in(client, kenji.clone(), mayor.clone())
        };
        let came = |room: String| {
            let people = [mayor.clone(), kenji.clone()];
            move |client: Client, _| come_and_go(client, room.clone(), people.clone())
        };
        let settled = move |client: Client, n: usize| {
            let room = if n.is_multiple_of(2) { hall.clone() } else { office.clone() };
            async move { client.patch(&format!("/rooms/{room}/membership"), json!({ "muted": n.is_multiple_of(3) })).await }
        };
        let group = room_of(&server, &["aiko", "kenji", "mei", "mayor"]).await;
        let last = say(&server.client("aiko"), &group, "一斉に").await["seq"].clone();
        let read = move |client: Client, _| {
            let (path, body) = (format!("/rooms/{group}/read"), json!({ "seq": last }));
            async move { client.post(&path, body).await }
        };
        let mut running = vec![
            again_and_again(moved("fire", "消防署"), server.client("admin")),
            again_and_again(moved("affairs", "総務課"), server.client("admin")),
            again_and_again(settled, server.client("mayor")),
            again_and_again(read.clone(), server.client("mayor")),
            again_and_again(read, server.client("mei")),
            again_and_again(asked, server.client("aiko")),
        ];
        for _ in 0..3 {
            running.push(again_and_again(came(room_of(&server, &["mei", "outsider"]).await), server.client("mei")));
        }
        for each in running {
            for (status, answer) in each.await.unwrap() {
                assert!((200..300).contains(&status), "{status}: {answer}");
            }
        }
        let city = server.app.store.find_tenant("city").await.unwrap().unwrap().id;
        assert_eq!(talk::check::check(&server.app.store.tenant(city)).await.unwrap(), [] as [&str; 0]);
    }
}
