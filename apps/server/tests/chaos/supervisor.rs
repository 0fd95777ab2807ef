//! Reports to systemd.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use testkit::Service;

use crate::instance::PROGRAM;

/// The next message to the supervisor.
fn next(socket: &UnixDatagram) -> String {
    let mut message = [0; 256];
    let length = socket.recv(&mut message).expect("it says something");
    String::from_utf8_lossy(&message[..length])
        .trim()
        .to_owned()
}

#[tokio::test]
async fn supervisor_is_told_of_readiness_life_and_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let environment = [
        ("MAPLE__DATA_DIR", "data"),
        ("MAPLE__HTTP__BIND", "127.0.0.1:0"),
        ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
        ("NOTIFY_SOCKET", path.to_str().unwrap()),
        ("WATCHDOG_USEC", "200000"),
    ];
    let mut service = Service::start(PROGRAM, ["serve"], environment).unwrap();
    let first = [next(&socket), next(&socket)];
    assert!(first.contains(&"READY=1".to_owned()), "{first:?}");
    for _ in 0..3 {
        assert_eq!(next(&socket), "WATCHDOG=1");
    }
    service.terminate();
    let mut last = next(&socket);
    while last == "WATCHDOG=1" {
        last = next(&socket);
    }
    assert_eq!(last, "STOPPING=1");
    assert_eq!(service.ended().await, 0);
}
