//! Three servers on a Redis that knows nothing: its past is waited out from their start, and not
//! from the first request.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use futures_util::future::join_all;
use nexon_sandbox::{Sandbox, SandboxOptions};
use secrecy::ExposeSecret;
use testkit::{Server, TestDatabase};

use crate::instance::Instance;

/// The first line that a Redis answers to a command.
fn ask(address: SocketAddr, command: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{command}\r\n").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_request_on_an_empty_redis_is_answered() {
    let redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let sandbox = Sandbox::start(listener, SandboxOptions::default()).unwrap();
    let environment = [
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__REDIS__URL", &redis.url()),
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__TIMEOUT_MS", "4000"),
        ("MAPLE__REQUEST__DEADLINE_MS", "30000"),
    ];
    let instances = join_all((0..3).map(|_| Instance::start(&environment))).await;
    // Without a request: else it would wait for the whole of the unknown past.
    let known = async {
        for key in ["maple:quota:known", "maple:quota-of-strangers:known"] {
            while ask(redis.address(), &format!("EXISTS {key}")) != ":1" {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    let known = tokio::time::timeout(Duration::from_mins(1), known).await;
    known.expect("the quota is asked for at the start");
    let first = join_all(
        instances
            .iter()
            .enumerate()
            .map(async |(number, instance)| {
                let path = format!("/api/v1/characters/first{number}/equipment");
                instance.get(&path).await.unwrap().status()
            }),
    );
    let statuses = first.await;
    let logs: Vec<_> = instances.iter().map(|it| it.service.log()).collect();
    assert_eq!(statuses, [200; 3], "{logs:?}");
}
