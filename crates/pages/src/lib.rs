//! Pages of maple-expectation: HTML and SVG made from values.
//!
//! The crate knows no web framework and does no I/O. The server reads a query into a form
//! ([`PotentialForm`], [`StarForceForm`], [`PlanForm`], [`CharacterForm`]), asks the same use cases
//! as the API, and hands the answer to a page. Texts stand in one table with a column for each
//! language; stylesheet and scripts are part of the program and named by their content.

#[macro_use]
mod texts;

mod assets;
mod chart;
mod chart_query;
mod choices;
pub mod console;
#[cfg(test)]
mod english;
mod faults;
mod form;
mod goal_builder;
mod goals;
mod lang;
mod pages;
mod reasons;
mod remarks;
mod source_words;
mod stat_words;
mod ui;
mod warning_words;
mod words;

pub use assets::Asset;
pub use chart::{Chart, Curve};
pub use chart_query::ChartQuery;
pub use form::{FormError, Pairs};
pub use lang::Lang;
pub use pages::character::{CharacterForm, character};
pub use pages::completion::{CompletionForm, completion};
pub use pages::error::{ErrorKind, error};
pub use pages::flame::{FlameForm, flame};
pub use pages::home::home;
pub use pages::luck::{
    LuckForm, LuckRefusal, luck, luck_broken, luck_frame, luck_progress, luck_report,
};
pub use pages::member::{DonationFault, DonationForm, MemberNote, member};
pub use pages::plan::{PlanForm, plan};
pub use pages::potential::{PotentialAnswer, PotentialForm, potential};
pub use pages::rules::rules;
pub use pages::star_force::{StarForceForm, star_force};
pub use pages::upgrades::{UpgradesForm, upgrades};
pub use pages::waiting::{StoredGear, waiting};
pub use stat_words::aim;
pub use ui::{Ui, character_address, home_address};

/// Content-Security-Policy of every page.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' https://open.api.nexon.com data:; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";
