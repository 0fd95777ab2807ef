//! Redis.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::ServerError;
use crate::container::{Engine, Image, program_or_container};
use crate::environment::REDIS_URL;
use crate::programs::{self, Program};
use crate::server::{Launch, Runner};

/// Debian's package of the server brings a service that starts at once. The program itself is in
/// `redis-tools`, as `redis-check-rdb`: one binary that acts by the name it is called by.
pub(crate) const SERVER: Program = Program {
    name: "redis-check-rdb",
    package: "redis-tools",
    variable: REDIS_URL,
};

/// Persistence of a Redis, as arguments of its command line.
pub(crate) type Persistence = &'static [&'static str];

/// Nothing on disk.
pub(crate) const IN_MEMORY: Persistence = &["--save", "", "--appendonly", "no"];

/// Every write on disk before it is answered.
pub(crate) const DURABLE: Persistence = &[
    "--save",
    "",
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
];

pub(crate) fn prepare(folder: &Path, persistence: Persistence) -> Result<Launch, ServerError> {
    let program = program(folder).map(|program| Runner::Program {
        program,
        arguments,
        more: persistence,
    });
    Ok(launch(program_or_container(
        program,
        Engine::find,
        image(persistence),
    )?))
}

pub(crate) fn launch(runs: Runner) -> Launch {
    Launch {
        scheme: "redis",
        user: "",
        runs,
        is_ready,
    }
}

pub(crate) fn image(persistence: Persistence) -> Image {
    Image {
        name: "redis:7",
        port: 6379,
        environment: &[],
        // Who reaches it comes from outside of the container.
        command: [&["redis-server", "--protected-mode", "no"], persistence].concat(),
    }
}

/// It listens while it still loads its data, and says so.
fn is_ready(mut stream: TcpStream) -> io::Result<bool> {
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"+PONG")
}

fn arguments(folder: &Path, port: u16) -> Vec<OsString> {
    vec![
        "--bind".into(),
        "127.0.0.1".into(),
        "--port".into(),
        port.to_string().into(),
        "--dir".into(),
        folder.into(),
    ]
}

pub(crate) fn program(folder: &Path) -> Result<PathBuf, ServerError> {
    if let Some(program) =
        programs::find("redis-server").or_else(|| programs::find("valkey-server"))
    {
        return Ok(program);
    }
    let program = folder.join("redis-server");
    symlink(SERVER.find_or_install()?, &program).map_err(ServerError::io(&program))?;
    Ok(program)
}
