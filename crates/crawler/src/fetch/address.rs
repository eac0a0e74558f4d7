//! Which network addresses may be asked.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// IPv4 ranges that are not the public internet (IANA's registry of special-purpose addresses).
const SPECIAL_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The part of IPv6 that is given out to the public internet.
const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Ranges inside of it that are not: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Networks that reach IPv4 through IPv6 put the address behind this (RFC 6052).
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Addresses with the same first bits, such as `127.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AddressRange {
    base: IpAddr,
    bits: u8,
}

impl AddressRange {
    fn contains(self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => in_v4((base, self.bits), address),
            (IpAddr::V6(base), IpAddr::V6(address)) => in_v6((base, self.bits), address),
            _ => false,
        }
    }
}

/// Why a text is no [`AddressRange`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotARange(String);

impl fmt::Display for NotARange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no range of addresses such as `127.0.0.0/8` or `fd00::/8`",
            self.0
        )
    }
}

impl FromStr for AddressRange {
    type Err = NotARange;

    /// An address alone is the range of itself.
    fn from_str(text: &str) -> Result<Self, NotARange> {
        let refuse = || NotARange(text.to_owned());
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().map_err(|_| refuse())?;
        let all = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| refuse())?,
            None => all,
        };
        if bits > all {
            return Err(refuse());
        }
        Ok(Self { base, bits })
    }
}

/// The public internet and the ranges that the config adds.
#[derive(Debug, Default)]
pub(super) struct AddressRules {
    allowed: Vec<AddressRange>,
}

impl AddressRules {
    /// Reads the ranges that are allowed though they are not public.
    pub(super) fn new(ranges: &[String]) -> Result<Self, NotARange> {
        let allowed = ranges.iter().map(|range| range.parse());
        Ok(Self {
            allowed: allowed.collect::<Result<_, _>>()?,
        })
    }

    /// Whether an address may be asked.
    pub(super) fn permit(&self, address: IpAddr) -> bool {
        let address = plain(address);
        is_public(address) || self.allowed.iter().any(|range| range.contains(address))
    }
}

/// An IPv4 address that is only written as IPv6 is judged as what it is.
fn plain(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if in_v6(NAT64, v6) => {
            let [.., a, b, c, d] = v6.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        canonical => canonical,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|range| in_v4(*range, v4)),
        IpAddr::V6(v6) => in_v6(PUBLIC_V6, v6) && !SPECIAL_V6.iter().any(|range| in_v6(*range, v6)),
    }
}

fn in_v4((base, bits): (Ipv4Addr, u8), address: Ipv4Addr) -> bool {
    let differing = base.to_bits() ^ address.to_bits();
    differing.leading_zeros() >= u32::from(bits)
}

fn in_v6((base, bits): (Ipv6Addr, u8), address: Ipv6Addr) -> bool {
    let differing = base.to_bits() ^ address.to_bits();
    differing.leading_zeros() >= u32::from(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(allowed: &[&str], address: &str) -> bool {
        let allowed: Vec<String> = allowed.iter().map(|a| (*a).to_owned()).collect();
        let rules = AddressRules::new(&allowed).unwrap();
        rules.permit(address.parse().unwrap())
    }

    #[test]
    fn only_the_public_internet_is_asked() {
        for open in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "64:ff9b::101:101",
        ] {
            assert!(permits(&[], open), "{open}");
        }
        for closed in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "::7f00:1",
            "64:ff9b:1::1",
            "3fff::1",
        ] {
            assert!(!permits(&[], closed), "{closed}");
        }
    }

    #[test]
    fn a_listed_range_is_asked_and_its_neighbour_is_not() {
        assert!(permits(&["127.0.0.1/32"], "127.0.0.1"));
        assert!(permits(&["127.0.0.1"], "::ffff:127.0.0.1"));
        assert!(!permits(&["127.0.0.1/32"], "127.0.0.2"));
        assert!(permits(&["fd00::/8"], "fd12::1"));
        assert!(!permits(&["0.0.0.0/0"], "::1"));
        assert!(permits(&["0.0.0.0/0"], "10.0.0.1"));
    }

    #[test]
    fn what_is_no_range_is_named() {
        for bad in ["", "localhost", "10.0.0.0/33", "10.0.0.0/x", "::/129"] {
            let error = AddressRules::new(&[bad.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(&format!("`{bad}`")), "{error}");
        }
    }
}
