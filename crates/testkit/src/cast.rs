//! The people of the tests, made once a test binary through the API, and signed in once.
//!
//! In `city`: `mayor` in 市長公室; `aiko`, who heads 消防署 and is its section admin; `kenji`, a firefighter there; `mei` in
//! 総務課; `gate`, a shared account of 総務課 with the people 朝 and 夜; `outsider`, of no section; `admin`. In `clinics`: `admin`.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::data::Template;
use crate::{Backend, Client, Data, Server};

/// Everybody's password.
pub const PASSWORD: &str = "囲炉裏のそばで話す";

/// Somebody who has an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account's id.
    pub id: String,
    /// A session's token.
    pub token: String,
}

/// Who and what there is.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    people: HashMap<(&'static str, &'static str), Person>,
    units: HashMap<&'static str, String>,
    actors: HashMap<&'static str, String>,
}

impl Cast {
    /// Somebody of a tenant, by login id.
    ///
    /// # Panics
    /// When there is nobody of that name.
    #[must_use]
    pub fn person(&self, tenant: &str, login_id: &str) -> &Person {
        let found = self.people.iter().find(|((of, name), _)| *of == tenant && *name == login_id);
        found.map_or_else(|| panic!("nobody in {tenant} is called {login_id}"), |(_, person)| person)
    }

    /// An org unit of `city`: `hall` (the top), `office`, `fire`, `affairs`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn unit(&self, name: &str) -> &str {
        self.units.get(name).unwrap_or_else(|| panic!("no unit is called {name}"))
    }

    /// A person inside the shared account `gate`: `asa` or `yoru`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn actor(&self, name: &str) -> &str {
        self.actors.get(name).unwrap_or_else(|| panic!("no actor is called {name}"))
    }
}

/// The data with the cast in it, and who they are.
pub(crate) struct Stage {
    pub(crate) template: Template,
    pub(crate) cast: Cast,
}

/// Set up at first use.
pub(crate) async fn stage(backend: Backend) -> &'static Stage {
    static SQLITE: OnceCell<Stage> = OnceCell::const_new();
    static POSTGRES: OnceCell<Stage> = OnceCell::const_new();
    let cell = match backend {
        Backend::Sqlite => &SQLITE,
        Backend::Postgres => &POSTGRES,
    };
    cell.get_or_init(async || tokio::task::spawn_blocking(move || set_up(backend)).await.expect("the stage is set")).await
}

/// In a runtime of its own, whose end closes all that had the data open.
fn set_up(backend: Backend) -> Stage {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (data, cast) = runtime.block_on(async {
        let server = Server::over(Data::empty(backend).await, Cast::default()).await;
        let mut cast = Cast::default();
        found(&server, &mut cast, "city", "市役所").await;
        found(&server, &mut cast, "clinics", "医療機関連絡").await;
        people_city(&server, &mut cast).await;
        (server.into_data().await, cast)
    });
    drop(runtime);
    Stage { template: data.into_template(), cast }
}

/// A tenant and its admin, signed in.
async fn found(server: &Server, cast: &mut Cast, tenant: &'static str, title: &str) {
    let made = server.app.directory.create_tenant(tenant, title).await.expect("the tenant is made");
    let admin = server
        .app
        .directory
        .create_admin(made.id, "admin", "管理 はるか", "かんり はるか", PASSWORD)
        .await
        .expect("its admin is made");
    let token = sign_in(server, tenant, "admin").await;
    cast.people.insert((tenant, "admin"), Person { id: admin.id.to_string(), token });
}

async fn sign_in(server: &Server, tenant: &str, login_id: &str) -> String {
    let body = json!({ "loginId": login_id, "password": PASSWORD, "deviceName": "test" });
    let answer = server.nobody(tenant).post_ok("/session", body).await;
    answer["token"].as_str().expect("a token").to_owned()
}

async fn people_city(server: &Server, cast: &mut Cast) {
    let token = cast.person("city", "admin").token.clone();
    let admin = Client::new(&server.origin(), "city", Some(token));
    for (key, name, parent) in [
        ("hall", "市役所", None),
        ("office", "市長公室", Some("hall")),
        ("fire", "消防署", Some("hall")),
        ("affairs", "総務課", Some("hall")),
    ] {
        let parent = parent.map(|parent: &str| cast.unit(parent).to_owned());
        let unit = admin.post_ok("/orgUnits", json!({ "name": name, "parentId": parent })).await;
        cast.units.insert(key, text(&unit["id"]));
    }
    let people = [
        ("mayor", "市川 みのる", "いちかわ みのる", "person", Some("office"), false),
        ("aiko", "青木 あいこ", "あおき あいこ", "person", Some("fire"), true),
        ("kenji", "森 けんじ", "もり けんじ", "person", Some("fire"), false),
        ("mei", "林 めい", "はやし めい", "person", Some("affairs"), false),
        ("gate", "正門 守衛室", "せいもん しゅえいしつ", "shared", Some("affairs"), false),
        ("outsider", "外山 そと", "とやま そと", "person", None, false),
    ];
    for (login, name, kana, kind, unit, head) in people {
        let assignments: Vec<Value> = unit.iter().map(|unit| json!({ "orgUnitId": cast.unit(unit), "head": head })).collect();
        let body = json!({ "loginId": login, "name": name, "kana": kana, "kind": kind, "password": PASSWORD, "assignments": assignments });
        let user = admin.post_ok("/users", body).await;
        let token = sign_in(server, "city", login).await;
        cast.people.insert(("city", login), Person { id: text(&user["id"]), token });
    }
    let aiko = cast.person("city", "aiko").id.clone();
    admin.post_ok("/grants", json!({ "userId": aiko, "role": "sectionAdmin", "orgUnitId": cast.unit("fire") })).await;
    let gate = cast.person("city", "gate").id.clone();
    for (key, name, kana) in [("asa", "朝", "あさ"), ("yoru", "夜", "よる")] {
        let actor = admin.post_ok(&format!("/users/{gate}/actors"), json!({ "name": name, "kana": kana })).await;
        cast.actors.insert(key, text(&actor["id"]));
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
