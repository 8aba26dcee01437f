//! Assembly: makes the capabilities, hands them to one another, and puts the whole behind the edge.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use cards::{Cards, CardsConfig};
use directory::Directory;
use files::{Files, FilesConfig};
use ipnet::IpNet;
use jobs::{Alarm, Jobs};
use kernel::event::EventSink;
use kernel::{Clock, Event, Random};
use live::{Hub, LiveConfig};
use search::{Search, Wakes};
use store::{Store, StoreConfig, StoreError};
use talk::Talk;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use utoipa::openapi::OpenApi;

use crate::api::{self, docs::Documents};
use crate::edge::observe::{self, Observer};
use crate::edge::{address, bounds, cookies, headers, origin, panics, session, tenant};
use crate::root::metrics::Metrics;
use crate::root::{assets::Assets, front, health, setup, tenants};
use crate::search::Finder;

/// How the origin looks from outside.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// What people open, without a trailing slash; whatever Host a request came to, where none is named.
    pub public_url: Option<String>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `/metrics` is served at an address of its own, and not here.
    pub metrics_elsewhere: bool,
}

/// What the house is put together with.
#[derive(Clone)]
pub struct AppConfig {
    /// Where the data lies.
    pub store: StoreConfig,
    /// How files are kept.
    pub files: FilesConfig,
    /// Whether links get cards; off unless told.
    pub cards: CardsConfig,
    /// How the origin looks from outside.
    pub outside: Outside,
    /// The bounds of the live path.
    pub live: LiveConfig,
}

impl AppConfig {
    /// Over this data and these files, all else as usual.
    #[must_use]
    pub fn new(store: StoreConfig, files: FilesConfig) -> Self {
        Self { store, files, cards: CardsConfig::off(), outside: Outside::default(), live: LiveConfig::default() }
    }
}

/// Everything, assembled.
pub struct App {
    /// All that is served.
    pub router: Router,
    /// `/metrics` alone, for an address of its own.
    pub metrics: Router,
    /// What connections hang on.
    pub hub: Arc<Hub>,
    /// The data.
    pub store: Store,
    /// People and sign-in.
    pub directory: Directory,
    /// Photos and other files.
    pub files: Files,
    /// Cards of links.
    pub cards: Cards,
    /// Rooms and messages.
    pub talk: Talk,
    /// What is due at a time; done while its `keep_time` runs.
    pub jobs: Jobs,
    /// The set-up link of an empty installation.
    pub setup: setup::Setup,
    /// Every operation, described.
    pub document: OpenApi,
}

/// Who is told of what was committed.
struct Told {
    hub: Arc<Hub>,
    wakes: Arc<Wakes>,
    alarm: Arc<Alarm>,
}

impl EventSink for Told {
    fn committed(&self, events: Vec<Event>) {
        self.wakes.hear(&events);
        self.alarm.hear(&events);
        self.hub.committed(events);
    }
}

/// Smaller answers fit into a packet as they are.
const WORTH_IT: u64 = 1_024;
/// How long sockets may take to write what they owe once the server is told to stop.
const FAREWELL: Duration = Duration::from_secs(5);

impl App {
    /// After the last request: returns once all sockets have closed and the reads that wait are written.
    pub async fn finish(&self) {
        self.hub.close_all();
        if tokio::time::timeout(FAREWELL, self.hub.emptied()).await.is_err() {
            tracing::info!("some sockets were still open");
        }
        if !self.talk.write_reads().await {
            tracing::warn!("some reads were not written; clients name them again when they return");
        }
    }
}

