//! Floods: each asks from its own address as fast as its pause allows.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Client;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Requests of all floods that were answered, by their class of status; 0 is a connection that
/// ended without an answer.
static ANSWERS: [AtomicUsize; 6] = [const { AtomicUsize::new(0) }; 6];

/// Kind of a flood.
#[derive(Debug, Clone, Copy)]
pub(super) enum Flood {
    /// Heads with bodies that never come.
    StalledBodies,
    /// Names that no character has.
    UnknownNames,
    /// Known characters, asked for anew.
    Refreshes,
    /// Plans of many items.
    Calculations,
    /// Bytes that are no HTTP.
    Malformed,
    /// Keys that nobody has.
    LogIns,
    /// Connections that say nothing.
    Connections,
}

impl Flood {
    pub(super) const ALL: [Self; 7] = [
        Self::StalledBodies,
        Self::UnknownNames,
        Self::Refreshes,
        Self::Calculations,
        Self::Malformed,
        Self::LogIns,
        Self::Connections,
    ];

    /// Goes on until it is dropped.
    pub(super) async fn run(self, from: &'static str, server: SocketAddr) {
        let from: IpAddr = from.parse().unwrap();
        let client = Client::builder()
            .local_address(from)
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        let mut held = Vec::new();
        for number in 0.. {
            match self {
                Self::StalledBodies => {
                    let head = "POST /api/v1/calculations/plan HTTP/1.1\r\nhost: a\r\n\
                        content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
                    hold(&mut held, from, server, head).await;
                }
                Self::Connections => hold(&mut held, from, server, "").await,
                Self::Malformed => malformed(from, server).await,
                _ => {
                    let request = self.request(&client, server, number);
                    let status = request.send().await.map(|response| response.status());
                    count(status.map_or(0, |status| status.as_u16().into()));
                }
            }
            tokio::time::sleep(self.pause()).await;
        }
    }

    fn request(
        self,
        client: &Client,
        server: SocketAddr,
        number: usize,
    ) -> reqwest::RequestBuilder {
        let url = |path: &str| format!("http://{server}{path}");
        match self {
            Self::UnknownNames => {
                client.get(url(&format!("/api/v1/characters/no{number}/expectation")))
            }
            Self::Refreshes => client.get(url("/api/v1/characters/아델/expectation?refresh=true")),
            Self::LogIns => {
                let key = format!("nobody-{number}");
                client
                    .post(url("/api/v1/sessions"))
                    .json(&json!({"nexon_api_key": key}))
            }
            _ => {
                let item = json!({"star_force": {
                    "item_level": 250, "from": 0, "to": 22, "spare_item_meso": 2_000_000 + number,
                }});
                let plan = json!({"items": vec![item; 12]});
                client.post(url("/api/v1/calculations/plan")).json(&plan)
            }
        }
    }

    const fn pause(self) -> Duration {
        Duration::from_millis(match self {
            Self::Calculations => 1,
            Self::Connections | Self::StalledBodies | Self::Malformed => 10,
            Self::UnknownNames | Self::Refreshes | Self::LogIns => 25,
        })
    }
}

/// Opens a connection, says this, and keeps it for as long as it lasts; at most 200 of them.
async fn hold(held: &mut Vec<TcpStream>, from: IpAddr, server: SocketAddr, head: &str) {
    let Some(mut stream) = connect(from, server).await else {
        return count(0);
    };
    let _sent = stream.write_all(head.as_bytes()).await;
    count(200);
    held.push(stream);
    if held.len() > 200 {
        held.remove(0);
    }
}

async fn malformed(from: IpAddr, server: SocketAddr) {
    let Some(mut stream) = connect(from, server).await else {
        return count(0);
    };
    let _sent = stream.write_all(b"BROKEN\r\n\r\n").await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    let status = answer
        .get(9..12)
        .and_then(|text| std::str::from_utf8(text).ok());
    let status = status.and_then(|text| text.parse().ok());
    count(read.ok().and(status).unwrap_or(0));
}

async fn connect(from: IpAddr, server: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind((from, 0).into()).ok()?;
    socket.connect(server).await.ok()
}

fn count(status: usize) {
    ANSWERS[(status / 100).min(5)].fetch_add(1, Ordering::Relaxed);
}

/// Waits until so many requests of floods were answered.
pub(super) async fn answered(many: usize) {
    let answers = || -> usize {
        ANSWERS
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    };
    while answers() < many {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Answers to the floods, in words.
pub(super) fn summary() -> String {
    let [none, _, good, _, refused, failed] = ANSWERS
        .each_ref()
        .map(|count| count.load(Ordering::Relaxed));
    format!("floods: {good} taken, {refused} refused with 4xx, {failed} with 5xx, {none} closed")
}
