//! Terms of star force, as several commands take them.

use api::expectation::{SpareItemOptions, StarForceOptions};
use clap::Args;

use super::amount::meso;
use super::calculations::safeguard;

/// The terms of star force.
#[derive(Debug, Args)]
pub(super) struct StarArguments {
    /// The price of a spare item, such as 3b, 500m, 30억 or 1200000.
    #[arg(long, value_name = "MESO", default_value = "0", value_parser = meso, allow_negative_numbers = true)]
    spare: i64,
    /// The stars at which destruction is prevented, or `cheapest`.
    #[arg(long, value_name = "STARS", value_delimiter = ',')]
    safeguard: Vec<String>,
    /// The star force event in force.
    #[arg(long, value_enum)]
    event: Option<Event>,
}

/// An event of star force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Event {
    /// 샤이닝 스타포스: 30 % off, 30 % fewer destructions up to star 21, 20 % off full restores.
    Shining,
}

impl StarArguments {
    /// The same as options of the API.
    pub(super) fn options(&self) -> StarForceOptions {
        let is_shining = self.event == Some(Event::Shining);
        StarForceOptions {
            spare_item_meso: SpareItemOptions {
                default: self.spare,
                ..SpareItemOptions::default()
            },
            safeguard: safeguard(&self.safeguard),
            discount: if is_shining { 0.3 } else { 0.0 },
            fewer_destructions: is_shining,
            cheaper_restore: is_shining,
            ..StarForceOptions::default()
        }
    }
}
