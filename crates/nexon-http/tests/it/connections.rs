//! Connections that die while they are idle cost no answer.

use std::io;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use equipment::{CharacterDirectory, Ocid};
use futures_util::future::join_all;
use nexon_http::{GuardSettings, Guarded, NexonClient};
use resilience::{BreakerState, Jitter};
use testkit::connections_to;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::{self, client};

const BASIC: &str = r#"{"character_name":"아델","character_level":295}"#;

/// Fate of connections that were made before.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// They are reset at once.
    Reset = 1,
    /// They are closed without an answer when a request comes.
    ClosedOnReuse = 2,
    /// They stay open, and no answer comes.
    Silent = 3,
}

/// An upstream that keeps connections alive, until those that stand are to die.
struct Upstream {
    url: String,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct State {
    accepted: AtomicU64,
    /// Connections up to this one are dead, in the way of `death`.
    dead: AtomicU64,
    death: AtomicU8,
    changed: tokio::sync::Notify,
}

impl Upstream {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        let mut tasks = JoinSet::new();
        let shared = Arc::clone(&state);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = shared.accepted.fetch_add(1, Ordering::SeqCst) + 1;
                let state = Arc::clone(&shared);
                connections.spawn(async move { serve(stream, number, &state).await });
            }
        });
        Self {
            url,
            state,
            _tasks: tasks,
        }
    }

    fn accepted(&self) -> u64 {
        self.state.accepted.load(Ordering::SeqCst)
    }

    fn kill(&self, death: Death) {
        self.state.death.store(death as u8, Ordering::SeqCst);
        self.state.dead.store(self.accepted(), Ordering::SeqCst);
        self.state.changed.notify_waiters();
    }
}

async fn serve(mut stream: TcpStream, number: u64, state: &State) -> io::Result<()> {
    let is_dead = || number <= state.dead.load(Ordering::SeqCst);
    let dies_by = |death: Death| is_dead() && state.death.load(Ordering::SeqCst) == death as u8;
    let mut head = Vec::new();
    loop {
        let changed = state.changed.notified();
        let mut buffer = [0; 4096];
        let read = tokio::select! {
            read = stream.read(&mut buffer) => read?,
            () = changed, if !is_dead() => {
                if dies_by(Death::Reset) {
                    stream.set_zero_linger()?;
                    return Ok(());
                }
                continue;
            }
        };
        if read == 0 || dies_by(Death::ClosedOnReuse) {
            return Ok(());
        }
        head.extend_from_slice(&buffer[..read]);
        if dies_by(Death::Silent) || !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        head.clear();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{BASIC}",
            BASIC.len()
        );
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn guarded(client: NexonClient) -> Guarded<NexonClient> {
    // No retries of the guard's: what is shown is that none is needed.
    let settings = GuardSettings {
        attempts: NonZeroU32::MIN,
        ..GuardSettings::default()
    };
    Guarded::new(client, settings, None, Jitter::from_seed(1)).unwrap()
}

#[tokio::test]
async fn dead_connections_of_the_pool_cost_no_answer() {
    for death in [Death::Reset, Death::ClosedOnReuse, Death::Silent] {
        let upstream = Upstream::start().await;
        let guarded = guarded(client(&upstream.url, Duration::from_millis(400)));
        let ocid = Ocid::new("f00d");
        let at_once = || join_all((0..12).map(|_| guarded.describe(&ocid)));
        for answer in at_once().await {
            answer.unwrap();
        }
        upstream.kill(death);
        for answer in at_once().await {
            answer.unwrap_or_else(|error| panic!("{death:?}: {error}"));
        }
        let breaker = guarded.breaker();
        assert_eq!(breaker.state(), BreakerState::Closed, "{death:?}");
        assert_eq!(breaker.counts().failures, 0, "{death:?}");
    }
}

#[tokio::test]
async fn connection_is_used_again_and_a_bounded_number_is_kept() {
    let upstream = Upstream::start().await;
    let client = client(&upstream.url, Duration::from_secs(30));
    let ocid = Ocid::new("f00d");
    for _ in 0..5 {
        client.describe(&ocid).await.unwrap();
    }
    assert_eq!(upstream.accepted(), 1);
    let answers = join_all((0..40).map(|_| client.describe(&ocid))).await;
    assert!(answers.iter().all(Result::is_ok));
    let before = upstream.accepted();
    let answers = join_all((0..40).map(|_| client.describe(&ocid))).await;
    assert!(answers.iter().all(Result::is_ok));
    let new = upstream.accepted() - before;
    assert!(new >= 40 - 8, "{new} of 40 are new, as 8 are kept at most");
}

#[tokio::test]
async fn new_connection_that_fails_counts_for_the_breaker() {
    let guarded = guarded(client(&support::dead_url(), Duration::from_secs(30)));
    guarded.describe(&Ocid::new("f00d")).await.unwrap_err();
    assert_eq!(guarded.breaker().counts().failures, 1);
}

/// The kernel says so of each connection.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_to_the_upstream_send_without_delay() {
    let upstream = Upstream::start().await;
    let client = client(&upstream.url, Duration::from_secs(30));
    let ocid = Ocid::new("f00d");
    for answer in join_all((0..4).map(|_| client.describe(&ocid))).await {
        answer.unwrap();
    }
    let (_, port) = upstream.url.rsplit_once(':').unwrap();
    let connections = connections_to(port.parse().unwrap());
    assert!(!connections.is_empty());
    for connection in connections {
        assert!(connection.nodelay().unwrap(), "{connection:?}");
    }
}
