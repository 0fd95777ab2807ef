//! Connections: how many one address may hold, and what one costs whose client does not read.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::app::TestApp;

const LIVE: &str = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";

async fn connect(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

/// The first bytes of the response to a request on this connection; none when it is closed.
async fn ask(stream: &mut TcpStream) -> String {
    let _sent = stream.write_all(LIVE.as_bytes()).await;
    let mut response = [0; 1_024];
    let read = stream.read(&mut response).await.unwrap_or(0);
    String::from_utf8_lossy(&response[..read]).into_owned()
}

#[tokio::test]
async fn connections_of_one_address_are_bounded_and_those_of_others_are_served() {
    let app = TestApp::configured(&[("MAPLE__HTTP__MAX_CONNECTIONS_PER_ADDRESS", "3")]).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect("127.0.0.2", app.public).await;
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 "));
        held.push(stream);
    }
    let mut beyond = connect("127.0.0.2", app.public).await;
    let refusal = ask(&mut beyond).await;
    assert!(!refusal.starts_with("HTTP/1.1 200 "), "{refusal}");
    let mut other = connect("127.0.0.3", app.public).await;
    assert!(ask(&mut other).await.starts_with("HTTP/1.1 200 "));
    let refused = app.metric("maple_http_connections_refused_total").await;
    assert!((refused - 1.0).abs() < f64::EPSILON, "{refused}");
    held.pop();
    // The server sees the end of the connection when it reads.
    loop {
        let mut again = connect("127.0.0.2", app.public).await;
        if ask(&mut again).await.starts_with("HTTP/1.1 200 ") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Bytes that wait in the kernel between the server at `server` and this client.
#[cfg(target_os = "linux")]
fn waiting_bytes(server: SocketAddr, client: SocketAddr) -> Option<u64> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_ours = port(fields[1])? == server.port() && port(fields[2])? == client.port();
        let waiting = fields[4].split(':').next()?;
        is_ours.then(|| u64::from_str_radix(waiting, 16).ok())?
    })
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn unread_responses_take_little_memory_of_the_kernel() {
    const BUNDLE: &str = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: a\r\n\r\n";
    let app = TestApp::start().await;
    // A connection from before the server has begun has the options of before.
    app.answer("/health/live").await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut client = socket.connect(app.public).await.unwrap();
    client.write_all(BUNDLE.as_bytes()).await.unwrap();
    let address = client.local_addr().unwrap();
    // Until the buffers are as full as they get.
    let (mut last, mut unchanged) = (0, 0);
    while last == 0 || unchanged < 20 {
        let now = waiting_bytes(app.public, address).unwrap();
        unchanged = if now == last { unchanged + 1 } else { 0 };
        last = now;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(
        last <= 256 * 1024,
        "{last} bytes wait for a client that does not read"
    );
}

/// Memory of this process, in bytes.
#[cfg(target_os = "linux")]
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = resident.unwrap().trim().trim_end_matches(" kB");
    kibibytes.parse::<u64>().unwrap() * 1024
}

/// The service has no copy of the bundle for each client that does not read it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn unread_responses_take_little_memory_of_the_process() {
    const BUNDLE: &str = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: a\r\n\r\n";
    const CLIENTS: u64 = 100;
    let app = TestApp::start().await;
    let whole = app.get("/docs/swagger-ui-bundle.js").send().await.unwrap();
    let whole = whole.bytes().await.unwrap().len() as u64;
    let before = resident_bytes();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        let mut client = socket.connect(app.public).await.unwrap();
        client.write_all(BUNDLE.as_bytes()).await.unwrap();
        // The head has come, so the service has begun with the body.
        client.readable().await.unwrap();
        clients.push(client);
    }
    let used = resident_bytes().saturating_sub(before);
    assert!(
        used < CLIENTS * whole / 3,
        "{used} bytes for {CLIENTS} clients of {whole} bytes each"
    );
}
