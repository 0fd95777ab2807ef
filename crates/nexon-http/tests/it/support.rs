//! A server over real sockets that answers every connection with the same bytes.

use std::io::Write;
use std::net::TcpListener as StdListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use nexon_http::{NexonClient, NexonSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The key that must never be seen anywhere but in its header.
pub(crate) const KEY: &str = "live_canary_key_0123456789abcdef";

/// Reply to a connection that has sent its request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Bytes),
    /// Nothing, for as long as the client stays.
    Silence,
}

impl Reply {
    /// A whole response.
    pub(crate) fn response(status: &str, headers: &[&str], body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
        for header in headers {
            bytes.push_str(header);
            bytes.push_str("\r\n");
        }
        bytes.push_str("connection: close\r\n\r\n");
        Self::Bytes([bytes.as_bytes(), body].concat().into())
    }

    /// A 200 with a JSON body.
    pub(crate) fn json(body: &str) -> Self {
        Self::response(
            "200 OK",
            &["content-type: application/json"],
            body.as_bytes(),
        )
    }

    /// A refusal in Nexon's form.
    pub(crate) fn refusal(status: &str, name: &str) -> Self {
        let body = format!(r#"{{"error":{{"name":"{name}","message":"why"}}}}"#);
        Self::response(status, &[], body.as_bytes())
    }
}

/// The server; it ends when dropped.
pub(crate) struct Upstream {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Upstream {
    pub(crate) async fn answering(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, reply, requests.clone()));
        Self {
            url,
            requests,
            _tasks: tasks,
        }
    }

    pub(crate) fn client(&self) -> NexonClient {
        client(&self.url, Duration::from_secs(30))
    }

    /// A client that gives up soon.
    pub(crate) fn hasty_client(&self) -> NexonClient {
        client(&self.url, Duration::from_millis(30))
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The heads of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn client(base_url: &str, timeout: Duration) -> NexonClient {
    NexonClient::new(settings(base_url, timeout)).unwrap()
}

pub(crate) fn settings(base_url: &str, timeout: Duration) -> NexonSettings {
    NexonSettings {
        source: "test",
        base_url: base_url.to_owned(),
        api_key: KEY.into(),
        connect_timeout: Duration::from_secs(10),
        timeout,
    }
}

/// An address where nobody listens.
pub(crate) fn dead_url() -> String {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

async fn serve(listener: TcpListener, reply: Reply, requests: Arc<Mutex<Vec<String>>>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(answer(stream, reply.clone(), requests.clone()));
    }
}

async fn answer(mut stream: TcpStream, reply: Reply, requests: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    requests
        .lock()
        .unwrap()
        .push(String::from_utf8(head).unwrap());
    match reply {
        // A client that has seen enough may be gone before the last byte.
        Reply::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Reply::Silence => std::future::pending().await,
    }
}
