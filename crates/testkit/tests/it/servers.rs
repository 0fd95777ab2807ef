//! Tests of the servers' life cycle: start, freeze, kill, and cleanup.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::Server;

/// Says `PING` to a Redis; what it answers within a moment.
fn ping(stream: &mut TcpStream) -> std::io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer)
}

/// Sends a command to a Redis over a connection of its own; the first line it answers.
fn tell(address: SocketAddr, command: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    writeln!(stream, "{command}\r").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer.trim().to_owned()
}

/// Returns when the other side is gone, which tells that its process is.
fn wait_for_the_end(mut stream: TcpStream) {
    stream.set_read_timeout(None).unwrap();
    let mut rest = Vec::new();
    // An end and a reset are the same here.
    let _ = stream.read_to_end(&mut rest);
}

#[test]
fn redis_answers_except_while_frozen() {
    let mut server = Server::redis().unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    assert_eq!(ping(&mut stream).unwrap(), "+PONG\r\n");
    server.freeze();
    assert!(ping(&mut stream).is_err(), "frozen");
    server.thaw();
    // The answer to the question asked while it was frozen.
    let mut answer = [0; 7];
    stream.set_read_timeout(None).unwrap();
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+PONG\r\n");
}

#[test]
fn killed_server_restarts_at_the_same_address() {
    let mut server = Server::redis().unwrap();
    let stream = TcpStream::connect(server.address()).unwrap();
    server.kill();
    wait_for_the_end(stream);
    assert!(TcpStream::connect(server.address()).is_err());
    server.freeze();
    server.restart().unwrap();
    assert_eq!(tell(server.address(), "PING"), "+PONG");
}

#[test]
fn frozen_server_can_be_killed() {
    let mut server = Server::redis().unwrap();
    server.freeze();
    server.restart().unwrap();
    assert_eq!(tell(server.address(), "PING"), "+PONG");
}

#[test]
fn durable_redis_alone_keeps_its_data_through_a_kill() {
    for (server, remembered) in [(Server::redis(), "$-1"), (Server::durable_redis(), "$2")] {
        let mut server = server.unwrap();
        assert_eq!(tell(server.address(), "SET key 42"), "+OK");
        server.restart().unwrap();
        assert_eq!(tell(server.address(), "GET key"), remembered);
    }
}

#[test]
fn mariadb_greets_its_clients_before_and_after_a_kill() {
    let mut server = Server::mariadb().unwrap();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let mut greeting = [0; 64];
        let length = stream.read(&mut greeting).unwrap();
        let greeting = String::from_utf8_lossy(&greeting[..length]);
        assert!(greeting.contains("MariaDB"), "{greeting}");
        server.restart().unwrap();
    }
}

#[test]
fn dropped_server_has_ended() {
    let server = Server::redis().unwrap();
    let address = server.address();
    let stream = TcpStream::connect(address).unwrap();
    drop(server);
    wait_for_the_end(stream);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn panic_ends_the_server() {
    let mut stream = None;
    let panicked = std::thread::scope(|scope| {
        let test = scope.spawn(|| {
            let server = Server::redis().unwrap();
            stream = Some(TcpStream::connect(server.address()).unwrap());
            panic!("as a failing test does");
        });
        test.join().is_err()
    });
    assert!(panicked);
    wait_for_the_end(stream.unwrap());
}

#[test]
fn servers_go_with_a_killed_parent_and_so_do_their_folders() {
    let mut parent = Command::new(env!("CARGO_BIN_EXE_test-servers"))
        .env_remove("MAPLE_TEST_MYSQL_URL")
        .env_remove("MAPLE_TEST_REDIS_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let mut addresses = lines.filter_map(|line| {
        let line = line.unwrap();
        let (_, address) = line.strip_prefix("export ")?.rsplit_once(['/', '@'])?;
        Some(address.parse::<SocketAddr>().unwrap())
    });
    let mariadb = TcpStream::connect(addresses.next().unwrap()).unwrap();
    let address = addresses.next().unwrap();
    let redis = TcpStream::connect(address).unwrap();
    let folder = folder_of(address);
    assert!(Path::new(&folder).exists());

    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_for_the_end(mariadb);
    wait_for_the_end(redis);
    // Nothing tells when a folder is gone, so it is looked for; it takes some milliseconds.
    let is_gone = || {
        std::thread::sleep(Duration::from_millis(10));
        !Path::new(&folder).exists()
    };
    assert!((0..1_000).any(|_| is_gone()), "{folder} is left");
}

/// The folder a Redis works in.
fn folder_of(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"CONFIG GET dir\r\n").unwrap();
    let lines = BufReader::new(stream).lines();
    // *2, $3, dir, $<length>, <folder>
    lines.map(Result::unwrap).nth(4).unwrap()
}
