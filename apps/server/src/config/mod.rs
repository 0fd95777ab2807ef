//! The configuration: defaults, then a TOML file, then the environment; checked whole at start.
//!
//! Every key has a default with which the service runs by itself on one machine. The key
//! `http.bind` of the file is `MAPLE__HTTP__BIND` in the environment; an empty variable counts
//! as not set, because that is what a compose file leaves of a missing one.

mod members;
mod notices;
mod otlp;
mod parse;
mod reader;
mod sources;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::http::Uri;
use equipment::Compression;
use http_server::Limits;
use secrecy::SecretString;
use telemetry::LogFormat;

use reader::{Reader, Setting};

pub use members::{MemberLimits, Members};
pub use notices::Notices;
pub use otlp::Otlp;
pub use sources::Sources;

/// Configuration of the service.
#[derive(Debug)]
pub struct Config {
    /// Address on which the public API listens.
    pub http_bind: SocketAddr,
    /// Address on which metrics and administration listen.
    pub admin_bind: SocketAddr,
    /// Token that an administrator has to present.
    pub admin_token: Option<SecretString>,
    /// Folder of files that have no other place.
    pub data_dir: PathBuf,
    /// The database: SQLite, MySQL or MariaDB. Secret, because it may hold a password.
    pub database_url: SecretString,
    /// The most connections of this instance to the database.
    pub database_connections: NonZeroU32,
    /// Longest wait of a call for a connection to the database.
    pub database_acquire_timeout: Duration,
    /// Longest time of one statement, waits for locks included.
    pub database_statement_timeout: Duration,
    /// The Redis that instances share.
    pub redis_url: Option<SecretString>,
    /// Log-ins, and the rate limits of clients and members.
    pub members: Members,
    /// Number of proxies of ours before the public API: so many addresses at the end of
    /// `X-Forwarded-For` are believed.
    pub trusted_proxies: usize,
    /// The upstream of characters and equipment.
    pub nexon: Nexon,
    /// Upper bounds on concurrent work.
    pub limits: Limits,
    /// Deadline of a request.
    pub request_deadline: Duration,
    /// The age from which a refresh that a client asks for reaches the upstream.
    pub refresh_after: Duration,
    /// Greatest age of what is served while the upstream gives nothing newer.
    pub serve_stale_for: Duration,
    /// Compression of equipment documents that are stored from now on.
    pub compression: Compression,
    /// Time between two purges of snapshots that are too old to be served.
    pub purge_every: Duration,
    /// Memory of the caches, in bytes.
    pub cache_bytes: u64,
    /// Delivery of notices and alerts.
    pub notices: Notices,
    /// Collector of traces, and the share of them that is recorded.
    pub otlp: Otlp,
    /// Time for which connections are still accepted while the service is stopping and no longer
    /// ready.
    pub linger: Duration,
    /// Name of this instance among the others; made up at start without one.
    pub instance_id: Option<String>,
    /// Filter of log lines; without one, those from `info` up for the service, and errors for a
    /// command.
    pub log: Option<String>,
    /// Form of log lines; without one, by whether standard error is a terminal.
    pub log_format: Option<LogFormat>,
    /// Whether each request writes a log line.
    pub log_access: bool,
    settings: Vec<Setting>,
}

/// Calls to the Nexon Open API.
#[derive(Debug)]
pub struct Nexon {
    /// Our key; without one a sandbox in the same process answers instead.
    pub api_key: Option<SecretString>,
    /// The address before `/maplestory/...`.
    pub base_url: Uri,
    /// Calls permitted in a second.
    pub quota_per_second: NonZeroU32,
    /// Calls permitted in a day.
    pub quota_per_day: NonZeroU32,
    /// The part of the day's calls that is kept for characters that are known, in percent.
    pub quota_kept_percent: u8,
    /// Characters that one client may have fetched in a minute.
    pub fetches_per_client: NonZeroU32,
    /// The part of the day's calls that one client may cause, in percent; 100 is no bound.
    pub client_day_percent: u8,
    /// Longest time of one call.
    pub timeout: Duration,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} problem(s)", .problems.len())]
