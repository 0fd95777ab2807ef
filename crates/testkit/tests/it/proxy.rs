//! Tests of the proxy's faults.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use testkit::{Fault, FaultProxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

const SHORT: Duration = Duration::from_millis(50);

/// Sends back what it gets.
struct Echo {
    address: SocketAddr,
    _task: AbortOnDropHandle<()>,
}

async fn echo() -> Echo {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = TaskTracker::new();
    let task = TaskTracker::new().spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            connections.spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    Echo {
        address,
        _task: AbortOnDropHandle::new(task),
    }
}

async fn proxied() -> (Echo, FaultProxy) {
    let echo = echo().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    (echo, proxy)
}

async fn ask(stream: &mut TcpStream, question: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(question).await?;
    let mut answer = vec![0; question.len()];
    stream.read_exact(&mut answer).await.map(|_| answer)
}

#[tokio::test]
async fn proxy_without_a_fault_forwards_everything_in_order() {
    let (_echo, proxy) = proxied().await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    let question = vec![7; 1_000_000];
    let (mut from, mut to) = stream.split();
    let mut answer = Vec::new();
    let asked = async {
        to.write_all(&question).await?;
        to.shutdown().await
    };
    let (sent, received) = tokio::join!(asked, from.read_to_end(&mut answer));
    sent.unwrap();
    received.unwrap();
    assert!(answer == question);
    assert_eq!(proxy.accepted(), 1);
}

#[tokio::test]
async fn latency_delays_both_ways() {
    let (_echo, proxy) = proxied().await;
    proxy.set(Fault::Latency(SHORT)).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    let start = Instant::now();
    assert_eq!(ask(&mut stream, b"hello").await.unwrap(), b"hello");
    assert!(start.elapsed() >= 2 * SHORT);
}

#[tokio::test]
async fn hanging_connection_continues_when_the_fault_ends() {
    let (_echo, proxy) = proxied().await;
    let mut open = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut open, b"works").await.unwrap();
    proxy.set(Fault::Hang).await;
    let mut new = TcpStream::connect(proxy.address()).await.unwrap();
    for stream in [&mut open, &mut new] {
        assert!(timeout(SHORT, ask(stream, b"hello")).await.is_err());
    }
    proxy.set(Fault::None).await;
    for stream in [&mut open, &mut new] {
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"hello");
    }
}

#[tokio::test]
async fn reset_breaks_open_and_new_connections() {
    let (_echo, proxy) = proxied().await;
    let mut open = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut open, b"works").await.unwrap();
    proxy.set(Fault::Reset).await;
    let error = open.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let mut new = TcpStream::connect(proxy.address()).await.unwrap();
    let error = new.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    proxy.set(Fault::None).await;
    let mut later = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut later, b"works").await.unwrap();
}

#[tokio::test]
async fn truncated_response_has_the_configured_length() {
    let (_echo, proxy) = proxied().await;
    proxy.set(Fault::CutAfter(3)).await;
    for _ in 0..2 {
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        stream.write_all(b"hello").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, b"hel");
    }
}

#[tokio::test]
async fn refusing_proxy_listens_again_at_the_same_address() {
    let (_echo, proxy) = proxied().await;
    let mut open = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut open, b"works").await.unwrap();
    proxy.set(Fault::Refuse).await;
    let error = TcpStream::connect(proxy.address()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(open.read_u8().await.is_err());
    proxy.set(Fault::None).await;
    let mut later = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut later, b"works").await.unwrap();
}

#[tokio::test]
async fn dropped_proxy_closes_its_connections() {
    let (_echo, proxy) = proxied().await;
    let mut open = TcpStream::connect(proxy.address()).await.unwrap();
    ask(&mut open, b"works").await.unwrap();
    let address = proxy.address();
    drop(proxy);
    assert!(open.read_u8().await.is_err());
    assert!(TcpStream::connect(address).await.is_err());
}
