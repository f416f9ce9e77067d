//! From where a request comes: the peer of the connection, or what trusted proxies say of it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client, as far as it can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The neighbourhood that is limited as one: an IPv4 address, or the /64 that an IPv6 host may
    /// choose its addresses from as it likes.
    #[must_use]
    pub fn neighbourhood(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let prefix = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(prefix.into())
            }
            address => address,
        }
    }
}

/// Puts the client's [`ClientAddress`] beside the request; the address, where it is known.
pub(crate) fn note(trusted_proxies: usize, request: &mut Request) -> Option<ClientAddress> {
    let ConnectInfo(peer) = *request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let address = ClientAddress(address_of(peer.ip(), request.headers(), trusted_proxies));
    request.extensions_mut().insert(address);
    Some(address)
}

/// Every proxy appends whom it was called by, so the words of the trusted ones are the last ones: of
/// `n` trusted proxies the client is the `n`th from the right. What stands further left anybody can
/// write.
fn address_of(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> IpAddr {
    if trusted_proxies == 0 {
        return peer;
    }
    let said: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let client = said.len().checked_sub(trusted_proxies).and_then(|place| said[place].parse().ok());
    client.unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    const PEER: &str = "10.0.0.1";

    fn found(said: &[&str], trusted_proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        address_of(PEER.parse().unwrap(), &headers, trusted_proxies).to_string()
    }

    #[test]
    fn without_a_trusted_proxy_nobody_may_say_who_they_are() {
        assert_eq!(found(&["6.6.6.6"], 0), PEER);
    }

    #[test]
    fn of_trusted_proxies_the_client_is_as_many_places_from_the_right() {
        assert_eq!(found(&["6.6.6.6, 203.0.113.9"], 1), "203.0.113.9");
        assert_eq!(found(&["6.6.6.6, 203.0.113.9", "10.0.0.2"], 2), "203.0.113.9");
    }

    #[test]
    fn where_too_little_or_nonsense_is_said_it_is_the_peer() {
        assert_eq!(found(&[], 1), PEER);
        assert_eq!(found(&["203.0.113.9"], 2), PEER);
        assert_eq!(found(&["unknown"], 1), PEER);
    }

    #[test]
    fn addresses_that_one_host_may_choose_from_are_one_neighbourhood() {
        let of = |text: &str| ClientAddress(text.parse().unwrap()).neighbourhood().to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
    }
}
