//! Chromium, driven over `WebDriver` (<https://www.w3.org/TR/webdriver2/>).

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::ServerError;
use crate::programs::{self, Program};
use crate::watchdog::WatchedProcess;

const DRIVER: Program = Program {
    name: "chromedriver",
    package: "chromium-driver",
    variable: "PATH",
};

const CHROMIUM: Program = Program {
    name: "chromium",
    package: "chromium",
    variable: "PATH",
};

/// Pause between two attempts to reach the driver.
const PAUSE: Duration = Duration::from_millis(20);

/// Attempts to reach the driver: a minute of them.
const ATTEMPTS: u32 = 3_000;

/// A `WebDriver` server, gone with this value; sessions are opened over its address.
#[derive(Debug)]
pub struct BrowserDriver {
    address: SocketAddr,
    chromium: PathBuf,
    _folder: TempDir,
    _process: WatchedProcess,
}

impl BrowserDriver {
    /// Starts the driver; installs it and Chromium where they are missing and apt can.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when they are not there and cannot be installed, or do not start.
    pub fn start() -> Result<Self, ServerError> {
        let driver = DRIVER.find_or_install()?;
        let chromium = CHROMIUM.find_or_install()?;
        let folder = programs::scratch()?;
        let port = free_port()?;
        let arguments = [format!("--port={port}"), "--log-level=WARNING".to_owned()];
        let mut process = WatchedProcess::start(folder.path(), &driver, arguments)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut attempts = 0;
        while TcpStream::connect(address).is_err() {
            if process.has_ended() || attempts >= ATTEMPTS {
                let log = std::fs::read_to_string(folder.path().join("log"));
                return Err(ServerError::Start {
                    program: DRIVER.name.to_owned(),
                    log: log.unwrap_or_default(),
                });
            }
            attempts += 1;
            std::thread::sleep(PAUSE);
        }
        Ok(Self {
            address,
            chromium,
            _folder: folder,
            _process: process,
        })
    }

    /// Address of the `WebDriver` server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the program for the capability `goog:chromeOptions.binary`.
    pub fn chromium(&self) -> &std::path::Path {
        &self.chromium
    }
}

fn free_port() -> Result<u16, ServerError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(ServerError::io("127.0.0.1"))?.port())
}
