//! The address of the caller. `X-Forwarded-For` is believed only as far as trusted proxies wrote it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::Context;

/// A /64 of IPv6.
const PREFIX_OF_ONE_NETWORK: u128 = u128::MAX << 64;

/// A network in CIDR form; a single address is one with all bits fixed.
#[derive(Clone, Copy, Debug)]
struct Network {
    base: u128,
    mask: u128,
}

/// IPv4 lives in the mapped part of IPv6.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The proxies whose word counts.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Reads the configured list.
    ///
    /// # Errors
    /// When an entry is neither an address nor a network.
    pub fn parse(entries: &[String]) -> anyhow::Result<Self> {
        let networks = entries.iter().map(|entry| {
            let (address, bits) = match entry.split_once('/') {
                Some((address, bits)) => (address, Some(bits)),
                None => (entry.as_str(), None),
            };
            let address: IpAddr = address
                .trim()
                .parse()
                .with_context(|| format!("http.trusted_proxies: {entry} is not an address"))?;
            let width: u32 = if address.is_ipv4() { 32 } else { 128 };
            let bits: u32 = match bits {
                Some(bits) => bits
                    .trim()
                    .parse()
                    .with_context(|| format!("http.trusted_proxies: {entry} is not a network"))?,
                None => width,
            };
            anyhow::ensure!(bits <= width, "http.trusted_proxies: {entry} has too many bits");
            let mask = u128::MAX.checked_shl(width - bits).unwrap_or_default();
            Ok(Network { base: number(address) & mask, mask })
        });
        Ok(Self(networks.collect::<anyhow::Result<_>>()?))
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| number(address) & network.mask == network.base)
    }

    /// The caller behind `peer`: the last address in the chain that no trusted proxy stands for. A proxy
    /// may add itself to the last line or as a line of its own: `lines` are all of the header.
    #[must_use]
    pub fn caller<'a>(&self, peer: Option<IpAddr>, lines: impl Iterator<Item = &'a str>) -> IpAddr {
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let lines: Vec<&str> = lines.collect();
        let mut caller = peer;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            caller = address.to_canonical();
            if !self.contains(caller) {
                break;
            }
        }
        caller
    }
}

/// What limits count for: the whole IPv4 address; of IPv6 the network that one household or office gets.
#[must_use]
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & PREFIX_OF_ONE_NETWORK).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_what_they_added() {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".into(), "::1".into()]).expect("valid");
        let chain = || ["6.6.6.6, 203.0.113.9, 10.1.1.1"].into_iter();
        assert_eq!(proxies.caller(Some(ip("10.2.2.2")), chain()), ip("203.0.113.9"));
        assert_eq!(proxies.caller(Some(ip("198.51.100.7")), chain()), ip("198.51.100.7"));
        assert_eq!(proxies.caller(Some(ip("::1")), ["garbage"].into_iter()), ip("::1"));
        assert_eq!(proxies.caller(Some(ip("::ffff:10.2.2.2")), chain()), ip("203.0.113.9"));
        // The client wrote the first line, the proxy added another one.
        let lines = ["6.6.6.6", "203.0.113.9"].into_iter();
        assert_eq!(proxies.caller(Some(ip("10.2.2.2")), lines), ip("203.0.113.9"));
        let lines = ["6.6.6.6, 203.0.113.9", "10.1.1.1"].into_iter();
        assert_eq!(proxies.caller(Some(ip("10.2.2.2")), lines), ip("203.0.113.9"));
        assert!(TrustedProxies::parse(&["10.0.0.0/40".into()]).is_err());
        assert!(TrustedProxies::parse(&["proxy".into()]).is_err());
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        let [one, other, stranger] = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"]
            .map(|text| client_network(ip(text)));
        assert_eq!(one, other);
        assert_ne!(one, stranger);
        assert_eq!(client_network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
