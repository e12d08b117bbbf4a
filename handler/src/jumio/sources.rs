//! The addresses callbacks come from: the only authenticity Jumio offers for them. Off unless configured, because the
//! published lists change, differ between generations, and the address a handler sees is only as good as the front end
//! that adds it. The credential in the callback's path is what counts.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use super::kyx::Region;

/// One of Jumio's two generations of API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Web API v4, retrieval v2.
    Netverify,
    /// KYX, "Jumio Platform".
    Kyx,
}

const fn ip(a: u8, b: u8, c: u8, d: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

const AMER_NETVERIFY: &[Ipv4Addr] = &[
    ip(34, 202, 241, 227),
    ip(34, 226, 103, 119),
    ip(34, 226, 254, 127),
    ip(52, 52, 51, 178),
    ip(52, 53, 95, 123),
    ip(54, 67, 101, 173),
];
const AMER_KYX: &[Ipv4Addr] = &[
    ip(34, 202, 241, 227),
    ip(34, 226, 103, 119),
    ip(34, 226, 254, 127),
    ip(52, 8, 136, 236),
    ip(54, 177, 61, 57),
    ip(54, 183, 15, 212),
];
const EMEA: &[Ipv4Addr] = &[
    ip(34, 253, 41, 236),
    ip(35, 157, 27, 193),
    ip(52, 48, 0, 25),
    ip(52, 57, 194, 92),
    ip(52, 58, 113, 86),
    ip(52, 209, 180, 134),
];
const APAC_NETVERIFY: &[Ipv4Addr] = &[ip(3, 0, 109, 121), ip(52, 76, 184, 73), ip(52, 77, 102, 92)];
const APAC_KYX: &[Ipv4Addr] = &[
    ip(3, 0, 109, 121),
    ip(52, 76, 184, 73),
    ip(52, 77, 102, 92),
    ip(13, 238, 100, 17),
    ip(13, 238, 203, 238),
    ip(52, 64, 132, 26),
];

/// The addresses Jumio has published for a data centre.
#[must_use]
pub const fn published(generation: Generation, region: Region) -> &'static [Ipv4Addr] {
    match (region, generation) {
        (Region::Amer1, Generation::Netverify) => AMER_NETVERIFY,
        (Region::Amer1, Generation::Kyx) => AMER_KYX,
        (Region::Emea1, _) => EMEA,
        (Region::Apac1, Generation::Netverify) => APAC_NETVERIFY,
        (Region::Apac1, Generation::Kyx) => APAC_KYX,
    }
}

/// Whose callbacks are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// Anybody's who knows the credential.
    #[default]
    Any,
    /// Only these addresses'.
    Only(Vec<IpAddr>),
}

impl Sources {
    /// Only the published addresses of a data centre.
    #[must_use]
    pub fn published(generation: Generation, region: Region) -> Self {
        Self::Only(
            published(generation, region)
                .iter()
                .copied()
                .map(IpAddr::V4)
                .collect(),
        )
    }

    /// Whether a callback from this address is read. An IPv4 address inside an IPv6 one is that IPv4 address. `None`,
    /// an address that is not known, is admitted only by [`Sources::Any`].
    #[must_use]
    pub fn admit(&self, from: Option<IpAddr>) -> bool {
        match self {
            Self::Any => true,
            Self::Only(known) => from.is_some_and(|from| known.contains(&from.to_canonical())),
        }
    }
}

/// A text is no list of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be IP addresses, separated by spaces or commas")]
pub struct NotAddresses;

impl FromStr for Sources {
    type Err = NotAddresses;

    /// From IP addresses separated by spaces or commas; a blank text is [`Sources::Any`].
    fn from_str(text: &str) -> Result<Self, NotAddresses> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let known: Result<Vec<IpAddr>, _> = words.map(str::parse).collect();
        match known.map_err(|_| NotAddresses)? {
            none if none.is_empty() => Ok(Self::Any),
            known => Ok(Self::Only(
                known.into_iter().map(|ip| ip.to_canonical()).collect(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(sources: &Sources, from: &str) -> bool {
        sources.admit(Some(from.parse().unwrap()))
    }

    #[test]
    fn everybody_is_admitted_by_default() {
        assert!(admits(&Sources::default(), "203.0.113.9"));
        assert!(Sources::default().admit(None));
    }

    #[test]
    fn a_data_centre_admits_its_own() {
        let europe = Sources::published(Generation::Kyx, Region::Emea1);
        assert!(admits(&europe, "52.209.180.134"));
        assert!(admits(&europe, "::ffff:52.209.180.134"));
    }

    #[test]
    fn a_stranger_is_refused() {
        let europe = Sources::published(Generation::Kyx, Region::Emea1);
        assert!(!admits(&europe, "203.0.113.9"));
        assert!(!admits(&europe, "34.202.241.227"), "another data centre");
        assert!(!admits(&europe, "2001:db8::1"));
    }

    #[test]
    fn an_unknown_address_is_refused_when_there_is_a_list() {
        assert!(!Sources::published(Generation::Kyx, Region::Emea1).admit(None));
    }

    #[test]
    fn the_generations_differ_in_the_usa_and_singapore() {
        let admits = |generation, region, from: &str| admits(&Sources::published(generation, region), from);
        assert!(admits(Generation::Kyx, Region::Amer1, "52.8.136.236"));
        assert!(!admits(Generation::Netverify, Region::Amer1, "52.8.136.236"));
        assert!(admits(Generation::Netverify, Region::Amer1, "52.52.51.178"));
        assert!(!admits(Generation::Kyx, Region::Amer1, "52.52.51.178"));
        assert!(admits(Generation::Kyx, Region::Apac1, "52.64.132.26"));
        assert!(!admits(Generation::Netverify, Region::Apac1, "52.64.132.26"));
    }

    #[test]
    fn every_list_has_distinct_addresses() {
        for region in [Region::Amer1, Region::Emea1, Region::Apac1] {
            for generation in [Generation::Netverify, Generation::Kyx] {
                let mut list = published(generation, region).to_vec();
                list.sort_unstable();
                list.dedup();
                assert_eq!(list.len(), published(generation, region).len());
            }
        }
    }

    #[test]
    fn a_list_of_ones_own() {
        let own: Sources = "192.0.2.1, 2001:db8::1 ::ffff:192.0.2.3".parse().unwrap();
        assert!(admits(&own, "192.0.2.1") && admits(&own, "2001:db8::1") && admits(&own, "192.0.2.3"));
        assert!(!admits(&own, "192.0.2.2"));
        assert_eq!(" ".parse(), Ok(Sources::Any));
        assert_eq!("192.0.2.0/24".parse::<Sources>(), Err(NotAddresses));
    }
}
