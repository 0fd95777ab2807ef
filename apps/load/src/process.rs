//! Server processes: on a core of their own where there are two, and what they use.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use tempfile::TempDir;
use testkit::Callgrind;

/// Cores of the servers and of this program.
const SERVER_CORE: &str = "0";
const OWN_CORE: &str = "1";

/// Name of the program under test.
const SERVICE: &str = "maple-expectation";

/// Unit of a process's time on Linux, in every build of it: see `proc_pid_stat(5)`.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server process, killed when dropped.
pub(crate) struct ServerProcess {
    child: Child,
    /// Address of the public API.
    pub(crate) address: SocketAddr,
    /// Address of the metrics, if it has any.
    pub(crate) admin: Option<SocketAddr>,
    // Open as long as the process lives: it ends when it cannot say what it has to say.
    _stdout: BufReader<ChildStdout>,
    folder: TempDir,
}

impl ServerProcess {
    /// Starts the service on the servers' core, with an empty database, with these settings and
    /// the defaults.
    pub(crate) fn service(settings: &[(&str, String)]) -> anyhow::Result<Self> {
        Self::serve(on_server_core(&service()?), settings)
    }

    /// The same on whichever core there is.
    pub(crate) fn anywhere(settings: &[(&str, String)]) -> anyhow::Result<Self> {
        Self::serve(Command::new(service()?), settings)
    }

    fn serve(mut command: Command, settings: &[(&str, String)]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        command
            .env("MAPLE__DATA_DIR", folder.path())
            .env("MAPLE__HTTP__BIND", "127.0.0.1:0")
            .env("MAPLE__ADMIN__BIND", "127.0.0.1:0")
            .envs(settings.iter().map(|(key, value)| (key, value)));
        // Its log is written, as it would be in earnest.
        let log = fs::File::create(folder.path().join("log"))?;
        Self::start(command.stderr(log), folder, 2)
    }

    /// Starts a server to compare with, which has the bodies of this folder.
    pub(crate) fn baseline(folder: TempDir) -> anyhow::Result<Self> {
        Self::compared(on_server_core(&std::env::current_exe()?), folder)
    }

    fn compared(mut command: Command, folder: TempDir) -> anyhow::Result<Self> {
        command.arg("baseline").arg(folder.path());
        Self::start(&mut command, folder, 1)
    }

    /// Starts the service on one core, with its instructions counted.
    pub(crate) fn counted_service(
        callgrind: &Callgrind,
        settings: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        Self::serve(counted(callgrind, &service()?), settings)
    }

    /// Starts a server to compare with on one core, with its instructions counted.
    pub(crate) fn counted_baseline(callgrind: &Callgrind, folder: TempDir) -> anyhow::Result<Self> {
        Self::compared(counted(callgrind, &std::env::current_exe()?), folder)
    }

    /// Its id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts it and reads its addresses from what it says.
    fn start(command: &mut Command, folder: TempDir, addresses: usize) -> anyhow::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let stdout = child.stdout.take().context("its output is not piped")?;
        let mut stdout = BufReader::new(stdout);
        let lines = stdout.by_ref().lines().map_while(Result::ok);
        let found: Vec<SocketAddr> = lines
            .filter_map(|line| address_in(&line))
            .take(addresses)
            .collect();
        let log = || fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        ensure!(found.len() == addresses, "it ended early: {}", log());
        Ok(Self {
            child,
            address: found[0],
            admin: found.get(1).copied(),
            _stdout: stdout,
            folder,
        })
    }

    /// Returns the processor time that it has used.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = self.read("stat")?;
        // The name in parentheses may hold anything; the fields behind it are numbers.
        let fields = stat.rsplit_once(')').map(|(_, fields)| fields);
        let fields: Vec<&str> = fields.unwrap_or_default().split_whitespace().collect();
        // utime and stime, fields 14 and 15 of proc_pid_stat(5).
        let ticks = |place: usize| {
            fields
                .get(place)
                .and_then(|field| field.parse::<u32>().ok())
        };
        let (user, system) = ticks(11).zip(ticks(12)).context("stat has no times")?;
        Ok(Duration::from_secs_f64(
            f64::from(user + system) / TICKS_PER_SECOND,
        ))
    }

    /// Returns its resident memory, in bytes.
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        self.status("VmRSS:")
    }

    /// Returns its peak of resident memory since [`ServerProcess::forget_peak`].
    pub(crate) fn peak_memory(&self) -> anyhow::Result<u64> {
        self.status("VmHWM:")
    }

    /// Returns the bytes of the files that it keeps, without its log.
    pub(crate) fn stored_bytes(&self) -> anyhow::Result<u64> {
        let mut bytes = 0;
        for file in fs::read_dir(self.folder.path())? {
            let file = file?;
            if file.file_name() != "log" {
                bytes += file.metadata()?.len();
            }
        }
        Ok(bytes)
    }

    /// Counts the peak anew.
    pub(crate) fn forget_peak(&self) -> anyhow::Result<()> {
        let file = format!("/proc/{}/clear_refs", self.child.id());
        fs::write(&file, "5").with_context(|| format!("cannot write {file}"))
    }

    fn status(&self, name: &str) -> anyhow::Result<u64> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kibibytes: u64 = kibibytes.context("status lacks memory")?.parse()?;
        Ok(kibibytes * 1024)
    }

    fn read(&self, file: &str) -> anyhow::Result<String> {
        let file = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The program under test, beside this one.
fn service() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(SERVICE);
    ensure!(
        path.exists(),
        "{} is not built: cargo build --release --package server",
        path.display()
    );
    Ok(path)
}

/// Keeps this program on the second core, if there are two and a way to do it.
pub(crate) fn take_second_core() {
    if are_two_cores() {
        let own = std::process::id().to_string();
        let _best_effort = Command::new("taskset")
            .args(["-cp", OWN_CORE, &own])
            .output();
    }
}

/// Description of the build and of the cores in use.
pub(crate) fn machine() -> String {
    machine_with(if are_two_cores() {
        "servers on core 0, generator on core 1"
    } else {
        "not pinned: servers and generator share the cores"
    })
}

/// The same where it was decided otherwise what runs where.
pub(crate) fn machine_with(pinned: &str) -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let build = if cfg!(debug_assertions) {
        "a build without optimisation: figures mean nothing"
    } else {
        "optimised build"
    };
    format!("{build}; {pinned}; load average {}", load.join(" "))
}

fn on_server_core(program: &Path) -> Command {
    on_one_core(&[program.display().to_string()], are_two_cores())
}

/// The program under callgrind, on one core: it starts one thread that answers.
fn counted(callgrind: &Callgrind, program: &Path) -> Command {
    let mut words = callgrind.words();
    words.push(program.display().to_string());
    on_one_core(&words, has_taskset())
}

fn on_one_core(words: &[String], is_possible: bool) -> Command {
    let pinned = ["taskset", "-c", SERVER_CORE].map(str::to_owned);
    let before = if is_possible { &pinned[..] } else { &[] };
    let mut words = before.iter().chain(words);
    let mut command = Command::new(words.next().expect("a command has a program"));
    command.args(words);
    command
}

fn are_two_cores() -> bool {
    let list = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = list.lines().filter(|line| line.starts_with("processor"));
    cores.count() >= 2 && has_taskset()
}

fn has_taskset() -> bool {
    Command::new("taskset").arg("--version").output().is_ok()
}

/// The address in a line such as `answers on http://127.0.0.1:8080`.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, url) = line.split_once("http://")?;
    let end = url.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
    url[..end.unwrap_or(url.len())].parse().ok()
}
