//! Pages: a form or an answer in, HTML out.

pub(crate) mod character;
pub(crate) mod completion;
pub(crate) mod error;
pub(crate) mod flame;
pub(crate) mod home;
mod item;
pub(crate) mod luck;
pub(crate) mod member;
pub(crate) mod plan;
pub(crate) mod potential;
pub(crate) mod rules;
mod shown_error;
pub(crate) mod spread;
pub(crate) mod star_force;
pub(crate) mod upgrades;
pub(crate) mod waiting;
mod warnings;

use askama::Template;

/// Renders a template.
fn render(page: &impl Template) -> String {
    page.render()
        .expect("templates write into memory, and their values always print")
}
