//! A network that is slow, loses and breaks: clients that go on coming back hold in the end what is stored.

use std::time::Duration;

use testkit::{Network, Weather};

use super::at_length;
use super::crowd::Crowd;

testkit::both! {
    async fn a_bad_network_takes_nothing_and_doubles_nothing(server: Server) {
        let clients = ["aiko", "kenji"];
        let body = serde_json::json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] });
        let room = server.client("aiko").post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned();
        let network = Network::to(server.address).await;
        let origin = format!("http://{}", network.address);
        let clients = clients.map(|login| testkit::Client::new(&origin, "city", Some(server.person(login).token.clone())));
        let crowd = Crowd::gather(clients, &room).await;
        let delay = Duration::from_millis(at_length("IRORI_DELAY_MILLIS", 20));
        network.turn(Weather { delay, lost: 100, broken: 20 });
        for _ in 0..at_length("IRORI_CUTS", 5) {
            tokio::time::sleep(delay * 20).await;
            network.cut().await;
            network.mend().await;
        }
        network.turn(Weather::default());
        let (written, returns) = crowd.ensure_whole().await;
        println!("10 % lost, {delay:?} late, cut again and again: {written} messages whole, tabs came back {returns} times");
        assert!(written > 0 && returns > 0, "there was load: {written} messages, and the tabs came back: {returns}");
    }
}
