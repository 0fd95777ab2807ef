//! How often one client may try.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::ClientAddress;

/// The most clients that are told apart. When as many have tried of late, no other may: memory is
/// bounded, and whoever sends from ever new addresses wins nothing by it.
const MOST_CLIENTS: usize = 10_000;

/// So many attempts for each client: all of them at once, then one whenever its share of a minute
/// has gone by.
#[derive(Debug)]
pub struct Attempts {
    limiter: DefaultKeyedRateLimiter<ClientAddress>,
    clock: DefaultClock,
    pause: Duration,
    most_clients: usize,
}

impl Attempts {
    /// So many in a minute.
    pub fn per_minute(attempts: NonZeroU32) -> Self {
        Self::of(attempts, MOST_CLIENTS)
    }

    fn of(attempts: NonZeroU32, most_clients: usize) -> Self {
        let quota = Quota::per_minute(attempts);
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            pause: quota.replenish_interval(),
            most_clients,
        }
    }

    /// Takes one attempt of a client.
    ///
    /// # Errors
    ///
    /// How long to wait when there is none left.
    pub fn take(&self, client: ClientAddress) -> Result<(), Duration> {
        if self.limiter.len() >= self.most_clients {
            // Who has all attempts back is like one who never came.
            self.limiter.retain_recent();
            if self.limiter.len() >= self.most_clients {
                return Err(self.pause);
            }
        }
        self.limiter
            .check_key(&client)
            .map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::access::TrustedProxies;

    fn client(number: u8) -> ClientAddress {
        let peer = std::net::SocketAddr::from(([10, 0, 0, number], 1));
        let request = TestRequest::default().peer_addr(peer).to_http_request();
        ClientAddress::of(&request, TrustedProxies(0))
    }

    fn attempts(number: u32, most_clients: usize) -> Attempts {
        Attempts::of(NonZeroU32::new(number).unwrap(), most_clients)
    }

    #[test]
    fn each_client_has_its_own() {
        let attempts = attempts(3, 10);
        for _ in 0..3 {
            attempts.take(client(1)).unwrap();
        }
        let wait = attempts.take(client(1)).unwrap_err();
        assert!(
            wait > Duration::ZERO && wait <= Duration::from_secs(20),
            "{wait:?}"
        );
        attempts.take(client(2)).unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = attempts(3, 4);
        for number in 0..4 {
            attempts.take(client(number)).unwrap();
        }
        assert_eq!(attempts.take(client(9)), Err(Duration::from_secs(20)));
        assert_eq!(attempts.limiter.len(), 4);
    }
}
