//! The published tables, read once from the files built by `cargo xtask tables`.

mod fields;
mod pools;
mod rates;

use std::sync::LazyLock;

use fields::TableError;
pub(crate) use pools::PoolTables;
pub(crate) use rates::{MILLION, Rates};

/// Everything published about potentials.
pub(crate) struct Tables {
    pub(crate) pools: PoolTables,
    pub(crate) rates: Rates,
}

/// The tables of this crate.
pub(crate) fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(built_in);
    &TABLES
}

/// Reads and checks the built-in tables once more, for the measurement of how long that takes.
#[doc(hidden)]
pub fn read_built_in_tables() {
    std::hint::black_box(built_in());
}

fn built_in() -> Tables {
    Tables::read(
        include_str!("../../data/pools.txt"),
        include_str!("../../data/rates.txt"),
    )
    .expect("the files built into this crate are read by its tests")
}

impl Tables {
    fn read(pools: &str, rates: &str) -> Result<Self, TableError> {
        Ok(Self {
            pools: PoolTables::read(pools)?,
            rates: Rates::read(rates)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOLS: &str = include_str!("../../data/pools.txt");
    const RATES: &str = include_str!("../../data/rates.txt");

    fn error(pools: &str, rates: &str) -> String {
        Tables::read(pools, rates).err().unwrap().to_string()
    }

    #[test]
    fn files_of_this_crate_are_sound() {
        assert!(Tables::read(POOLS, RATES).is_ok());
    }

    #[test]
    fn pools_that_do_not_add_up_are_refused() {
        let short = POOLS.replacen("pool 22 3:0,", "pool 22 3:", 1);
        assert_eq!(
            error(&short, RATES),
            "line 695: the weights of the pool sum to 19, not 22"
        );
        let absent = POOLS.replacen("pool 22 3:0,", "pool 22 3:9999,", 1);
        assert_eq!(error(&absent, RATES), "line 695: there is no option 9999");
        let band = POOLS.replacen("band a weapon 0 9 0 ", "band a weapon 0 9 642 ", 1);
        assert_eq!(error(&band, RATES), "line 1337: there is no pool 642");
        let missing: Vec<_> = POOLS
            .lines()
            .filter(|line| !line.starts_with("band c emblem"))
            .collect();
        assert_eq!(
            error(&missing.join("\n"), RATES),
            "line 2057: family c has no pools for emblem"
        );
        let unknown = POOLS.replacen("option STR +1\n", "option CHA +1\n", 1);
        assert_eq!(error(&unknown, RATES), "line 2: unknown option `CHA +1`");
    }

    #[test]
    fn rates_with_gaps_are_refused() {
        let without = |start: &str| {
            let kept: Vec<_> = RATES
                .lines()
                .filter(|line| !line.starts_with(start))
                .collect();
            error(POOLS, &kept.join("\n"))
        };
        assert_eq!(
            without("prime red a epic 2"),
            "line 142: red at epic lacks the rate of a line"
        );
        assert_eq!(
            without("rise red epic"),
            "line 142: red at epic lacks the chance of a rise"
        );
        assert_eq!(
            without("appraisal 31"),
            "line 142: the appraisal fee has no figure for level 31"
        );
        assert_eq!(
            without("line_limit ied"),
            "line 142: there is no limit for ied"
        );
    }
}
