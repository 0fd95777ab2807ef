//! A server process that cannot outlive its owner.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use crate::ServerError;

const WATCHDOG: &str = include_str!("watchdog.sh");
const CONTAINER: &str = include_str!("container.sh");

/// A process under a small shell script that kills it when this value, or the whole process that
/// holds it, is gone. (The kernel's own way, `PR_SET_PDEATHSIG`, takes unsafe code.)
#[derive(Debug)]
pub(crate) struct WatchedProcess {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl WatchedProcess {
    /// Starts a program that logs into `folder/log`. The folder goes with the owner, too.
    pub(crate) fn start<A: AsRef<OsStr>>(
        folder: &Path,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self, ServerError> {
        let mut command = watchdog(WATCHDOG, folder);
        command.arg(program).args(arguments);
        Self::watch(command)
    }

    /// Starts a container, or starts it again, that logs into `folder/log`. The folder and the
    /// container go with the owner, too.
    pub(crate) fn start_container(
        folder: &Path,
        docker: &Path,
        name: &str,
        arguments: Vec<OsString>,
    ) -> Result<Self, ServerError> {
        let mut command = watchdog(CONTAINER, folder);
        command.arg(docker).arg(name).args(arguments);
        Self::watch(command)
    }

    /// Like [`WatchedProcess::start`], in that folder and with nothing but these variables.
    pub(crate) fn start_alone<A: AsRef<OsStr>>(
        folder: &Path,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        environment: impl IntoIterator<Item = (A, A)>,
    ) -> Result<Self, ServerError> {
        let mut command = watchdog(WATCHDOG, folder);
        command.current_dir(folder).env_clear().envs(environment);
        command.arg(program).args(arguments);
        Self::watch(command)
    }

    fn watch(mut command: Command) -> Result<Self, ServerError> {
        let mut shell = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A Ctrl-C meant for the tests would end the watchdog before its work.
            .process_group(0)
            .spawn()
            .map_err(ServerError::io("sh"))?;
        let orders = shell.stdin.take();
        let answers = shell.stdout.take().expect("standard output is piped");
        Ok(Self {
            shell,
            orders,
            answers: BufReader::new(answers),
        })
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// Returns the exit code once the process has ended, or 128 plus the number of the signal that
    /// ended it.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.shell
            .try_wait()
            .ok()?
            .as_ref()
            .and_then(ExitStatus::code)
    }

    /// Sends a signal such as `STOP`, and returns when it was sent.
    pub(crate) fn signal(&mut self, name: &str) {
        // A server that has ended takes no signals; nothing is to be done about it.
        let sent = self
            .orders
            .as_mut()
            .map(|orders| writeln!(orders, "{name}"));
        if matches!(sent, Some(Ok(()))) {
            let _ = self.answers.read_line(&mut String::new());
        }
    }

    /// Kills the process, and returns when it is gone. Its folder stays.
    pub(crate) fn kill(mut self) {
        self.signal("KILL");
        let _ = self.shell.wait();
    }
}

/// A shell that is about to watch over something in a folder by a script.
fn watchdog(script: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "watchdog"]).arg(folder);
    command
}

impl Drop for WatchedProcess {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}
