//! Every request has an id, one line in the log, and a place in what is measured. The line names the route's pattern, never
//! the path, and nothing of what was sent.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use kernel::{Problem, Random};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// Where a request's id comes from and goes to.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from outside.
const LONGEST: usize = 64;
/// Read out over the telephone: no letter that is taken for another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// What has no pattern of its own: the client's files and pages, and what is not there.
const ELSEWHERE: &str = "other";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: Arc<str>,
    status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: Arc<str>,
}

/// What is measured of requests.
pub struct Observer {
    random: Arc<dyn Random>,
    answered: Family<Answered, Counter>,
    seconds: Family<Route, Histogram>,
    limited: Family<[(&'static str, &'static str); 1], Counter>,
    under_way: Gauge,
}

/// Which operation a request has been led to.
#[derive(Clone, Default)]
struct Led(Arc<OnceLock<Arc<str>>>);

impl Observer {
    /// Has seen nothing yet.
    #[must_use]
    pub fn new(random: Arc<dyn Random>) -> Self {
        let seconds = || Histogram::new([0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0]);
        Self {
            random,
            answered: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            limited: Family::default(),
            under_way: Gauge::default(),
        }
    }

    /// Names what is measured here, for a scrape.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("http");
        registry.register("requests", "Requests that were answered", self.answered.clone());
        registry.register("request_seconds", "How long answers took", self.seconds.clone());
        registry.register("limited", "Requests that a limit refused", self.limited.clone());
        registry.register("requests_under_way", "Requests that are being answered", self.under_way.clone());
    }

    /// The caller's own id of the request where it is a plain word, else a new one.
    fn id_of(&self, headers: &HeaderMap) -> String {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        given.filter(|id| is_plain(id)).map_or_else(|| self.new_id(), str::to_owned)
    }

    /// Ten characters: 50 random bits.
    fn new_id(&self) -> String {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
    }

    fn count(&self, method: &'static str, route: &Arc<str>, response: &Response, took: Duration) {
        let status = response.status().as_u16();
        let (answered, of) =
            (Answered { method, route: Arc::clone(route), status: status.into() }, Route { route: Arc::clone(route) });
        self.answered.get_or_create(&answered).inc();
        self.seconds.get_or_create(&of).observe(took.as_secs_f64());
        let limited = matches!(status, 408 | 413 | 429 | 503);
        if let Some(problem) = response.extensions().get::<Problem>().filter(|_| limited) {
            self.limited.get_or_create(&[("kind", problem.kind)]).inc();
        }
    }
}

fn is_plain(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// A method as a label: whatever a caller makes up is one of few.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// A request under way, until it is answered or its caller goes away.
struct UnderWay(Gauge);

impl UnderWay {
    fn counted(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Gives a request its id, and tells of its answer.
pub async fn observe(State(observer): State<Arc<Observer>>, mut request: Request, next: Next) -> Response {
    let (id, method, led) = (observer.id_of(request.headers()), name(request.method()), Led::default());
    // Of the highest level, so that whatever is logged has the id.
    let span = tracing::error_span!("request", id, method, route = Empty, tenant = Empty);
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        led.to(&span, path.as_str().into());
    }
    request.extensions_mut().insert(led.clone());
    let (_under_way, since) = (UnderWay::counted(&observer.under_way), Instant::now());
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = since.elapsed();
    let route = led.0.get().cloned().unwrap_or_else(|| ELSEWHERE.into());
    observer.count(method, &route, &response, took);
    span.in_scope(|| log(response.status().as_u16(), &route, took));
    if let Some(problem) = response.extensions_mut().get_mut::<Problem>() {
        problem.request = Some(id.as_str().into());
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}

impl Led {
    fn to(&self, span: &Span, route: Arc<str>) {
        span.record("route", &*route);
        let _ = self.0.set(route);
    }
}

/// One line a request. What asks again and again, and the client's files, only where debugging.
fn log(status: u16, route: &str, took: Duration) {
    let ms = kernel::clock::millis(took);
    match (status, route) {
        (500.., _) => tracing::warn!(status, ms, "answered"),
        (_, ELSEWHERE | "/healthz" | "/metrics") => tracing::debug!(status, ms, "answered"),
        _ => tracing::info!(status, ms, "answered"),
    }
}

/// Inside the API: names the operation's pattern.
pub async fn name_operation(request: Request, next: Next) -> Response {
    if let (Some(led), Some(path)) = (request.extensions().get::<Led>(), request.extensions().get::<MatchedPath>()) {
        led.to(&Span::current(), format!("/{{tenant}}/api/v1{}", path.as_str()).into());
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use kernel::chance::SystemRandom;

    use super::*;

    #[test]
    fn an_id_from_outside_is_taken_where_it_is_a_plain_word() {
        let observer = Observer::new(Arc::new(SystemRandom));
        let id_of = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(given.as_bytes()).unwrap());
            observer.id_of(&headers)
        };
        for plain in ["a", "01900000-0000-7000-8000-000000000001", &"x".repeat(64)] {
            assert_eq!(id_of(plain), plain);
        }
        for other in ["", "two words", "a\"b", "{}", "山田", &"x".repeat(65)] {
            let made = id_of(other);
            assert!(made != other && made.len() == 10 && is_plain(&made), "{made}");
        }
        assert_ne!(observer.new_id(), observer.new_id());
    }
}
