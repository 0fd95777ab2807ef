//! Size of a scenario, read from the environment here and nowhere else.

use std::fmt::Display;
use std::path::PathBuf;

use rand::SeedableRng;
use rand::rngs::SmallRng;

/// `MAPLE_CHAOS_OLDER` names the program of an older version, for the scenario of an upgrade.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where the scenarios read the environment"
)]
pub(crate) fn older_program() -> Option<PathBuf> {
    std::env::var_os("MAPLE_CHAOS_OLDER").map(PathBuf::from)
}

/// The short form is for every run of the tests, the long form for `cargo xtask chaos`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    is_long: bool,
    /// Decides everything that is left to chance.
    pub(crate) seed: u64,
}

impl Scale {
    /// `MAPLE_CHAOS=long` asks for the long form, `MAPLE_CHAOS_SEED` for another seed than 1.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the scenarios read the environment"
    )]
    pub(crate) fn from_environment() -> Self {
        let seed = std::env::var("MAPLE_CHAOS_SEED").ok();
        Self {
            is_long: std::env::var("MAPLE_CHAOS").is_ok_and(|form| form == "long"),
            seed: seed.map_or(1, |seed| {
                seed.parse().expect("MAPLE_CHAOS_SEED is a number")
            }),
        }
    }

    /// Whether this is the long form.
    pub(crate) fn is_long(self) -> bool {
        self.is_long
    }

    /// One of two sizes.
    pub(crate) fn pick<T>(self, short: T, long: T) -> T {
        if self.is_long { long } else { short }
    }

    /// The dice of a scenario.
    pub(crate) fn dice(self) -> SmallRng {
        SmallRng::seed_from_u64(self.seed)
    }

    /// Prints what a scenario has shown as a row of a table: the promise, what was done, and what
    /// came of it.
    pub(crate) fn row(self, promise: &str, done: impl Display, result: impl Display) {
        println!("| {promise} | {done} (seed {}) | {result} |", self.seed);
    }
}
