//! MariaDB.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::container::{Engine, Image, program_or_container};
use crate::environment::MYSQL_URL;
use crate::programs::{self, Program};
use crate::server::{Launch, Runner};
use crate::{ServerError, unique};

const SERVER: Program = Program {
    name: "mariadbd",
    package: "mariadb-server-core",
    variable: MYSQL_URL,
};

const INSTALLER: Program = Program {
    name: "mariadb-install-db",
    ..SERVER
};

/// Program that the installer of MariaDB calls, and that its package lacks.
const DEFAULTS: Program = Program {
    name: "my_print_defaults",
    package: "mariadb-client-core",
    ..SERVER
};

/// The template and the servers made from it agree on these, or each start would resize the log.
const SIZES: [&str; 2] = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=64M"];

/// Arguments of every MariaDB server that this crate starts.
const OURS: [&str; 3] = [
    "--skip-name-resolve",
    "--max-connections=500",
    // Safe against a killed server, not against a power cut of the machine: enough, and fast.
    "--innodb-flush-log-at-trx-commit=2",
];

/// Puts a data folder with nothing but the system tables into `folder`, or leaves that to a
/// container.
pub(crate) fn prepare(folder: &Path) -> Result<Launch, ServerError> {
    let runs = program_or_container(program(folder), Engine::find, image())?;
    Ok(Launch {
        scheme: "mysql",
        user: "root@",
        runs,
        is_ready,
    })
}

fn program(folder: &Path) -> Result<Runner, ServerError> {
    let program = SERVER.find_or_install()?;
    let template = template(&program)?;
    programs::run(
        Command::new("cp")
            .arg("-R")
            .arg(template)
            .arg(folder.join("data")),
    )?;
    Ok(Runner::Program {
        program,
        arguments,
        more: if programs::is_root()? {
            &["--user=root"]
        } else {
            &[]
        },
    })
}

/// Without `--no-defaults`, which the image's own start does not expect; the character set is said
/// instead.
pub(crate) fn image() -> Image {
    let mut command = vec![
        "--character-set-server=latin1",
        "--collation-server=latin1_swedish_ci",
    ];
    command.extend(OURS);
    command.extend(SIZES);
    Image {
        name: "mariadb:10.11",
        port: 3306,
        environment: &[("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "1")],
        command,
    }
}

/// The server speaks first: a packet's length and number, then version 10 of the protocol, or an
/// error.
fn is_ready(mut stream: TcpStream) -> io::Result<bool> {
    let mut greeting = [0; 5];
    stream.read_exact(&mut greeting)?;
    Ok(greeting[4] == 10)
}

/// Making a data folder takes seconds, copying it hardly any time; so one is kept per version.
fn template(program: &Path) -> Result<PathBuf, ServerError> {
    let version = programs::run(Command::new(program).arg("--version"))?;
    let version: String = version
        .split_whitespace()
        .find(|word| word.contains("MariaDB"))
        .unwrap_or("unknown")
        .replace('/', "-");
    let template = programs::cache()?.join(format!("mariadb-{version}"));
    let _alone = programs::lock("mariadb")?;
    if !template.exists() {
        let unfinished = template.with_extension(format!("{:x}", unique::number()));
        install(&unfinished)?;
        fs::rename(&unfinished, &template).map_err(ServerError::io(&template))?;
    }
    Ok(template)
}

fn install(data: &Path) -> Result<(), ServerError> {
    DEFAULTS.find_or_install()?;
    let mut command = Command::new(INSTALLER.find_or_install()?);
    command
        .args(["--no-defaults", "--skip-test-db"])
        .arg("--auth-root-authentication-method=normal")
        .arg(option("--datadir", data))
        .args(SIZES);
    if programs::is_root()? {
        command.arg("--user=root");
    }
    programs::run(&mut command).map(|_| ())
}

/// `--no-defaults` leaves the server's own character set, `latin1`: what does not name its own
/// is found out.
fn arguments(folder: &Path, port: u16) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec![
        "--no-defaults".into(),
        option("--datadir", &folder.join("data")),
        option("--socket", &folder.join("socket")),
        option("--pid-file", &folder.join("pid")),
        format!("--port={port}").into(),
        "--bind-address=127.0.0.1".into(),
    ];
    arguments.extend(OURS.map(OsString::from));
    arguments.extend(SIZES.map(OsString::from));
    arguments
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push("=");
    option.push(path);
    option
}
