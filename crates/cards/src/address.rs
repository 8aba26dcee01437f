//! Which addresses are the whole world's. All others lead to this machine, its neighbours, or nowhere: IANA's registries of
//! special-purpose addresses (RFC 6890), and what carries such an IPv4 address in an IPv6 one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(first: u16, second: u16, third: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), length)
}

const OURS_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    // Between a provider's customers and its own network.
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    // The link alone; clouds tell a machine its secrets at 169.254.169.254.
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    // For documentation, also 198.51.100.0/24 and 203.0.113.0/24.
    v4(192, 0, 2, 0, 24),
    // 6to4 relays, given up.
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    // For measuring.
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    // To many; then what is reserved, and everybody on the link.
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// All that is given out. Loopback, link-local, unique local (`fd00:ec2::254`), multicast and IPv4-compatible lie outside.
const WORLD_V6: Ipv6Net = v6(0x2000, 0, 0, 3);
const OURS_V6: [Ipv6Net; 4] = [
    // Protocols: Teredo and others that lead to an IPv4 address.
    v6(0x2001, 0, 0, 23),
    // For documentation, also 3fff::/20.
    v6(0x2001, 0xdb8, 0, 32),
    // 6to4, given up: each leads to an IPv4 address.
    v6(0x2002, 0, 0, 16),
    v6(0x3fff, 0, 0, 20),
];
/// Where an IPv6-only network reaches IPv4 (RFC 6052).
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Whether anybody in the world may be meant by it.
#[must_use]
pub fn is_worldwide(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !OURS_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => match carried(address) {
            Some(carried) => is_worldwide(carried.into()),
            None => WORLD_V6.contains(&address) && !OURS_V6.iter().any(|net| net.contains(&address)),
        },
    }
}

/// The IPv4 address that is truly connected to.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    address.to_ipv4_mapped().or(NAT64.contains(&address).then_some(Ipv4Addr::new(a, b, c, d)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(addresses: &[&str], expected: bool) {
        for address in addresses {
            assert_eq!(is_worldwide(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn what_is_the_worlds_passes() {
        judge(
            &["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255"],
            true,
        );
        judge(&["2606:4700::1111", "2001:200::1", "2400:8500::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"], true);
    }

    #[test]
    fn what_is_near_or_reserved_does_not() {
        judge(
            &[
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
            ],
            false,
        );
        judge(
            &[
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "2001:db8::1",
                "3fff::1",
                "100::1",
                "5f00::1",
                "2001::1",
                "2001:10::1",
                "2001:20::1",
            ],
            false,
        );
    }

    #[test]
    fn what_carries_a_near_one_does_not() {
        judge(
            &[
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::8.8.8.8",
                "64:ff9b::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::8.8.8.8",
                "2002:7f00:1::",
                "2002:a9fe:a9fe::",
                "2001:0:53aa:64c:0:0:80ff:fffe",
            ],
            false,
        );
    }
}
