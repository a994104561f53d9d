//! The address of the caller. `X-Forwarded-For` is believed only as far as trusted proxies wrote it.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Context;

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

    /// The caller behind `peer`: the last address in the chain that no trusted proxy stands for.
    #[must_use]
    pub fn caller(&self, peer: Option<IpAddr>, forwarded_for: Option<&str>) -> IpAddr {
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        let (Some(chain), true) = (forwarded_for, self.contains(peer)) else { return peer };
        let mut caller = peer;
        for hop in chain.rsplit(',') {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            caller = address.to_canonical();
            if !self.contains(caller) {
                break;
            }
        }
        caller
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
        let chain = Some("6.6.6.6, 203.0.113.9, 10.1.1.1");
        assert_eq!(proxies.caller(Some(ip("10.2.2.2")), chain), ip("203.0.113.9"));
        assert_eq!(proxies.caller(Some(ip("198.51.100.7")), chain), ip("198.51.100.7"));
        assert_eq!(proxies.caller(Some(ip("::1")), Some("garbage")), ip("::1"));
        assert_eq!(proxies.caller(Some(ip("::ffff:10.2.2.2")), chain), ip("203.0.113.9"));
        assert!(TrustedProxies::parse(&["10.0.0.0/40".into()]).is_err());
        assert!(TrustedProxies::parse(&["proxy".into()]).is_err());
    }
}
