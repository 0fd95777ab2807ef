//! `maple-expectation luck`: what the owner of a Nexon key did, beside what was to be expected.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use api::luck::{LuckReportResponse, LuckRequest, LuckRequestError};
use clap::{Args, ValueHint};
use histories::{Histories, HistoryError, LuckJob, LuckPlan, today};
use indicatif::ProgressBar;
use jiff::ToSpan;
use kernel::{Clock, SystemClock, chain};
use members::NexonKey;
use nexon_http::{Endpoint, HistorySettings, NexonHistories};
use nexon_sandbox::{MEMBER_KEY_PREFIX, Sandbox};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use resilience::Jitter;
use secrecy::{ExposeSecret, SecretString};

use super::failure::Failure;
use super::{luck_report, stdout};
use crate::config::Config;

/// The environment variable that the key is taken from.
const KEY_VARIABLE: &str = "NEXON_API_KEY";

/// Upper bound on the bytes that are read for a key.
const MAX_KEY_INPUT: u64 = 4_096;

/// Days and histories. The key is read from a file, standard input or the environment, never from
/// an argument, which other users of a machine could see.
#[derive(Debug, Args)]
#[command(after_help = "\
The key is read from --key-file, from standard input with `--key-file -`, or from the environment
variable NEXON_API_KEY. It reads your histories within its own quota, and is kept nowhere.")]
pub(super) struct Arguments {
    /// A file with one's own key of the Nexon Open API; `-` is standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    key_file: Option<PathBuf>,
    /// First day, such as 2026-11-01, at most 730 days back; 30 days in all without.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Days up to today, instead of the first and the last one.
    #[arg(long, conflicts_with_all = ["from", "to"], value_parser = clap::value_parser!(i32).range(1..=90))]
    days: Option<i32>,
    /// Last day, at most 90 days from the first one; today without.
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// The histories: `cube`, `potential`, `starforce`, `soul_potential`; all but the last without.
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    kinds: Option<Vec<String>>,
    /// The place at which a report that ended early goes on.
    #[arg(long)]
    cursor: Option<String>,
    /// Print the report the API gives instead of tables.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let today = today(clock.now());
    let first = |days: i32| today.saturating_sub((days - 1).days()).to_string();
    let request = LuckRequest {
        nexon_api_key: arguments.key()?,
        from: arguments.days.map(first).or_else(|| arguments.from.clone()),
        to: arguments.to.clone(),
        kinds: arguments.kinds.clone(),
        cursor: arguments.cursor.clone(),
    };
    let plan = request.plan(today)?;
    let key = NexonKey::try_from(request.nexon_api_key);
    let key = key.map_err(|error| Failure::BadInput(error.to_string()))?;
    let sandbox = sandbox_of(&key)?;
    let read = read(config, sandbox.as_ref(), &key, plan, clock).await;
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    let (report, ended) = read?;
    let report = LuckReportResponse::from(report);
    if arguments.json {
        stdout::json(&report)?;
    } else {
        stdout::text(luck_report::of(&report))?;
    }
    ended
}

impl Arguments {
    fn key(&self) -> Result<SecretString, Failure> {
        let Some(file) = &self.key_file else {
            return key_of_environment();
        };
        let mut text = String::new();
        let read = if file.as_os_str() == "-" {
            std::io::stdin()
                .take(MAX_KEY_INPUT)
                .read_to_string(&mut text)
        } else {
            let file = std::fs::File::open(file);
            file.and_then(|file| file.take(MAX_KEY_INPUT).read_to_string(&mut text))
        };
        // The text is wiped with this value, whatever comes of it.
        let text = SecretString::from(text);
        read.map_err(|error| Failure::BadInput(format!("{}: {error}", file.display())))?;
        Ok(SecretString::from(text.expose_secret().trim()))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the key of a player is no configuration, which is printed and kept"
)]
fn key_of_environment() -> Result<SecretString, Failure> {
    let key = std::env::var(KEY_VARIABLE).map(SecretString::from);
    let needed = || format!("a key is needed: --key-file FILE, --key-file - or {KEY_VARIABLE}");
    key.map_err(|_| Failure::BadInput(needed()))
}

/// The sandbox for one of its keys: Nexon would refuse it.
fn sandbox_of(key: &NexonKey) -> Result<Option<Sandbox>, Failure> {
    if !key.expose().starts_with(MEMBER_KEY_PREFIX) {
        return Ok(None);
    }
    let sandbox = Sandbox::start_local().context("cannot start the sandbox")?;
    Ok(Some(sandbox))
}

type Finished = (histories::LuckReport, Result<(), Failure>);

/// Reads to the end or as far as it goes: the report, and how it ended.
async fn read(
    config: &Config,
    sandbox: Option<&Sandbox>,
    key: &NexonKey,
    plan: LuckPlan,
    clock: Arc<dyn Clock>,
) -> Result<Finished, Failure> {
    let nexon = &config.nexon;
    let base_url = sandbox.map_or_else(|| nexon.base_url.to_string(), |s| s.url().to_owned());
    let endpoint = Endpoint {
        base_url,
        connect_timeout: nexon.timeout,
        timeout: nexon.timeout,
    };
    let jitter = Jitter::from_seed(SmallRng::from_os_rng().random());
    let histories = NexonHistories::new(&endpoint, HistorySettings::default(), clock, jitter);
    let histories = histories.context("cannot call the upstream (nexon.*)")?;
    let mut job = LuckJob::new(histories.open(key)?, plan);
    let days = u64::try_from(job.progress().days).unwrap_or(0);
    let bar = ProgressBar::new(days);
    // Until a page was read, a failure says everything.
    let mut has_more = job.step().await?;
    let ended = loop {
        bar.set_position(u64::try_from(job.progress().days_done).unwrap_or(0));
        if !has_more {
            break Ok(());
        }
        match job.step().await {
            Ok(more) => has_more = more,
            Err(error) => break Err(error),
        }
    };
    bar.finish_and_clear();
    let cursor = job.cursor();
    let ended = ended.map_err(|error| {
        let failure = Failure::from(error);
        match cursor {
            Some(cursor) => failure.with_hint(&format!("to go on: --cursor {cursor}")),
            None => failure,
        }
    });
    Ok((job.report(), ended))
}

impl From<LuckRequestError> for Failure {
    fn from(error: LuckRequestError) -> Self {
        let (pointer, detail) = match error {
            LuckRequestError::UnknownKind { pointer, detail } => (pointer, detail),
            LuckRequestError::Value { pointer, detail } => (pointer.to_owned(), detail),
        };
        Self::BadInput(format!("{pointer}: {detail}"))
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::KeyRefused | HistoryError::NoRights { .. } => {
                Self::BadInput(error.to_string())
            }
            HistoryError::KeyExhausted { .. } | HistoryError::PageRefused => {
                Self::Upstream(error.to_string())
            }
            HistoryError::Unavailable { .. } | HistoryError::Invalid { .. } => {
                Self::Upstream(chain(&error))
            }
        }
    }
}
