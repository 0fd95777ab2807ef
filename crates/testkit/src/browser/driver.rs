//! The WebDriver server of Chromium.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
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

/// Family of the Korean letters, and the package that brings them.
const KOREAN: (&str, &str) = ("Noto Sans CJK KR", "fonts-noto-cjk");

/// Number of checks of a starting driver, and the interval between them: a minute in all.
const TRIES: usize = 3_000;
const PAUSE: Duration = Duration::from_millis(20);

/// A WebDriver server on a port of its own, gone with this value.
#[derive(Debug)]
pub(super) struct Driver {
    address: SocketAddr,
    chromium: PathBuf,
    // Declared before the folder, so that the process is gone when that goes.
    _process: WatchedProcess,
    folder: TempDir,
}

impl Driver {
    /// Starts the driver; installs what is missing.
    pub(super) fn start() -> Result<Self, ServerError> {
        let chromium = CHROMIUM.find_or_install()?;
        let program = DRIVER.find_or_install()?;
        programs::find_or_install_font(KOREAN.0, KOREAN.1)?;
        let folder = programs::scratch_on_disk()?;
        let port = free_port()?;
        let arguments = [format!("--port={port}"), "--log-level=WARNING".to_owned()];
        let mut process = WatchedProcess::start(folder.path(), &program, arguments)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let is_ready = |process: &mut WatchedProcess| {
            for _ in 0..TRIES {
                if TcpStream::connect(address).is_ok() {
                    return true;
                }
                if process.has_ended() {
                    return false;
                }
                std::thread::sleep(PAUSE);
            }
            false
        };
        if !is_ready(&mut process) {
            return Err(ServerError::Start {
                program: DRIVER.name.to_owned(),
                log: programs::tail(&folder.path().join("log")),
            });
        }
        Ok(Self {
            address,
            chromium,
            _process: process,
            folder,
        })
    }

    /// Address of the WebDriver server.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Program for the capability `goog:chromeOptions.binary`.
    pub(super) fn chromium(&self) -> &Path {
        &self.chromium
    }

    /// Folder of the session's profile, which does not exist before the session.
    pub(super) fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }
}

fn free_port() -> Result<u16, ServerError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(ServerError::io("127.0.0.1"))?.port())
}
