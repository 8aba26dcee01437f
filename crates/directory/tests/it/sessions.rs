//! One's own sessions: listed and ended.

use std::time::Duration;

use serde_json::Value;
use testkit::PASSWORD;

use super::sign_in::signed_in;

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
}

testkit::both! {
    async fn ones_sessions_are_listed_in_pages(server: Server) {
        let mei = signed_in(&server, "mei", PASSWORD).await;
        signed_in(&server, "mei", PASSWORD).await;
        let all = mei.get_ok("/sessions").await;
        assert_eq!((ids(&all).len(), &all["nextCursor"]), (3, &Value::Null));
        let current: Vec<bool> = all["items"].as_array().unwrap().iter().map(|session| session["current"] == true).collect();
        assert_eq!(current.iter().filter(|current| **current).count(), 1);
        let (mut walked, mut path) = (Vec::new(), "/sessions?limit=2".to_owned());
        loop {
            let page = mei.get_ok(&path).await;
            walked.extend(ids(&page));
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            path = format!("/sessions?limit=2&cursor={cursor}");
        }
        assert_eq!(walked, ids(&all));
        assert_eq!(mei.get("/sessions?limit=0").await.0, 422);
        assert_eq!(mei.get("/sessions?cursor=x").await.0, 422);
    }

    async fn when_a_session_was_last_used_is_noted_soon(server: Server) {
        let mei = server.client("mei");
        let last = async || mei.get_ok("/sessions").await["items"][0]["lastSeenAt"].clone();
        let before = last().await;
        server.clock.advance(Duration::from_secs(3600));
        let mut tries = 0..100;
        while last().await == before && tries.next().is_some() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_ne!(last().await, before);
    }

    async fn a_session_is_ended_by_its_owner_only(server: Server) {
        let (mei, other) = (server.client("mei"), signed_in(&server, "mei", PASSWORD).await);
        let session = other.get_ok("/me").await["sessionId"].as_str().unwrap().to_owned();
        let path = format!("/sessions/{session}");
        assert_eq!(server.client("admin").delete(&path).await.0, 404);
        assert_eq!(other.get("/me").await.0, 200, "it is still open");
        mei.delete_ok(&path).await;
        assert_eq!(other.get("/me").await.0, 401);
        assert_eq!(mei.delete(&path).await.0, 404, "once");
        assert!(!ids(&mei.get_ok("/sessions").await).contains(&session));
    }

    async fn a_shared_account_ends_sessions_before_anybody_acts_in_it(server: Server) {
        let (gate, other) = (server.client("gate"), signed_in(&server, "gate", PASSWORD).await);
        let me = other.get_ok("/me").await;
        assert_eq!(me["actorId"], Value::Null);
        gate.delete_ok(&format!("/sessions/{}", me["sessionId"].as_str().unwrap())).await;
        assert_eq!(other.get("/me").await.0, 401);
        gate.delete_ok("/session").await;
        assert_eq!(gate.get("/me").await.0, 401);
    }
}
