//! Instructions of an answer: of a cached expectation, of one that the client has already, of a
//! cached page, of health, and of bare handlers that send the same.
//!
//! A processor's time depends on what else the machine does; instructions do not. Each server is a
//! process under callgrind on one core, and answers one request after another over one connection.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use hyper::HeaderMap;
use hyper::header::{CONTENT_LENGTH, DATE, ETAG, HeaderValue, IF_NONE_MATCH};
use testkit::Callgrind;
use testkit::load::{Load, LoadResponse, Request, Schedule, Verdict};

use crate::baseline::{BYTES, HEADERS, RESPONSE};
use crate::expected::{Coding, Expected, PATIENCE, ask, get, learn};
use crate::figures::print;
use crate::process::{ServerProcess, machine};
use crate::scenarios::EXPECTATION;

/// The page of 아델.
const PATH_OF_PAGE: &str = "/characters/%EC%95%84%EB%8D%B8";

const CACHED: &str = "cached, zstd";
const PAGE: &str = "cached page, zstd";
const BARE: &str = "bare handler, same bytes and headers";

/// Path of liveness.
const HEALTH: &str = "/health/live";

/// Header by which a request asks for its own trace.
const TRACEPARENT: &str = "traceparent";

/// A trace that is not recorded.
const UNRECORDED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/// Counts of each kind of answer.
const ROUNDS: usize = 3;

/// Settings for a process that takes fifty times as long for everything.
const PATIENT: [(&str, &str); 3] = [
    ("MAPLE__DATABASE__ACQUIRE_TIMEOUT_MS", "120000"),
    ("MAPLE__DATABASE__STATEMENT_TIMEOUT_MS", "60000"),
    ("MAPLE__REQUEST__DEADLINE_MS", "60000"),
];

/// Length of the count.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Number of requests that are counted of each kind.
    #[arg(long, default_value_t = 1_000)]
    requests: usize,
    /// Upper bound on the instructions of a cached answer beyond those of the bare handler with the
    /// same bytes and headers; more is a failure.
    #[arg(long)]
    beyond_bare: Option<f64>,
    /// Upper bound on the instructions of a cached page as a multiple of those of a cached answer;
    /// more is a failure.
    #[arg(long)]
    page_times: Option<f64>,
    /// Folder to leave the profiles in, for `callgrind_annotate`.
    #[arg(long)]
    profiles: Option<PathBuf>,
}

/// Instructions of one answer.
#[derive(Debug)]
struct InstructionsRow {
    what: &'static str,
    per_answer: f64,
}

/// Counts the instructions of each kind of answer, and prints a table.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let mut callgrind = match Callgrind::find_or_install() {
        Ok(callgrind) => callgrind,
        Err(reason) => {
            println!("SKIPPED: nothing was counted: {reason}");
            return Ok(());
        }
    };
    println!("{}\n", machine());
    let rows = count(&mut callgrind, options).await?;
    tell(&rows, options.requests);
    let cached = of(&rows, CACHED);
    let beyond = cached - of(&rows, BARE);
    if let Some(most) = options.beyond_bare {
        ensure!(
            beyond <= most,
            "{beyond:.0} instructions beyond the bare handler, {most} are the most"
        );
    }
    let times = of(&rows, PAGE) / cached;
    if let Some(most) = options.page_times {
        ensure!(
            times <= most,
            "a page takes {times:.2} times the instructions of an answer, {most} is the most"
        );
    }
    Ok(())
}

async fn count(
    callgrind: &mut Callgrind,
    options: &Options,
) -> anyhow::Result<Vec<InstructionsRow>> {
    let patient = PATIENT.map(|(name, value)| (name, value.to_owned()));
    let service = ServerProcess::counted_service(callgrind, &patient)?;
    let content = learn(service.address, EXPECTATION).await?;
    let page = learn(service.address, PATH_OF_PAGE).await?;
    let cached = get(EXPECTATION, Coding::Zstd);
    let answer = ask(service.address, cached.clone()).await?;
    let tag = answer.headers.get(ETAG).context("the answer has no tag")?;
    let (known, live) = (with_tag(tag), get(HEALTH, Coding::Identity));
    let mut routed = cached.clone();
    let unrecorded = HeaderValue::from_static(UNRECORDED);
    routed.headers_mut().insert(TRACEPARENT, unrecorded);
    let expected = Expected::new(Coding::Zstd, &content);
    let is_right = move |answer: &LoadResponse| expected.judge(answer);
    let mut counted = CountedProgram {
        callgrind,
        options,
        rows: Vec::new(),
    };
    let of = &service;
    counted.add(CACHED, of, cached, is_right.clone()).await?;
    let is_page = move |answer: &LoadResponse| match Coding::Zstd.decode(&answer.body) {
        Ok(body) if body == page => with_status(200, answer),
        _ => Verdict::Wrong("another page".to_owned()),
    };
    counted
        .add(PAGE, of, get(PATH_OF_PAGE, Coding::Zstd), is_page)
        .await?;
    let not_modified = |answer: &LoadResponse| with_status(304, answer);
    counted.add("cached, 304", of, known, not_modified).await?;
    counted
        .add("cached, zstd, in a trace", of, routed, is_right.clone())
        .await?;
    let ok = |answer: &LoadResponse| with_status(200, answer);
    counted.add("/health/live", of, live, ok).await?;
    drop(service);

    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join(Coding::Zstd.name()), &answer.body)?;
    fs::write(folder.path().join(HEADERS), lines(&answer.headers)?)?;
    let bare = ServerProcess::counted_baseline(counted.callgrind, folder)?;
    let same = get(RESPONSE, Coding::Zstd);
    counted.add(BARE, &bare, same, is_right.clone()).await?;
    let bytes = get(&format!("{BYTES}{}", Coding::Zstd.name()), Coding::Zstd);
    counted
        .add("bare handler, same bytes", &bare, bytes, is_right)
        .await?;
    Ok(counted.rows)
}