/// Opens the data and puts the house together.
///
/// # Errors
/// When the data can't be opened.
pub async fn assemble(config: AppConfig, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<App, StoreError> {
    let AppConfig { store, files, cards, outside, live } = config;
    // The hub first: the store hands it what was committed.
    let hub = Hub::new(live, Arc::clone(&clock), Arc::clone(&random));
    let wakes = Arc::new(Wakes::default());
    let alarm = Arc::new(Alarm::default());
    let told = Told { hub: Arc::clone(&hub), wakes: Arc::clone(&wakes), alarm: Arc::clone(&alarm) };
    let store = Store::open(store, Arc::clone(&clock), Arc::new(told)).await?;
    let directory = Directory::new(store.clone(), Arc::clone(&clock), Arc::clone(&random));
    let files = Files::new(store.clone(), files, Arc::clone(&clock), Arc::clone(&random));
    let cards = Cards::new(store.clone(), files.clone(), cards, Arc::clone(&clock));
    let sink = Arc::clone(&hub) as Arc<dyn EventSink>;
    let talk = Talk::new(store.clone(), files.clone(), cards.clone(), Arc::clone(&clock), random.clone(), sink);
    directory.watch(Arc::new(talk.clone()));
    files.referred_to_by(Arc::new(talk.clone()));
    let closing = Arc::downgrade(&hub);
    directory.on_sign_out(Arc::new(move |tenant, session| {
        if let Some(hub) = closing.upgrade() {
            hub.close_session(tenant, session);
        }
    }));
    let renewing = Arc::downgrade(&hub);
    directory.on_renewal(Arc::new(move |tenant, session| {
        let hub = renewing.upgrade();
        Box::pin(async move {
            if let Some(hub) = hub {
                hub.renew_session(tenant, session).await;
            }
        })
    }));
    let jobs = Jobs::new(store.clone(), alarm, Arc::clone(&clock), &[Arc::new(talk.clone())]);
    let search = Search::start(store.clone(), Arc::new(talk.clone()), wakes, Arc::clone(&clock));
    hub.attach(Arc::new(talk.clone()), vec![Arc::new(talk.clone())], Arc::new(directory.clone()));

    let secure = outside.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let finder = Finder { search, talk: talk.clone(), files: files.clone(), directory: directory.clone() };
    let routes = [
        directory::routes(directory.clone()),
        talk::routes(talk.clone()),
        files::routes(files.clone()),
        live::routes(Arc::clone(&hub)),
        crate::search::routes(finder),
    ];
    let (api, document) = api::merge(routes);
    let setup = setup::Setup::new(store.clone(), directory.clone(), Arc::clone(&clock), Arc::clone(&random));
    let observer = Arc::new(Observer::new(random));
    let metrics = Metrics::of(&store, &hub, &observer, clock.now());
    let parts = Parts {
        api,
        document: &document,
        store: &store,
        directory: &directory,
        setup: &setup,
        observer,
        metrics: metrics.clone(),
        outside: &outside,
        secure,
        clock,
    };
    Ok(App {
        router: parts.router(),
        metrics: metrics.router(),
        hub,
        store,
        directory,
        files,
        cards,
        talk,
        jobs,
        setup,
        document,
    })
}

/// Answers of the API in gzip (RFC 1952) for whoever takes it: a tenth of the bytes on a slow line. Files and event streams pass as
/// they are.
fn compression() -> CompressionLayer<impl Predicate> {
    let json = |_: _, _: _, headers: &HeaderMap, _: &_| {
        headers.get(header::CONTENT_TYPE).is_some_and(|said| said.as_bytes().starts_with(b"application/json"))
    };
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(WORTH_IT).and(json))
}

/// What the router is made of.
struct Parts<'a> {
    api: Router,
    document: &'a OpenApi,
    store: &'a Store,
    directory: &'a Directory,
    setup: &'a setup::Setup,
    observer: Arc<Observer>,
    metrics: Metrics,
    outside: &'a Outside,
    secure: bool,
    clock: Arc<dyn Clock>,
}

impl Parts<'_> {
    fn router(self) -> Router {
        let assets = Assets::embedded();
        let own = origin::OwnOrigin::new(self.outside.public_url.as_deref());
        // Innermost last: who asks is known before it is asked where from.
        let api = self
            .api
            .layer(from_fn_with_state(own.clone(), origin::check))
            .layer(from_fn_with_state(self.directory.clone(), session::authenticate))
            .layer(compression());
        let front = front::Front {
            assets,
            tenants: tenant::Tenants::new(self.store.clone(), self.clock),
            store: self.store.clone(),
            api,
            docs: Documents::new(self.document),
        };
        let headers = headers::SecurityHeaders::new(assets.page_text().as_deref(), self.secure);
        let metrics = if self.outside.metrics_elsewhere { Router::new() } else { self.metrics.router_here() };
        Router::new()
            .merge(metrics)
            .route("/healthz", get(health::healthz).with_state(self.store.clone()))
            .route("/tenants", get(tenants::list).with_state(self.store.clone()))
            .route("/setup", get(setup::page).post(setup::make).with_state(self.setup.clone()))
            .fallback(
                get(front::lead)
                    .post(front::lead)
                    .put(front::lead)
                    .patch(front::lead)
                    .delete(front::lead)
                    .options(front::lead)
                    .with_state(front),
            )
            .method_not_allowed_fallback(async || front::method_not_allowed())
            .layer(from_fn_with_state(bounds::Bounds::default(), bounds::keep))
            .layer(from_fn_with_state(own, cookies::secure))
            .layer(from_fn_with_state(address::TrustedProxies::new(self.outside.trusted_proxies.clone()), address::find))
            .layer(from_fn(panics::catch))
            .layer(from_fn_with_state(self.observer, observe::observe))
            .layer(from_fn(kernel::http::say_problems))
            .layer(from_fn_with_state(headers, headers::add))
    }
}