pub struct InvalidConfig {
    /// Each problem, in the order of the keys.
    pub problems: Vec<ConfigProblem>,
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// The file cannot be read or is not TOML.
    #[error("{file}: {reason}")]
    UnreadableFile {
        /// The file.
        file: String,
        /// Fault of the file.
        reason: String,
    },
    /// A key that means nothing.
    #[error("{key} ({origin}): there is no such key")]
    UnknownKey {
        /// The key as the file would write it.
        key: String,
        /// Origin of the value.
        origin: String,
    },
    /// A value that its key does not take.
    #[error("{key} ({origin}): {reason}")]
    InvalidValue {
        /// The key as the file would write it.
        key: &'static str,
        /// Origin of the value.
        origin: String,
        /// Expected value, without the value of a secret.
        reason: String,
    },
    /// A key that has to be set.
    #[error("{key} has to be set: {reason}")]
    Missing {
        /// The key as the file would write it.
        key: &'static str,
        /// The reason.
        reason: &'static str,
    },
}

impl Config {
    /// Reads and checks the whole configuration.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`] with every problem found.
    pub fn load(sources: &Sources) -> Result<Self, InvalidConfig> {
        let mut reader = Reader::new(sources.values()?);
        let config = Self::read(&mut reader);
        let (settings, problems) = reader.finish();
        if problems.is_empty() {
            Ok(Self { settings, ..config })
        } else {
            Err(InvalidConfig { problems })
        }
    }

    /// The configuration as a TOML file would write it, with the origin of each value and
    /// without secrets.
    pub fn redacted(&self) -> String {
        let lines: Vec<_> = self.settings.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    /// The database, without its password.
    pub fn database(&self) -> String {
        parse::redacted_url(&self.database_url)
    }

    /// The file of the database, where it is SQLite.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        parse::sqlite_file(&self.database_url)
    }

    /// The address of Redis without its password, if one is configured.
    pub fn redis(&self) -> Option<String> {
        self.redis_url.as_ref().map(parse::redacted_url)
    }

    /// Checks values that a server needs beyond those of every command.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`] when several instances can share the database and the secret by which
    /// accounts become members is not set: each would make up its own.
    pub fn check_for_serving(&self) -> Result<(), InvalidConfig> {
        let is_shared = self.redis_url.is_some() || !parse::is_sqlite(&self.database_url);
        if self.members.secret.is_some() || !is_shared {
            return Ok(());
        }
        let missing = ConfigProblem::Missing {
            key: members::SECRET,
            reason: "instances that share a database or a Redis need the same secret, or a member \
                     of one would be somebody else to the other; `openssl rand -base64 32` makes one",
        };
        Err(InvalidConfig {
            problems: vec![missing],
        })
    }

    fn read(reader: &mut Reader) -> Self {
        let data_dir = reader.required(
            "data_dir",
            parse::directory,
            sources::default_data_dir(),
            |dir| parse::quoted(&dir.to_string_lossy()),
        );
        let api_key = reader.secret("nexon.api_key", parse::header_value);
        // Made-up characters must never be taken for real ones, so each has a file of its own.
        let file = if api_key.is_some() {
            "nexon.sqlite"
        } else {
            "sandbox.sqlite"
        };
        let database_url = format!("sqlite://{}", data_dir.join(file).display());
        Self {
            http_bind: reader.shown("http.bind", SocketAddr::from(([127, 0, 0, 1], 8080))),
            admin_bind: reader.shown("admin.bind", SocketAddr::from(([127, 0, 0, 1], 9090))),
            admin_token: reader.secret("admin.token", parse::token),
            database_url: reader.required(
                "database.url",
                parse::database_url,
                SecretString::from(database_url),
                |url| parse::quoted(&parse::redacted_url(url)),
            ),
            database_connections: reader.number("database.max_connections", parse::nonzero(10)),
            database_acquire_timeout: reader.millis("database.acquire_timeout_ms", 1_000),
            database_statement_timeout: reader.millis("database.statement_timeout_ms", 2_000),
            redis_url: reader.optional("redis.url", parse::redis_url, |url| {
                parse::quoted(&parse::redacted_url(url))
            }),
            nexon: Nexon::read(reader, api_key),
            members: Members::read(reader),
            trusted_proxies: reader.number("http.trusted_proxies", 0),
            request_deadline: reader.millis("request.deadline_ms", 3_000),
            refresh_after: reader.seconds("cache.refresh_after_seconds", 120),
            serve_stale_for: reader.seconds("cache.serve_stale_seconds", 7 * 24 * 60 * 60),
            compression: Self::compression(reader),
            purge_every: Self::purge_every(reader),
            cache_bytes: reader.number("cache.bytes", 64 * 1024 * 1024),
            notices: Notices::read(reader),
            otlp: Otlp::read(reader),
            linger: Self::linger(reader),
            instance_id: reader.optional("instance.id", parse::instance_id, |id| parse::quoted(id)),
            log: reader.optional("log", parse::log_filter, |filter| parse::quoted(filter)),
            log_format: reader.optional("log_format", parse::from_str, |&format| {
                shown_log_format(format)
            }),
            log_access: reader.number("log_access", false),
            limits: Self::limits(reader),
            data_dir,
            settings: Vec::new(),
        }
    }

