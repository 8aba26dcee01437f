//! `/metrics`: how the server fares, for Prometheus and `irori check`. It names no organisation and nobody; still it is the
//! operator's alone: whoever asks on this machine, past no proxy; or at an address of its own that the operator chose.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::{Problem, Time};
use live::Hub;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, prometheus_text};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use store::Store;

use crate::edge::observe::Observer;

/// Headers by which a proxy, any proxy, says that it asks for somebody else.
const FORWARDED: [&str; 6] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Everything that is measured.
#[derive(Clone)]
pub struct Metrics(Arc<Registry>);

impl Metrics {
    /// Of these parts of a process that began at `start`.
    #[must_use]
    pub fn of(store: &Store, hub: &Arc<Hub>, observer: &Observer, start: Time) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process { start }));
        let ours = registry.sub_registry_with_prefix("irori");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("database", store.kind())]);
        ours.register("build", "Which program this is", build);
        observer.register(ours);
        store.register(ours);
        hub.register(ours);
        Self(Arc::new(registry))
    }

    /// For an address of its own: whoever reaches it may read.
    pub fn router(&self) -> Router {
        Router::new().route("/metrics", get(async |State(metrics): State<Self>| metrics.scrape())).with_state(self.clone())
    }

    /// For the address that everybody reaches.
    pub fn router_here(&self) -> Router {
        Router::new().route("/metrics", get(for_the_operator)).with_state(self.clone())
    }

    fn scrape(&self) -> Result<Response, Problem> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0).map_err(|error| {
            tracing::error!(%error, "the measures could not be written");
            Problem::internal()
        })?;
        Ok(([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response())
    }
}

async fn for_the_operator(
    State(metrics): State<Metrics>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let here = peer.ip().to_canonical().is_loopback();
    if here && FORWARDED.iter().all(|name| !headers.contains_key(*name)) { metrics.scrape() } else { Err(Problem::not_found()) }
}

/// What the system knows of the process, under the names that every exporter uses.
#[derive(Debug)]
struct Process {
    start: Time,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let started = self.start.millis() / 1000;
        for (name, help, value) in [
            ("process_start_time_seconds", "When the process began, in seconds since 1970", Some(started)),
            ("process_resident_memory_bytes", "Memory that the process holds", resident_bytes()),
            ("process_open_fds", "Open files and sockets", open_files()),
        ] {
            let Some(value) = value else { continue };
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

fn open_files() -> Option<i64> {
    i64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}
