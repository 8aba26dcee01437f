//! Changing one's password, and what else a shared account changes of itself.

use std::time::Duration;

use serde_json::json;
use testkit::{Client, PASSWORD};

use super::sign_in::{sign_in, signed_in};

const NEW: &str = "火を囲んで待つ人";

async fn change(client: &Client, current: &str, new: &str) -> u16 {
    client.post("/me/password", json!({ "current": current, "new": new })).await.0
}

testkit::both! {
    async fn a_new_password_ends_all_other_sessions(server: Server) {
        let (mei, other) = (server.client("mei"), signed_in(&server, "mei", PASSWORD).await);
        let (status, problem) = mei.post("/me/password", json!({ "current": "wrong", "new": NEW })).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("current")));
        let (status, problem) = mei.post("/me/password", json!({ "current": PASSWORD, "new": "short" })).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("new")));
        assert_eq!(other.get("/me").await.0, 200);
        assert_eq!(change(&mei, PASSWORD, NEW).await, 204);
        assert_eq!((mei.get("/me").await.0, other.get("/me").await.0), (200, 401));
        assert_eq!(sign_in(&server, "mei", PASSWORD).await.0, 401);
        assert_eq!(sign_in(&server, "mei", NEW).await.0, 200);
    }

    async fn of_two_changes_at_once_one_holds(server: Server) {
        let mei = server.client("mei");
        let (one, two) = tokio::join!(change(&mei, PASSWORD, "ひとつめのことば"), change(&mei, PASSWORD, "ふたつめのことば"));
        let holds = match (one, two) {
            (204, 422) => "ひとつめのことば",
            (422, 204) => "ふたつめのことば",
            both => panic!("{both:?}"),
        };
        assert_eq!(sign_in(&server, "mei", holds).await.0, 200);
    }

    async fn wrong_ones_are_limited_and_a_right_one_forgives(server: Server) {
        let mei = server.client("mei");
        for _ in 0..4 {
            assert_eq!(change(&mei, "wrong", "長いことば 12").await, 422);
        }
        assert_eq!(change(&mei, PASSWORD, "長いことば 12").await, 204);
        for _ in 0..5 {
            assert_eq!(change(&mei, "wrong", PASSWORD).await, 422);
        }
        assert_eq!(change(&mei, "長いことば 12", PASSWORD).await, 429);
        server.clock.advance(Duration::from_secs(2));
        assert_eq!(change(&mei, "長いことば 12", PASSWORD).await, 204);
    }

    async fn nobody_blocks_it_from_the_sign_in_page(server: Server) {
        let mei = server.client("mei");
        let pretended = format!("password:{}", server.id("mei"));
        for _ in 0..5 {
            assert_eq!(sign_in(&server, &pretended, "wrong").await.0, 401);
        }
        assert_eq!(sign_in(&server, &pretended, "wrong").await.0, 429);
        assert_eq!(change(&mei, PASSWORD, "長いことば 12").await, 204);
    }

    async fn a_shared_account_changes_nothing_before_somebody_acts_in_it(server: Server) {
        let gate = server.client("gate");
        let theme = json!({ "settings": { "theme": "dark" } });
        for (status, problem) in [
            gate.post("/me/password", json!({ "current": PASSWORD, "new": "長いことば 12" })).await,
            gate.patch("/me", theme.clone()).await,
        ] {
            assert_eq!((status, &problem["type"]), (403, &json!("/problems/actor-required")));
        }
        gate.put_ok("/session/actor", json!({ "actorId": server.cast.actor("asa") })).await;
        gate.patch_ok("/me", theme).await;
        assert_eq!(change(&gate, PASSWORD, "長いことば 12").await, 204);
    }
}