    fn purge_every(reader: &mut Reader) -> Duration {
        let seconds = reader.number("cache.purge_every_seconds", parse::nonzero(60 * 60));
        Duration::from_secs(seconds.get().into())
    }

    fn linger(reader: &mut Reader) -> Duration {
        let default = Duration::from_millis(500);
        let shown = |linger: &Duration| linger.as_millis().to_string();
        reader.required("shutdown.linger_ms", parse::linger, default, shown)
    }

    fn limits(reader: &mut Reader) -> Limits {
        let default = Limits::default();
        Limits {
            requests: reader.number("http.max_requests", default.requests),
            waiting_calculations: reader.number(
                "http.max_waiting_calculations",
                default.waiting_calculations,
            ),
            connections_per_address: reader.optional(
                "http.max_connections_per_address",
                parse::from_str,
                ToString::to_string,
            ),
        }
    }

    fn compression(reader: &mut Reader) -> Compression {
        let default = Compression::default();
        let level = reader.required(
            "documents.compression_level",
            parse::compression_level,
            default,
            |compression| compression.level().to_string(),
        );
        let dictionary = reader.required(
            "documents.dictionary",
            parse::dictionary,
            default,
            |compression| compression.dictionary_version().to_string(),
        );
        dictionary
            .with_level(level.level())
            .expect("the level was checked")
    }
}

fn shown_log_format(format: LogFormat) -> String {
    parse::quoted(match format {
        LogFormat::Human => "human",
        LogFormat::Json => "json",
    })
}

/// A twentieth of the day's calls, at least 10: a guild in one go, but no day in an hour.
fn default_fetches(quota_per_day: NonZeroU32) -> NonZeroU32 {
    let fetches = (quota_per_day.get() / 20).max(10);
    NonZeroU32::new(fetches).expect("is at least 10")
}

/// Calls that a character takes whose equipment is valued: the identifier of its name, its profile,
/// its equipment and its stats.
const CALLS_PER_FETCH: u64 = 4;

impl Nexon {
    /// Characters that one client may have fetched in a day, at least 10; none where there is no
    /// such bound.
    pub fn fetches_per_client_per_day(&self) -> Option<NonZeroU32> {
        if self.client_day_percent >= 100 {
            return None;
        }
        let calls = u64::from(self.quota_per_day.get()) * u64::from(self.client_day_percent) / 100;
        let fetches = (calls / CALLS_PER_FETCH).max(10);
        NonZeroU32::new(u32::try_from(fetches).unwrap_or(u32::MAX))
    }

    fn read(reader: &mut Reader, api_key: Option<SecretString>) -> Self {
        let quota_per_day = reader.number("nexon.quota_per_day", parse::nonzero(1_000));
        Self {
            api_key,
            base_url: reader.required(
                "nexon.base_url",
                parse::http_url,
                Uri::from_static("https://open.api.nexon.com"),
                |url| parse::quoted(&url.to_string()),
            ),
            quota_per_second: reader.number("nexon.quota_per_second", parse::nonzero(5)),
            quota_per_day,
            quota_kept_percent: reader.number("nexon.quota_kept_percent", 20),
            fetches_per_client: reader.number(
                "nexon.fetches_per_client_per_minute",
                default_fetches(quota_per_day),
            ),
            client_day_percent: reader.number("nexon.client_day_percent", 20),
            timeout: reader.millis("nexon.timeout_ms", 2_000),
        }
    }
}

#[cfg(test)]
mod tests;
