//! Where a request comes from: the peer, or behind trusted proxies the last hop that is none of them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use kernel::http::Address;

/// The networks whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// These.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Each proxy appends the hop that it saw, so the list is believed from its end, as far as proxies of ours wrote it.
    /// A hop that can't be read ends the walk.
    fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let hops = headers.get_all("x-forwarded-for").iter().flat_map(|value| value.to_str().unwrap_or("?").split(','));
        let mut caller = peer.to_canonical();
        for hop in hops.collect::<Vec<_>>().into_iter().rev() {
            if !self.trusts(caller) {
                break;
            }
            let Some(hop) = parse_hop(hop.trim()) else { break };
            caller = hop;
        }
        caller
    }
}

/// `192.0.2.1`, `2001:db8::1`, or with a port as some proxies write it.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let address = hop.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

/// Puts the caller's [`Address`] into the request.
pub async fn find(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let caller = proxies.caller(peer.ip(), request.headers());
        request.extensions_mut().insert(Address(caller));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn caller(trusted: &[&str], peer: &str, forwarded: &[&'static str]) -> String {
        let proxies = TrustedProxies::new(trusted.iter().map(|network| network.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        proxies.caller(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(caller(&[], "10.0.0.1", &["192.0.2.7"]), "10.0.0.1");
        assert_eq!(caller(&["10.0.0.0/8"], "192.0.2.9", &["192.0.2.7"]), "192.0.2.9");
        assert_eq!(caller(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(caller(&["10.0.0.0/8"], "::ffff:10.0.0.1", &["192.0.2.7:443"]), "192.0.2.7");
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_counts() {
        let forwarded = &["6.6.6.6, 192.0.2.7", "10.0.0.2"];
        assert_eq!(caller(&["10.0.0.0/8"], "10.0.0.1", forwarded), "192.0.2.7", "what the caller wrote itself is not believed");
        assert_eq!(caller(&["10.0.0.0/8"], "10.0.0.1", &["nonsense, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(caller(&["10.0.0.0/8"], "10.0.0.1", &[]), "10.0.0.1");
    }
}
