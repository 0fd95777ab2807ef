//! Unit costs of one process with SQLite: processor time and bytes of each kind of answer, and what
//! a new character takes from the upstream and from the disk. `cargo xtask capacity` computes with
//! them.

mod kinds;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use nexon_sandbox::Sandbox;
use testkit::load::{Load, LoadResponse, Schedule, Verdict};

use crate::expected::PATIENCE;
use crate::figures::print;
use crate::process::{self, ServerProcess};
use kinds::{Kind, Members};

/// Enough that the server always has something to do.
const CONNECTIONS: usize = 8;

/// Traffic of all kinds: of a hundred requests, so many of each.
const MIX: [(Kind, usize); 6] = [
    (Kind::Cached, 60),
    (Kind::NotModified, 20),
    (Kind::Page, 14),
    (Kind::Cold, 1),
    (Kind::Like, 4),
    (Kind::Donation, 1),
];

/// Length of the measurement.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Number of requests of the cheapest kinds; the others have a part of it.
    #[arg(long, default_value_t = 20_000)]
    requests: usize,
    /// Number of characters that are stored to see what they take.
    #[arg(long, default_value_t = 1_000)]
    characters: usize,
}

/// Figures of one kind of request.
struct Costs {
    what: String,
    requests: usize,
    cpu: Duration,
    bytes: usize,
}

/// A server, its upstream in this process, and members who are logged in.
struct MeasuredService {
    service: ServerProcess,
    sandbox: Sandbox,
    members: Arc<Members>,
    /// Requests sent so far, so that none is sent twice.
    sent: usize,
}

/// Measures every kind, a mix of them, and what is stored.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    process::take_second_core();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!("{}\n", process::machine());
    runtime.block_on(measure(options))
}

async fn measure(options: &Options) -> anyhow::Result<()> {
    let mut world = MeasuredService::start().await?;
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let requests = (options.requests / kind.dearer()).max(20);
        world
            .send(&kind.to_string(), requests / 5, move |_| kind)
            .await?;
        rows.push(
            world
                .send(&kind.to_string(), requests, move |_| kind)
                .await?,
        );
    }
    let mixed = options.requests / 10;
    rows.push(world.send("mix", mixed, kind_in_mix).await?);
    tell(&rows);
    world.tell_storage(options.characters).await
}

/// The kind of the request of this number in the mix.
fn kind_in_mix(number: usize) -> Kind {
    // 37 and 100 have no common divisor: the kinds are spread over the hundred.
    let mut place = number * 37 % 100;
    for (kind, share) in MIX {
        if place < share {
            return kind;
        }
        place -= share;
    }
    Kind::Cached
}

impl MeasuredService {
    async fn start() -> anyhow::Result<Self> {
        crate::documents::install_tls();
        let sandbox = Sandbox::start_local()?;
        let service = ServerProcess::service(&[
            ("MAPLE__NEXON__API_KEY", "any".to_owned()),
            ("MAPLE__NEXON__BASE_URL", sandbox.url().to_owned()),
            ("MAPLE__NEXON__QUOTA_PER_SECOND", "10000".to_owned()),
            ("MAPLE__NEXON__QUOTA_PER_DAY", "100000000".to_owned()),
            ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000".to_owned()),
            ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000".to_owned()),
            ("MAPLE__MEMBERS__DONATIONS_PER_MINUTE", "1000000".to_owned()),
            ("MAPLE__MEMBERS__DEVELOPERS", kinds::DEVELOPER.to_owned()),
            ("MAPLE__ADMIN__TOKEN", kinds::ADMIN_TOKEN.to_owned()),
            ("MAPLE__REQUEST__DEADLINE_MS", "30000".to_owned()),
        ])?;
        let members = Arc::new(Members::log_in(&service).await?);
        Ok(Self {
            service,
            sandbox,
            members,
            sent: 0,
        })
    }

    /// Sends so many requests as fast as they are answered.
    async fn send(
        &mut self,
        what: &str,
        requests: usize,
        kind: impl Fn(usize) -> Kind + Copy + Send + Sync + 'static,
    ) -> anyhow::Result<Costs> {
        let load = Load {
            servers: vec![self.service.address],
            schedule: Schedule::at_once(requests),
            connections: CONNECTIONS,
            patience: PATIENCE,
        };
        let (members, first) = (Arc::clone(&self.members), self.sent);
        let bytes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&bytes);
        let request = move |number| members.request(kind(number), first + number);
        let judge = move |answer: &LoadResponse| {
            counted.fetch_add(size(answer), Ordering::Relaxed);
            judge(kind(answer.number), answer)
        };
        let before = self.service.cpu()?;
        load.run(request, judge)
            .await
            .checked()
            .with_context(|| what.to_owned())?;
        self.sent += requests;
        Ok(Costs {
            what: what.to_owned(),
            requests,
            cpu: self.service.cpu()?.saturating_sub(before),
            bytes: bytes.load(Ordering::Relaxed),
        })
    }

    /// Has characters stored that nobody has asked for, and prints what one takes.
    async fn tell_storage(&mut self, characters: usize) -> anyhow::Result<()> {
        let (calls, bytes) = (
            self.sandbox.counters().total(),
            self.service.stored_bytes()?,
        );
        let stored = |_| Kind::Stored;
        let costs = self.send("stored", characters, stored).await?;
        let calls = self.sandbox.counters().total() - calls;
        let bytes = self.service.stored_bytes()?.saturating_sub(bytes);
        let each = |sum: f64| format!("{:.2}", sum / characters as f64);
        print(
            &format!("A character that is stored: the mean of {characters}"),
            &["what", "each"],
            vec![
                vec!["calls of the upstream".to_owned(), each(calls as f64)],
                vec!["bytes on disk, SQLite".to_owned(), each(bytes as f64)],
                vec!["CPU, µs".to_owned(), each(costs.cpu.as_secs_f64() * 1e6)],
            ],
        );
        println!(
            "memory of the process: {}",
            crate::figures::mebibytes(self.service.memory()?)
        );
        Ok(())
    }
}

/// Bytes of an answer as HTTP/1.1 writes it, without those of TCP and IP.
fn size(answer: &LoadResponse) -> usize {
    let status_line = "HTTP/1.1 200 OK\r\n".len();
    let lines = answer.headers.iter();
    let headers: usize = lines
        .map(|(name, value)| name.as_str().len() + ": ".len() + value.len() + "\r\n".len())
        .sum();
    status_line + headers + "\r\n".len() + answer.body.len()
}

fn judge(kind: Kind, answer: &LoadResponse) -> Verdict {
    if answer.status == kind.status() && kind.is_right(answer) {
        return Verdict::Served;
    }
    let body = String::from_utf8_lossy(&answer.body);
    Verdict::Wrong(format!("{kind}: {}: {body:.300}", answer.status))
}

fn tell(rows: &[Costs]) {
    let cells = rows.iter().map(|row| {
        let per = |sum: f64| sum / row.requests as f64;
        vec![
            row.what.clone(),
            row.requests.to_string(),
            format!("{:.1}", per(row.cpu.as_secs_f64() * 1e6)),
            format!("{:.0}", per(row.bytes as f64)),
        ]
    });
    print(
        "Unit costs of one process with SQLite",
        &["answer", "requests", "CPU, µs", "bytes out"],
        cells.collect(),
    );
}
