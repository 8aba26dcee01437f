//! What a scrape is told of the live path: read where it is counted, so that a delivery costs nothing more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::hub::Hub;

impl Hub {
    /// Names what is measured here, for a scrape.
    pub fn register(self: &Arc<Self>, registry: &mut Registry) {
        registry.sub_registry_with_prefix("live").register_collector(Box::new(Scraped(Arc::downgrade(self))));
    }
}

/// Asks the hub when it is scraped, for as long as there is one.
struct Scraped(Weak<Hub>);

impl std::fmt::Debug for Scraped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Scraped")
    }
}

impl Collector for Scraped {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Some(hub) = self.0.upgrade() else { return Ok(()) };
        let counters = &hub.counters;
        for (name, help, count) in [
            ("deliveries", "Frames put into connections' queues", &counters.deliveries),
            ("events", "Events delivered", &counters.events),
            ("overflows", "Queues that overflowed: a slow client lost its news and was told", &counters.overflows),
            ("stuck", "Slow clients that were cut off: they took nothing for long", &counters.stuck),
            ("silent", "Connections that were ended: nothing came from them for long", &counters.silent),
            ("surplus", "Connections that were ended: their user opened too many", &counters.surplus),
            ("refused", "Connections that were refused: the process is full", &counters.refused),
            ("gaps", "Streams that had to be filled from the log", &counters.gaps),
            ("dropped_events", "Events that were dropped: too many waited", &counters.dropped),
        ] {
            write(&mut encoder, name, help, &ConstCounter::new(count.load(Ordering::Relaxed)))?;
        }
        for (name, help, size) in [
            ("sockets", "Open sockets, those without a hello among them", hub.open_sockets()),
            ("event_streams", "Event streams that are read", hub.open_streams()),
            ("connections", "Connections to which events are delivered", hub.connected()),
            ("waiting_events", "Events that wait to be delivered", hub.waiting_events()),
        ] {
            write(&mut encoder, name, help, &ConstGauge::new(i64::try_from(size).unwrap_or(i64::MAX)))?;
        }
        Ok(())
    }
}

fn write(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, metric: &impl EncodeMetric) -> Result<(), std::fmt::Error> {
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

/// Counts one more.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
