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
use crate::server::{Launch, Runs};

/// Debian's package of the server brings a service that starts at once. The program itself is in
/// `redis-tools`, as `redis-check-rdb`: one binary that acts by the name it is called by.
pub(crate) const SERVER: Program = Program {
    name: "redis-check-rdb",
    package: "redis-tools",
    variable: REDIS_URL,
};

/// How a Redis keeps its data, as its command line says it.
pub(crate) type Keeping = &'static [&'static str];

/// Nothing on disk.
pub(crate) const IN_MEMORY: Keeping = &["--save", "", "--appendonly", "no"];

/// Every write on disk before it is answered.
pub(crate) const DURABLE: Keeping = &[
    "--save",
    "",
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
];

pub(crate) fn prepare(folder: &Path, keeping: Keeping) -> Result<Launch, ServerError> {
    let program = program(folder).map(|program| Runs::Program {
        program,
        arguments,
        more: keeping,
    });
    Ok(launch(program_or_container(
        program,
        Engine::find,
        image(keeping),
    )?))
}

pub(crate) fn launch(runs: Runs) -> Launch {
    Launch {
        scheme: "redis",
        user: "",
        runs,
        is_ready,
    }
}

pub(crate) fn image(keeping: Keeping) -> Image {
    Image {
        name: "redis:7",
        port: 6379,
        environment: &[],
        // Who reaches it comes from outside of the container.
        command: [&["redis-server", "--protected-mode", "no"], keeping].concat(),
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