/// Rows that are counted one after another.
struct CountedProgram<'c> {
    callgrind: &'c mut Callgrind,
    options: &'c Options,
    rows: Vec<InstructionsRow>,
}

impl CountedProgram<'_> {
    /// Counts this request, after as many have warmed up what is slow only once. The least of
    /// [`ROUNDS`] is its count: what the server does meanwhile by its clock only adds, the more the
    /// busier the machine.
    async fn add(
        &mut self,
        what: &'static str,
        server: &ServerProcess,
        request: Request,
        judge: impl Fn(&LoadResponse) -> Verdict + Clone + Send + Sync + 'static,
    ) -> anyhow::Result<()> {
        let requests = self.options.requests;
        let send = || send(server.address, requests, request.clone(), judge.clone());
        send().await.context(what)?;
        self.callgrind.lap(server.id())?;
        let mut instructions = u64::MAX;
        for _ in 0..ROUNDS {
            send().await.context(what)?;
            instructions = instructions.min(self.callgrind.lap(server.id())?);
        }
        if let Some(folder) = &self.options.profiles {
            let file = what.replace([' ', '/', ','], "_");
            fs::copy(self.callgrind.profile(), folder.join(file))?;
        }
        let per_answer = instructions as f64 / requests as f64;
        self.rows.push(InstructionsRow { what, per_answer });
        Ok(())
    }
}

/// Sends so many requests over one connection, each when the one before was answered.
async fn send(
    server: SocketAddr,
    requests: usize,
    request: Request,
    judge: impl Fn(&LoadResponse) -> Verdict + Send + Sync + 'static,
) -> anyhow::Result<()> {
    let load = Load {
        servers: vec![server],
        schedule: Schedule::at_once(requests),
        connections: 1,
        patience: PATIENCE,
    };
    load.run(move |_| request.clone(), judge).await.checked()?;
    Ok(())
}

fn with_tag(tag: &HeaderValue) -> Request {
    let mut request = get(EXPECTATION, Coding::Zstd);
    request.headers_mut().insert(IF_NONE_MATCH, tag.clone());
    request
}

fn with_status(status: u16, answer: &LoadResponse) -> Verdict {
    if answer.status == status {
        Verdict::Served
    } else {
        Verdict::Wrong(format!("status {} where {status} is right", answer.status))
    }
}

/// The headers as a bare handler has to send them; the server itself adds the other two.
fn lines(headers: &HeaderMap) -> anyhow::Result<String> {
    let mut lines = String::new();
    for (name, value) in headers {
        if *name != DATE && *name != CONTENT_LENGTH {
            writeln!(lines, "{name}: {}", value.to_str()?)?;
        }
    }
    ensure!(lines.contains(ETAG.as_str()), "the answer has no headers");
    Ok(lines)
}

/// Instructions of one kind of answer; zero of one that was not counted.
fn of(rows: &[InstructionsRow], what: &str) -> f64 {
    let row = rows.iter().find(|row| row.what == what);
    row.map_or(0.0, |row| row.per_answer)
}

fn tell(rows: &[InstructionsRow], requests: usize) {
    let bare = of(rows, BARE);
    let cells = rows.iter().map(|row| {
        vec![
            row.what.to_owned(),
            format!("{:.0}", row.per_answer),
            format!("{:+.0}", row.per_answer - bare),
        ]
    });
    print(
        &format!("Instructions of an answer, of {requests} over one connection"),
        &["what", "instructions", "against the bare handler"],
        cells.collect(),
    );
}
