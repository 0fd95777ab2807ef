//! The load generator against a server whose every answer is known.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use testkit::load::{Load, LoadResponse, Request, Schedule, Verdict};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const LATENCY: Duration = Duration::from_millis(100);

/// Answers every request after [`LATENCY`] with its path, one connection at a time if told so.
struct Echo {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Echo {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                connections.spawn(echo(stream));
            }
        });
        Self {
            address,
            connections: count,
            _tasks: tasks,
        }
    }

    /// Returns the number of connections accepted so far.
    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    fn load(&self, schedule: Schedule, connections: usize) -> Load {
        Load {
            servers: vec![self.address],
            schedule,
            connections,
            patience: Duration::from_mins(1),
        }
    }
}

/// `/hang` is never answered, `/cut` ends the connection, `/full` is refused.
async fn echo(stream: TcpStream) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let path = head.split(' ').nth(1).unwrap();
        let status = match path {
            "/hang" => std::future::pending().await,
            "/cut" => return,
            "/full" => "503 Service Unavailable",
            _ => "200 OK",
        };
        tokio::time::sleep(LATENCY).await;
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{path}",
            path.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn get(path: &str) -> Request {
    hyper::Request::get(path)
        .body(http_body_util::Full::default())
        .unwrap()
}

/// The request of this number, or to this path when it is the first.
fn first_to(path: &'static str) -> impl Fn(usize) -> Request {
    move |number| match number {
        0 => get(path),
        _ => get(&format!("/{number}")),
    }
}

fn judge(answer: &LoadResponse) -> Verdict {
    match (
        answer.status.as_u16(),
        answer.body == format!("/{}", answer.number),
    ) {
        (200, true) => Verdict::Served,
        (503, _) => Verdict::Refused,
        (status, _) => Verdict::Wrong(format!("status {status}")),
    }
}

#[tokio::test]
async fn requests_are_sent_once_and_their_responses_judged() {
    let echo = Echo::start().await;
    let load = echo.load(Schedule::at_once(40), 8);
    let every_fourth = |number| match number % 4 {
        0 => get("/full"),
        _ => get(&format!("/{number}")),
    };
    let report = load.run(every_fourth, judge).await.checked().unwrap();
    assert_eq!((report.served.count(), report.refused.count()), (30, 10));
}

/// Four requests at once over one connection: the last one waited for three others, and a
/// client that only counts from when it sends would not tell.
#[tokio::test]
async fn latency_counts_from_the_scheduled_time() {
    let echo = Echo::start().await;
    let load = echo.load(Schedule::at_once(4), 1);
    let report = load.run(|number| get(&format!("/{number}")), judge).await;
    let report = report.checked().unwrap();
    assert!(report.served.quantile(0.25) >= LATENCY);
    assert!(report.served.quantile(1.0) >= 4 * LATENCY);
    assert!(report.length >= 4 * LATENCY);
}

#[tokio::test]
async fn broken_connection_is_counted_wrong_and_the_load_continues() {
    let echo = Echo::start().await;
    let load = echo.load(Schedule::at_once(6), 2);
    let report = load.run(first_to("/cut"), judge).await;
    assert_eq!((report.served.count(), report.wrong), (5, 1));
    let void = report.checked().unwrap_err();
    assert!(void.to_string().contains("the connection broke"), "{void}");
}

#[tokio::test]
async fn load_ends_when_its_time_is_over() {
    let echo = Echo::start().await;
    let load = Load {
        patience: Duration::from_secs(2),
        ..echo.load(Schedule::at_once(3), 3)
    };
    let report = load.run(first_to("/hang"), judge).await;
    assert_eq!((report.served.count(), report.unanswered), (2, 1));
    assert!(report.checked().is_err());
}

#[tokio::test]
async fn unreachable_server_makes_the_run_void() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let load = Load {
        servers: vec![address],
        schedule: Schedule::at_once(3),
        connections: 2,
        patience: Duration::from_mins(1),
    };
    let report = load.run(|number| get(&format!("/{number}")), judge).await;
    assert_eq!(report.wrong, 3);
}

#[tokio::test]
async fn connections_are_spread_over_the_servers() {
    let echoes = [Echo::start().await, Echo::start().await];
    let load = Load {
        servers: echoes.iter().map(|echo| echo.address).collect(),
        ..echoes[0].load(Schedule::at_once(6), 3)
    };
    let report = load.run(|number| get(&format!("/{number}")), judge).await;
    assert_eq!(report.checked().unwrap().served.count(), 6);
    let connections = echoes.each_ref().map(Echo::connections);
    assert_eq!(connections, [2, 1]);
}
