//! The way out: names are looked up by us, and only what was looked at is connected to.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use kernel::live::Boxed;
use reqwest::Url;
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest_of_object_store as reqwest;

use crate::address::is_worldwide;

/// The world beyond. A test puts another in its place, in code: no setting opens a way in.
pub trait Outside: Debug + Send + Sync {
    /// A name's addresses; a port of 0 stands for the URL's.
    fn find<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>>;

    /// Whether it may be connected to.
    fn may_reach(&self, address: SocketAddr) -> bool {
        is_worldwide(address.ip())
    }
}

/// The world as it is: names are found as this machine finds them.
#[derive(Clone, Copy, Debug)]
pub struct Internet;

impl Outside for Internet {
    fn find<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// Whether a URL may be asked for, but for what its name turns out to be: an address that stands in it is never looked up.
pub(crate) fn may_ask(outside: &dyn Outside, url: &Url) -> bool {
    let plain = matches!(url.scheme(), "http" | "https")
        && matches!(url.port_or_known_default(), Some(80 | 443))
        && url.username().is_empty()
        && url.password().is_none();
    let literal = url.host_str().map(|host| host.trim_matches(['[', ']']).parse::<IpAddr>());
    match literal {
        Some(Ok(address)) => plain && outside.may_reach(SocketAddr::new(address, 0)),
        Some(Err(_)) => plain,
        None => false,
    }
}

/// Looks names up for the client, which connects to these addresses and to none else. One that is near among them, and none is used: whoever
/// answers so for a name means no good.
pub(crate) struct Checked(pub Arc<dyn Outside>);

#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address that may be reached")]
struct Refused;

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let outside = Arc::clone(&self.0);
        Box::pin(async move {
            let found = outside.find(name.as_str()).await?;
            if found.is_empty() || !found.iter().all(|address| outside.may_reach(*address)) {
                return Err(Refused.into());
            }
            Ok(Box::new(found.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_spellings_of_near_addresses_are_seen_through() {
        for near in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://017700000001/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/",
            "http://１２７.０.０.１/",
            "http://127。0。0。1/",
            "http://10.0.0.1/",
            "https://192.168.1.1/",
        ] {
            assert!(!may_ask(&Internet, &near.parse().unwrap()), "{near}");
        }
        for fine in ["http://8.8.8.8/", "https://[2606:4700::1111]/", "https://city.example.jp/a", "http://city.example.jp:443/"]
        {
            assert!(may_ask(&Internet, &fine.parse().unwrap()), "{fine}");
        }
    }

    #[test]
    fn only_plain_web_addresses_are_asked_for() {
        for other in [
            "https://city.example.jp:8443/",
            "http://city.example.jp:22/",
            "https://a@city.example.jp/",
            "https://:b@city.example.jp/",
            "ftp://city.example.jp/",
            "file:///etc/passwd",
            "data:text/html,x",
            "gopher://city.example.jp:80/",
        ] {
            assert!(!may_ask(&Internet, &other.parse().unwrap()), "{other}");
        }
    }
}
