//! The one place that reads the environment.

/// Variable with the address of an external MariaDB or MySQL: `mysql://user:pass@host:port` of an
/// account that may create databases.
pub(crate) const MYSQL_URL: &str = "MAPLE_TEST_MYSQL_URL";

/// Variable with the address of an external Redis: `redis://host:port`.
pub(crate) const REDIS_URL: &str = "MAPLE_TEST_REDIS_URL";

/// A variable that is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment which servers to use, and read it here only"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
