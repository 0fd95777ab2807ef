//! `cargo xtask test` and `cargo xtask ci`: everything that must hold before a change lands.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use testkit::servers::SharedServers;
use xshell::{Shell, cmd};

/// Number of tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Steps of a check, each with the time it took.
#[derive(Debug, Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn run<T>(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        println!("== {name}");
        let start = tokio::time::Instant::now();
        let result = step();
        self.0.push((name, start.elapsed()));
        result
    }

    /// A line per step and one for their sum, in seconds.
    fn table(&self) -> String {
        let total = self.0.iter().map(|(_, took)| *took).sum();
        let rows = self.0.iter().copied().chain([("in all", total)]);
        let lines = rows.map(|(name, took)| format!("{:>8.1} s  {name}\n", took.as_secs_f64()));
        lines.collect::<Vec<_>>().concat()
    }
}

/// Format, lints, tidy, docs and all tests; the last line says `N passed, N failed`.
pub(crate) fn test(shell: &Shell) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    let tally = static_checks(shell, &mut steps).and_then(|()| all_tests(shell, &mut steps));
    print!("{}", steps.table());
    let tally = tally?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    ensure!(
        tally.failed == 0 && tally.passed > 0,
        "the tests did not pass"
    );
    Ok(())
}

fn static_checks(shell: &Shell, steps: &mut Steps) -> anyhow::Result<()> {
    steps.run("format", || {
        Ok(cmd!(shell, "cargo fmt --all --check").run()?)
    })?;
    let clippy = "clippy --workspace --all-targets --all-features --locked -- -D warnings";
    let clippy = clippy.split(' ');
    steps.run("lints", || Ok(cmd!(shell, "cargo {clippy...}").run()?))?;
    steps.run("tidy", || crate::tidy::run(crate::root()))?;
    steps.run("documentation", || {
        let _flags = shell.push_env("RUSTDOCFLAGS", "-D warnings");
        let doc = "doc --workspace --all-features --no-deps --locked".split(' ');
        Ok(cmd!(shell, "cargo {doc...}").run()?)
    })?;
    steps.run("types of the pages' modules", || crate::types::check(shell))
}

fn all_tests(shell: &Shell, steps: &mut Steps) -> anyhow::Result<Tally> {
    let servers = steps.run("start of the tests' servers", || {
        testkit::servers::start_all().context("the tests' servers do not start")
    })?;
    for line in servers.description() {
        println!("{line}");
    }
    steps.run("build of the tests", || build_tests(shell))?;
    let mut tally = steps.run("tests", || run_tests(shell, &servers))?;
    let doc_tests = ["test", "--workspace", "--all-features", "--locked", "--doc"];
    tally += steps.run("examples in the docs", || {
        counted(shell, &doc_tests, &servers)
    })?;
    let mysql = servers.environment().map(|(_, url)| url).next();
    let mysql = mysql.context("the tests have a MariaDB")?;
    let smoke = steps.run("smoke test", || crate::smoke::own(shell, mysql))?;
    let fuzz = steps.run("OpenAPI documents by Schemathesis", || {
        crate::fuzz::short(shell)
    })?;
    for counts in [smoke, fuzz] {
        tally += Tally {
            passed: counts.passed,
            failed: counts.failed,
        };
    }
    Ok(tally)
}

/// `test`, then the published library built from its package alone.
pub(crate) fn ci(shell: &Shell) -> anyhow::Result<()> {
    cmd!(
        shell,
        "cargo package --package cube-probability --allow-dirty --locked"
    )
    .run()?;
    test(shell)
}

const SELECTION: [&str; 3] = ["--workspace", "--all-features", "--locked"];

/// Builds what [`run_tests`] runs, so that the time of each is printed.
fn build_tests(shell: &Shell) -> anyhow::Result<()> {
    let targets = ["--lib", "--bins", "--tests"];
    Ok(cmd!(shell, "cargo test --no-run {targets...} {SELECTION...}").run()?)
}

/// All tests but the examples in the docs, by nextest where it is installed.
fn run_tests(shell: &Shell, servers: &SharedServers) -> anyhow::Result<Tally> {
    let has_nextest = cmd!(shell, "cargo nextest --version")
        .quiet()
        .ignore_stderr()
        .read()
        .is_ok();
    let command: &[&str] = if has_nextest {
        &[
            "nextest",
            "run",
            "--status-level",
            "fail",
            "--final-status-level",
            "fail",
        ]
    } else {
        &["test", "--lib", "--bins", "--tests"]
    };
    counted(
        shell,
        &[command, &SELECTION, &["--no-fail-fast"]].concat(),
        servers,
    )
}

/// Runs cargo with the servers' addresses, shows what it prints, and counts the tests it reports.
fn counted(shell: &Shell, arguments: &[&str], servers: &SharedServers) -> anyhow::Result<Tally> {
    println!("$ cargo {}", arguments.join(" "));
    // Both streams go through one pipe: nextest reports on stderr, libtest on stdout.
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new("cargo");
    command
        .args(arguments)
        .current_dir(shell.current_dir())
        .envs(servers.environment())
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn().context("cargo does not start")?;
    drop(command);
    let mut tally = Tally::default();
    for line in BufReader::new(reader).lines() {
        let line = line?;
        println!("{line}");
        tally += tally_of(&line);
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        bail!(
            "`cargo {}` failed before a test did: {status}",
            arguments.join(" ")
        );
    }
    Ok(tally)
}

/// Returns the count in a line of a test runner's output; zero for other lines.
fn tally_of(line: &str) -> Tally {
    let line = line.trim();
    let is_summary = line.starts_with("test result:")
        || (line.starts_with("Summary [") && line.contains(" tests run:"))
        || (line.starts_with("Summary [") && line.contains(" test run:"));
    if !is_summary {
        return Tally::default();
    }
    let words: Vec<&str> = line
        .split([' ', ',', ';'])
        .filter(|word| !word.is_empty())
        .collect();
    let before = |name: &str| {
        words
            .windows(2)
            .filter(|pair| pair[1] == name)
            .filter_map(|pair| pair[0].parse::<u64>().ok())
            .sum::<u64>()
    };
    Tally {
        passed: before("passed"),
        failed: before("failed") + before("timed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_listed_with_their_times_though_one_fails() {
        let mut steps = Steps::default();
        assert_eq!(steps.run("first", || Ok(7)).unwrap(), 7);
        let failed = steps.run("second", || -> anyhow::Result<()> { bail!("it failed") });
        assert!(failed.is_err());
        steps.0[0].1 = Duration::from_millis(1_500);
        steps.0[1].1 = Duration::from_mins(1);
        let table = "     1.5 s  first\n    60.0 s  second\n    61.5 s  in all\n";
        assert_eq!(steps.table(), table);
    }

    #[test]
    fn summaries_of_both_runners_are_counted() {
        for (line, passed, failed) in [
            (
                "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
                4,
                0,
            ),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2),
            (
                "     Summary [   0.014s] 7 tests run: 7 passed, 0 skipped",
                7,
                0,
            ),
            (
                "     Summary [   0.014s] 1 test run: 1 passed, 0 skipped",
                1,
                0,
            ),
            (
                "     Summary [   9.001s] 8 tests run: 5 passed (1 slow), 2 failed, 1 timed out",
                5,
                3,
            ),
            ("        PASS [   0.008s] xtask tidy::tests::passed", 0, 0),
            ("a test that prints 9 passed, 9 failed", 0, 0),
        ] {
            assert_eq!(tally_of(line), Tally { passed, failed }, "{line}");
        }
    }
}
