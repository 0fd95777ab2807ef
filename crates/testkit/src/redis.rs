//! Redis.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::ServerError;
use crate::environment::REDIS_URL;
use crate::programs::{self, Program};
use crate::server::Launch;

/// Debian's package of the server brings a service that starts at once. The program itself is in
/// `redis-tools`, as `redis-check-rdb`: one binary that acts by the name it is called by.
const SERVER: Program = Program {
    name: "redis-check-rdb",
    package: "redis-tools",
    variable: REDIS_URL,
};

pub(crate) fn prepare(
    folder: &Path,
    arguments: fn(&Path, u16) -> Vec<OsString>,
) -> Result<Launch, ServerError> {
    Ok(Launch {
        scheme: "redis",
        user: "",
        program: program(folder)?,
        arguments,
        is_ready,
    })
}

/// Nothing on disk.
pub(crate) fn in_memory(folder: &Path, port: u16) -> Vec<OsString> {
    let mut arguments = common(folder, port);
    arguments.extend(["--appendonly", "no"].map(OsString::from));
    arguments
}

/// Every write on disk before it is answered.
pub(crate) fn durable(folder: &Path, port: u16) -> Vec<OsString> {
    let mut arguments = common(folder, port);
    arguments.extend(["--appendonly", "yes", "--appendfsync", "always"].map(OsString::from));
    arguments
}

/// It listens while it still loads its data, and says so.
fn is_ready(mut stream: TcpStream) -> io::Result<bool> {
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"+PONG")
}

fn common(folder: &Path, port: u16) -> Vec<OsString> {
    vec![
        "--bind".into(),
        "127.0.0.1".into(),
        "--port".into(),
        port.to_string().into(),
        "--dir".into(),
        folder.into(),
        "--save".into(),
        "".into(),
    ]
}

fn program(folder: &Path) -> Result<PathBuf, ServerError> {
    if let Some(program) =
        programs::find("redis-server").or_else(|| programs::find("valkey-server"))
    {
        return Ok(program);
    }
    let program = folder.join("redis-server");
    symlink(SERVER.find_or_install()?, &program).map_err(ServerError::io(&program))?;
    Ok(program)
}
