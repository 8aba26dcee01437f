//! A whole server inside a test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cards::CardsConfig;
use files::FilesConfig;
use irori::app::{App, AppConfig, Outside, assemble};
use irori::server;
use kernel::chance::SystemRandom;
use live::{Bus, LiveConfig};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

use crate::cast::{Cast, stage};
use crate::{Backend, Client, Data, MovableClock, Person};

/// A server that listens on a port of its own until it is dropped.
pub struct Server {
    /// Its parts, for what HTTP does not show.
    pub app: App,
    /// Goes with the machine's, and a test can move it on.
    pub clock: Arc<MovableClock>,
    /// Who and what there is.
    pub cast: Cast,
    /// Where it listens.
    pub address: SocketAddr,
    data: Data,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    keeping_time: AbortHandle,
}

impl Server {
    /// With the cast in it.
    pub async fn start(backend: Backend) -> Self {
        let stage = stage(backend).await;
        Self::over(stage.template.copy().await, stage.cast.clone()).await
    }

    /// With the cast in it, and its events carried by `bus`.
    pub async fn with_bus(backend: Backend, bus: Arc<dyn Bus>) -> Self {
        let stage = stage(backend).await;
        let live = LiveConfig { bus, ..hurried() };
        let data = stage.template.copy().await;
        let config = AppConfig { live, ..AppConfig::new(data.config(), data.files()) };
        Self::assembled(data, stage.cast.clone(), config).await
    }

    /// Over data of the test's own.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn over(data: Data, cast: Cast) -> Self {
        Self::outside(data, cast, Outside::default()).await
    }

    /// As [`Self::over`], seen from outside as told.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn outside(data: Data, cast: Cast, outside: Outside) -> Self {
        let config = AppConfig { outside, live: hurried(), ..AppConfig::new(data.config(), data.files()) };
        Self::assembled(data, cast, config).await
    }

    /// With the cast in it, keeping files as told.
    pub async fn keeping(backend: Backend, change: impl FnOnce(&mut FilesConfig)) -> Self {
        let stage = stage(backend).await;
        let data = stage.template.copy().await;
        let mut files = data.files();
        change(&mut files);
        let config = AppConfig { live: hurried(), ..AppConfig::new(data.config(), files) };
        Self::assembled(data, stage.cast.clone(), config).await
    }

    /// With the cast in it, and a way out for link cards; all others have none.
    pub async fn reaching(backend: Backend, cards: CardsConfig) -> Self {
        let stage = stage(backend).await;
        let data = stage.template.copy().await;
        let config = AppConfig { live: hurried(), cards, ..AppConfig::new(data.config(), data.files()) };
        Self::assembled(data, stage.cast.clone(), config).await
    }

    async fn assembled(data: Data, cast: Cast, config: AppConfig) -> Self {
        let clock = Arc::new(MovableClock::default());
        let app = assemble(config, clock.clone(), Arc::new(SystemRandom)).await.expect("the server is put together");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(server::serve(listener, app.router.clone(), stopped));
        let keeping_time = tokio::spawn(app.jobs.clone().keep_time()).abort_handle();
        Self { app, clock, cast, address, data, stop, serving, keeping_time }
    }

    /// What lies under it, for what HTTP does not do.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Anew over the same data, behind proxies of a network, which are believed.
    ///
    /// # Panics
    /// When that is no network.
    pub async fn behind(self, network: &str) -> Self {
        let cast = self.cast.clone();
        let trusted_proxies = vec![network.parse().expect("a network")];
        Self::outside(self.into_data().await, cast, Outside { trusted_proxies, ..Outside::default() }).await
    }

    /// Which database it is on.
    #[must_use]
    pub fn backend(&self) -> Backend {
        if self.data.folder().is_some() { Backend::Sqlite } else { Backend::Postgres }
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Somebody of `city`, signed in.
    #[must_use]
    pub fn client(&self, login_id: &str) -> Client {
        self.client_of("city", login_id)
    }

    /// Somebody of a tenant, signed in.
    #[must_use]
    pub fn client_of(&self, tenant: &str, login_id: &str) -> Client {
        Client::new(&self.origin(), tenant, Some(self.cast.person(tenant, login_id).token.clone()))
    }

    /// A caller who has not signed in.
    #[must_use]
    pub fn nobody(&self, tenant: &str) -> Client {
        Client::new(&self.origin(), tenant, None)
    }

    /// The id of somebody of `city`.
    #[must_use]
    pub fn id(&self, login_id: &str) -> String {
        self.person(login_id).id.clone()
    }

    /// Somebody of `city`.
    #[must_use]
    pub fn person(&self, login_id: &str) -> &Person {
        self.cast.person("city", login_id)
    }

    /// Stops it and gives its data back.
    pub async fn into_data(self) -> Data {
        let _ = self.stop.send(true);
        self.keeping_time.abort();
        self.app.hub.close_all();
        let _ = self.serving.await;
        self.app.finish().await;
        self.data
    }
}

/// What takes a second in earnest need not in a test.
fn hurried() -> LiveConfig {
    LiveConfig { compare_every: Duration::from_millis(100), recheck_every: Duration::from_millis(200), ..LiveConfig::default() }
}
