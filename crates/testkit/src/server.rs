//! A server of a test's own.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::container::Container;
use crate::watchdog::WatchedProcess;
use crate::{ServerError, mariadb, programs, redis, unique};

/// Below the ports that systems hand out for outgoing connections, so that none of those takes
/// the place of a server that is down for a moment.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// Number of readiness checks of a starting server, and the interval between them: a minute in all,
/// which a new container on a busy machine may need.
const TRIES: usize = 6_000;
const PAUSE: Duration = Duration::from_millis(10);

/// Timeout of the first response of a starting server.
const PATIENCE: Duration = Duration::from_secs(1);

/// A server of a test's own, on a free port of this machine: a process in a temporary folder, or a
/// container where there is no program to run. Dropping it ends it.
///
/// Its methods block the thread for as long as the server takes, up to some tenths of a second.
#[derive(Debug)]
pub struct Server {
    launch: Launch,
    port: u16,
    // Declared before the folder, so that the process is gone when that goes.
    process: Option<WatchedProcess>,
    folder: TempDir,
}

/// Recipe to start a kind of server.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) scheme: &'static str,
    pub(crate) user: &'static str,
    pub(crate) runs: Runner,
    /// Whether the server does its work, asked over a new connection.
    pub(crate) is_ready: fn(TcpStream) -> io::Result<bool>,
}

/// Process or container that runs a server.
#[derive(Debug)]
pub(crate) enum Runner {
    /// A program of this machine.
    Program {
        program: PathBuf,
        /// The command line, from the folder and the port.
        arguments: fn(&Path, u16) -> Vec<OsString>,
        /// Further arguments.
        more: &'static [&'static str],
    },
    /// A container.
    Container(Container),
}

impl Runner {
    fn start(&self, folder: &Path, port: u16) -> Result<WatchedProcess, ServerError> {
        match self {
            Self::Program {
                program,
                arguments,
                more,
            } => {
                let mut arguments = arguments(folder, port);
                arguments.extend(more.iter().map(OsString::from));
                WatchedProcess::start(folder, program, arguments)
            }
            Self::Container(container) => container.start(folder, port),
        }
    }

    /// Leaves nothing of a start that failed.
    fn clean_up(&self) {
        if let Self::Container(container) = self {
            container.remove();
        }
    }
}

impl Display for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { program, .. } => Display::fmt(&program.display(), f),
            Self::Container(container) => write!(f, "a container of {}", container.image()),
        }
    }
}

impl Server {
    /// Starts a MariaDB with an empty root password and no databases, for a test: its data are in
    /// memory, where there is room.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when it is not there and cannot be installed, or does not start.
    pub fn mariadb() -> Result<Self, ServerError> {
        Self::start(programs::scratch()?, mariadb::prepare)
    }

    /// Like [`Server::mariadb`], with its data on disk: to measure, or for many rows.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when it is not there and cannot be installed, or does not start.
    pub fn mariadb_on_disk() -> Result<Self, ServerError> {
        Self::start(programs::scratch_on_disk()?, mariadb::prepare)
    }

    /// Starts a Redis that keeps nothing on disk.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when it is not there and cannot be installed, or does not start.
    pub fn redis() -> Result<Self, ServerError> {
        Self::start(programs::scratch()?, |folder| {
            redis::prepare(folder, redis::IN_MEMORY)
        })
    }

    /// Starts a Redis that has every write on disk before it answers.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when it is not there and cannot be installed, or does not start.
    pub fn durable_redis() -> Result<Self, ServerError> {
        Self::start(programs::scratch()?, |folder| {
            redis::prepare(folder, redis::DURABLE)
        })
    }

    /// Returns the server's address; it stays the same through restarts.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The address for clients, such as `mysql://root@127.0.0.1:20001`.
    pub fn url(&self) -> String {
        format!(
            "{}://{}{}",
            self.launch.scheme,
            self.launch.user,
            self.address()
        )
    }

    /// Returns the runner of the server: the path of a program, or a container and its image.
    pub fn source(&self) -> String {
        self.launch.runs.to_string()
    }

    /// Kills it as a power cut would (`SIGKILL`); what it has on disk stays.
    pub fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }

    /// Starts it again on the same port with the same data, killing it first if need be.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when it does not come back.
    pub fn restart(&mut self) -> Result<(), ServerError> {
        self.kill();
        self.process = Some(self.launch(self.port)?);
        Ok(())
    }

    /// Stops it where it is (`SIGSTOP`): connections stay open and nobody answers.
    pub fn freeze(&mut self) {
        self.signal("STOP");
    }

    /// Lets a frozen server go on.
    pub fn thaw(&mut self) {
        self.signal("CONT");
    }

    fn signal(&mut self, name: &str) {
        if let Some(process) = &mut self.process {
            process.signal(name);
        }
    }

    pub(crate) fn start(
        folder: TempDir,
        prepare: impl FnOnce(&Path) -> Result<Launch, ServerError>,
    ) -> Result<Self, ServerError> {
        let launch = prepare(folder.path())?;
        let mut server = Self {
            launch,
            port: 0,
            process: None,
            folder,
        };
        // Another program can take a port between the moment it was free and the start.
        for last_try in [false, false, true] {
            server.port = free_port();
            match server.launch(server.port) {
                Ok(process) => server.process = Some(process),
                Err(error) if last_try => return Err(error),
                Err(_) => continue,
            }
            break;
        }
        Ok(server)
    }

    /// Starts the process and waits until it does its work.
    fn launch(&self, port: u16) -> Result<WatchedProcess, ServerError> {
        let folder = self.folder.path();
        let mut process = self.launch.runs.start(folder, port)?;
        for _ in 0..TRIES {
            if self.answers(port).unwrap_or(false) {
                return Ok(process);
            }
            if process.has_ended() {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let log = programs::tail(&folder.join("log"));
        process.kill();
        self.launch.runs.clean_up();
        Err(ServerError::Start {
            program: self.source(),
            log,
        })
    }

    fn answers(&self, port: u16) -> io::Result<bool> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        (self.launch.is_ready)(stream)
    }
}

pub(crate) fn free_port() -> u16 {
    let start = unique::number() % u64::from(PORTS.end - PORTS.start);
    let start = u16::try_from(start).expect("the remainder is less than the number of ports");
    let mut ports = (PORTS.start + start..PORTS.end).chain(PORTS.start..PORTS.start + start);
    ports
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("one of twelve thousand ports is free")
}
