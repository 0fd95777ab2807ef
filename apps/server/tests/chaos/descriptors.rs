//! More connections than the process has file descriptors: operators are answered, and clients as
//! soon as there is room.

use std::net::TcpStream;
use std::path::Path;

use reqwest::StatusCode;
use rlimit::increase_nofile_limit;

use crate::instance::{Instance, PROGRAM, client};

/// Starts the server with so few descriptors that it cannot raise their number.
const LAUNCH: &str = r#"ulimit -n 1024; exec "$0" serve"#;

/// More connections than descriptors.
const CONNECTIONS: usize = 1_100;

#[tokio::test]
async fn more_connections_than_descriptors_leave_operators_answered() {
    // This process has both ends of none of them, but one end of each.
    let own = increase_nofile_limit(4_096).unwrap();
    assert!(own > 2_000, "the limit of open files of this test is {own}");
    let launch = ["-c", LAUNCH, PROGRAM];
    let instance = Instance::start_program(Path::new("sh"), &launch, &[]).await;
    let limit = r#""limit":1024"#;
    assert!(
        instance.service.log().contains(limit),
        "it is said at the start"
    );
    let held: Vec<_> = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(instance.public).unwrap())
        .collect();
    for path in ["/health/live", "/health/ready", "/metrics"] {
        let url = format!("http://{}{path}", instance.admin);
        let answer = client().get(url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    drop(held);
    instance.answer("/api/v1/characters/known").await;
}
