//! The address of a client as a front end tells it: with a port or without, in brackets or not.

use std::net::{IpAddr, Ipv6Addr};

/// Whoever has one address of an IPv6 network has all of them (RFC 6177): the bits that identify them.
const NETWORK: u32 = 64;

/// What failures are counted by: an IPv4 address, or the network of an IPv6 address. Of a list the last one, which the
/// nearest front end has added. Nothing for what is no address.
pub(super) fn parse(told: &str) -> Option<IpAddr> {
    let last = told.rsplit(',').next().unwrap_or(told).trim();
    let host = match last.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        // One colon stands before a port; an IPv6 address has more.
        None if last.matches(':').count() == 1 => last.split(':').next(),
        None => Some(last),
    };
    let without_zone = host?.split('%').next()?;
    Some(counted(without_zone.parse().ok()?))
}

fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mask = u128::MAX << (Ipv6Addr::BITS - NETWORK);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        for (told, counted) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:40000", "203.0.113.7"),
            (" 203.0.113.7 ", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7:40000", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:DB8:1:2::9", "2001:db8:1:2::"),
            ("[2001:db8:1:2::9]", "2001:db8:1:2::"),
            ("[2001:db8:1:2::9]:40000", "2001:db8:1:2::"),
            ("[fe80::9%eth0]:40000", "fe80::"),
            ("fe80::9%3", "fe80::"),
        ] {
            assert_eq!(parse(told), Some(counted.parse().unwrap()), "{told}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for told in [
            "",
            "unknown",
            "203.0.113",
            "203.0.113.7:1:2",
            "[",
            "[]:443",
            "a:443",
            "203.0.113.7,",
        ] {
            assert_eq!(parse(told), None, "{told}");
        }
    }
}
