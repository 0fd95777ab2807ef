//! Connections of one address, bounded: a client that opens many takes none from the others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use parking_lot::Mutex;
use socket2::SockRef;
use telemetry::Counter;

use crate::client_address::{ClientAddress, TrustedProxies};

/// Part of all connections that one address may hold where no bound is configured: 1/8.
const SHARE: usize = 8;

/// Response to a connection beyond the bound, before it is closed.
const REFUSAL: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\nretry-after: 1\r\n\
    content-type: application/problem+json\r\ncache-control: no-store\r\ncontent-length: 144\r\n\r\n\
    {\"type\":\"/problems/too-many-requests\",\"title\":\"Too many requests\",\"status\":429,\
    \"detail\":\"your address has too many connections\",\"request_id\":\"\"}";

/// Bound on the connections of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// None: the peers are proxies of ours, and each carries many clients.
    Proxies,
    /// So many, whatever the address.
    Configured(NonZeroUsize),
    /// So many, except for programs on this machine.
    Share(NonZeroUsize),
}

/// Connections by their addresses.
#[derive(Debug)]
pub(super) struct Connections {
    bound: Bound,
    open: Mutex<HashMap<ClientAddress, usize>>,
    refused: Counter,
}

/// Connection that is counted until it is dropped.
struct Counted {
    connections: Arc<Connections>,
    client: ClientAddress,
}

impl Connections {
    /// At most `configured` connections for each address; an eighth of all without. Behind
    /// proxies there is no bound.
    pub(super) fn new(
        configured: Option<NonZeroUsize>,
        all: usize,
        proxies: TrustedProxies,
        refused: Counter,
    ) -> Self {
        let share = NonZeroUsize::new(all / SHARE).unwrap_or(NonZeroUsize::MIN);
        Self {
            bound: match configured {
                _ if proxies.0 > 0 => Bound::Proxies,
                Some(configured) => Bound::Configured(configured),
                None => Bound::Share(share),
            },
            open: Mutex::default(),
            refused,
        }
    }

    /// Counts a connection, or closes it when its address has its share.
    pub(super) fn enter(self: &Arc<Self>, stream: &TcpStream, extensions: &mut Extensions) {
        let Ok(peer) = stream.peer_addr() else {
            return;
        };
        match self.take(peer.ip()) {
            Ok(Some(counted)) => {
                extensions.insert(counted);
            }
            Ok(None) => {}
            Err(Refused) => refuse(stream),
        }
    }

    fn take(self: &Arc<Self>, address: IpAddr) -> Result<Option<Counted>, Refused> {
        let most = match self.bound {
            Bound::Proxies => return Ok(None),
            Bound::Share(_) if address.to_canonical().is_loopback() => return Ok(None),
            Bound::Configured(most) | Bound::Share(most) => most.get(),
        };
        let client = ClientAddress::of_peer(address);
        let mut open = self.open.lock();
        let count = open.entry(client).or_default();
        if *count >= most {
            self.refused.inc();
            return Err(Refused);
        }
        *count += 1;
        Ok(Some(Counted {
            connections: Arc::clone(self),
            client,
        }))
    }
}

/// Refusal of a connection.
#[derive(Debug, PartialEq, Eq)]
struct Refused;

/// Says why, and closes. What the client has sent is not read.
fn refuse(stream: &TcpStream) {
    // Nothing was written yet, so that the buffer has room; a client that is gone needs no answer.
    let _sent = stream.try_write(REFUSAL);
    let socket = SockRef::from(stream);
    let _closed = socket.shutdown(std::net::Shutdown::Both);
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock();
        if let Some(count) = open.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.client);
            }
        }
    }
}

/// Upper bound on the bytes that the kernel keeps of a response for a client that does not read.
/// Linux adds as much again for its own bookkeeping.
const SEND_BUFFER: usize = 64 * 1024;

/// Time after which a connection is closed whose client takes none of the bytes sent to it.
const UNREAD_FOR: Duration = Duration::from_secs(30);

/// Options that accepted connections inherit from their listener. A head and its body leave
/// without a delayed acknowledgement between them, and a client that does not read costs little
/// memory, and that not for long.
pub(super) fn set_options(listener: &std::net::TcpListener) -> std::io::Result<()> {
    let socket = SockRef::from(listener);
    socket.set_tcp_nodelay(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(UNREAD_FOR))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use telemetry::Metrics;

    use super::*;

    fn connections(configured: Option<usize>, all: usize, proxies: usize) -> Arc<Connections> {
        let configured = configured.and_then(NonZeroUsize::new);
        let refused = Metrics::new().counter("refused_total", "Refused.");
        Arc::new(Connections::new(
            configured,
            all,
            TrustedProxies(proxies),
            refused,
        ))
    }

    /// Connections that an address gets when it asks for 100.
    fn taken(connections: &Arc<Connections>, address: &str) -> usize {
        let address = address.parse().unwrap();
        let taken: Vec<_> = (0..100)
            .filter_map(|_| connections.take(address).ok())
            .collect();
        taken.len()
    }

    #[test]
    fn address_has_its_share_and_proxies_have_no_bound() {
        for (configured, proxies, address, expected) in [
            (None, 0, "192.0.2.1", 8),
            (None, 0, "127.0.0.1", 100),
            (None, 0, "::1", 100),
            (None, 0, "::ffff:127.0.0.1", 100),
            (Some(3), 0, "192.0.2.1", 3),
            (Some(3), 0, "127.0.0.1", 3),
            (Some(3), 1, "192.0.2.1", 100),
            (None, 1, "192.0.2.1", 100),
        ] {
            let connections = connections(configured, 64, proxies);
            assert_eq!(
                taken(&connections, address),
                expected,
                "{configured:?} {address}"
            );
            assert!(connections.open.lock().is_empty());
        }
    }

    #[test]
    fn one_subscriber_is_one_address() {
        let connections = connections(Some(2), 64, 0);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let _first = connections.take(address("2001:db8::1")).unwrap();
        let _second = connections.take(address("2001:db8::2")).unwrap();
        assert!(connections.take(address("2001:db8::3")).is_err());
        assert!(connections.take(address("2001:db8:0:1::3")).is_ok());
        assert_eq!(connections.refused.get(), 1);
    }

    #[test]
    fn accepted_connections_inherit_the_options() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        set_options(&listener).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert!(accepted.nodelay().unwrap());
        let socket = SockRef::from(&accepted);
        assert!(socket.send_buffer_size().unwrap() <= 2 * SEND_BUFFER);
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNREAD_FOR));
    }

    #[test]
    fn refusal_is_a_whole_response() {
        let text = std::str::from_utf8(REFUSAL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{}",
            body.len()
        );
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], 429);
    }
}
