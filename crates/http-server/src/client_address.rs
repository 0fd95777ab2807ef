//! Address from which a request comes, as far as it can be believed.

use std::convert::Infallible;
use std::fmt::{self, Display};
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::X_FORWARDED_FOR;
use actix_web::{FromRequest, HttpRequest};

use crate::transport::Transport;

/// Number of proxies of ours before the service.
#[derive(Debug, Clone, Copy)]
pub struct TrustedProxies(pub usize);

/// Client as limits see it: its address, or the 64-bit network of an IPv6 address, which is what
/// one subscriber is given.
///
/// The last address of `X-Forwarded-For` was written by the proxy next to us, the one before it by
/// the proxy before, and so on; what is beyond those of ours anybody can write, and is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Client of this request. Where a proxy should have written an address and did not, the
    /// proxy's own stands in.
    pub fn of(request: &HttpRequest, proxies: TrustedProxies) -> Self {
        let peer = request.peer_addr().map(|address| address.ip());
        let forwarded = match proxies.0 {
            0 => None,
            count => forwarded(request, count),
        };
        // Only a request over something else than TCP has no peer.
        let address = forwarded.or(peer).unwrap_or(Ipv6Addr::UNSPECIFIED.into());
        Self::of_peer(address)
    }

    /// The client at this address.
    pub fn of_peer(address: IpAddr) -> Self {
        Self(network(address))
    }
}

impl Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let transport = request
            .app_data::<actix_web::web::Data<Transport>>()
            .expect("every app is made with its transport");
        ready(Ok(Self::of(request, transport.trusted_proxies)))
    }
}

fn forwarded(request: &HttpRequest, count: usize) -> Option<IpAddr> {
    let headers: Vec<_> = request.headers().get_all(X_FORWARDED_FOR).collect();
    let addresses = headers
        .iter()
        .rev()
        .flat_map(|header| header.to_str().unwrap_or_default().rsplit(','));
    addresses
        .take(count)
        .nth(count - 1)
        .and_then(|address| parse(address.trim()))
}

/// Address with or without a port, as proxies write it: `1.1.1.1:80`, `[2001:db8::1]:80`.
fn parse(text: &str) -> Option<IpAddr> {
    let in_brackets = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = in_brackets.unwrap_or(text).parse().ok();
    address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_what_our_proxies_wrote_is_believed() {
        for (proxies, headers, expected) in [
            (0, &["1.1.1.1"][..], "9.9.9.9"),
            (1, &["1.1.1.1"], "1.1.1.1"),
            (1, &["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
            (2, &["6.6.6.6, 1.1.1.1, 2.2.2.2"], "1.1.1.1"),
            (2, &["6.6.6.6", "1.1.1.1", "2.2.2.2"], "1.1.1.1"),
            (2, &["2.2.2.2"], "9.9.9.9"),
            (1, &["unknown"], "9.9.9.9"),
            (1, &[], "9.9.9.9"),
            (1, &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
            (1, &["::ffff:1.1.1.1"], "1.1.1.1"),
            (1, &["1.1.1.1:4711"], "1.1.1.1"),
            (1, &["[2001:db8:1:2::7]:4711"], "2001:db8:1:2::"),
            (1, &["[2001:db8:1:2::7]"], "2001:db8:1:2::"),
        ] {
            let mut request = TestRequest::default().peer_addr("9.9.9.9:1".parse().unwrap());
            for header in headers {
                request = request.append_header((X_FORWARDED_FOR, *header));
            }
            let address = ClientAddress::of(&request.to_http_request(), TrustedProxies(proxies));
            let expected: IpAddr = expected.parse().unwrap();
            assert_eq!(address, ClientAddress(expected), "{proxies} {headers:?}");
        }
    }
}
