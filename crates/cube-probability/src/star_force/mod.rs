//! Star force: what it takes to bring an item from one number of stars to another.
//!
//! An attempt at a star succeeds, changes nothing, loses a star (older rules) or destroys the item,
//! which then comes back on a lower star or its own for spare items and meso. Since a star is only
//! ever gained one step at a time, the way up is a sum of independent *passages* from one star to
//! the next, and everything about a passage follows from those below it: the means exactly, and
//! the whole distribution of the cost between certified bounds.
//!
//! ```
//! use cube_probability::star_force::{CustomRestore, Query, Restore, RestoreTo};
//!
//! let query = Query {
//!     spare_item_meso: 3_000_000_000,
//!     restore: Restore::Custom(CustomRestore {
//!         to: RestoreTo::SameStar,
//!         copies: 1,
//!         fee_meso: 0,
//!     }),
//!     ..Query::new(200, 0, 22)
//! };
//! let solution = query.solve()?;
//! assert_eq!(solution.means().meso.round(), 17_886_666_384.0);
//! # Ok::<(), cube_probability::star_force::InvalidQuery>(())
//! ```
//!
//! The figures of each rule set are dated and named in every answer; where they come from and how
//! sure they are is said at [`Rules`], [`ItemKind`] and [`Note`].
//!
//! One rule set is left out on purpose: the oldest one with losses from 11 stars on is only known
//! as another region's table, without the costs of its time.

mod attempt;
mod check;
mod distribution;
mod gains;
mod ladder;
mod outlook;
mod passage;
mod pieces;
mod query;
mod rules;
mod solution;
mod spectrum;
mod stats;
mod tables;
mod tail;
mod transform;
mod wave;
mod window;

pub use check::InvalidQuery;
pub use distribution::{CostTooLarge, MesoDistribution, Resolution};
pub use ladder::Restoration;
pub use outlook::Outlook;
pub use passage::Means;
pub use query::{CustomRestore, Events, Membership, Mvp, Query, Restore, RestoreTo};
pub use rules::{ItemKind, Rules};
pub use solution::{Note, Solution, best_safeguard, cheapest_safeguard};
pub use stats::{InvalidGain, StarGain, StarredItem};
