//! A server process that cannot outlive its owner.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::ServerError;

/// A process under a small shell script that kills it when this value, or the whole process that
/// holds it, is gone. (The kernel's own way, `PR_SET_PDEATHSIG`, takes unsafe code.)
#[derive(Debug)]
pub(crate) struct Watched {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Watched {
    /// Starts a program that logs into `folder/log`. The folder goes with the owner, too.
    pub(crate) fn start<A: AsRef<OsStr>>(
        folder: &Path,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self, ServerError> {
        let mut shell = Command::new("sh")
            .args(["-c", include_str!("watchdog.sh"), "watchdog"])
            .arg(folder)
            .arg(program)
            .args(arguments)
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

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}
