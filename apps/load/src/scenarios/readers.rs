//! H3: a thousand readers of a raw document at once, each slow to read: how much memory the
//! server holds for them, streamed against buffered.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use testkit::load::{LoadResponse, Request, Verdict};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use super::Scale;
use crate::baseline::{BUFFERED, STORED};
use crate::expected::{Coding, Expected, ask, get, learn};
use crate::figures::{mebibytes, print};
use crate::process::ServerProcess;

/// 아델's document.
const RAW: &str = "/api/v1/characters/%EC%95%84%EB%8D%B8/equipment/raw";

const READERS: usize = 1_000;

/// Receive buffer of a reader's system: as little as it grants, so that the
/// server is left with the rest, as by a slow network.
const RECEIVE_BUFFER: u32 = 4 * 1024;

/// As long as a segment is on networks. Without it this machine's own network has segments of
/// 64 KiB, of which the server's system takes ten before any of them has arrived, which is all of
/// a document and hides what the process would hold.
const SEGMENT: u32 = 1_460;

/// Server, its answer, and the memory that it took.
struct ReadersRow {
    name: String,
    before: u64,
    peak: u64,
}

pub(crate) async fn run(_scale: Scale) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let content = {
        let service = ServerProcess::service(&[])?;
        learn(service.address, RAW).await?
    };
    for coding in Coding::ALL {
        // A new process each time: what one coding left in the allocator is not the next one's.
        let service = ServerProcess::service(&[])?;
        learn(service.address, RAW).await?;
        let name = format!("the service, {}", coding.name());
        rows.push(measure(name, &service, RAW, coding, &content).await?);
    }
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join(STORED),
        zstd::encode_all(&content[..], 3)?,
    )?;
    let buffered = ServerProcess::baseline(folder)?;
    ask(buffered.address, get(BUFFERED, Coding::Identity)).await?;
    let name = "decompressed into memory, identity".to_owned();
    rows.push(measure(name, &buffered, BUFFERED, Coding::Identity, &content).await?);
    tell(&rows, content.len());
    Ok(())
}

/// Asks with every reader, waits until each has the head of its answer, then reads all.
async fn measure(
    name: String,
    process: &ServerProcess,
    path: &str,
    coding: Coding,
    content: &[u8],
) -> anyhow::Result<ReadersRow> {
    let before = process.memory()?;
    process.forget_peak()?;
    let mut asking = JoinSet::new();
    for _ in 0..READERS {
        asking.spawn(head(process.address, get(path, coding)));
    }
    let mut readers = Vec::new();
    while let Some(reader) = asking.join_next().await {
        readers.push(reader??);
    }
    let expected = Expected::new(coding, content);
    for (number, mut reader) in readers.into_iter().enumerate() {
        let body = reader.response.body_mut().collect();
        let body = body.await.context("an answer broke off")?.to_bytes();
        let answer = LoadResponse {
            number,
            status: reader.response.status(),
            headers: reader.response.headers().clone(),
            body,
        };
        let verdict = expected.judge(&answer);
        ensure!(verdict == Verdict::Served, "{name}: {verdict:?}");
    }
    Ok(ReadersRow {
        name,
        before,
        peak: process.peak_memory()?,
    })
}

/// An answer whose body nobody has read yet, and the connection it comes over.
struct SlowReader {
    response: hyper::Response<Incoming>,
    _sender: http1::SendRequest<http_body_util::Full<bytes::Bytes>>,
    _driver: JoinSet<()>,
}

async fn head(address: SocketAddr, mut request: Request) -> anyhow::Result<SlowReader> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket2::SockRef::from(&socket).set_tcp_mss(SEGMENT)?;
    let stream = socket.connect(address).await?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(16 * 1024)
        .handshake(TokioIo::new(stream))
        .await?;
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        // A failure is reported to the caller that waits for the answer.
        let _ = connection.await;
    });
    let host = HeaderValue::try_from(address.to_string())?;
    request.headers_mut().insert(HOST, host);
    let response = sender.send_request(request).await?;
    Ok(SlowReader {
        response,
        _sender: sender,
        _driver: driver,
    })
}

fn tell(rows: &[ReadersRow], bytes: usize) {
    let more = |row: &ReadersRow| row.peak.saturating_sub(row.before);
    let buffered = rows.last().map_or(0, more);
    let cells = rows.iter().map(|row| {
        vec![
            row.name.clone(),
            mebibytes(row.before),
            mebibytes(row.peak),
            mebibytes(more(row)),
            format!(
                "{:.1} times less",
                buffered as f64 / more(row).max(1) as f64
            ),
        ]
    });
    print(
        &format!(
            "H3: {READERS} slow readers of a document of {bytes} bytes (aim 10 times less than buffered, the process under 128 MiB)"
        ),
        &[
            "who answers",
            "before",
            "peak",
            "for the readers",
            "against buffered",
        ],
        cells.collect(),
    );
}
